"""Bodies of the actions that cancel and refund."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from omnitron.core.resources.fields import EnumField, MoneyField
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.resources.order_actions import OrderBody

LARGEST_PK = 2**63 - 1
MOST_ITEMS = 10_000


class PkField(serializers.IntegerField):
    """A primary key. Whether there is such a row is the use case's question."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_PK, **kwargs)


class PksField(serializers.ListField):
    """Primary keys; one named twice counts once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=PkField(), max_length=MOST_ITEMS, **kwargs)


class ReasonsField(serializers.DictField):
    """Reason by order item: `{"1001": 4}`. A null is a missing reason, for the use case to refuse by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=PkField(allow_null=True), **kwargs)

    def to_internal_value(self, data: Any) -> dict[int, int | None]:
        values = super().to_internal_value(data)
        if wrong := [key for key in values if not re.fullmatch("[0-9]{1,18}", key)]:
            raise serializers.ValidationError(
                {key: ["The key must be the pk of an order item."] for key in wrong}
            )
        return {int(key): value for key, value in values.items()}


class ForcedRefundField(MoneyField):
    """An amount, or nothing: null and false are "not given", true lacks its number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_null=True, min_value=0, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is True:
            raise serializers.ValidationError("A forced refund needs a number.")
        return super().run_validation(None if data is False else data)


class IbansField(serializers.ListField):
    """IBANs, blanks allowed between their groups."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=42), max_length=20, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        ibans = [iban.replace(" ", "").upper() for iban in super().to_internal_value(data)]
        if any(not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban) for iban in ibans):
            raise serializers.ValidationError("This is no IBAN.")
        return ibans


class HolderNamesField(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=255), max_length=20, **kwargs)


class CancelBody(OrderBody):
    """The documented arguments of `cancel_order`, and the digest of a preview."""

    cancel_items = PksField(required=False)
    reasons = ReasonsField(required=False)
    is_all = serializers.BooleanField(required=False)
    is_cargo_refund = serializers.BooleanField(required=False)
    forced_refund_amount = ForcedRefundField()
    refund_invoice_number = serializers.CharField(required=False, allow_null=True, max_length=128)
    next_status = EnumField(CancelStatus.choices, required=False, allow_null=True)
    ibans = IbansField(required=False)
    holder_names = HolderNamesField(required=False)
    diagnose = serializers.CharField(required=False, allow_null=True, max_length=512)
    digest = serializers.CharField(required=False, allow_null=True, max_length=100_000)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        values.setdefault("reasons", {})
        if values.get("next_status"):
            values["next_status"] = CancelStatus(values["next_status"])
        return values


class ApproveBody(OrderBody):
    invoice_number = serializers.CharField(required=False, allow_null=True, max_length=128)


class UpdateCancelStatusBody(OrderBody):
    """The documents' body; what opening a cancellation needs beside it, and the proof of a payment by hand."""

    order_items = PksField(required=False)
    cancel_status = EnumField(CancelStatus.choices)
    reasons = ReasonsField(required=False)
    proof = serializers.CharField(required=False, allow_null=True, max_length=512)
    forced_refund_amount = ForcedRefundField()
    is_cargo_refund = serializers.BooleanField(required=False)
    refund_invoice_number = serializers.CharField(required=False, allow_null=True, max_length=128)
    ibans = IbansField(required=False)
    holder_names = HolderNamesField(required=False)
    diagnose = serializers.CharField(required=False, allow_null=True, max_length=512)

    def validate(self, values: dict[str, Any]) -> Mapping[str, Any]:
        values = super().validate(values)
        values.setdefault("order_items", [])
        values["cancel_status"] = CancelStatus(values["cancel_status"])
        return values
