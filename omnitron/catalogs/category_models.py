"""Categories: a tree of named nodes, and which products stand in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from omnitron.omnicore.models import TimeStampedModel


class CategoryTree(TimeStampedModel):
    """A tree of categories a channel sells by. Its root is the one node without a parent, made with it."""

    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.name


class CategoryNode(TimeStampedModel):
    """A category. `path` names the pks from the root down to the node itself, "/1/7/": a node lies below another
    if its path begins with the other's, and the final slash keeps "/1/7/" apart from "/1/70/".

    `path`, `depth` (the root's is 1) and `numchild` are written by `use_cases/categories.py` alone.
    """

    tree = models.ForeignKey(CategoryTree, on_delete=models.CASCADE)
    # Only a whole tree is ever deleted, and its nodes with it.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=255)
    path = models.TextField(editable=False)
    depth = models.PositiveIntegerField(default=1, editable=False)
    numchild = models.PositiveIntegerField(default=0, editable=False)
    sort = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="category_node_once_a_parent"),
            models.UniqueConstraint(
                fields=["tree"], name="category_tree_has_one_root", condition=Q(parent__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductCategory(TimeStampedModel):
    """A product stands in a category. It may stand in several, also of different trees."""

    product = models.ForeignKey("catalogs.Product", on_delete=models.CASCADE, db_index=False)
    category = models.ForeignKey(CategoryNode, on_delete=models.CASCADE)

    class Meta:
        verbose_name_plural = "product categories"
        constraints = [
            models.UniqueConstraint(fields=["product", "category"], name="product_once_a_category"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.category_id}"
