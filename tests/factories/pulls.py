"""Factories of what is known of pulling. Rows that name each other are of one channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from omnitron.channels.enums import ParkCause
from omnitron.channels.models import (
    CredentialBudget,
    ParkedOrder,
    PullCount,
    PulledOrder,
    PullState,
    PullWindow,
)
from tests.factories.channels import ChannelFactory

START = datetime(2026, 3, 1, tzinfo=UTC)


class PullStateFactory(DjangoModelFactory):
    class Meta:
        model = PullState

    channel = SubFactory(ChannelFactory)


class PullWindowFactory(DjangoModelFactory):
    """An hour; each is the one after the one made before."""

    class Meta:
        model = PullWindow

    channel = SubFactory(ChannelFactory)
    window_from = Sequence(lambda number: START + timedelta(hours=number))
    window_to = LazyAttribute(lambda window: window.window_from + timedelta(hours=1))
    asked_from = SelfAttribute("window_from")


class PullCountFactory(DjangoModelFactory):
    class Meta:
        model = PullCount

    channel = SubFactory(ChannelFactory)
    span_from = START
    span_to = START + timedelta(hours=1)
    counted = 10
    held = 9
    asked_date = START + timedelta(days=3)


class PulledOrderFactory(DjangoModelFactory):
    class Meta:
        model = PulledOrder

    channel = SubFactory(ChannelFactory)
    remote_id = Sequence("R-{}".format)
    number = Sequence("N-{}".format)
    digest = "0" * 32
    remote_modified_date = START
    first_seen_date = START


class ParkedOrderFactory(DjangoModelFactory):
    class Meta:
        model = ParkedOrder

    pulled_order = SubFactory(PulledOrderFactory)
    channel = SelfAttribute("pulled_order.channel")
    cause = ParkCause.UNKNOWN_PRODUCT
    subject = "SKU-1"
    detail = "There is no product SKU-1."
    payload = LazyFunction(dict)
    tried_date = START


class CredentialBudgetFactory(DjangoModelFactory):
    class Meta:
        model = CredentialBudget

    fingerprint = Sequence("{:064d}".format)
    period_start = START
