"""Orders: a view set, a page size parameter, a filter set, and related rows fetched before they are asked for."""

from __future__ import annotations

from decimal import Decimal

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ModelViewSet

from tests.benchmarks.plain.models import CancellationPlan, CancellationPlanOrderItem, Order, OrderItem
from tests.benchmarks.plain.serializers import (
    CancelSerializer,
    NewOrderSerializer,
    OrderDetailSerializer,
    OrderSerializer,
)


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
        if self.action in {"retrieve", "cancel"}:
            return self.with_everything(queryset)
        return queryset.prefetch_related("fundstransfertransaction_set")

    def with_everything(self, queryset: QuerySet[Order]) -> QuerySet[Order]:
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

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Open a plan for some items: no lock, no audit, no check of payments or of other plans."""
        body = CancelSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        order = get_object_or_404(Order.objects.prefetch_related("orderitem_set"), pk=pk)
        chosen = [
            item for item in order.orderitem_set.all() if item.pk in body.validated_data["cancel_items"]
        ]
        with transaction.atomic():
            plan = CancellationPlan.objects.create(
                order=order,
                plan_type="cancel" if order.status < 500 else "refund",
                status="waiting",
                refund_amount=sum(self.refund_of(item) for item in chosen),
                discount_refund_amount=sum(item.discount_amount for item in chosen),
                shipping_refund_amount=0,
                is_cargo_refund=False,
            )
            CancellationPlanOrderItem.objects.bulk_create(
                CancellationPlanOrderItem(
                    cancellation_plan=plan,
                    order_item=item,
                    reason_id=body.validated_data["reasons"][str(item.pk)],
                    previous_status=item.status,
                    price=item.price,
                    discount_share=item.discount_amount,
                    interest_share=item.installment_interest_amount,
                    shipping_share=0,
                    tax_amount=(item.price - item.discount_amount) * item.tax_rate / (100 + item.tax_rate),
                    refund_amount=self.refund_of(item),
                )
                for item in chosen
            )
            for item in chosen:
                item.status, item.cancel_status = 50, "waiting"
                item.save()
            active = [i.status for i in order.orderitem_set.all() if i.status not in {50, 100, 600}]
            order.status, order.cancel_status = min(active, default=50), "waiting"
            order.save()
        return Response(OrderDetailSerializer(self.get_object()).data)

    @staticmethod
    def refund_of(item: OrderItem) -> Decimal:
        return item.price - item.discount_amount + item.installment_interest_amount
