"""The shapes of category trees and their nodes.

Duplicates are refused by the database's constraints, not looked up before (`validators = ()`).
"""

from __future__ import annotations

from omnitron.catalogs.models import CategoryNode, CategoryTree
from omnitron.core.resources import fields as wire
from omnitron.core.resources.serializers import ResourceSerializer

_ROOT = """(
    SELECT json_build_object('pk', root.id, 'path', root.path)
    FROM catalogs_categorynode root WHERE root.tree_id = {t}.id AND root.parent_id IS NULL
)"""


class CategoryTreeSerializer(ResourceSerializer):
    """`category_root` is the node that all others of the tree are below."""

    category_root = wire.SqlField(
        sql=_ROOT,
        schema={
            "type": "object",
            "properties": {"pk": {"type": "integer"}, "path": {"type": "string"}},
            "required": ["pk", "path"],
            "readOnly": True,
        },
    )

    class Meta:
        model = CategoryTree
        fields = ["pk", "name", "category_root", "created_date", "modified_date"]


class CategoryNodeSerializer(ResourceSerializer):
    """`node` is the node this one is below; null for the root of a tree."""

    read_only_hints = {"node": "A category stays where it was made."}
    node = wire.RowKeyField(source="parent", read_only=True)

    class Meta:
        model = CategoryNode
        fields = [
            "pk",
            "name",
            "node",
            "tree",
            "path",
            "depth",
            "numchild",
            "sort",
            "created_date",
            "modified_date",
        ]
        read_only_fields = ["tree", "path", "depth", "numchild"]
        validators = ()


class NewCategoryNodeSerializer(CategoryNodeSerializer):
    node = wire.RowKeyField(source="parent", queryset=CategoryNode.objects.all())

    class Meta(CategoryNodeSerializer.Meta):
        pass


class CategoryChildSerializer(ResourceSerializer):
    class Meta:
        model = CategoryNode
        fields = ["pk", "name"]


class CategoryNodeDetailSerializer(CategoryNodeSerializer):
    """`detailed/`: with the nodes right below."""

    children = CategoryChildSerializer(source="categorynode_set", many=True, read_only=True)

    class Meta(CategoryNodeSerializer.Meta):
        fields = [*CategoryNodeSerializer.Meta.fields, "children"]
