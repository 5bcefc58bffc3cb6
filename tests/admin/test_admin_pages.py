"""Every page of every registered model opens, and every model is registered."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from omnitron.core.admin_base import OmnitronAdmin
from tests.admin.rows import (
    MODELS,
    a_row_of,
    deletion_of,
    form_for_new,
    history_of,
    list_of,
    page_of,
)


def label_of(model: type[Model]) -> str:
    return model._meta.label


def test_every_model_of_ours_is_registered_with_the_scoped_and_audited_base() -> None:
    ours = {model for model in apps.get_models() if model.__module__.startswith("omnitron.")}

    assert sorted(ours - set(MODELS), key=label_of) == []
    assert [
        model for model in MODELS if not isinstance(admin.site.get_model_admin(model), OmnitronAdmin)
    ] == []


@pytest.mark.parametrize("model", MODELS, ids=label_of)
def test_every_page_of_a_model_opens(model: type[Model], admin_client: Client) -> None:
    row = a_row_of(model)
    may_add = admin_client.get(form_for_new(model)).status_code

    assert admin_client.get(list_of(model)).status_code == 200
    assert admin_client.get(page_of(row)).status_code == 200
    assert admin_client.get(history_of(row)).status_code == 200
    assert may_add in {200, 403}
    assert admin_client.get(deletion_of(row)).status_code in {200, 403}
