"""What waits for a channel, and what it does not know yet."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from omnitron.channels.models import WAITING, IntegrationAction


def actions_of(model: type[Any], *, channel_id: int) -> QuerySet[IntegrationAction]:
    """The channel's integration actions of objects of `model`."""
    content_type = ContentType.objects.get_for_model(model)
    return IntegrationAction.objects.filter(channel_id=channel_id, content_type=content_type)


def changed_since_told(queryset: QuerySet, *, channel_id: int) -> QuerySet:
    """Those of `queryset` that the channel knows in an older version, and that no batch is working on, oldest
    change first: `…/updates/`. Served by a partial index: it costs what waits, not what there is.
    """
    waiting = actions_of(queryset.model, channel_id=channel_id).filter(WAITING)
    # As one array: joined, a plan made while few were waiting compares all rows once many are.
    pks = ArraySubquery(waiting.order_by("object_modified_date", "object_id").values("object_id"))
    is_waiting = Func(
        "pk", pks, arg_joiner=" = ANY(", template="%(expressions)s)", output_field=BooleanField()
    )
    return queryset.filter(is_waiting).order_by("modified_date", "pk")


def unknown_to_channel(queryset: QuerySet, *, channel_id: int) -> QuerySet:
    """Those of `queryset` that the channel was never told of, oldest change first: `…/inserts/`."""
    return queryset.filter(~has_action(queryset.model, channel_id=channel_id)).order_by("modified_date", "pk")


def has_action(model: type[Any], *, of: str = "pk", channel_id: int, **conditions: Any) -> Q:
    """The condition that the channel has an action, to which `conditions` apply, of the object of `model` whose pk
    stands in the column `of`.

    One index look-up a row, kept from becoming a join by its LIMIT: a join planned while little was known compares
    all rows with all actions once much is, until statistics follow.
    """
    actions = actions_of(model, channel_id=channel_id).filter(object_id=OuterRef(of), **conditions)
    return Q(IsNull(Subquery(actions.values("pk")[:1]), False))


def changed_or_unknown(changed: QuerySet, unknown: QuerySet, *, channel_id: int) -> QuerySet:
    """Those of `changed` that the channel knows in an older version, and those of `unknown` that it was never told
    of, oldest change first: `…/inserts_or_updates/`.
    """
    pks = (
        changed_since_told(changed, channel_id=channel_id).order_by().values("pk"),
        unknown_to_channel(unknown, channel_id=channel_id).order_by().values("pk"),
    )
    return changed.model._default_manager.filter(pk__in=pks[0].union(pks[1])).order_by("modified_date", "pk")


def actions_of_what_is_gone(model: type[Any], *, channel_id: int) -> QuerySet[IntegrationAction]:
    """Actions whose object is not there any more, or not active where its model knows that; by pk."""
    has_flag = any(field.name == "is_active" for field in model._meta.concrete_fields)
    there = model._default_manager.filter(
        pk=OuterRef("object_id"), **({"is_active": True} if has_flag else {})
    )
    return actions_of(model, channel_id=channel_id).filter(~Exists(there)).order_by("pk")
