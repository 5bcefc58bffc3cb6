"""Category trees and their nodes: the only writers of a node's `path`, `depth` and `numchild`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from omnitron.catalogs.models import CategoryNode, CategoryTree
from omnitron.core import records
from omnitron.core.audit import AuditContext


@transaction.atomic
def create_tree(*, name: str, audit_context: AuditContext) -> CategoryTree:
    """A new tree with its root, which is named as the tree is. Raises InvalidInput."""
    tree = records.create_record(CategoryTree, {"name": name}, audit_context=audit_context)
    _insert({"tree": tree, "name": name}, above="/", audit_context=audit_context)
    return tree


@transaction.atomic
def create_node(
    parent: CategoryNode, *, name: str, sort: int = 0, audit_context: AuditContext
) -> CategoryNode:
    """A new category below `parent`, whose `numchild` and `modified_date` move.

    Raises InvalidInput when `parent` has a child of that name already.
    """
    locked = records.lock_record(parent)
    values = {
        "tree_id": locked.tree_id,
        "parent": locked,
        "name": name,
        "sort": sort,
        "depth": locked.depth + 1,
    }
    node = _insert(values, above=locked.path, audit_context=audit_context)
    CategoryNode.objects.filter(pk=locked.pk).update(numchild=F("numchild") + 1)
    return node


@transaction.atomic
def update_node(
    node: CategoryNode, changes: Mapping[str, Any], *, audit_context: AuditContext
) -> CategoryNode:
    """Write `changes` (`name`, `sort`) to the node. Its `modified_date` moves also where nothing changes: that is
    how a channel's application says it has gone through a category. Raises InvalidInput.
    """
    locked = records.lock_record(node)
    if not records.write_changes(locked, changes, audit_context=audit_context):
        locked.save(update_fields=["modified_date"])
    return locked


def _insert(values: Mapping[str, Any], *, above: str, audit_context: AuditContext) -> CategoryNode:
    """A new node whose path is `above`, then its own pk, which is known only once it is there."""
    node = records.create_record(CategoryNode, values, audit_context=audit_context)
    node.path = f"{above}{node.pk}/"
    CategoryNode.objects.filter(pk=node.pk).update(path=node.path, modified_date=node.modified_date)
    return node
