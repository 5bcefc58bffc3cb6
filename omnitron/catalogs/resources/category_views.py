"""Category trees and the nodes of a channel's tree, as its application sets them up."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.catalogs.models import CategoryNode, CategoryTree
from omnitron.catalogs.resources import category_serializers as shapes
from omnitron.catalogs.use_cases import categories
from omnitron.channels.resources.scoped import READ, ChannelScoped
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import IdFilter, filterset_for
from omnitron.core.resources.viewsets import ResourceViewSet

_DATES = ("created_date", "modified_date")


class ChannelCategoryTreeViewSet(ChannelScoped, ResourceViewSet):
    """Every tree: an application makes one first, then names it in a PATCH of its channel."""

    queryset = CategoryTree.objects.all()
    serializer_class = shapes.CategoryTreeSerializer
    http_method_names = (*READ, "post")
    filterset_class = filterset_for(CategoryTree, "name", *_DATES)
    search_fields = ("name",)

    def perform_create(self, serializer: BaseSerializer) -> CategoryTree:
        return categories.create_tree(
            name=serializer.validated_data["name"], audit_context=audit_context_of(self.request)
        )


class ChannelCategoryNodeViewSet(ChannelScoped, ResourceViewSet):
    """The nodes of the channel's category tree. A PATCH moves `modified_date` also where it changes nothing."""

    queryset = CategoryNode.objects.all()
    serializer_class = shapes.CategoryNodeSerializer
    write_serializer_classes = {"create": shapes.NewCategoryNodeSerializer}
    http_method_names = (*READ, "post", "patch")
    filterset_class = filterset_for(
        CategoryNode,
        "name",
        "path",
        "depth",
        "numchild",
        "sort",
        *_DATES,
        extra={"node": IdFilter(field_name="parent")},
    )
    search_fields = ("name",)

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().filter(tree=self.channel.category_tree_id)

    @extend_schema(responses=shapes.CategoryNodeDetailSerializer)
    @action(detail=True)
    def detailed(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The node with those right below it."""
        return self.row_response(kwargs["pk"], shape=shapes.CategoryNodeDetailSerializer)

    def perform_create(self, serializer: BaseSerializer) -> CategoryNode:
        values = dict(serializer.validated_data)
        parent = values.pop("parent")
        if parent.tree_id != self.channel.category_tree_id:
            raise ValidationError({"node": [f'Invalid pk "{parent.pk}" - object does not exist.']})
        return categories.create_node(parent, audit_context=audit_context_of(self.request), **values)

    def perform_update(self, serializer: BaseSerializer) -> CategoryNode:
        return categories.update_node(
            serializer.instance, serializer.validated_data, audit_context=audit_context_of(self.request)
        )
