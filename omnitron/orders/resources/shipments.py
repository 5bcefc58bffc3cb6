"""Packages and vendor orders over HTTP, and the body that splits an order into packages."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.serializers import BaseSerializer

from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.fields import EnumLabelField
from omnitron.core.resources.filters import LARGEST_ID
from omnitron.core.resources.serializers import ResourceSerializer, StrictBody
from omnitron.core.resources.viewsets import ReadViewSet, ResourceViewSet
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.dto import NewPackage
from omnitron.orders.enums import PackageStatus
from omnitron.orders.models import (
    Package,
    PackageItem,
    VendorOrder,
    VendorOrderItem,
)
from omnitron.orders.package_states import PACKAGE_STATUS
from omnitron.orders.resources import filters
from omnitron.orders.resources.order_actions import OrderBody
from omnitron.orders.service import OrderService
from omnitron.orders.units import LARGEST_QUANTITY

MOST_PACKAGES = 100
MOST_ITEMS = 1000
# What may be said of a package at any time.
SHIPMENT_KEYS = (
    "status",
    "cargo_company",
    "shipping_company",
    "tracking_number",
    "tracking_url",
    "carrier_shipping_code",
    "extra_field",
)


class PackageItemSerializer(ResourceSerializer):
    class Meta:
        model = PackageItem
        fields = ("pk", "order_item", "quantity")


class PackageSerializer(ResourceSerializer):
    """A package and what is in it."""

    status_display = EnumLabelField(PackageStatus.choices, source="status")
    order_number = serializers.CharField(source="order.number", read_only=True)
    packageitem_set = PackageItemSerializer(many=True, read_only=True)

    class Meta:
        model = Package
        fields = (
            "pk",
            "order",
            "order_number",
            "number",
            "status_display",
            *SHIPMENT_KEYS,
            "shipped_date",
            "delivered_date",
            "packageitem_set",
            "created_date",
            "modified_date",
        )


class PackageUpdateSerializer(PackageSerializer):
    """What PATCH of a package may change; the rest may be repeated as it is stored."""

    class Meta(PackageSerializer.Meta):
        read_only_fields = tuple(set(PackageSerializer.Meta.fields) - set(SHIPMENT_KEYS))


class PackedItemBody(StrictBody):
    """An item and how many of its units; without `quantity`, all that are left of it."""

    order_item = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    quantity = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_QUANTITY)


class NewPackageBody(PackageSerializer):
    """A package as it is to be made."""

    number = serializers.CharField(max_length=128, required=False)
    order_items = PackedItemBody(many=True, allow_empty=False, max_length=MOST_ITEMS, write_only=True)

    class Meta:
        model = Package
        fields = ("number", "order_items", *SHIPMENT_KEYS)

    def validate_status(self, value: int) -> int:
        if value not in PACKAGE_STATUS.initial:
            raise serializers.ValidationError("No package begins there.")
        return value

    def validate_order_items(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["order_item"] for row in rows}) < len(rows):
            raise serializers.ValidationError("Name each item once a package.")
        return rows


class SplitPackagesBody(OrderBody):
    """The packages an order is to be shipped in."""

    packages = NewPackageBody(many=True, allow_empty=False, max_length=MOST_PACKAGES)

    def validate_packages(self, packages: list[dict[str, Any]]) -> list[NewPackage]:
        return [
            NewPackage(
                order_items={row["order_item"]: row.get("quantity") for row in values.pop("order_items")},
                values=values,
            )
            for values in map(dict, packages)
        ]


class VendorOrderItemSerializer(ResourceSerializer):
    status_display = EnumLabelField(OrderStatus.choices, source="status")

    class Meta:
        model = VendorOrderItem
        fields = ("pk", "order_item", "status", "status_display", "shipping_company", "tracking_number")


class VendorOrderSerializer(ResourceSerializer):
    """The part of an order that a vendor ships, with its items."""

    status_display = EnumLabelField(OrderStatus.choices, source="status")
    order_number = serializers.CharField(source="order.number", read_only=True)
    vendororderitem_set = VendorOrderItemSerializer(many=True, read_only=True)

    class Meta:
        model = VendorOrder
        fields = (
            "pk",
            "order",
            "order_number",
            "data_source",
            "number",
            "status",
            "status_display",
            "extra_field",
            "vendororderitem_set",
            "created_date",
            "modified_date",
        )


class PackageViewSet(ResourceViewSet):
    """The packages orders are shipped in. They come into being by `split_packages` of their order."""

    queryset = Package.objects.all()
    serializer_class = PackageSerializer
    write_serializer_classes = {"partial_update": PackageUpdateSerializer}
    filterset_class = filters.PackageFilterSet
    http_method_names = ["get", "patch", "head", "options"]

    def search(self, queryset: QuerySet, term: str) -> QuerySet:
        """Packages with that tracking number, and those of orders with that number."""
        return queryset.filter(pk__in=_known_by(Package, "tracking_number", term))

    def perform_update(self, serializer: BaseSerializer) -> Package:
        return OrderService.update_package(
            serializer.instance, audit_context=audit_context_of(self.request), **serializer.validated_data
        )


class VendorOrderViewSet(ReadViewSet):
    """The parts of orders that vendors ship; they follow the order's items."""

    queryset = VendorOrder.objects.all()
    serializer_class = VendorOrderSerializer
    filterset_class = filters.VendorOrderFilterSet

    def search(self, queryset: QuerySet, term: str) -> QuerySet:
        """Vendor orders with that number, and those of orders with that number."""
        return queryset.filter(pk__in=_known_by(VendorOrder, "number", term))


def _known_by(model: type[Model], column: str, term: str) -> QuerySet:
    """A union of searches, each with an index of its own."""
    rows = model._default_manager.order_by().values("pk")
    return rows.filter(**{column: term}).union(rows.filter(order__number=term))
