"""Factories of channels and of what is known about each object's state towards them."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from omnitron.channels.enums import IntegrationMappingType
from omnitron.channels.models import (
    BatchRequest,
    Channel,
    DataSource,
    ErrorReport,
    ExternalStatus,
    IntegrationAction,
    IntegrationMapping,
    OperationalEvent,
)
from tests.factories.catalogs import CatalogFactory, ProductFactory


class ChannelFactory(DjangoModelFactory):
    """A channel without secrets; those are written by `ChannelService`."""

    class Meta:
        model = Channel

    name = Sequence("Channel {}".format)
    channel_type = "sales_channel"
    catalog = SubFactory(CatalogFactory)


class DataSourceFactory(DjangoModelFactory):
    class Meta:
        model = DataSource

    name = Sequence("Vendor {}".format)
    code = Sequence("vendor-{}".format)


class ExternalStatusFactory(DjangoModelFactory):
    class Meta:
        model = ExternalStatus

    name = Sequence("External status {}".format)
    code = Sequence("external-status-{}".format)


class AboutAnObject(DjangoModelFactory):
    """A row about some other row, `about`, which a generic pair of columns names."""

    class Meta:
        abstract = True
        exclude = ("about",)

    about = SubFactory(ProductFactory)
    content_type = LazyAttribute(lambda row: ContentType.objects.get_for_model(row.about))
    object_id = SelfAttribute("about.pk")


class IntegrationMappingFactory(AboutAnObject):
    class Meta:
        model = IntegrationMapping
        exclude = ("about",)

    integration_type = IntegrationMappingType.WEB
    code = Sequence("CODE-{}".format)


class IntegrationActionFactory(AboutAnObject):
    class Meta:
        model = IntegrationAction
        exclude = ("about",)

    channel = SubFactory(ChannelFactory)
    remote_id = Sequence("REMOTE-{}".format)


class BatchRequestFactory(DjangoModelFactory):
    class Meta:
        model = BatchRequest

    channel = SubFactory(ChannelFactory)


class ErrorReportFactory(DjangoModelFactory):
    class Meta:
        model = ErrorReport
        exclude = ("about",)

    about = SubFactory(ProductFactory)
    channel = SubFactory(ChannelFactory)
    action_content_type = LazyAttribute(lambda row: ContentType.objects.get_for_model(row.about))
    action_object_id = SelfAttribute("about.pk")
    error_code = "ProductNotFound"
    error_desc = "The channel does not know this product."


class OperationalEventFactory(DjangoModelFactory):
    class Meta:
        model = OperationalEvent

    channel = SubFactory(ChannelFactory)
    event_type = "orders.pulled"
    message = "12 orders pulled."
