"""Secrets are made once, whoever asks first, and only their owner may read them."""

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from omnitron.local import secrets


def _read(directory: str) -> str:
    return secrets.read_or_create("secret_key", directory=Path(directory))


def test_processes_that_race_for_a_new_secret_end_with_one_value(tmp_path):
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        for attempt in range(25):
            values = list(pool.map(_read, [str(tmp_path / str(attempt))] * 4))
            assert len(set(values)) == 1
            assert len(values[0]) >= 50


def test_a_secret_is_readable_by_its_owner_only_and_leaves_no_draft(tmp_path):
    secrets.read_or_create("admin_password", directory=tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["admin_password"]
    assert stat.S_IMODE((tmp_path / "admin_password").stat().st_mode) == 0o600


def test_secrets_of_two_names_or_two_places_differ(tmp_path):
    values = {
        secrets.read_or_create("secret_key", directory=tmp_path / "one"),
        secrets.read_or_create("admin_password", directory=tmp_path / "one"),
        secrets.read_or_create("secret_key", directory=tmp_path / "two"),
    }

    assert len(values) == 3


def test_an_emptied_secret_is_refused_and_not_replaced(tmp_path):
    (tmp_path / "secret_key").write_text("")

    with pytest.raises(ValueError, match="is empty"):
        secrets.read_or_create("secret_key", directory=tmp_path)

    assert (tmp_path / "secret_key").read_text() == ""
