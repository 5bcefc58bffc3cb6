"""The objects a batch names: their kinds, whether they are there, and the locks on them and on their actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model

from omnitron.channels.models import BatchRequest, IntegrationAction
from omnitron.core.exceptions import InvalidInput
from omnitron.core.scope import channel_path_of

# Kinds of object a channel is told of, in the order in which everybody locks them.
KINDS = (
    "order",
    "orderitem",
    "cancellationrequest",
    "product",
    "productprice",
    "productstock",
    "productimage",
    "productcategory",
    "categorytree",
    "categorynode",
    "marketplaceattribute",
    "marketplaceattributeset",
    "marketplaceattributesetconfig",
    "marketplaceattributeschema",
    "marketplaceattributevalue",
    "marketplaceattributevalueconfig",
)
# An action of its own is named so, by batches that take objects off the channel.
ACTION = "integrationaction"
NAMED_IN_A_REFUSAL = 10

# (content type, object)
Key = tuple[int, int]

_KNOWN = """
    SELECT a.content_type_id, a.object_id, a.local_batch_id = %s FROM channels_integrationaction a
    JOIN unnest(%s::integer[], %s::bigint[]) AS given(content_type_id, object_id)
        ON a.content_type_id = given.content_type_id AND a.object_id = given.object_id
    WHERE a.channel_id = %s
"""
# By kind and object: as changes of the objects reach their actions (the trigger `integration_actions_follow`).
_LOCK = """
    SELECT id FROM channels_integrationaction WHERE id IN (
        SELECT a.id FROM channels_integrationaction a
        JOIN unnest(%s::integer[], %s::bigint[]) AS given(content_type_id, object_id)
            ON a.content_type_id = given.content_type_id AND a.object_id = given.object_id
        WHERE a.channel_id = %s
        UNION ALL
        SELECT a.id FROM channels_integrationaction a WHERE a.id = ANY(%s) AND a.channel_id = %s
        UNION ALL
        SELECT a.id FROM channels_integrationaction a
        WHERE %s AND a.local_batch_id = %s AND (a.status = 'processing' OR a.previous_status IS NOT NULL))
    ORDER BY array_position(%s::integer[], content_type_id), object_id FOR NO KEY UPDATE
"""


def models_of(names: Iterable[str]) -> dict[str, type[Model]]:
    """The models of the kinds `names`. Raises InvalidInput for a kind no channel is told of."""
    if unknown := sorted(set(names) - set(_models())):
        raise InvalidInput(content_type=f"Channels are not told of: {', '.join(unknown)}.")
    return {name: _models()[name] for name in names}


@cache
def _models() -> dict[str, type[Model]]:
    by_name = {model._meta.model_name: model for model in apps.get_models()}
    return {name: by_name[name] for name in KINDS}


def check_are_there(model: type[Model], pks: set[int], *, channel_id: int) -> None:
    """Raises InvalidInput for rows of `model` that do not exist or are another channel's."""
    path = channel_path_of(model)
    scope = {} if path is None else {path: channel_id}
    missing = sorted(pks - set(model._base_manager.filter(pk__in=pks, **scope).values_list("pk", flat=True)))
    if missing:
        names = listed(f"{model._meta.model_name} {pk}" for pk in missing)
        raise InvalidInput(objects=f"Not there, or not of this channel: {names}.")


def keys_of_batch(batch: BatchRequest, keys: Collection[Key]) -> tuple[set[Key], set[Key]]:
    """Those of `keys` that the batch holds an action of, and those the channel has any action of. Locks nothing."""
    if not keys:
        return set(), set()
    types, pks = (list(column) for column in zip(*keys, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [batch.local_batch_id, types, pks, batch.channel_id])
        rows = cursor.fetchall()
    return {(kind, pk) for kind, pk, is_held in rows if is_held}, {(kind, pk) for kind, pk, _ in rows}


def hold_objects_without_action(keys: Iterable[Key]) -> None:
    """Hold what is to get an action still (`FOR SHARE`), before any action is locked: an action that is made looks
    at its object, and whoever changes an object holds that before its action.
    """
    pks_of: dict[int, list[int]] = {}
    for kind, pk in keys:
        pks_of.setdefault(kind, []).append(pk)
    with connection.cursor() as cursor:
        for model in _models().values() if pks_of else ():
            if pks := pks_of.get(ContentType.objects.get_for_model(model).pk):
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"SELECT FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [pks])


def lock_actions(
    batch: BatchRequest, keys: Collection[Key], *, action_pks: Collection[int], with_processing: bool
) -> list[IntegrationAction]:
    """The channel's actions of the objects `keys`, those with `action_pks`, and, `with_processing`, all that the
    batch has not let go of; locked.
    """
    types, pks = (list(column) for column in zip(*keys, strict=True)) if keys else ([], [])
    order = [ContentType.objects.get_for_model(model).pk for model in _models().values()]
    named = [types, pks, batch.channel_id, list(action_pks), batch.channel_id]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [*named, with_processing, batch.local_batch_id, order])
        found = [pk for (pk,) in cursor.fetchall()]
    return list(IntegrationAction.objects.filter(pk__in=found)) if found else []


def listed(names: Iterable[str]) -> str:
    """The first of `names`, and how many more there are."""
    names = list(names)
    more = len(names) - NAMED_IN_A_REFUSAL
    return ", ".join(names[:NAMED_IN_A_REFUSAL]) + (f" and {more} more" if more > 0 else "")
