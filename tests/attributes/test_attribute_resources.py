"""Attribute sets, attributes, values and what links them, in the requests channel applications send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from factory.django import DjangoModelFactory
from rest_framework.test import APIClient

from omnitron.attributes.models import MarketplaceAttributeSchema
from omnitron.catalogs.models import CategoryNode
from omnitron.channels.models import Channel
from omnitron.core.models import AuditLog
from tests.factories import attributes as rows
from tests.factories.catalogs import CategoryNodeFactory, CategoryTreeFactory
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db

_DATES = ["created_date", "modified_date"]


def _of_set(channel: Channel) -> dict[str, Any]:
    return {"attribute_set__channel": channel}


def _of_channel(channel: Channel) -> dict[str, Any]:
    return {"channel": channel}


def _of_attribute(channel: Channel) -> dict[str, Any]:
    return {"attribute__channel": channel}


# By address: the factory, how a row of it is made in a channel, and a row's keys without the dates.
RESOURCES: dict[str, tuple[type[DjangoModelFactory], Callable[[Channel], dict[str, Any]], str]] = {
    "attribute_sets": (rows.AttributeSetFactory, _of_channel, "pk id channel name remote_id"),
    "attribute_set_configs": (
        rows.AttributeSetConfigFactory,
        _of_set,
        "pk attribute_set content_type object_id",
    ),
    "attributes": (rows.AttributeFactory, _of_channel, "pk channel name"),
    "attribute_schemas": (rows.AttributeSchemaFactory, _of_channel, "pk channel name schema attribute"),
    "attribute_configs": (
        rows.AttributeConfigFactory,
        _of_set,
        "pk attribute_set attribute attribute_remote_id is_required is_variant is_custom is_image_attribute "
        "is_meta",
    ),
    "attribute_values": (rows.AttributeValueFactory, _of_attribute, "pk channel attribute label value"),
    "attribute_value_configs": (
        rows.AttributeValueConfigFactory,
        _of_set,
        "pk attribute_set attribute_value",
    ),
}
every = pytest.mark.parametrize("path", RESOURCES)


@pytest.fixture
def channel() -> Channel:
    return ChannelFactory(category_tree=CategoryTreeFactory())


def url_of(channel: Channel, path: str) -> str:
    return f"/api/v1/channel/{channel.pk}/{path}/"


def row_in(channel: Channel, path: str, **values: Any) -> Any:
    factory, place, _ = RESOURCES[path]
    return factory(**place(channel), **values)


def body_of(channel: Channel, path: str) -> dict[str, Any]:
    """What an application sends, with the channel as the text its environment holds."""
    named = {"channel": str(channel.pk)}
    if path == "attribute_sets":
        return {"name": "Ayakkabı", "remote_id": "403", **named}
    if path == "attribute_set_configs":
        node = CategoryNode.objects.get(tree=channel.category_tree, parent=None)
        attribute_set = rows.AttributeSetFactory(channel=channel)
        return {"attribute_set": attribute_set.pk, "content_type": "categorynode", "object_id": node.pk}
    if path == "attributes":
        return {"name": "Renk", **named}
    if path == "attribute_schemas":
        return {"name": f"{channel.pk} Renk Schema", "schema": {}, **named}
    if path == "attribute_configs":
        flags = dict.fromkeys(("is_required", "is_variant", "is_custom", "is_image_attribute"), False)
        return {
            "attribute_set": rows.AttributeSetFactory(channel=channel).pk,
            "attribute": rows.AttributeFactory(channel=channel).pk,
            "attribute_remote_id": "24",
            **flags,
            "is_meta": True,
        }
    if path == "attribute_values":
        attribute = rows.AttributeFactory(channel=channel)
        return {"attribute": attribute.pk, "label": "Kırmızı", "value": "686", **named}
    value = rows.AttributeValueFactory(attribute__channel=channel)
    return {"attribute_set": rows.AttributeSetFactory(channel=channel).pk, "attribute_value": value.pk}


@every
def test_a_row_is_made_once(api: APIClient, channel: Channel, path: str) -> None:
    body, url = body_of(channel, path), url_of(channel, path)

    made = api.post(url, body)
    assert made.status_code == 201, made.content
    row = made.json()
    assert list(row) == [*RESOURCES[path][2].split(), *_DATES]
    expected = body | ({"channel": channel.pk} if "channel" in body else {})
    assert {name: row[name] for name in expected} == expected
    assert api.get(f"{url}{row['pk']}/").json() == row
    assert AuditLog.objects.get().event == f"{RESOURCES[path][0]._meta.model._meta.model_name}.created"

    again = api.post(url, body)
    assert again.status_code == 400
    assert again.json()["non_field_errors"][0].startswith("There is one already (attribute_")
    assert api.get(url).json()["count"] == 1
    assert AuditLog.objects.count() == 1


@every
def test_an_unknown_field_or_another_channel_is_refused(api: APIClient, channel: Channel, path: str) -> None:
    body, other = body_of(channel, path), ChannelFactory()

    unknown = api.post(url_of(channel, path), body | {"colour": "red"})
    assert (unknown.status_code, unknown.json()) == (400, {"colour": ["Unknown field."]})
    foreign = api.post(url_of(channel, path), body | {"channel": other.pk})
    message = f"This is below channel {channel.pk}." if "channel" in body else "Unknown field."
    assert (foreign.status_code, foreign.json()) == (400, {"channel": [message]})
    elsewhere = api.post(url_of(other, path), {name: body[name] for name in body if name != "channel"})
    # What names no other row is only a row of the other channel.
    named = [name for name in body if name in {"attribute_set", "attribute", "attribute_value"}]
    assert (elsewhere.status_code, sorted(elsewhere.json()) if named else []) == (
        (400, sorted(named)) if named else (201, [])
    )
    assert api.get(url_of(channel, path)).json()["count"] == 0


@every
def test_a_row_of_another_channel_is_not_there(api: APIClient, channel: Channel, path: str) -> None:
    mine, foreign = row_in(channel, path), row_in(ChannelFactory(), path)
    url = url_of(channel, path)

    assert [row["pk"] for row in api.get(url, {"sort": "id", "page": 1}).json()["results"]] == [mine.pk]
    for method in ("get", "patch", "delete"):
        assert getattr(api, method)(f"{url}{foreign.pk}/").status_code == 404
    assert api.get(url, {"colour": "red"}).json() == {"colour": ["Unknown parameter."]}
    assert api.delete(f"{url}{mine.pk}/").status_code == 204


@every
def test_a_list_costs_the_same_for_one_row_and_for_a_hundred(
    api: APIClient, channel: Channel, path: str, django_assert_num_queries: Any
) -> None:
    first = row_in(channel, path)
    with django_assert_num_queries(2):
        assert api.get(url_of(channel, path), {"limit": 500}).json()["count"] == 1
    # Plain copies: what differs is one column that takes anything.
    model, varied = type(first), {"attribute_configs": "attribute", "attribute_set_configs": "object_id"}
    name = varied.get(path, "name" if hasattr(first, "name") else "label")
    for number in range(99):
        values = {field.attname: getattr(first, field.attname) for field in model._meta.concrete_fields}
        values |= {"id": None, "remote_id": None} if path == "attribute_sets" else {"id": None}
        if path == "attribute_configs":
            values["attribute_id"] = rows.AttributeFactory(channel=channel).pk
        elif path == "attribute_value_configs":
            value = rows.AttributeValueFactory(attribute=first.attribute_value.attribute)
            values["attribute_value_id"] = value.pk
        else:
            values[name] = number
        model.objects.create(**values)

    with django_assert_num_queries(2):
        assert api.get(url_of(channel, path), {"limit": 500}).json()["count"] == 100


def test_what_an_application_asks_for_is_found(api: APIClient, channel: Channel) -> None:
    """Every list request of the set-up commands, with the filters and the order they name."""
    config = rows.AttributeConfigFactory(attribute_set__channel=channel, attribute__name="Renk")
    attribute_set, attribute = config.attribute_set, config.attribute
    node = CategoryNodeFactory(parent=channel.category_tree.categorynode_set.get())
    for_node = rows.AttributeSetConfigFactory(attribute_set=attribute_set, object_id=node.pk)
    value = rows.AttributeValueFactory(attribute=attribute, label="Kırmızı, koyu", value="686")
    bound = rows.AttributeValueConfigFactory(attribute_set=attribute_set, attribute_value=value)
    schema = rows.AttributeSchemaFactory(channel=channel, name="1 Renk Schema")
    others = ("attribute_sets", "attributes", "attribute_schemas")
    for path in others:
        row_in(channel, path)
    rows.AttributeConfigFactory(attribute_set__channel=channel)
    rows.AttributeSetConfigFactory(attribute_set__channel=channel)
    rows.AttributeValueConfigFactory(attribute_set__channel=channel)

    def pks(path: str, **parameters: Any) -> list[int]:
        response = api.get(url_of(channel, path), {"page": 1, **parameters})
        assert response.status_code == 200, response.content
        return [row["pk"] for row in response.json()["results"]]

    remote_id = attribute_set.remote_id
    assert pks("attribute_sets", remote_id__exact=remote_id, channel=str(channel.pk)) == [attribute_set.pk]
    assert pks("attribute_sets", channel=channel.pk, sort="id")[0] == attribute_set.pk
    wanted = {"attribute_set": attribute_set.pk, "object_id": node.pk}
    kind = {"content_type__model__exact": "categorynode"}
    assert pks("attribute_set_configs", **wanted, **kind) == [for_node.pk]
    ordered = api.get(
        url_of(channel, "attribute_set_configs"),
        {"content_type__model": "categorynode", "limit": 500, "sort": "object_id", "page": 1},
    ).json()
    assert [row["object_id"] for row in ordered["results"]] == [node.pk, None]
    assert pks("attribute_set_configs", content_type__model="product") == []
    assert pks("attributes", name__exact="Renk", channel=channel.pk) == [attribute.pk]
    assert pks("attribute_schemas", name__exact="1 Renk Schema", channel=channel.pk) == [schema.pk]
    assert pks("attribute_configs", attribute_set=attribute_set.pk, attribute=attribute.pk) == [config.pk]
    assert pks("attribute_values", attribute=attribute.pk, limit=50000) == [value.pk]
    found = pks("attribute_values", attribute=attribute.pk, label__exact="Kırmızı, koyu", value__exact="686")
    assert found == [value.pk]
    both = {"attribute_set": attribute_set.pk, "attribute_value": value.pk}
    assert pks("attribute_value_configs", **both) == [bound.pk]


def test_detailed_configs_name_their_attribute_and_set(
    api: APIClient, channel: Channel, django_assert_num_queries: Any
) -> None:
    config = rows.AttributeConfigFactory(attribute_set__channel=channel, is_variant=True)
    rows.AttributeConfigFactory(attribute_set__channel=channel)
    rows.AttributeConfigFactory()
    url = f"{url_of(channel, 'attribute_configs')}detailed/"

    with django_assert_num_queries(2):
        page = api.get(url, {"attribute_set": config.attribute_set_id, "limit": 10, "page": 1}).json()

    assert (page["count"], page["next"]) == (1, None)
    (row,) = page["results"]
    assert row["attribute"] == {"pk": config.attribute_id, "name": config.attribute.name}
    assert row["attribute_set"] == {
        "pk": config.attribute_set_id,
        "id": config.attribute_set_id,
        "name": config.attribute_set.name,
        "remote_id": config.attribute_set.remote_id,
    }
    flags = {name: row[name] for name in row if name.startswith("is_")}
    assert flags == dict.fromkeys(flags, False) | {"is_variant": True}
    assert row["attribute_remote_id"] == config.attribute_remote_id
    assert api.get(url, {"colour": "red"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("attribute_sets", {"name": "Çanta", "remote_id": "404"}),
        ("attributes", {"name": "Beden"}),
        ("attribute_configs", {"is_required": True, "is_custom": True}),
        ("attribute_values", {"label": "Lacivert", "value": "687"}),
        ("attribute_schemas", {"schema": {"default": "Yok"}}),
    ],
)
def test_a_patch_changes_what_it_names(
    api: APIClient, channel: Channel, path: str, change: dict[str, Any]
) -> None:
    row = row_in(channel, path)
    url = f"{url_of(channel, path)}{row.pk}/"
    before = api.get(url).json()
    named = {"channel": str(channel.pk)} if "channel" in before else {}

    patched = api.patch(url, change | named)

    assert patched.status_code == 200, patched.content
    assert patched.json() == before | change | {"modified_date": patched.json()["modified_date"]}
    audit = AuditLog.objects.get()
    assert (audit.old, audit.new) == ({name: before[name] for name in change}, change)
    assert api.patch(url, patched.json()).json() == patched.json()
    assert AuditLog.objects.count() == 1


def test_a_code_sent_as_a_number_is_its_text(api: APIClient, channel: Channel) -> None:
    body = body_of(channel, "attribute_values")

    assert api.post(url_of(channel, "attribute_values"), body | {"value": 686}).json()["value"] == "686"


def test_a_set_is_for_a_category_of_the_channel(api: APIClient, channel: Channel) -> None:
    body = body_of(channel, "attribute_set_configs")
    url = url_of(channel, "attribute_set_configs")
    foreign = CategoryNodeFactory()

    for change, refused in (
        ({"object_id": foreign.pk}, {"object_id": ["The channel's category tree has no such node."]}),
        (
            {"content_type": "product"},
            {"content_type": ["An attribute set is for a category: categorynode."]},
        ),
        ({"content_type": 7}, {"content_type": ["Invalid value."]}),
        ({"content_type": "nothing"}, {"content_type": ["Object with model=nothing does not exist."]}),
    ):
        response = api.post(url, body | change)
        assert (response.status_code, response.json()) == (400, refused)
    assert AuditLog.objects.count() == 0
    for_all = api.post(url, body | {"object_id": None})
    assert (for_all.status_code, for_all.json()["object_id"]) == (201, None)
    assert api.post(url, body | {"object_id": None}).status_code == 400


@pytest.mark.parametrize(
    ("name", "is_linked"),
    [
        ("{pk} Renk Schema", True),
        ("{pk} {pk} Renk Schema", True),
        ("Renk Schema", False),
        ("{pk} Renk", False),
    ],
)
def test_a_schema_named_as_applications_name_it_fills_its_attribute(
    api: APIClient, channel: Channel, name: str, is_linked: bool
) -> None:
    attribute = rows.AttributeFactory(channel=channel, name="Renk")
    rows.AttributeFactory(name="Renk")
    body = {"name": name.format(pk=channel.pk), "schema": {}, "channel": str(channel.pk)}

    made = api.post(url_of(channel, "attribute_schemas"), body)

    assert (made.status_code, made.json()["attribute"]) == (201, attribute.pk if is_linked else None)
    if is_linked:
        # The attribute has its rule: another one of a fitting name is nobody's.
        second = api.post(
            url_of(channel, "attribute_schemas"), body | {"name": f"{channel.pk} {body['name']}"}
        )
        assert (second.status_code, second.json()["attribute"]) == (201, None)
        taken = api.patch(
            f"{url_of(channel, 'attribute_schemas')}{second.json()['pk']}/", {"attribute": attribute.pk}
        )
        assert taken.status_code == 400


@pytest.mark.parametrize(
    "schema",
    [
        {"colour": "red"},
        {"parts": []},
        {"parts": {"attribute": "renk"}},
        {"parts": ["renk"]},
        {"parts": [{"attribute": "renk", "text": "-"}]},
        {"parts": [{"colour": "renk"}]},
        {"parts": [{"attribute": 7}]},
        {"parts": [{"text": ""}]},
        {"parts": [{"field": "price"}]},
        {"values": ["Kırmızı"]},
        {"values": {"red": 7}},
        {"default": None},
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(
    api: APIClient, channel: Channel, schema: dict[str, Any]
) -> None:
    body = {"name": "Rule", "schema": schema}

    refused = api.post(url_of(channel, "attribute_schemas"), body)

    assert (refused.status_code, list(refused.json())) == (400, ["schema"])
    assert MarketplaceAttributeSchema.objects.count() == 0


def test_what_others_refer_to_stays(api: APIClient, channel: Channel) -> None:
    config = rows.AttributeConfigFactory(attribute_set__channel=channel)

    refused = api.delete(f"{url_of(channel, 'attributes')}{config.attribute_id}/")

    assert (refused.status_code, refused.json()["error_code"]) == (406, "omnitron_100_2")
    assert api.get(url_of(channel, "attributes")).json()["count"] == 1


def test_permissions_are_those_of_the_model(api_of: Callable[..., APIClient], channel: Channel) -> None:
    reader = api_of("attributes.view_marketplaceattribute", channels=[channel])
    url = url_of(channel, "attributes")

    assert reader.get(url).status_code == 200
    assert reader.post(url, {"name": "Renk"}).status_code == 403
    assert reader.get(url_of(ChannelFactory(), "attributes")).status_code == 404


@pytest.mark.parametrize(
    "model",
    [
        "marketplaceattribute",
        "marketplaceattributeset",
        "marketplaceattributesetconfig",
        "marketplaceattributeschema",
        "marketplaceattributevalue",
        "marketplaceattributevalueconfig",
        "categorytree",
        "categorynode",
    ],
)
def test_content_types_have_the_names_applications_ask_for(api: APIClient, model: str) -> None:
    found = api.get("/api/v1/content_types/", {"model": model, "page": 1}).json()

    assert [row["model"] for row in found["results"]] == [model]


def test_the_schema_of_a_channels_configuration_is_written_as_sent(api: APIClient, channel: Channel) -> None:
    field = {"required": True, "data_type": "bool", "key": "setting_name", "label": "x", "schema": None}
    schema = {"setting_name": field, "reason_mapping": field | {"data_type": "json"}}

    patched = api.patch(f"/api/v1/channels/{channel.pk}/", {"schema": schema})

    assert (patched.status_code, patched.json()["schema"]) == (200, schema)
