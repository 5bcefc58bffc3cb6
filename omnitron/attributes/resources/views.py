"""What a channel asks of products, as its application sets it up, and a product in the channel's words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.attributes.exceptions import ProductMappingException
from omnitron.attributes.models import (
    MarketplaceAttribute,
    MarketplaceAttributeConfig,
    MarketplaceAttributeSchema,
    MarketplaceAttributeSet,
    MarketplaceAttributeSetConfig,
    MarketplaceAttributeValue,
    MarketplaceAttributeValueConfig,
)
from omnitron.attributes.resources import serializers as shapes
from omnitron.attributes.service import AttributeService
from omnitron.catalogs.models import Product
from omnitron.catalogs.resources.serializers import ProductSerializer
from omnitron.channels.resources.scoped import READ, ChannelScoped
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import filterset_for
from omnitron.core.resources.viewsets import ResourceViewSet, RowViewSet

_DATES = ("created_date", "modified_date")


class SetUpViewSet(ChannelScoped, ResourceViewSet):
    """Rows of one channel; a body may name only rows of that channel."""

    http_method_names = (*READ, "post", "patch", "delete")
    service = AttributeService()

    def perform_create(self, serializer: BaseSerializer) -> Model:
        return self.service.create_row(
            self.model, serializer.validated_data, audit_context=audit_context_of(self.request)
        )

    def perform_update(self, serializer: BaseSerializer) -> Model:
        return self.service.update_row(
            serializer.instance, serializer.validated_data, audit_context=audit_context_of(self.request)
        )

    def perform_destroy(self, row: Model) -> None:
        self.service.delete_row(row, audit_context=audit_context_of(self.request))


class AttributeSetViewSet(SetUpViewSet):
    queryset = MarketplaceAttributeSet.objects.all()
    serializer_class = shapes.AttributeSetSerializer
    filterset_class = filterset_for(MarketplaceAttributeSet, "channel", "name", "remote_id", *_DATES)
    search_fields = ("name", "remote_id")


class AttributeSetConfigViewSet(SetUpViewSet):
    queryset = MarketplaceAttributeSetConfig.objects.all()
    serializer_class = shapes.AttributeSetConfigSerializer
    filterset_class = filterset_for(
        MarketplaceAttributeSetConfig, "attribute_set", "object_id", "content_type__model", *_DATES
    )
    search_fields = ("attribute_set__name",)


class AttributeViewSet(SetUpViewSet):
    queryset = MarketplaceAttribute.objects.all()
    serializer_class = shapes.AttributeSerializer
    filterset_class = filterset_for(MarketplaceAttribute, "channel", "name", *_DATES)
    search_fields = ("name",)


class AttributeSchemaViewSet(SetUpViewSet):
    queryset = MarketplaceAttributeSchema.objects.all()
    serializer_class = shapes.AttributeSchemaSerializer
    filterset_class = filterset_for(MarketplaceAttributeSchema, "channel", "name", "attribute", *_DATES)
    search_fields = ("name",)


class AttributeConfigViewSet(SetUpViewSet):
    queryset = MarketplaceAttributeConfig.objects.all()
    serializer_class = shapes.AttributeConfigSerializer
    filterset_class = filterset_for(
        MarketplaceAttributeConfig,
        "attribute_set",
        "attribute",
        "attribute_remote_id",
        "is_required",
        "is_variant",
        "is_custom",
        "is_image_attribute",
        "is_meta",
        *_DATES,
    )
    search_fields = ("attribute__name",)

    @extend_schema(responses=shapes.AttributeConfigDetailSerializer(many=True))
    @action(detail=False, serializer_class=shapes.AttributeConfigDetailSerializer)
    def detailed(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The same list, with the attribute and its set as objects."""
        return self.list(request)


class AttributeValueViewSet(SetUpViewSet):
    queryset = MarketplaceAttributeValue.objects.all()
    serializer_class = shapes.AttributeValueSerializer
    filterset_class = filterset_for(
        MarketplaceAttributeValue, "channel", "attribute", "label", "value", *_DATES
    )
    search_fields = ("label", "value")


class AttributeValueConfigViewSet(SetUpViewSet):
    queryset = MarketplaceAttributeValueConfig.objects.all()
    serializer_class = shapes.AttributeValueConfigSerializer
    filterset_class = filterset_for(
        MarketplaceAttributeValueConfig,
        "attribute_set",
        "attribute_value",
        "attribute_value__attribute",
        *_DATES,
    )
    search_fields = ("attribute_value__label",)


class MappedProductViewSet(ChannelScoped, RowViewSet):
    """Products in the words of the channel."""

    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    http_method_names = READ
    service = AttributeService()

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "Accept-Language",
                str,
                OpenApiParameter.HEADER,
                description="Attributes that the product has in this language go before the others.",
            )
        ],
        responses={200: shapes.MappedProductSerializer, 406: shapes.MappingRefusalSerializer},
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The attributes the channel asks of the product, filled; 406 names what is missing or not known."""
        language = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip().lower()
        try:
            mapped = self.service.map_product(
                self.get_row(), channel=self.channel, language=None if language in {"", "*"} else language
            )
        except ProductMappingException as refusal:
            # Channel applications look for `error` here, and only here.
            return Response({"error": str(refusal), "error_code": refusal.code}, status=406)
        return Response(asdict(mapped))
