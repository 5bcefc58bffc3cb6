"""The rules of rows that hold wherever they are written from; the API's own are tested through it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from omnitron.attributes.models import MarketplaceAttributeConfig, MarketplaceAttributeValue
from omnitron.attributes.service import AttributeService
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.core.models import AuditLog
from omnitron.users.models import User
from tests.factories import attributes as rows
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db

NOT_OF_ONE = ["These are not of one channel."]


def test_rows_of_two_channels_do_not_name_each_other(audit_context: AuditContext) -> None:
    here, there = rows.AttributeFactory(), rows.AttributeFactory()
    attribute_set = rows.AttributeSetFactory(channel=here.channel)
    values: dict[Any, dict[str, Any]] = {
        MarketplaceAttributeConfig: {"attribute_set": attribute_set, "attribute": there},
        MarketplaceAttributeValue: {
            "channel": here.channel,
            "attribute": there,
            "label": "Mavi",
            "value": "1",
        },
    }

    for model, given in values.items():
        with pytest.raises(InvalidInput) as refused:
            AttributeService.create_row(model, given, audit_context=audit_context)
        named = {name for name in given if name not in {"label", "value"}}
        assert refused.value.errors == dict.fromkeys(named, NOT_OF_ONE)
        assert model.objects.count() == 0

    config = rows.AttributeConfigFactory(attribute_set=attribute_set)
    with pytest.raises(InvalidInput):
        AttributeService.update_row(config, {"attribute": there}, audit_context=audit_context)
    config.refresh_from_db()
    assert config.attribute != there
    assert AuditLog.objects.count() == 0


def test_a_row_stays_in_its_channel(audit_context: AuditContext) -> None:
    attribute = rows.AttributeFactory()

    with pytest.raises(InvalidInput) as refused:
        AttributeService.update_row(attribute, {"channel": ChannelFactory()}, audit_context=audit_context)

    assert refused.value.errors == {"channel": ["A row stays with its channel."]}


def test_a_value_stays_with_its_attribute(audit_context: AuditContext) -> None:
    """What a set says of the value says it of the attribute as well."""
    config = rows.AttributeValueConfigFactory()
    value, attribute = config.attribute_value, config.attribute_value.attribute
    other = rows.AttributeFactory(channel=attribute.channel)

    with pytest.raises(InvalidInput) as refused:
        AttributeService.update_row(value, {"attribute": other}, audit_context=audit_context)

    assert refused.value.errors == {"attribute": ["A row stays with its attribute."]}
    assert AttributeService.update_row(value, {"attribute": attribute}, audit_context=audit_context) == value
    another = rows.AttributeValueFactory(attribute=other)
    moved = AttributeService.update_row(config, {"attribute_value": another}, audit_context=audit_context)
    assert (moved.attribute, AuditLog.objects.count()) == (other, 1)


def test_the_admin_says_what_cannot_be(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)
    attribute, other = rows.AttributeFactory(), rows.AttributeFactory()
    add = reverse("admin:attributes_marketplaceattributevalue_add")
    given = {"channel": attribute.channel_id, "label": "Mavi", "value": "1"}

    refused = client.post(add, given | {"attribute": other.pk})
    assert (refused.status_code, NOT_OF_ONE[0] in refused.content.decode()) == (200, True)
    assert MarketplaceAttributeValue.objects.count() == 0

    assert client.post(add, given | {"attribute": attribute.pk}).status_code == 302
    value = MarketplaceAttributeValue.objects.get()
    assert (value.channel, value.label) == (attribute.channel, "Mavi")
    page = reverse("admin:attributes_marketplaceattributevalue_change", args=(value.pk,))
    assert 'name="channel"' not in client.get(page).content.decode()
