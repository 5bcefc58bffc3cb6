"""A user limited to channels: no list, search, choice, page or save reaches another channel's rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from omnitron.channels.models import Channel, ErrorReport, IntegrationMapping, OperationalEvent
from omnitron.core.models import AuditLog
from omnitron.core.scope import channel_path_of
from omnitron.customers.models import Address, Customer
from omnitron.orders.models import EasyReturn, Order
from omnitron.payments.models import Pos
from omnitron.users.models import User
from tests.admin.browser import fill_in, form_of
from tests.admin.rows import MODELS, a_row_of, form_for_new, history_of, list_of, page_of
from tests.factories.channels import ChannelFactory
from tests.factories.customers import AddressFactory, CustomerFactory, RetailStoreFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    CancellationRequestFactory,
    EasyReturnFactory,
    OrderFactory,
)
from tests.factories.payments import PosFactory

ORDERS = "/admin/orders/order/"
SCOPED = [model for model in MODELS if channel_path_of(model) is not None]
HOUSE_WIDE = {
    "channels.CredentialBudget",
    "auth.Group",
    "channels.IntegrationMapping",
    "core.AuditLog",
    "core.IdempotencyKey",
    "core.RowCountChange",
    "django_celery_beat.ClockedSchedule",
    "django_celery_beat.CrontabSchedule",
    "django_celery_beat.IntervalSchedule",
    "django_celery_beat.PeriodicTask",
    "django_celery_beat.SolarSchedule",
    "orders.TrackingUpload",
    "orders.TrackingUploadRow",
    "users.ApiToken",
    "users.FailedLogin",
    "users.User",
}


def label_of(model: type[Model]) -> str:
    return model._meta.label


def rows_listed(client: Client, address: str, **query: str) -> list[Model]:
    response = client.get(address, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def autocompleted(client: Client, field: str, term: str = "") -> list[str]:
    app_label, model_name, field_name = field.split(".")
    response = client.get(
        reverse("admin:autocomplete"),
        {"app_label": app_label, "model_name": model_name, "field_name": field_name, "term": term},
    )
    return [result["text"] for result in response.json()["results"]]


@pytest.mark.parametrize("model", SCOPED, ids=label_of)
def test_another_channels_row_is_neither_listed_nor_opened(
    model: type[Model], limited_client: Client, admin_client: Client
) -> None:
    row = a_row_of(model)

    assert row in rows_listed(admin_client, list_of(model))
    assert row not in rows_listed(limited_client, list_of(model))
    for address in (page_of(row), history_of(row)):
        # Django's answer for a row that is not there: back to the first page.
        assert limited_client.get(address).url == "/admin/"


def test_what_concerns_the_whole_house_is_closed_to_limited_users(
    limited_client: Client, admin_client: Client
) -> None:
    closed = {label_of(model) for model in MODELS if limited_client.get(list_of(model)).status_code == 403}

    assert closed == HOUSE_WIDE
    assert {
        label_of(model) for model in MODELS if admin_client.get(list_of(model)).status_code != 200
    } == set()


def test_own_rows_are_listed_and_opened(limited_client: Client, own_channel: Channel) -> None:
    order = OrderFactory(channel=own_channel)

    assert rows_listed(limited_client, ORDERS) == [order]
    assert limited_client.get(page_of(order)).status_code == 200
    assert limited_client.get(history_of(order)).status_code == 200


def test_searching_finds_nothing_of_another_channel(
    limited_client: Client, own_channel: Channel, other_channel: Channel
) -> None:
    own = OrderFactory(number="SAME-1", channel=own_channel)
    other = OrderFactory(number="SAME-2", channel=other_channel)

    assert rows_listed(limited_client, ORDERS, q="SAME") == [own]
    assert rows_listed(limited_client, ORDERS, q=other.customer.email) == []


def test_filtering_by_another_channel_finds_nothing(limited_client: Client, other_channel: Channel) -> None:
    OrderFactory(channel=other_channel)

    assert rows_listed(limited_client, ORDERS, channel__id__exact=str(other_channel.pk)) == []


def test_filters_offer_own_channels_only(
    limited_client: Client, own_channel: Channel, other_channel: Channel
) -> None:
    page = limited_client.get(ORDERS).content.decode()

    assert own_channel.name in page
    assert other_channel.name not in page


def test_choices_offer_own_rows_only(
    limited_client: Client, own_channel: Channel, other_channel: Channel
) -> None:
    CustomerFactory(channel=own_channel, email="own@example.com", first_name="Own", last_name="One")
    CustomerFactory(channel=other_channel, email="other@example.com")

    assert autocompleted(limited_client, "customers.customer.channel") == ["Own channel"]
    assert autocompleted(limited_client, "customers.address.customer", "example.com") == ["Own One"]
    assert autocompleted(limited_client, "customers.address.customer", "other") == []


def test_every_choice_of_a_scoped_row_is_limited(limited_user: User, rf: Any) -> None:
    """Whatever widget shows it: the form's own choices hold none of another channel's rows."""
    ChannelFactory(name="Other channel")
    request = rf.get("/")
    request.user = limited_user
    offered = {
        f"{model._meta.label}.{field.name}": list(
            model_admin.formfield_for_dbfield(field, request).queryset.values_list("name", flat=True)
        )
        for model, model_admin in admin.site._registry.items()
        for field in model._meta.fields
        if field.related_model is Channel and field.editable
    }

    assert len(offered) > 5
    assert {name: names for name, names in offered.items() if names != ["Own channel"]} == {}


def test_another_channels_row_cannot_be_saved(limited_client: Client, other_channel: Channel) -> None:
    customer = CustomerFactory(channel=other_channel, first_name="Before")
    order = OrderFactory(channel=other_channel)

    assert limited_client.post(page_of(customer), {"first_name": "After"}).url == "/admin/"
    assert limited_client.post(page_of(order), {"notes": "After"}).url == "/admin/"
    assert Customer.objects.get(pk=customer.pk).first_name == "Before"
    assert Order.objects.get(pk=order.pk).notes is None
    assert AuditLog.objects.count() == 0


def test_an_own_row_cannot_be_given_to_another_channel(
    limited_client: Client, own_channel: Channel, other_channel: Channel
) -> None:
    customer = CustomerFactory(channel=own_channel)

    response = fill_in(limited_client, page_of(customer), channel=str(other_channel.pk))

    assert list(response.context["adminform"].form.errors) == ["channel"]
    assert Customer.objects.get(pk=customer.pk).channel == own_channel


def test_an_address_cannot_be_given_to_another_channels_customer(
    limited_client: Client, own_channel: Channel, other_channel: Channel
) -> None:
    address = AddressFactory(customer=CustomerFactory(channel=own_channel))
    stranger = CustomerFactory(channel=other_channel)

    response = fill_in(limited_client, page_of(address), customer=str(stranger.pk))

    assert list(response.context["adminform"].form.errors) == ["customer"]
    assert Address.objects.get().customer.channel == own_channel


def test_a_row_of_no_channel_cannot_be_made_by_a_limited_user(
    limited_client: Client, own_channel: Channel
) -> None:
    response = limited_client.post(form_for_new(Pos), {"name": "Till", "slug": "till", "gateway": "demo"})

    assert response.context["adminform"].form.errors == {
        "channel": ["A user limited to channels must name one of them here."]
    }
    assert (Pos.objects.count(), AuditLog.objects.count()) == (0, 0)

    made = limited_client.post(
        form_for_new(Pos), {"name": "Till", "slug": "till", "gateway": "demo", "channel": own_channel.pk}
    )
    assert made.status_code == 302
    assert Pos.objects.get().channel == own_channel


def test_a_row_cannot_be_taken_out_of_every_channel(limited_client: Client, own_channel: Channel) -> None:
    pos = PosFactory(channel=own_channel)
    posted = form_of(limited_client.get(page_of(pos))) | {"channel": ""}

    response = limited_client.post(page_of(pos), posted)

    assert list(response.context["adminform"].form.errors) == ["channel"]
    assert Pos.objects.get().channel == own_channel


@pytest.mark.parametrize("model", [Pos, ErrorReport, OperationalEvent], ids=label_of)
def test_rows_of_no_channel_are_not_for_limited_users(model: type[Model], limited_client: Client) -> None:
    row = a_row_of(model)
    model.objects.filter(pk=row.pk).update(channel=None)

    assert rows_listed(limited_client, list_of(model)) == []


def test_return_codes_are_reached_by_their_requests(
    limited_client: Client, own_channel: Channel, other_channel: Channel
) -> None:
    own, other = EasyReturnFactory.create_batch(2)
    for easy_return, channel in ((own, own_channel), (other, other_channel)):
        order = ApprovedOrderFactory(channel=channel)
        CancellationRequestFactory(order_item=order.orderitem_set.first(), easy_return=easy_return)

    assert rows_listed(limited_client, list_of(EasyReturn)) == [own]


def test_a_store_address_belongs_to_no_channel(limited_client: Client) -> None:
    AddressFactory(customer=None, first_name="Shop", last_name="Keeper", retail_store=RetailStoreFactory())

    assert rows_listed(limited_client, list_of(Address)) == []


def test_deleting_names_kinds_not_rows_of_other_channels(
    limited_client: Client, other_channel: Channel
) -> None:
    order = ApprovedOrderFactory(channel=other_channel)
    product = order.orderitem_set.first().product
    address = f"/admin/catalogs/product/{product.pk}/delete/"

    asked = limited_client.get(address).content.decode()
    refused = limited_client.post(address, {"post": "yes"}, follow=True)

    assert order.number not in asked
    assert "its product prices" in asked
    assert [str(message) for message in refused.context["messages"]] == [
        f"product {product.pk} cannot be deleted: order items refer to it."
    ]
    assert type(product).objects.filter(pk=product.pk).exists()


def test_mappings_of_any_row_are_not_for_limited_users(limited_client: Client) -> None:
    assert limited_client.get(form_for_new(IntegrationMapping)).status_code == 403


def test_counters_count_own_rows_only(
    limited_client: Client, admin_client: Client, own_channel: Channel, other_channel: Channel
) -> None:
    ApprovedOrderFactory(channel=own_channel)
    ApprovedOrderFactory.create_batch(2, channel=other_channel)

    def approved_not_sent(client: Client) -> int:
        counters = {counter["title"]: counter for counter in client.get("/admin/").context["counters"]}
        return counters["Approved, not sent"]["count"]

    assert (approved_not_sent(limited_client), approved_not_sent(admin_client)) == (1, 3)
