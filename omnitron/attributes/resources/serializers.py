"""The shapes of attribute sets, attributes, their values and rules, and of a mapped product.

Duplicates are refused by the database's constraints, not looked up before (`validators = ()`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from omnitron.attributes.models import (
    MarketplaceAttribute,
    MarketplaceAttributeConfig,
    MarketplaceAttributeSchema,
    MarketplaceAttributeSet,
    MarketplaceAttributeSetConfig,
    MarketplaceAttributeValue,
    MarketplaceAttributeValueConfig,
)
from omnitron.attributes.resources.fields import ModelNameField
from omnitron.core.resources.serializers import ResourceSerializer

_DATES = ("created_date", "modified_date")
_LARGEST_PK = 2**63 - 1


class AttributeSetSerializer(ResourceSerializer):
    """Channel applications read `id` here, and `pk` elsewhere."""

    class Meta:
        model = MarketplaceAttributeSet
        fields = ["pk", "id", "channel", "name", "remote_id", *_DATES]
        extra_kwargs: ClassVar[dict[str, Any]] = {"remote_id": {"allow_blank": False}}
        validators = ()


class AttributeSetConfigSerializer(ResourceSerializer):
    content_type = ModelNameField()

    class Meta:
        model = MarketplaceAttributeSetConfig
        fields = ["pk", "attribute_set", "content_type", "object_id", *_DATES]
        extra_kwargs: ClassVar[dict[str, Any]] = {"object_id": {"min_value": 1, "max_value": _LARGEST_PK}}
        validators = ()


class AttributeSerializer(ResourceSerializer):
    class Meta:
        model = MarketplaceAttribute
        fields = ["pk", "channel", "name", *_DATES]
        validators = ()


class AttributeSchemaSerializer(ResourceSerializer):
    class Meta:
        model = MarketplaceAttributeSchema
        fields = ["pk", "channel", "name", "schema", "attribute", *_DATES]
        extra_kwargs: ClassVar[dict[str, Any]] = {"attribute": {"validators": ()}}
        validators = ()


_CONFIG = (
    "attribute_remote_id",
    "is_required",
    "is_variant",
    "is_custom",
    "is_image_attribute",
    "is_meta",
    *_DATES,
)


class AttributeConfigSerializer(ResourceSerializer):
    class Meta:
        model = MarketplaceAttributeConfig
        fields = ["pk", "attribute_set", "attribute", *_CONFIG]
        validators = ()


class AttributeNameSerializer(ResourceSerializer):
    class Meta:
        model = MarketplaceAttribute
        fields = ["pk", "name"]


class AttributeSetNameSerializer(ResourceSerializer):
    class Meta:
        model = MarketplaceAttributeSet
        fields = ["pk", "id", "name", "remote_id"]


class AttributeConfigDetailSerializer(ResourceSerializer):
    """`detailed/`: the attribute and its set as objects."""

    attribute_set = AttributeSetNameSerializer()
    attribute = AttributeNameSerializer()

    class Meta:
        model = MarketplaceAttributeConfig
        fields = ["pk", "attribute_set", "attribute", *_CONFIG]


class AttributeValueSerializer(ResourceSerializer):
    """`value` is text: a code sent as a number is answered, and found, as the text of that number."""

    class Meta:
        model = MarketplaceAttributeValue
        fields = ["pk", "channel", "attribute", "label", "value", *_DATES]
        validators = ()


class AttributeValueConfigSerializer(ResourceSerializer):
    class Meta:
        model = MarketplaceAttributeValueConfig
        fields = ["pk", "attribute_set", "attribute_value", *_DATES]
        validators = ()


class MappedValueSerializer(serializers.Serializer):
    """`label` and `value` are there for a value the channel knows, not for a text of the product's own."""

    attribute_name = serializers.CharField()
    label = serializers.CharField(required=False)
    value = serializers.CharField(required=False)
    attribute_remote_id = serializers.CharField(allow_null=True)
    is_required = serializers.BooleanField()
    is_variant = serializers.BooleanField()
    is_custom = serializers.BooleanField()
    is_meta = serializers.BooleanField()


class MappedProductSerializer(serializers.Serializer):
    """A product in the words of the channel; for the schema, a view renders it from the use case's answer."""

    pk = serializers.IntegerField()
    attribute_set_id = serializers.IntegerField(allow_null=True)
    attribute_set_name = serializers.CharField(allow_null=True)
    attribute_set_remote_id = serializers.CharField(allow_null=True)
    mapped_attributes = serializers.DictField(child=serializers.CharField(allow_blank=True))
    mapped_attribute_values = serializers.DictField(child=MappedValueSerializer())


class MappingRefusalSerializer(serializers.Serializer):
    """Channel applications show `error` as the reason why the product was not sent."""

    error = serializers.CharField()
    error_code = serializers.CharField()
