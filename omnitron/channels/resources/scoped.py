"""What stands below `channel/{channel_id}/`: the same resources, seen by one channel's application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.channels.models import Channel
from omnitron.channels.selectors import changed_since_told, unknown_to_channel
from omnitron.core.resources.pagination import paginated
from omnitron.core.scope import channel_path_of, visible_to

# `http_method_names` of what a channel's application may read and not write.
READ = ("get", "head", "options")


class ChannelScoped:
    """For a view set below `channel/{channel_id}/`. Rows are those of the channel (models that belong to no
    channel are not narrowed); `channel` in a body may be left out, and may name no other one.

    404 for a channel that does not exist or that the user may not reach. Stands before the view set's class.
    """

    channel: Channel

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        pk = str(kwargs["channel_id"])
        channels = visible_to(Channel.objects.select_related("catalog"), request.user)
        channel = channels.filter(pk=pk).first() if len(pk) < 19 else None
        if channel is None:
            raise NotFound
        self.channel = channel

    def get_queryset(self) -> QuerySet:
        queryset = super().get_queryset()
        path = channel_path_of(queryset.model)
        if path is None:
            return queryset
        return queryset.filter(**{path: self.kwargs["channel_id"]})

    def valid_serializer(self, *, instance: Model | None = None, partial: bool = False) -> BaseSerializer:
        has_channel = "channel" in self.get_serializer_class().Meta.fields
        if instance is None and has_channel and isinstance(self.request.data, dict):
            self.request.data.setdefault("channel", self.channel.pk)
        serializer = super().valid_serializer(instance=instance, partial=partial)
        self.checked_channel(serializer.validated_data)
        self._refuse_elsewhere(serializer)
        return serializer

    def _refuse_elsewhere(self, serializer: BaseSerializer) -> None:
        """Rows of other channels are as if they were not there; and what leads to its channel by another row
        ("customer__channel") may only be written below that channel.
        """
        named = serializer.validated_data
        foreign = {
            name: row
            for name, row in named.items()
            if getattr(row, "channel_id", self.channel.pk) != self.channel.pk
        }
        step, *rest = (channel_path_of(self.model) or "channel").split("__")
        if rest and step not in foreign:
            row = named.get(step, getattr(serializer.instance, step, None))
            target = row
            for name in rest:
                target = None if target is None else getattr(target, name)
            if target != self.channel:
                foreign[step] = row
        if foreign:
            raise ValidationError({name: [_not_there(row)] for name, row in foreign.items()})

    def checked_channel(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` without `channel`, which may name no other channel than the address does."""
        if values.get("channel", self.channel) != self.channel:
            raise ValidationError({"channel": [f"This is below channel {self.channel.pk}."]})
        return {name: value for name, value in values.items() if name != "channel"}

    def changed_rows(self, request: Request) -> Response:
        """A page of what the channel knows in an older version, oldest change first."""
        queryset = self.narrowed()
        return self.page(request, changed_since_told(queryset, channel_id=self.channel.pk))

    def new_rows(self, request: Request) -> Response:
        """A page of what the channel was never told of, oldest change first."""
        queryset = self.narrowed()
        return self.page(request, unknown_to_channel(queryset, channel_id=self.channel.pk))

    def narrowed(self) -> QuerySet:
        """The rows of the request's filters, for a list with an order of its own."""
        if "sort" in self.request.query_params:
            raise ValidationError({"sort": ["Here the oldest change always comes first."]})
        return self.filter_queryset(self.get_queryset())

    def page(self, request: Request, queryset: QuerySet) -> Response:
        """The requested page of `queryset`, in its order."""
        return paginated(request, queryset, self.serializer_class, count=queryset.order_by().count)


def _not_there(row: Model | None) -> str:
    return "Name one." if row is None else f'Invalid pk "{row.pk}" - object does not exist.'
