"""Which rows a user may reach: a user limited to channels sees only rows of those channels.

A model says with `channel_path` how its rows lead to their channel ("order__channel"). Models without it belong
to no channel (products, countries, reasons) and are open to everyone with the model's permission.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

Row = TypeVar("Row", bound=models.Model)


class ScopedUser(Protocol):
    """What this module needs to know of a user; `omnitron.users.models.User` is one."""

    is_limited_to_channels: bool
    channels: Any
    # What authentication has read of `channels` already; None where it has not.
    limited_channel_ids: list[int] | None


def channel_path_of(model: type[models.Model]) -> str | None:
    return getattr(model, "channel_path", None)


def channel_ids_of(user: ScopedUser) -> list[int] | None:
    """The channels a limited user is limited to; None for a user who is not limited."""
    if not user.is_limited_to_channels:
        return None
    if user.limited_channel_ids is not None:
        return user.limited_channel_ids
    return list(user.channels.order_by("pk").values_list("pk", flat=True))


def visible_to(queryset: QuerySet[Row], user: ScopedUser) -> QuerySet[Row]:
    """`queryset` without the rows of channels that `user` may not reach."""
    path = channel_path_of(queryset.model)
    if path is None:
        return queryset
    channel_ids = channel_ids_of(user)
    if channel_ids is None:
        return queryset
    return queryset.filter(Q(**{f"{path}__in": channel_ids}))
