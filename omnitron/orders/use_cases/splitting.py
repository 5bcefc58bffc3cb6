"""A merged line becomes two items: the units go apart, and every amount with them, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from omnitron.channels.models import IntegrationAction, IntegrationMapping
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.omnicore.money import distribute
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.exceptions import OrderItemSplitException
from omnitron.orders.models import (
    BenefitApplicant,
    ConditionApplicant,
    Order,
    OrderItem,
    PackageItem,
    VendorOrderItem,
)
from omnitron.orders.package_states import CLOSED, SHIPPED
from omnitron.orders.selectors import lock_items, lock_order
from omnitron.orders.transitions import INACTIVE
from omnitron.orders.units import units_of
from omnitron.orders.use_cases.status import settle_order

# Split by units. An amount that was never given (null) stays so in both.
AMOUNTS = ("price", "retail_price", "discount_amount", "installment_interest_amount", "shipping_share")


@transaction.atomic
def split_order_item(
    order_item: OrderItem, *, quantity: int, audit_context: AuditContext
) -> tuple[OrderItem, OrderItem]:
    """Take `quantity` units out of a merged line into an item of their own; see `split_item`.

    Returns the item that was there, with the rest, and the new one. The order's modified_date moves.
    """
    order = lock_order(order_item.order_id)
    items = lock_items(order)
    item = next(item for item in items if item.pk == order_item.pk)
    kept, new = split_item(order, item, quantity, audit_context=audit_context)
    settle_order(order, [*items, new], audit_context=audit_context)
    return kept, new


def split_item(
    order: Order, item: OrderItem, quantity: int, *, audit_context: AuditContext
) -> tuple[OrderItem, OrderItem]:
    """Split a locked item of a locked order; the caller settles the order, with the new item among its items.

    Amounts, discounts' shares and reserved units are split by units, so that the two sum to what was there.
    The new item has the same payments, conditions, vendor, remote id and ERP codes; it was never cancelled.

    Of units that have left in packages, the new item has those in the last ones, after what is in none.

    Raises OrderItemSplitException for an item that is cancelled or about to be, has no more than `quantity`
    units, or is in a package that has not left.
    """
    units = units_of(item.attributes)
    packed = list(
        PackageItem.objects.filter(order_item=item)
        .exclude(package__status__in=CLOSED)
        .select_related("package")
        .order_by("-pk")
    )
    _check(item, quantity=quantity, units=units, packed=packed)
    new = _copy_of(item)
    kept_values, new_values = _parts(item, kept_units=units - quantity, new_units=quantity)
    for name, value in new_values.items():
        setattr(new, name, value)
    new.save(force_insert=True)
    records.write_changes(item, kept_values, audit_context=audit_context)
    whole = records.snapshot(new, [field.name for field in new._meta.concrete_fields])
    audit.record(new, "orderitem.split", audit_context=audit_context, new=whole | {"split_from": item.pk})
    _split_discounts(item, new, audit_context=audit_context)
    _copy_links(item, new)
    _repack(packed, new, units=quantity - (units - sum(row.quantity for row in packed)))
    return item, new


def _parts(item: OrderItem, *, kept_units: int, new_units: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is split by units, as the item keeps it and as the new one gets it."""
    kept: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name in AMOUNTS:
        if getattr(item, name) is not None:
            kept[name], new[name] = _by_units(getattr(item, name), kept_units, new_units)
    new["reserved_units"] = item.reserved_units * new_units // (kept_units + new_units)
    kept["reserved_units"] = item.reserved_units - new["reserved_units"]
    for values, units in ((kept, kept_units), (new, new_units)):
        values["attributes"] = item.attributes | {settings.ORDER_ITEM_QUANTITY_KEY: units}
    return kept, new


