"""Factories of what channels ask of products. Rows that name each other are of one channel."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from factory import LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from omnitron.attributes.models import (
    MarketplaceAttribute,
    MarketplaceAttributeConfig,
    MarketplaceAttributeSchema,
    MarketplaceAttributeSet,
    MarketplaceAttributeSetConfig,
    MarketplaceAttributeValue,
    MarketplaceAttributeValueConfig,
)
from omnitron.catalogs.models import CategoryNode
from tests.factories.channels import ChannelFactory


class AttributeSetFactory(DjangoModelFactory):
    class Meta:
        model = MarketplaceAttributeSet

    channel = SubFactory(ChannelFactory)
    name = Sequence("Attribute set {}".format)
    remote_id = Sequence("SET-{}".format)


class AttributeSetConfigFactory(DjangoModelFactory):
    """For every category of the channel, unless `object_id` says which."""

    class Meta:
        model = MarketplaceAttributeSetConfig

    attribute_set = SubFactory(AttributeSetFactory)
    content_type = LazyFunction(lambda: ContentType.objects.get_for_model(CategoryNode))


class AttributeFactory(DjangoModelFactory):
    class Meta:
        model = MarketplaceAttribute

    channel = SubFactory(ChannelFactory)
    name = Sequence("Attribute {}".format)


class AttributeSchemaFactory(DjangoModelFactory):
    class Meta:
        model = MarketplaceAttributeSchema

    channel = SubFactory(ChannelFactory)
    name = Sequence("Rule {}".format)


class AttributeConfigFactory(DjangoModelFactory):
    class Meta:
        model = MarketplaceAttributeConfig

    attribute_set = SubFactory(AttributeSetFactory)
    attribute = SubFactory(AttributeFactory, channel=SelfAttribute("..attribute_set.channel"))
    attribute_remote_id = Sequence("ATTRIBUTE-{}".format)


class AttributeValueFactory(DjangoModelFactory):
    class Meta:
        model = MarketplaceAttributeValue

    attribute = SubFactory(AttributeFactory)
    channel = SelfAttribute("attribute.channel")
    label = Sequence("Label {}".format)
    value = Sequence("VALUE-{}".format)


class AttributeValueConfigFactory(DjangoModelFactory):
    class Meta:
        model = MarketplaceAttributeValueConfig

    attribute_set = SubFactory(AttributeSetFactory)
    attribute_value = SubFactory(
        AttributeValueFactory, attribute__channel=SelfAttribute("...attribute_set.channel")
    )
    attribute = SelfAttribute("attribute_value.attribute")
