"""Records changed in the admin: one audit row for each change, refusals shown in the form, secrets never shown."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.test import Client
from psycopg2 import errors

from omnitron.catalogs.models import Catalog, Product, ProductStock
from omnitron.channels.models import Channel
from omnitron.channels.secrets import MASK
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog, AuditSource
from omnitron.customers.models import Address, Country
from omnitron.orders.service import OrderService
from tests.admin.browser import fill_in, form_of
from tests.admin.rows import MODELS, deletion_of, form_for_new, list_of, page_of
from tests.factories.catalogs import (
    CatalogFactory,
    PriceListFactory,
    ProductFactory,
    ProductStockFactory,
    StockListFactory,
)
from tests.factories.customers import AddressFactory, CountryFactory
from tests.factories.orders import ApprovedOrderFactory

ADDABLE = {
    "attributes.MarketplaceAttribute",
    "attributes.MarketplaceAttributeConfig",
    "attributes.MarketplaceAttributeSchema",
    "attributes.MarketplaceAttributeSet",
    "attributes.MarketplaceAttributeSetConfig",
    "attributes.MarketplaceAttributeValue",
    "attributes.MarketplaceAttributeValueConfig",
    "auth.Group",
    "catalogs.Catalog",
    "catalogs.CategoryNode",
    "catalogs.CategoryTree",
    "catalogs.PriceList",
    "catalogs.Product",
    "catalogs.ProductCategory",
    "catalogs.ProductImage",
    "catalogs.ProductPrice",
    "catalogs.ProductStock",
    "catalogs.StockList",
    "channels.Channel",
    "channels.DataSource",
    "channels.ExternalStatus",
    "channels.IntegrationMapping",
    "customers.Address",
    "customers.City",
    "customers.Country",
    "customers.Customer",
    "customers.District",
    "customers.RetailStore",
    "customers.Township",
    "django_celery_beat.ClockedSchedule",
    "django_celery_beat.CrontabSchedule",
    "django_celery_beat.IntervalSchedule",
    "django_celery_beat.PeriodicTask",
    "django_celery_beat.SolarSchedule",
    "orders.CancellationReason",
    "orders.CargoCompany",
    "orders.Promotion",
    "orders.Reconciliation",
    "payments.Bank",
    "payments.BinNumber",
    "payments.Card",
    "payments.Installment",
    "payments.PaymentOption",
    "payments.Pos",
    "users.User",
}


def events() -> list[tuple[str, str, str]]:
    return list(AuditLog.objects.order_by("pk").values_list("event", "source", "actor__username"))


@pytest.fixture
def channel_with_secret(audit_context: AuditContext) -> Channel:
    channel = ChannelService.create_channel(
        "Shop",
        "sales_channel",
        conf={"api_key": "s3cr3t-value", "url": "https://shop.example"},
        audit_context=audit_context,
    )
    AuditLog.objects.all().delete()
    return channel


def test_what_can_be_added(admin_client: Client) -> None:
    assert {
        model._meta.label for model in MODELS if admin_client.get(form_for_new(model)).status_code == 200
    } == ADDABLE


def test_adding_a_record_writes_it_and_one_audit_row(admin_client: Client) -> None:
    response = admin_client.post(
        form_for_new(Country), {"name": "Türkiye", "code": "tr", "is_active": "on", "translations": "{}"}
    )

    country = Country.objects.get()
    row = AuditLog.objects.get()
    assert response.status_code == 302
    assert (country.name, country.code, country.is_active) == ("Türkiye", "tr", True)
    assert events() == [("country.created", AuditSource.ADMIN, "ada")]
    assert (row.object_id, row.new["code"]) == (country.pk, "tr")


def test_changing_a_record_writes_it_and_one_audit_row(admin_client: Client) -> None:
    country = CountryFactory(name="Turkey")

    assert fill_in(admin_client, page_of(country), name="Türkiye").status_code == 302

    row = AuditLog.objects.get()
    assert Country.objects.get().name == "Türkiye"
    assert (row.event, row.old, row.new) == ("country.changed", {"name": "Turkey"}, {"name": "Türkiye"})


def test_many_to_many_values_are_written_with_the_record(admin_client: Client) -> None:
    catalog = CatalogFactory()
    extra = PriceListFactory()

    assert fill_in(admin_client, page_of(catalog), extra_price_lists=[str(extra.pk)]).status_code == 302

    assert list(Catalog.objects.get().extra_price_lists.all()) == [extra]
    assert AuditLog.objects.get().new == {"extra_price_lists": [extra.pk]}


def test_deleting_a_record_asks_first_and_writes_one_audit_row(admin_client: Client) -> None:
    country = CountryFactory(code="xx")

    assert admin_client.get(deletion_of(country)).status_code == 200
    assert Country.objects.count() == 1
    assert admin_client.post(deletion_of(country), {"post": "yes"}).status_code == 302
    assert Country.objects.count() == 0
    assert events() == [("country.deleted", AuditSource.ADMIN, "ada")]
    assert AuditLog.objects.get().old["code"] == "xx"


def test_a_record_others_refer_to_is_not_deleted(admin_client: Client) -> None:
    address = AddressFactory()

    response = admin_client.post(deletion_of(address.country), {"post": "yes"}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        f"country {address.country_id} cannot be deleted: addresses, cities refer to it."
    ]
    assert (Country.objects.count(), AuditLog.objects.count()) == (1, 0)


def test_rows_are_deleted_one_by_one_only(admin_client: Client) -> None:
    country = CountryFactory()

    admin_client.post(
        list_of(Country), {"action": "delete_selected", "_selected_action": [country.pk], "post": "yes"}
    )

    assert Country.objects.count() == 1


def test_a_duplicate_is_shown_in_the_form(admin_client: Client) -> None:
    ProductFactory(sku="MUG")
    product = ProductFactory(sku="CUP")

    response = fill_in(admin_client, page_of(product), sku="MUG")

    assert list(response.context["adminform"].form.errors) == ["sku"]
    assert (Product.objects.filter(sku="CUP").count(), AuditLog.objects.count()) == (1, 0)


def test_what_a_use_case_refuses_is_shown_in_the_form_with_what_was_typed(admin_client: Client) -> None:
    first = AddressFactory()
    admin_client.post(page_of(first), form_of(admin_client.get(page_of(first))) | {"line": "Moda 1"})
    second = AddressFactory(customer=first.customer, district=first.district)
    AuditLog.objects.all().delete()

    response = fill_in(
        admin_client,
        page_of(second),
        line="Moda 1",
        phone_number=Address.objects.get(pk=first.pk).phone_number,
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert "An address with this content exists." in page
    assert "Moda 1" in page
    assert Address.objects.get(pk=second.pk).line != "Moda 1"
    assert AuditLog.objects.count() == 0


def test_an_address_an_order_uses_is_replaced_not_changed(admin_client: Client) -> None:
    order = ApprovedOrderFactory()
    used = order.shipping_address
    admin_client.get(page_of(used))

    assert fill_in(admin_client, page_of(used), line="Bağdat Caddesi 1").status_code == 302

    successor = Address.objects.get(line="Bağdat Caddesi 1")
    assert successor.pk != used.pk
    assert (successor.is_active, Address.objects.get(pk=used.pk).is_active) == (True, False)
    order.refresh_from_db()
    assert order.shipping_address == used


def test_a_locked_row_is_reported_in_the_form(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    order = ApprovedOrderFactory()

    def locked(*args: object, **kwargs: object) -> None:
        raise OperationalError from errors.LockNotAvailable()

    monkeypatch.setattr(OrderService, "update_order", locked)
    monkeypatch.setattr(errors.LockNotAvailable, "pgcode", "55P03", raising=False)
    response = fill_in(admin_client, page_of(order), notes="after")

    assert "Somebody else is changing this right now. Try again." in response.content.decode()


def test_reserved_stock_is_not_changed_by_hand(admin_client: Client) -> None:
    stock = ProductStockFactory(stock=10, sold_quantity_unreported=3)

    response = fill_in(admin_client, page_of(stock), stock="12", sold_quantity_unreported="0")

    stored = ProductStock.objects.get()
    assert response.status_code == 302
    assert (stored.stock, stored.sold_quantity_unreported) == (12, 3)


def test_an_amount_of_too_many_digits_is_refused_in_the_form(admin_client: Client) -> None:
    stock = StockListFactory()
    stored = ProductStockFactory(stock_list=stock)

    response = fill_in(admin_client, page_of(stored), stock="9" * 30)

    assert list(response.context["adminform"].form.errors) == ["stock"]


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("no JSON", "{"),
        ("a list", "[]"),
        ("NaN", '{"a": NaN}'),
        ("infinity", '{"a": 1e999}'),
        ("NUL", '{"a": "\\u0000"}'),
        ("half a character", '{"a": "\\ud800"}'),
        ("too deep", '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"),
        ("a number of too many digits", '{"a": ' + "9" * 5_000 + "}"),
    ],
)
def test_json_the_database_cannot_hold_is_refused(case: str, text: str, admin_client: Client) -> None:
    product = ProductFactory(extra_field={"kept": 1})

    response = fill_in(admin_client, page_of(product), extra_field=text)

    assert list(response.context["adminform"].form.errors) == ["extra_field"]
    assert Product.objects.get().extra_field == {"kept": 1}


def test_json_left_empty_is_an_empty_object(admin_client: Client) -> None:
    product = ProductFactory(extra_field={"gone": 1})

    assert fill_in(admin_client, page_of(product), extra_field="").status_code == 302
    assert Product.objects.get().extra_field == {}


def test_secrets_never_reach_the_page(admin_client: Client, channel_with_secret: Channel) -> None:
    for address in (
        page_of(channel_with_secret),
        list_of(Channel),
        f"{page_of(channel_with_secret)}../history/",
    ):
        page = admin_client.get(address).content.decode()
        assert "s3cr3t-value" not in page
        assert channel_with_secret.conf_secrets not in page
    assert MASK in admin_client.get(page_of(channel_with_secret)).content.decode()


def test_a_mask_left_in_place_keeps_the_secret(
    admin_client: Client, channel_with_secret: Channel, audit_context: AuditContext
) -> None:
    conf = {"api_key": MASK, "url": "https://new.example"}

    assert fill_in(admin_client, page_of(channel_with_secret), conf=json.dumps(conf)).status_code == 302

    channel = Channel.objects.get()
    assert events() == [("channel.changed", AuditSource.ADMIN, "ada")]
    assert channel.conf == conf
    assert ChannelService.conf_with_secrets(channel, audit_context=audit_context) == {
        "api_key": "s3cr3t-value",
        "url": "https://new.example",
    }


def test_a_new_secret_is_stored_and_never_told_again(
    admin_client: Client, channel_with_secret: Channel, audit_context: AuditContext
) -> None:
    posted = fill_in(admin_client, page_of(channel_with_secret), conf='{"api_key": "brand-new"}')

    channel = Channel.objects.get()
    opened = ChannelService.conf_with_secrets(channel, audit_context=audit_context)
    trail = json.dumps(list(AuditLog.objects.values("old", "new")))
    assert opened == {"api_key": "brand-new"}
    assert channel.conf == {"api_key": MASK}
    assert "brand-new" not in trail + admin_client.get(page_of(channel)).content.decode()
    assert posted.status_code == 302


def test_a_channel_is_made_with_its_secrets_sealed(admin_client: Client) -> None:
    response = admin_client.post(
        form_for_new(Channel),
        {
            "name": "New",
            "channel_type": "web",
            "is_active": "on",
            "conf": '{"password": "hunter2", "pin": "1234"}',
            "schema": '{"pin": {"secret": true}}',
        },
    )

    assert response.status_code == 302
    assert Channel.objects.get().conf == {"password": MASK, "pin": MASK}
    assert events() == [("channel.created", AuditSource.ADMIN, "ada")]


def test_a_mask_with_nothing_behind_it_is_refused(admin_client: Client) -> None:
    response = admin_client.post(
        form_for_new(Channel),
        {"name": "New", "channel_type": "web", "conf": json.dumps({"token": MASK}), "schema": "{}"},
    )

    assert list(response.context["adminform"].form.errors) == ["conf"]
    assert (Channel.objects.count(), AuditLog.objects.count()) == (0, 0)