def _check(item: OrderItem, *, quantity: int, units: int, packed: Sequence[PackageItem]) -> None:
    waiting = [row.package.number for row in packed if row.package.status not in SHIPPED]
    reason = ""
    if item.status in INACTIVE:
        reason = f"it is {OrderStatus(item.status).label}"
    elif not 1 <= quantity < units:
        reason = f"it has {units} units, {quantity} cannot be taken out"
    elif waiting:
        reason = f"it is in package {waiting[-1]}, which has not left"
    if reason:
        raise OrderItemSplitException(item=item.pk, reason=reason)


def _copy_of(item: OrderItem) -> OrderItem:
    own = {"id", "cancel_status", "created_date", "modified_date"}
    copied = [field.attname for field in item._meta.concrete_fields if field.name not in own]
    return OrderItem(**{name: getattr(item, name) for name in copied})


def _by_units(amount: Decimal, kept_units: int, new_units: int) -> list[Decimal]:
    return distribute(amount, [Decimal(kept_units), Decimal(new_units)])


def _split_discounts(item: OrderItem, new: OrderItem, *, audit_context: AuditContext) -> None:
    """Split each discount's share so that the shares still add up to their item's discount where they did."""
    shares = list(BenefitApplicant.objects.filter(order_item=item).order_by("pk"))
    amounts = [share.amount for share in shares]
    whole = item.discount_amount + new.discount_amount
    if sum(amounts) == whole:
        new_amounts = distribute(new.discount_amount, amounts, caps=amounts)
    else:
        weights = units_of(item.attributes), units_of(new.attributes)
        new_amounts = [_by_units(amount, *weights)[1] for amount in amounts]
    for share, amount in zip(shares, new_amounts, strict=True):
        share.amount -= amount
    if not shares:
        return
    BenefitApplicant.objects.bulk_update(shares, ["amount"])
    made = [
        BenefitApplicant(order_item=new, discount_item_id=share.discount_item_id, amount=amount)
        for share, amount in zip(shares, new_amounts, strict=True)
    ]
    BenefitApplicant.objects.bulk_create(made)
    audit.record_many(
        shares,
        "benefitapplicant.changed",
        audit_context=audit_context,
        old={share.pk: {"amount": amount} for share, amount in zip(shares, amounts, strict=True)},
        new={share.pk: {"amount": share.amount} for share in shares},
    )
    names = ["discount_item", "order_item", "amount"]
    audit.record_many(
        made,
        "benefitapplicant.created",
        audit_context=audit_context,
        new={share.pk: records.snapshot(share, names) for share in made},
    )


def _repack(packed: Sequence[PackageItem], new: OrderItem, *, units: int) -> None:
    """Let `units` of what is in packages, the last first, be the new item's."""
    for row in packed:
        if units <= 0:
            return
        moving = min(units, row.quantity)
        units -= moving
        if moving == row.quantity:
            row.order_item = new
            row.save(update_fields=["order_item"])
        else:
            row.quantity -= moving
            row.save(update_fields=["quantity"])
            PackageItem.objects.create(package=row.package, order_item=new, quantity=moving)


def _copy_links(item: OrderItem, new: OrderItem) -> None:
    """What refers to the item refers to the new one too: conditions, payments, the vendor, other systems' ids."""
    item_type = ContentType.objects.get_for_model(OrderItem)
    for model in (ConditionApplicant, VendorOrderItem):
        _copy_rows(model, {"order_item_id": item.pk}, {"order_item_id": new.pk})
    for field in OrderItem._meta.many_to_many:
        _copy_rows(field.remote_field.through, {"orderitem_id": item.pk}, {"orderitem_id": new.pk})
    for model in (IntegrationAction, IntegrationMapping):
        _copy_rows(model, {"content_type": item_type, "object_id": item.pk}, {"object_id": new.pk})


def _copy_rows(model: type[models.Model], where: dict[str, Any], changed: dict[str, Any]) -> None:
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    if "created_date" in columns:
        changed = changed | {"created_date": timezone.now()}
    rows = [
        model(**{name: getattr(row, name) for name in columns} | changed)
        for row in model._base_manager.filter(**where).order_by("pk")
    ]
    if rows:
        model._base_manager.bulk_create(rows)
