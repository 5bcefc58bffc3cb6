"""What a channel asks of a product: sets of attributes by category, the values it knows, and rules to fill them.

A row that others refer to is protected: a set is taken apart from its leaves.
"""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import models

from omnitron.omnicore.models import JSONObjectField, TimeStampedModel


class MarketplaceAttributeSet(TimeStampedModel):
    """The attributes a channel asks of one kind of product, known to it by `remote_id`."""

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=255)
    remote_id = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "remote_id"], name="attribute_set_once_a_remote_id")
        ]

    def __str__(self) -> str:
        return self.name


class MarketplaceAttributeSetConfig(TimeStampedModel):
    """What a set is for: a category, or, without `object_id`, every category that has none of its own."""

    channel_path = "attribute_set__channel"

    attribute_set = models.ForeignKey(MarketplaceAttributeSet, on_delete=models.PROTECT, db_index=False)
    content_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, db_index=False, limit_choices_to={"model": "categorynode"}
    )
    object_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attribute_set", "content_type", "object_id"],
                name="attribute_set_once_an_object",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["content_type", "object_id"], name="attribute_set_by_object")]

    def __str__(self) -> str:
        return f"set {self.attribute_set_id} for {self.content_type_id}/{self.object_id}"


class MarketplaceAttribute(TimeStampedModel):
    """A property a channel asks for, "Renk". One of a name in a channel, whatever sets it stands in."""

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="attribute_once_a_channel")]

    def __str__(self) -> str:
        return self.name


class MarketplaceAttributeSchema(TimeStampedModel):
    """How an attribute is filled from a product: `schema` is read by `rules.py`; `{}` is the plain rule."""

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=512)
    schema = JSONObjectField()
    attribute = models.OneToOneField(
        MarketplaceAttribute, null=True, blank=True, on_delete=models.PROTECT, related_name="filled_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "name"], name="attribute_schema_once_a_channel")
        ]

    def __str__(self) -> str:
        return self.name


class MarketplaceAttributeConfig(TimeStampedModel):
    """An attribute stands in a set, and what that set says of it.

    `is_required`: a product without it is not mapped. `is_custom`: any text will do, not only the known values.
    `is_variant`, `is_image_attribute` and `is_meta` are the channel's own and passed on to it.
    """

    channel_path = "attribute_set__channel"

    attribute_set = models.ForeignKey(MarketplaceAttributeSet, on_delete=models.PROTECT, db_index=False)
    attribute = models.ForeignKey(MarketplaceAttribute, on_delete=models.PROTECT)
    attribute_remote_id = models.CharField(max_length=255, null=True, blank=True)
    is_required = models.BooleanField(default=False)
    is_variant = models.BooleanField(default=False)
    is_custom = models.BooleanField(default=False)
    is_image_attribute = models.BooleanField(default=False)
    is_meta = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attribute_set", "attribute"], name="attribute_once_a_set")
        ]

    def __str__(self) -> str:
        return f"attribute {self.attribute_id} in set {self.attribute_set_id}"


class MarketplaceAttributeValue(TimeStampedModel):
    """A value the channel knows: `label` is what people read, `value` the channel's own code for it.

    Unique by both, because that is how the channel's application looks up one that it could not create.
    """

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT)
    attribute = models.ForeignKey(MarketplaceAttribute, on_delete=models.PROTECT, db_index=False)
    label = models.CharField(max_length=255)
    value = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attribute", "label", "value"], name="attribute_value_once_an_attribute"
            )
        ]
        indexes = [models.Index(fields=["attribute", "value"], name="attribute_value_by_value")]

    def __str__(self) -> str:
        return self.label


class MarketplaceAttributeValueConfig(TimeStampedModel):
    """A value is one of those a set allows. A set that names none of an attribute's values allows them all.

    `attribute` is the value's: whether a set names any value of an attribute is asked at every mapping.
    """

    channel_path = "attribute_set__channel"

    attribute_set = models.ForeignKey(MarketplaceAttributeSet, on_delete=models.PROTECT, db_index=False)
    attribute = models.ForeignKey(
        MarketplaceAttribute, on_delete=models.PROTECT, db_index=False, editable=False
    )
    attribute_value = models.ForeignKey(MarketplaceAttributeValue, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attribute_set", "attribute_value"], name="attribute_value_once_a_set"
            )
        ]
        indexes = [models.Index(fields=["attribute", "attribute_set"], name="attribute_values_of_set")]

    def __str__(self) -> str:
        return f"value {self.attribute_value_id} in set {self.attribute_set_id}"
