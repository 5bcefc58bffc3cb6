"""`POST order_items/{pk}/split/`: a merged line becomes two items."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.channels.models import IntegrationAction
from omnitron.core.models import AuditLog
from omnitron.orders.models import (
    BenefitApplicant,
    ConditionApplicant,
    Order,
    OrderItem,
    PackageItem,
    VendorOrderItem,
)
from omnitron.orders.resources.item_serializers import ITEM_KEYS
from tests.factories.catalogs import ProductStockFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    BenefitApplicantFactory,
    ConditionApplicantFactory,
    OrderItemFactory,
    PackageItemFactory,
    VendorOrderItemFactory,
)
from tests.factories.payments import TransactionFactory

URL = "/api/v1/order_items/"
AMOUNTS = ("price", "retail_price", "discount_amount", "installment_interest_amount", "shipping_share")


@pytest.fixture
def merged(db: None) -> OrderItem:
    """Three units in one line of 100.00, whose figures all leave a remainder."""
    order = ApprovedOrderFactory(items=0, amount="90.05")
    return OrderItemFactory(
        order=order,
        price="100.00",
        retail_price="120.01",
        discount_amount="10.00",
        installment_interest_amount="0.05",
        shipping_share="8.51",
        attributes={"quantity": 3, "colour": "red"},
        reserved_units=3,
    )


def figures(item: OrderItem) -> tuple[Any, ...]:
    return tuple(str(getattr(item, name)) for name in AMOUNTS)


def test_units_and_every_amount_go_apart_to_the_cent(api: APIClient, merged: OrderItem) -> None:
    before = merged.order.modified_date

    response = api.post(f"{URL}{merged.pk}/split/", {"quantity": 1})

    assert response.status_code == 201, response.content
    body = response.json()
    assert tuple(body) == ITEM_KEYS
    kept, new = OrderItem.objects.order_by("pk")
    assert body["pk"] == new.pk
    assert figures(kept) == ("66.67", "80.01", "6.67", "0.03", "5.67")
    assert figures(new) == ("33.33", "40.00", "3.33", "0.02", "2.84")
    assert (kept.attributes, kept.reserved_units) == ({"quantity": 2, "colour": "red"}, 2)
    assert (new.attributes, new.reserved_units) == ({"quantity": 1, "colour": "red"}, 1)
    assert (new.status, new.cancel_status, new.product_id) == (400, None, kept.product_id)
    assert Order.objects.get().modified_date > before
    events = dict(AuditLog.objects.values_list("event", "new"))
    assert set(events) == {"orderitem.changed", "orderitem.split"}
    assert events["orderitem.changed"]["price"] == "66.67"
    assert (events["orderitem.split"]["split_from"], events["orderitem.split"]["price"]) == (kept.pk, "33.33")


def test_each_discounts_share_goes_apart_and_sums_to_its_items_discount(
    api: APIClient, merged: OrderItem
) -> None:
    for amount in ("5.00", "5.00"):
        BenefitApplicantFactory(order_item=merged, amount=amount, discount_item__amount=amount)

    api.post(f"{URL}{merged.pk}/split/", {"quantity": 2})

    kept, new = OrderItem.objects.order_by("pk")
    assert (str(kept.discount_amount), str(new.discount_amount)) == ("3.33", "6.67")
    shares = {
        item.pk: [
            str(amount)
            for amount in BenefitApplicant.objects.filter(order_item=item)
            .order_by("discount_item")
            .values_list("amount", flat=True)
        ]
        for item in (kept, new)
    }
    assert shares == {kept.pk: ["1.66", "1.67"], new.pk: ["3.34", "3.33"]}


def test_shares_that_never_summed_to_the_discount_are_each_split_by_units(
    api: APIClient, merged: OrderItem
) -> None:
    BenefitApplicantFactory(order_item=merged, amount="3.00", discount_item__amount="3.00")

    api.post(f"{URL}{merged.pk}/split/", {"quantity": 2})

    amounts = BenefitApplicant.objects.order_by("order_item").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("1.00"), Decimal("2.00")]


def test_the_new_item_has_the_same_payments_conditions_vendor_and_remote_id(
    api: APIClient, merged: OrderItem
) -> None:
    payment = TransactionFactory(order=merged.order)
    merged.transactions.add(payment)
    ConditionApplicantFactory(order_item=merged)
    VendorOrderItemFactory(order_item=merged, tracking_number="T-1")
    item_type = ContentType.objects.get_for_model(OrderItem)
    IntegrationAction.objects.create(
        channel=merged.order.channel, content_type=item_type, object_id=merged.pk, remote_id="R-1"
    )

    new = OrderItem.objects.get(pk=api.post(f"{URL}{merged.pk}/split/", {"quantity": 1}).json()["pk"])

    assert list(new.transactions.all()) == [payment] == list(merged.transactions.all())
    assert ConditionApplicant.objects.filter(order_item=new).count() == 1
    vendor_items = VendorOrderItem.objects.order_by("pk").values_list(
        "order_item", "vendor_order", "tracking_number"
    )
    assert [row[0] for row in vendor_items] == [merged.pk, new.pk]
    assert len({row[1:] for row in vendor_items}) == 1
    remote_ids = IntegrationAction.objects.filter(content_type=item_type).order_by("pk")
    assert list(remote_ids.values_list("object_id", "remote_id")) == [(merged.pk, "R-1"), (new.pk, "R-1")]


def test_of_what_has_left_the_new_item_has_the_units_in_the_last_packages(
    api: APIClient, merged: OrderItem
) -> None:
    OrderItem.objects.update(status=550)
    for number, quantity in (("P-1", 2), ("P-2", 1)):
        PackageItemFactory(order_item=merged, quantity=quantity, package__number=number, package__status=800)
    PackageItemFactory(order_item=merged, quantity=3, package__number="P-0", package__status=900)

    new = api.post(f"{URL}{merged.pk}/split/", {"quantity": 2}).json()["pk"]

    rows = PackageItem.objects.exclude(package__status=900).order_by("order_item", "package__number")
    assert list(rows.values_list("order_item", "package__number", "quantity")) == [
        (merged.pk, "P-1", 1),
        (new, "P-1", 1),
        (new, "P-2", 1),
    ]


def test_stock_is_not_touched(api: APIClient, merged: OrderItem) -> None:
    stock = ProductStockFactory(product=merged.product, stock=5, sold_quantity_unreported=3)

    api.post(f"{URL}{merged.pk}/split/", {"quantity": 1})

    assert ProductStock.objects.get(pk=stock.pk).sold_quantity_unreported == 3


def in_package(item: OrderItem) -> None:
    PackageItemFactory(order_item=item, package__number="P-1")


def canceled(item: OrderItem) -> None:
    OrderItem.objects.filter(pk=item.pk).update(status=100)


@pytest.mark.parametrize(
    ("reason", "quantity", "prepare"),
    [
        ("it has 3 units, 3 cannot be taken out", 3, None),
        ("it has 3 units, 100000 cannot be taken out", 100_000, None),
        ("it is in package P-1, which has not left", 1, in_package),
        ("it is canceled", 1, canceled),
    ],
)
def test_what_cannot_be_split_stays_whole(
    api: APIClient,
    merged: OrderItem,
    reason: str,
    quantity: int,
    prepare: Callable[[OrderItem], None] | None,
) -> None:
    if prepare:
        prepare(merged)
    before = list(OrderItem.objects.values())

    response = api.post(f"{URL}{merged.pk}/split/", {"quantity": quantity})

    assert (response.status_code, response.json()) == (
        406,
        {
            "non_field_errors": f"Item {merged.pk} cannot be split: {reason}.",
            "error_code": "order_300_3",
        },
    )
    assert list(OrderItem.objects.values()) == before
    assert AuditLog.objects.count() == 0


@pytest.mark.parametrize("body", [{}, {"quantity": 0}, {"quantity": "x"}, {"quantity": 1, "units": 2}])
def test_a_body_out_of_shape_is_400(api: APIClient, merged: OrderItem, body: dict[str, Any]) -> None:
    assert api.post(f"{URL}{merged.pk}/split/", body).status_code == 400
    assert OrderItem.objects.count() == 1


def test_it_asks_for_the_permission_to_change_items(
    api_of: Callable[..., APIClient], merged: OrderItem
) -> None:
    assert api_of("orders.add_orderitem").post(f"{URL}{merged.pk}/split/", {"quantity": 1}).status_code == 403
    changer = api_of("orders.change_orderitem")
    assert changer.post(f"{URL}{merged.pk}/split/", {"quantity": 1}).status_code == 201
