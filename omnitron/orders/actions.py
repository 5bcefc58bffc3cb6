"""What may be done with an order as it stands, and why not: data, asked by use cases and shown to people. Pure.

A rule looks at an order's facts and gives the refusal, or None. An action is allowed when none of its rules
refuses; `available_actions` of the detailed shape lists them with the codes a 406 carries. Cautions do not
refuse: they say beforehand what the action will ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from omnitron.core.exceptions import OmnitronException
from omnitron.omnicore.orders.enums import OrderStatus, ShippingOptionDeliveryType
from omnitron.orders.exceptions import (
    OrderAddressInvoicedException,
    OrderAddressPackedException,
    OrderAddressShippedException,
    OrderCancelMoreThenOneException,
    OrderClosedException,
    OrderNoItemAtException,
    OrderNoOpenCancellationException,
    OrderNotApprovedException,
    OrderNotClickAndCollectException,
    OrderNothingToCancelException,
    OrderNotPayOnDeliveryException,
)
from omnitron.orders.package_states import PACKED, SHIPPED
from omnitron.orders.transitions import FINAL, INACTIVE, OPEN, UNDECIDED
from omnitron.payments.enums import PaymentType

# Statuses of items a store may accept for pick-up.
BEFORE_PICKUP = (
    OrderStatus.APPROVED,
    OrderStatus.PREPARING,
    OrderStatus.SHIPPED,
    OrderStatus.SHIPPED_AND_INFORMED,
)


@dataclass(frozen=True)
class OrderFacts:
    """What the rules look at. Statuses of items, plans and packages by pk, the oldest first."""

    number: str
    status: int
    delivery_type: str | None
    invoice_number: str | None
    payment_type: str | None
    item_statuses: tuple[int, ...]
    plan_statuses: tuple[str, ...]
    package_statuses: tuple[int, ...]
    is_shipping_refundable: bool

    @property
    def active(self) -> list[int]:
        """Statuses of the items that are in the order still."""
        return [status for status in self.item_statuses if status not in INACTIVE]

    @property
    def status_label(self) -> str:
        return OrderStatus(self.status).label


# Its return type names the refusal: docs/states.md reads the code from there.
Rule = Callable[[OrderFacts], OmnitronException | None]


def _no_undecided_plan(facts: OrderFacts) -> OrderCancelMoreThenOneException | None:
    for status in facts.plan_statuses:
        if status in UNDECIDED:
            return OrderCancelMoreThenOneException(number=facts.number, status=status)
    return None


def _something_to_cancel(facts: OrderFacts) -> OrderNothingToCancelException | None:
    if facts.active or facts.is_shipping_refundable:
        return None
    return OrderNothingToCancelException(number=facts.number, status=facts.status_label)


def _open_plan(facts: OrderFacts) -> OrderNoOpenCancellationException | None:
    if any(status in OPEN for status in facts.plan_statuses):
        return None
    return OrderNoOpenCancellationException(number=facts.number)


def _something_to_cancel_or_follow(facts: OrderFacts) -> OrderNothingToCancelException | None:
    if any(status not in FINAL for status in facts.plan_statuses):
        return None
    return _something_to_cancel(facts)


def _active_item(facts: OrderFacts) -> OrderClosedException | None:
    if facts.active:
        return None
    return OrderClosedException(number=facts.number, status=facts.status_label)


def _not_closed(facts: OrderFacts) -> OrderClosedException | None:
    """Closed is an order whose items are all out of it; one that has none yet is open."""
    if facts.active or not facts.item_statuses:
        return None
    return OrderClosedException(number=facts.number, status=facts.status_label)


def _not_shipped(facts: OrderFacts) -> OrderAddressShippedException | None:
    is_shipped = any(status >= OrderStatus.SHIPPED for status in facts.active or [facts.status])
    if is_shipped or not SHIPPED.isdisjoint(facts.package_statuses):
        return OrderAddressShippedException(number=facts.number)
    return None


def _not_packed(facts: OrderFacts) -> OrderAddressPackedException | None:
    is_preparing = any(status >= OrderStatus.PREPARING for status in facts.active or [facts.status])
    if is_preparing or not PACKED.isdisjoint(facts.package_statuses):
        return OrderAddressPackedException(number=facts.number)
    return None


def _not_invoiced(facts: OrderFacts) -> OrderAddressInvoicedException | None:
    if not facts.invoice_number:
        return None
    return OrderAddressInvoicedException(number=facts.number, invoice_number=facts.invoice_number)


def _pay_on_delivery(facts: OrderFacts) -> OrderNotPayOnDeliveryException | None:
    if facts.payment_type == PaymentType.PAY_ON_DELIVERY:
        return None
    return OrderNotPayOnDeliveryException(number=facts.number)


def _click_and_collect(facts: OrderFacts) -> OrderNotClickAndCollectException | None:
    if facts.delivery_type == ShippingOptionDeliveryType.CLICK_AND_COLLECT:
        return None
    return OrderNotClickAndCollectException(number=facts.number)


def _approved(facts: OrderFacts) -> OrderNotApprovedException | None:
    if all(status >= OrderStatus.APPROVED for status in facts.active or [facts.status]):
        return None
    return OrderNotApprovedException(number=facts.number, status=facts.status_label)


def _some_item_at(*wanted: OrderStatus) -> Rule:
    def rule(facts: OrderFacts) -> OrderNoItemAtException | None:
        if any(status in wanted for status in facts.active):
            return None
        names = " or ".join(status.label for status in wanted)
        return OrderNoItemAtException(number=facts.number, status=facts.status_label, wanted=names)

    rule.__name__ = f"an item at {' or '.join(str(status.value) for status in wanted)}"
    return rule


RULES: Mapping[str, tuple[Rule, ...]] = {
    "change_order_status": (_active_item,),
    "cancel": (_no_undecided_plan, _something_to_cancel),
    "cancellation_approved_order": (_open_plan,),
    "cancellation_reject_order": (_open_plan,),
    "update_cancel_status": (_something_to_cancel_or_follow,),
    "change_billing_address": (_not_closed, _not_shipped),
    "change_shipping_address": (_not_closed, _not_shipped),
    "confirm_pay_on_delivery": (_pay_on_delivery, _some_item_at(OrderStatus.CONFIRMATION_WAITING)),
    "accept_in_store": (_click_and_collect, _approved, _some_item_at(*BEFORE_PICKUP)),
    "deliver_in_store": (_click_and_collect, _some_item_at(OrderStatus.READY_FOR_PICKUP)),
    "mark_as_not_sent": (_active_item, _approved),
    "split_packages": (_active_item, _approved),
}
CAUTIONS: Mapping[str, tuple[Rule, ...]] = {
    "change_billing_address": (_not_invoiced,),
    "change_shipping_address": (_not_packed,),
}


def check(action: str, facts: OrderFacts) -> None:
    """Raise the first refusal of `action`, if there is one."""
    for refusal in refusals(action, facts):
        raise refusal


def refusals(action: str, facts: OrderFacts) -> list[OmnitronException]:
    """Why `action` is not allowed; empty where it is."""
    return _answers(RULES[action], facts)


def cautions(action: str, facts: OrderFacts) -> list[OmnitronException]:
    """What `action`, though allowed, will ask for."""
    return _answers(CAUTIONS.get(action, ()), facts)


def available_actions(facts: OrderFacts) -> list[dict[str, Any]]:
    """Every action as it is shown: `{action, allowed, because: [{code, message}]}`."""
    return [
        {
            "action": action,
            "allowed": not (refused := refusals(action, facts)),
            "because": [
                {"code": reason.code, "message": str(reason)} for reason in refused or cautions(action, facts)
            ],
        }
        for action in RULES
    ]


def _answers(rules: tuple[Rule, ...], facts: OrderFacts) -> list[OmnitronException]:
    return [refusal for rule in rules if (refusal := rule(facts)) is not None]
