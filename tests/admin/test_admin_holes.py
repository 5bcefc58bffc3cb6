"""A hole nobody can fill is acknowledged, and calls for nobody any more."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from omnitron.channels.enums import WindowStatus
from omnitron.channels.models import PullWindow
from omnitron.core.models import AuditLog
from tests.admin.rows import page_of
from tests.factories.channels import ChannelFactory
from tests.factories.pulls import PullWindowFactory
from tests.factories.users import UserFactory

NOTE = "Test orders of the marketplace, its support says."


@pytest.fixture
def hole(db: None) -> PullWindow:
    return PullWindowFactory(
        channel=ChannelFactory(channel_type="sandbox"),
        status=WindowStatus.HOLE,
        reason="The channel counts 12 orders here, 10 were ever seen.",
        missing=2,
    )


def acknowledge(client: Client, window: PullWindow, note: str = NOTE) -> HttpResponse:
    return client.post(page_of(window).removesuffix("change/") + "do/acknowledge/", {"note": note})


def reported(hole: PullWindow) -> tuple[int, dict[str, Any]]:
    """The exit code of the report, and what it says of the hole."""
    stdout, code = io.StringIO(), 0
    try:
        call_command("pull_report", "--channel", str(hole.channel_id), "--json", stdout=stdout)
    except SystemExit as exit_:
        code = exit_.code
    report = json.loads(stdout.getvalue())
    assert report["is_complete"] == (code == 0)
    (said,) = report["windows"]
    return code, said


def test_an_acknowledged_hole_calls_for_somebody_only_when_more_is_missing(
    admin_client: Client, hole: PullWindow
) -> None:
    code, said = reported(hole)
    assert (code, said["acknowledged"]) == (3, "")

    assert acknowledge(admin_client, hole).status_code == 302

    code, said = reported(hole)
    assert (code, said["status"], said["missing"], said["acknowledged"]) == (0, "hole", 2, NOTE)
    event = AuditLog.objects.get(event="pullwindow.changed")
    assert (event.object_id, event.actor.username) == (hole.pk, "ada")
    assert event.new == {"acknowledged_missing": 2, "acknowledged_note": NOTE}
    stdout = io.StringIO()
    call_command("pull_report", "--channel", str(hole.channel_id), stdout=stdout)
    assert stdout.getvalue().splitlines()[-1].endswith(f"{hole.reason} Acknowledged: {NOTE}")

    PullWindow.objects.filter(pk=hole.pk).update(missing=3)
    code, said = reported(hole)
    assert (code, said["acknowledged"]) == (3, "")


@pytest.mark.parametrize("note", ["", "   ", "x" * 513, "with a \0 in it"])
def test_why_has_to_be_said(admin_client: Client, hole: PullWindow, note: str) -> None:
    response = acknowledge(admin_client, hole, note)

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"note"}
    hole.refresh_from_db()
    assert (hole.acknowledged_missing, hole.acknowledged_note) == (None, "")
    assert not AuditLog.objects.filter(event="pullwindow.changed").exists()


@pytest.mark.parametrize("status", [status for status in WindowStatus if status != WindowStatus.HOLE])
def test_only_holes_are_acknowledged(admin_client: Client, hole: PullWindow, status: WindowStatus) -> None:
    PullWindow.objects.filter(pk=hole.pk).update(status=status, missing=0)

    (shown,) = admin_client.get(page_of(hole)).context["page_actions"]
    assert (shown.address, shown.because) == (None, ("It is no hole.",))
    assert "channels_300_7" in acknowledge(admin_client, hole).content.decode()

    hole.refresh_from_db()
    assert hole.acknowledged_missing is None


def test_rights_and_reach_are_held(limited_client: Client, hole: PullWindow) -> None:
    client = Client()
    client.force_login(UserFactory(is_staff=True, permissions=["channels.view_pullwindow"]))

    assert client.get(page_of(hole)).context["page_actions"] == []
    assert acknowledge(client, hole).status_code == 403
    # Of another channel: as if it were not there.
    assert acknowledge(limited_client, hole).url == "/admin/"
    hole.refresh_from_db()
    assert hole.acknowledged_missing is None
