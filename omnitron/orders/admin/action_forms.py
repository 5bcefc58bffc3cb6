"""What the admin asks for before it acts on an order, a plan or a package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from omnitron.core.admin_actions import ActionForm
from omnitron.customers.models import Address
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.admin.columns import words
from omnitron.orders.enums import PackageStatus
from omnitron.orders.models import CancellationReason, Order, OrderItem, Package
from omnitron.orders.transitions import INACTIVE

NO_CHOICE = ("", "---------")


def text_field(label: str, *, most: int = 512, hint: str = "", **options: Any) -> forms.CharField:
    """One line of text; left empty it is None."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=False,
        help_text=hint,
        widget=UnfoldAdminTextInputWidget(),
        empty_value=None,
        **options,
    )


def choice_field(label: str, choices: list[tuple[Any, str]], **options: Any) -> forms.TypedChoiceField:
    widget = UnfoldAdminSelectWidget()
    return forms.TypedChoiceField(
        label=label, choices=[NO_CHOICE, *choices], widget=widget, empty_value=None, **options
    )


def yes_field(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanWidget())


def reason_choices() -> list[tuple[int, str]]:
    reasons = CancellationReason.objects.filter(is_active=True).order_by("order", "pk")
    return list(reasons.values_list("pk", "subject"))


class StatusForm(ActionForm):
    status = choice_field(
        "New status",
        [(status.value, words(status.label)) for status in OrderStatus if status not in INACTIVE],
        coerce=lambda value: OrderStatus(int(value)),
        help_text="Active items that stand before it move there.",
    )


class ApproveForm(ActionForm):
    invoice_number = text_field("Invoice number of the refund", most=128)


class ProofForm(ActionForm):
    proof = text_field(
        "Proof", hint="How the payment can be shown. Needed where money was paid back by hand."
    )


class RefundProofForm(ActionForm):
    proof = forms.CharField(
        label="Proof",
        max_length=512,
        help_text="How the payment can be shown.",
        widget=UnfoldAdminTextInputWidget(),
    )


class ItemsForm(ActionForm):
    """Chooses among the items of an order: those `offers` says, and those that were offered when it was sent."""

    offers: Callable[[OrderItem], bool]

    def __init__(self, row: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(row, data)
        items = row.orderitem_set.select_related("product").order_by("pk")
        self.items = [item for item in items if self.offers(item) or self._name(item) in (data or {})]
        chosen = {self._name(item): yes_field(self._label(item)) for item in self.items}
        self.fields = {**chosen, **self.fields}

    def chosen(self) -> list[int]:
        return [item.pk for item in self.items if self.cleaned_data[self._name(item)]]

    def of_order(self) -> dict[str, Any]:
        """The values of the fields that are about no single item."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}

    @staticmethod
    def _name(item: OrderItem) -> str:
        return f"item_{item.pk}"

    def _label(self, item: OrderItem) -> str:
        status = words(item.get_status_display())
        price = f"{item.price:,.2f} {item.price_currency.upper()}"
        return f"{item.product.sku} {item.product.name[:60]} · {price} · {status} · item {item.pk}"


class CancelForm(ItemsForm):
    """The items to cancel, each with its reason or one for all. Without any item only the shipping goes back."""

    reason = choice_field("Reason for all that have none of their own", [], required=False, coerce=int)
    is_cargo_refund = yes_field("Refund the shipping, too")
    forced_refund_amount = forms.DecimalField(
        label="Forced refund",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(),
        help_text="Instead of what the items give back; in the order's currency.",
    )
    refund_invoice_number = text_field("Invoice number of the refund", most=128)
    iban = text_field("IBAN", most=42, hint="Where money that goes back by hand is to be sent.")
    holder_name = text_field("Account holder", most=255)
    diagnose = forms.CharField(
        label="Diagnose",
        max_length=512,
        required=False,
        empty_value=None,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )

    def __init__(self, row: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(row, data)
        reasons = reason_choices()
        self.fields["reason"].choices = [NO_CHOICE, *reasons]
        for item in self.items:
            self.fields[f"reason_{item.pk}"] = choice_field("Its reason", reasons, required=False, coerce=int)

    def offers(self, item: OrderItem) -> bool:
        return item.status not in INACTIVE

    def lines(self) -> Iterator[list[BoundField]]:
        for item in self.items:
            yield [self[self._name(item)], self[f"reason_{item.pk}"]]
        yield [self["reason"], self["is_cargo_refund"]]
        yield [self["forced_refund_amount"], self["refund_invoice_number"]]
        yield [self["iban"], self["holder_name"]]
        yield [self["diagnose"]]

    def clean_iban(self) -> str | None:
        iban = (self.cleaned_data["iban"] or "").replace(" ", "").upper()
        if iban and not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban):
            raise forms.ValidationError("This is no IBAN.")
        return iban or None

    def values(self) -> dict[str, Any]:
        values = self.of_order()
        common, iban, holder = (values.pop(name) for name in ("reason", "iban", "holder_name"))
        chosen = self.chosen()
        return {
            **values,
            "cancel_items": chosen,
            "reasons": {pk: self.cleaned_data[f"reason_{pk}"] or common for pk in chosen},
            "ibans": [iban] if iban else [],
            "holder_names": [holder] if holder else [],
        }


class CancelStatusForm(ItemsForm):
    """Moves the cancellation of some items, or of all, along, or opens one where there is none."""

    cancel_status = choice_field(
        "New status of the cancellation",
        [(status.value, status.label) for status in CancelStatus],
        coerce=CancelStatus,
        help_text="Of the items chosen; of the whole order where none is.",
    )
    reason = choice_field("Reason, where this opens a cancellation", [], required=False, coerce=int)
    proof = text_field("Proof", hint="How the payment can be shown, where money was paid back by hand.")

    def __init__(self, row: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(row, data)
        self.fields["reason"].choices = [NO_CHOICE, *reason_choices()]

    def offers(self, item: OrderItem) -> bool:
        return item.cancel_status != CancelStatus.COMPLETED

    def values(self) -> dict[str, Any]:
        values, chosen = self.of_order(), self.chosen()
        reason = values.pop("reason")
        return {**values, "order_items": chosen, "reasons": dict.fromkeys(chosen, reason)}


class BillingAddressForm(ActionForm):
    address = forms.ModelChoiceField(queryset=Address.objects.none(), widget=UnfoldAdminSelectWidget())
    reason = text_field("Reason", hint="Needed once the order is invoiced or packed.")

    def __init__(self, row: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(row, data)
        addresses = Address.objects.filter(customer=row.customer_id, is_active=True).order_by("-pk")
        self.fields["address"].queryset = addresses

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class ShippingAddressForm(BillingAddressForm):
    note_to_carrier = text_field("Note to the carrier", hint="Needed once the order is packed.")


class PackageForm(ActionForm):
    """A package's status and tracking. Only what was changed here is written: see `show_hidden_initial`."""

    status = choice_field(
        "Status",
        [(status.value, words(status.label)) for status in PackageStatus],
        coerce=lambda value: PackageStatus(int(value)),
        show_hidden_initial=True,
    )
    tracking_number = text_field("Tracking number", most=256, show_hidden_initial=True)
    tracking_url = forms.URLField(
        label="Tracking URL",
        required=False,
        max_length=512,
        assume_scheme="https",
        empty_value=None,
        widget=UnfoldAdminTextInputWidget(),
        show_hidden_initial=True,
    )

    def __init__(self, row: Package, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(row, data)
        self.initial = {name: getattr(row, name) for name in self.fields}

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}
