"""What happened to an order."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.core.history import entries, newest_first
from omnitron.core.resources.fields import UtcDateTimeField
from omnitron.core.resources.pagination import listed
from omnitron.orders.resources.as_of import order_as_of
from omnitron.orders.resources.order_actions import OrderActions
from omnitron.orders.trail import audit_trails


class ChangeSerializer(serializers.Serializer):
    field = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class HistoryEntrySerializer(serializers.Serializer):
    """One change: when, by whom, through what, of what, and in words."""

    date = UtcDateTimeField()
    actor = serializers.CharField()
    source = serializers.CharField()
    request_id = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    subject = serializers.CharField()
    event = serializers.CharField()
    text = serializers.CharField()
    changes = ChangeSerializer(many=True)


class HistoryActions(OrderActions):
    def order_response_as_of(self, pk: int | str, moment: str) -> Response:
        """The visible order `pk` as it was at `moment`. Raises NotFound where it was not there yet, or is not."""
        order = self.row_at(pk).first()
        try:
            when = UtcDateTimeField().run_validation(moment)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"as_of": error.detail}) from error
        shown = None if order is None else order_as_of(order, when)
        if shown is None:
            raise NotFound
        return Response({**shown, "available_actions": []})

    @extend_schema(responses=HistoryEntrySerializer(many=True))
    @action(detail=True, filter_backends=(), filterset_class=None)
    def history(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every change of the order and of all that hangs on it, the newest first, in pages."""
        trail = newest_first(audit_trails(self.get_row().pk))
        return listed(request, trail, lambda rows: HistoryEntrySerializer(entries(rows), many=True).data)
