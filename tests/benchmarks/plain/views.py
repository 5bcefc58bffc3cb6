"""Orders: a view set, a page size parameter, a filter set, and related rows fetched before they are asked for."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.pagination import PageNumberPagination
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ModelViewSet

from tests.benchmarks.plain.models import Order
from tests.benchmarks.plain.serializers import NewOrderSerializer, OrderDetailSerializer, OrderSerializer


class Pagination(PageNumberPagination):
    page_size = 10
    page_size_query_param = "limit"
    max_page_size = 500


class OrderFilterSet(django_filters.FilterSet):
    number = django_filters.CharFilter(field_name="number", lookup_expr="icontains")
    number__exact = django_filters.CharFilter(field_name="number", lookup_expr="exact")

    class Meta:
        model = Order
        fields = ["status", "channel", "customer", "is_send"]


class OrderViewSet(ModelViewSet):
    queryset = Order.objects.order_by("-pk")
    pagination_class = Pagination
    filter_backends = [DjangoFilterBackend]
    filterset_class = OrderFilterSet

    def get_queryset(self) -> QuerySet[Order]:
        queryset = super().get_queryset()
        if self.action != "retrieve":
            return queryset.prefetch_related("fundstransfertransaction_set")
        return queryset.select_related(
            "channel",
            "customer",
            *(
                f"{address}__{place}"
                for address in ("shipping_address", "billing_address")
                for place in ("country", "city", "township", "district")
            ),
            "payment_option",
            "installment",
            "cargo_company",
        ).prefetch_related(
            "orderitem_set__product",
            "orderitem_set__price_list",
            "orderitem_set__stock_list",
            "orderitem_set__benefitapplicant_set",
            "discountitem_set__promotion",
            "discountitem_set__benefitapplicant_set",
            "discountitem_set__conditionapplicant_set",
            "transaction_set",
            "fundstransfertransaction_set",
            "payondeliverytransaction_set",
            "loyaltytransaction_set",
            "bextransaction_set",
            "cashregistertransaction_set",
            "cancellationplan_set__cancellationplanorderitem_set",
        )

    def get_serializer_class(self) -> type[Serializer]:
        if self.action == "retrieve":
            return OrderDetailSerializer
        return NewOrderSerializer if self.action == "create" else OrderSerializer
