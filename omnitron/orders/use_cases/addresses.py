"""An order gets another address: freely, for a reason, or no more, by how far it is (docs/adr/0012)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.customers.models import Address
from omnitron.omnicore.orders.enums import ShippingOptionDeliveryType
from omnitron.orders.actions import OrderFacts, cautions, check
from omnitron.orders.exceptions import OrderAddressException
from omnitron.orders.models import Order, Package
from omnitron.orders.package_states import CLOSED
from omnitron.orders.selectors import facts_of, lock_items, lock_order


@transaction.atomic
def change_billing_address(
    order: Order, address: Address, *, audit_context: AuditContext, reason: str = ""
) -> Order:
    """Bill the order to another address of its customer: freely until it is invoiced, then with a reason.

    The reason stands in the audit row and, for people, in `extra_field.billing_address_change`.

    Raises OrderAddressShippedException from shipping on, OrderClosedException, OrderAddressInvoicedException for
    a missing reason, OrderAddressException for an address that is not the customer's or not active.
    """
    locked = lock_order(order.pk)
    facts = _facts(locked, _packages(locked))
    check("change_billing_address", facts)
    if not reason:
        _ask("change_billing_address", facts)
    if address.pk != locked.billing_address_id:
        _check_address(locked, address, is_store_fine=False)
        said = {"billing_address_change": {"reason": reason}} if reason else {}
        records.write_changes(
            locked,
            {"billing_address": address, "extra_field": locked.extra_field | said},
            audit_context=_because(audit_context, reason),
        )
    return locked


@transaction.atomic
def change_shipping_address(
    order: Order,
    address: Address,
    *,
    audit_context: AuditContext,
    reason: str = "",
    note_to_carrier: str = "",
) -> Order:
    """Ship the order to another address of its customer, or, collected from a store, to a store's: freely before
    it is packed, then with a reason and a note to the carrier, from shipping on not at all.

    Reason and note stand in `extra_field.shipping_address_change`, the reason in the audit row, the note also in
    `extra_field.note_to_carrier` of the packages that have not left.

    Raises OrderAddressShippedException, OrderClosedException, OrderAddressPackedException for a missing reason or
    note, OrderAddressException for an address that is somebody else's or not active.
    """
    locked = lock_order(order.pk)
    packages = _packages(locked)
    facts = _facts(locked, packages)
    check("change_shipping_address", facts)
    if not (reason and note_to_carrier):
        _ask("change_shipping_address", facts)
    if address.pk != locked.shipping_address_id:
        is_collected = locked.delivery_type == ShippingOptionDeliveryType.CLICK_AND_COLLECT
        _check_address(locked, address, is_store_fine=is_collected)
        given = {"reason": reason, "note_to_carrier": note_to_carrier}
        said = {name: text for name, text in given.items() if text}
        extra_field = locked.extra_field | ({"shipping_address_change": said} if said else {})
        context = _because(audit_context, reason)
        records.write_changes(
            locked, {"shipping_address": address, "extra_field": extra_field}, audit_context=context
        )
        if note_to_carrier:
            _tell_carriers(packages, note_to_carrier, audit_context=context)
    return locked


def _packages(order: Order) -> list[Package]:
    return list(order.package_set.order_by("pk"))


def _facts(order: Order, packages: Sequence[Package]) -> OrderFacts:
    statuses = [package.status for package in packages]
    return facts_of(order, lock_items(order), package_statuses=statuses)


def _ask(action: str, facts: OrderFacts) -> None:
    """Refuse what would be unsafe without a word about why."""
    for caution in cautions(action, facts):
        raise caution


def _check_address(order: Order, address: Address, *, is_store_fine: bool) -> None:
    """Of the address as it is now: locked, so that it is not replaced by a corrected one at the same moment."""
    current = Address.objects.select_for_update(of=("self",), no_key=True).filter(pk=address.pk).first()
    reason = ""
    if current is None or not current.is_active:
        reason = "it is not active"
    elif current.customer_id != order.customer_id and not (is_store_fine and current.retail_store_id):
        reason = "it belongs to somebody else"
    if reason:
        raise OrderAddressException(address=address.pk, number=order.number, reason=reason)


def _because(audit_context: AuditContext, reason: str) -> AuditContext:
    return replace(audit_context, note=reason) if reason else audit_context


def _tell_carriers(packages: Sequence[Package], note: str, *, audit_context: AuditContext) -> None:
    for package in packages:
        if package.status not in CLOSED:
            extra_field = package.extra_field | {"note_to_carrier": note}
            records.write_changes(package, {"extra_field": extra_field}, audit_context=audit_context)
