"""What waits for a channel follows what changes, by triggers of the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from omnitron.channels.models import WAITING, IntegrationAction
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _action(row: Any, **values: Any) -> IntegrationAction:
    return IntegrationAction.objects.create(
        channel=ChannelFactory(),
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        **values,
    )


def _waits(action: IntegrationAction) -> bool:
    return IntegrationAction.objects.filter(WAITING, pk=action.pk).exists()


def test_an_action_learns_when_its_object_changed_and_follows_it() -> None:
    product = ProductFactory()
    action = _action(product, version_date=product.modified_date)
    action.refresh_from_db()
    assert (action.object_modified_date, _waits(action)) == (product.modified_date, False)

    product.save()
    action.refresh_from_db()
    assert (action.object_modified_date, _waits(action)) == (product.modified_date, True)

    type(product).objects.filter(pk=product.pk).update(name="Other", modified_date=LONG_AGO)
    assert not _waits(action)
