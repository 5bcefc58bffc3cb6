"""What integrations of both methods share, the documents' BaseIntegration: a channel and HTTP to it, what it sends.

Its configuration is read here, and its orders are taken in. The two methods: `first_method` and `second_method`.

Source: "Picking Orders from Channels". An integration serves one channel during one run, in one thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from omnitron.catalogs.models import Catalog
from omnitron.channels import secrets
from omnitron.channels.exceptions import (
    ChannelRefusedException,
    IntegrationConfigurationException,
    IntegrationUnauthorizedException,
)
from omnitron.channels.integrations import ingest, one_by_one
from omnitron.channels.integrations.client import READ_SECONDS, ChannelClient, ChannelResponse
from omnitron.channels.integrations.dto import (
    ChangeAnswer,
    ChannelOrderItem,
    ChannelPayment,
    Intake,
    OrderChange,
    OrderPage,
    PullLimits,
    RawOrder,
)
from omnitron.channels.integrations.reading import ToOrder
from omnitron.channels.models import Channel
from omnitron.channels.use_cases.channels import keep_auth_token
from omnitron.channels.use_cases.credential_budgets import CredentialRetryBudget, fingerprint_of
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SYSTEM_CLOCK, Clock
from omnitron.orders.models import Order, OrderItem

logger = logging.getLogger(__name__)


def nobody_watches(intake: Intake) -> None:
    """Progress that is not shown."""


class BaseIntegration:
    """One channel as one run talks to it; `with` closes what it opened.

    A subclass names the keys of `conf` it logs in with (`credentials`), and overrides `login` where the channel
    wants one, `auth_headers` where a request carries something.
    """

    limits: ClassVar[PullLimits] = PullLimits()
    # Fetches orders by `filters` (as `commands.GetOrders` has them), takes them in, tells what became of them.
    get_orders: Callable[..., Intake]
    # Keys of the channel's conf: where it is, and what one logs in with.
    address: ClassVar[str] = "server"
    credentials: ClassVar[Sequence[str]] = ("username", "password")

    def __init__(
        self,
        channel_id: int,
        *,
        audit_context: AuditContext,
        clock: Clock = SYSTEM_CLOCK,
        on_page: Callable[[Intake], None] = nobody_watches,
        pulled_from: datetime | None = None,
        pulled_until: datetime | None = None,
        is_dry_run: bool = False,
    ) -> None:
        """`on_page` is told what became of each page. From `pulled_from` (None: ever) to `pulled_until` the
        channel was pulled before, by its own clock, so that what comes late is known as such. A dry run leaves
        nothing behind.
        """
        self.channel_id = channel_id
        self.audit_context, self.clock, self.on_page = audit_context, clock, on_page
        self.pulled_from, self.pulled_until = pulled_from, pulled_until
        self.is_dry_run = is_dry_run
        # By our clock: what is noted from now on, this run has seen.
        self.run_started = timezone.now()
        # What became of everything taken in so far.
        self.intake = Intake()

    def __enter__(self) -> BaseIntegration:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.has_client:
            self.client.close()

    @property
    def has_client(self) -> bool:
        """Whether anything was to be asked of the channel yet."""
        return "client" in vars(self)

    @cached_property
    def channel(self) -> Channel:
        """The channel; `del integration.channel` to read it anew."""
        return Channel.objects.select_related("catalog__stock_list", "catalog__price_list").get(
            pk=self.channel_id
        )

    @property
    def catalog(self) -> Catalog | None:
        return self.channel.catalog

    @cached_property
    def conf(self) -> dict[str, Any]:
        """The channel's configuration with its secrets. Not audited as a disclosure: nobody gets to see it.

        Raises ChannelSecretsUnreadableException.
        """
        return secrets.opened(self.channel.conf, token=self.channel.conf_secrets)

    @property
    def base_url(self) -> str:
        """Raises IntegrationConfigurationException."""
        if not self.conf.get(self.address):
            raise IntegrationConfigurationException(channel=self.channel.name, key=self.address)
        return self.conf[self.address]

    @property
    def pull_since(self) -> datetime | None:
        """Where the first pull begins, by conf `pull_since` (ISO 8601); None: as far back as the channel shows.

        Raises IntegrationConfigurationException for what is no moment with its offset.
        """
        given = self.conf.get("pull_since")
        if given is None:
            return None
        moment = parse_datetime(given) if isinstance(given, str) else None
        if moment is None or moment.tzinfo is None:
            raise IntegrationConfigurationException(
                channel=self.channel.name, key="pull_since with its offset"
            )
        return moment

    @cached_property
    def client(self) -> ChannelClient:
        """HTTP to the channel, within the budget of its credentials."""
        known = {name: self.conf.get(name) for name in self.credentials}
        fingerprint = fingerprint_of(self.conf.get(self.address, ""), known)
        return ChannelClient(
            channel=self.channel.name,
            base_url=self.base_url,
            clock=self.clock,
            budget=CredentialRetryBudget(fingerprint, channel=self.channel.name, clock=self.clock),
            read_seconds=self.conf.get("read_seconds", READ_SECONDS),
        )

    def login(self) -> None:
        """Log in and keep the token; nothing to do where every request carries the credentials themselves.

        Raises IntegrationUnauthorizedException.
        """

    def auth_headers(self) -> dict[str, str]:
        """What a request carries to be let in."""
        return {}

    def count_orders(self, *, start_date: datetime, end_date: datetime) -> int | None:
        """How many orders the channel says last changed in [start_date, end_date) by its clock; None where it
        cannot say.
        """
        return None

    # Whether the channel can be told of some of a line's units. If not, what is so of a part of a line only is
    # reported, and not told.
    takes_units: ClassVar[bool] = False
    # Tells the channel what changed here; an answer for each change that was dealt with. A change without an answer
    # is sent again. Only where `takes_updates`.
    send_updates: Callable[[Sequence[OrderChange]], Sequence[ChangeAnswer]]

    @property
    def takes_updates(self) -> bool:
        """Whether the channel is told of changes at all."""
        return hasattr(self, "send_updates")

    def reason_code(self, reason: int | None) -> str | None:
        """The channel's code for one of our cancellation reasons, by the `reason_mapping` of its conf ({code: pk});
        None where that has none.
        """
        codes = [code for code, pk in self.conf.get("reason_mapping", {}).items() if pk == reason]
        return codes[0] if codes else None

    def keep_auth_token(self, token: str) -> None:
        """The token of the new session becomes the channel's `auth_token`, a secret like any other there."""
        self.channel = keep_auth_token(self.channel, token, audit_context=self.audit_context)
        self.conf["auth_token"] = token

    def request_process(
        self,
        method: str,
        endpoint: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        timeout: float | None = None,
        is_repeatable: bool | None = None,
    ) -> ChannelResponse:
        """Ask the channel, logging in anew once where it does not know the session any more.

        Raises IntegrationUnauthorizedException, and what `ChannelClient.request` raises.
        """
        for is_last in (False, True):
            self.client.headers.update(self.auth_headers())
            try:
                return self.client.request(
                    method,
                    endpoint,
                    params=params,
                    body=body,
                    read_seconds=timeout,
                    is_repeatable=is_repeatable,
                )
            except ChannelRefusedException as error:
                if error.params["status"] != 401:
                    raise
                if is_last:
                    raise self.unauthorized("it answers 401 after a new login") from error
            self.login()
        raise AssertionError("the second try returns or raises")

    def unauthorized(self, reason: str) -> IntegrationUnauthorizedException:
        return IntegrationUnauthorizedException(channel=self.channel.name, reason=reason)

    # How the channel's orders are read, without asking it anything: for orders that are here as it sent them.
    order_reader: Callable[[], ToOrder]

    def take_in(self, page: OrderPage, *, to_order: ToOrder) -> Intake:
        """Take in, update or park a page of orders, each whole or not at all, and tell whoever watches."""
        intake = ingest.take_in_page(
            self.channel,
            page.orders,
            to_order=to_order,
            audit_context=self.audit_context,
            now=self.client.now(),
            pulled_from=self.pulled_from,
            pulled_until=self.pulled_until,
            run_started=self.run_started,
            is_dry_run=self.is_dry_run,
        )
        if page.unusable:
            logger.error("Channel %s shows %s rows that are no orders.", self.channel_id, page.unusable)
            intake += Intake(seen=page.unusable, failed=page.unusable)
        self.intake += intake
        self.on_page(intake)
        return intake

    def create_order(self, data: RawOrder) -> Order | None:
        """Take in one order as the channel sent it: customer, addresses, items, discounts, payments, vendor orders,
        all or nothing; one that is here already is updated. Returns the order, None while it is parked (the
        documents' `create_order(data)`).
        """
        self.take_in(OrderPage([data]), to_order=self.order_reader())
        of_channel = Order.objects.filter(pulledorder__channel=self.channel_id)
        return of_channel.filter(pulledorder__remote_id=data.remote_id).first()

    def create_orderitem(self, order_pk: int, data: ChannelOrderItem) -> OrderItem:
        """Update the item the channel knows by `data.remote_id`, or add it to the order; the channel's integration
        action of it is kept (the documents' `create_orderitem(order_pk, data)`). Raises OrderParkedException.
        """
        return one_by_one.take_in_item(self.channel, order_pk, data, audit_context=self.audit_context)

    def create_transaction(self, order: Order, data: ChannelPayment) -> Any:
        """Update the payment row that `data` matches by its reference, or add it; the channel's integration action
        of it is kept (the documents' `create_transaction(order, data)`).
        """
        return one_by_one.take_in_payment(self.channel, order, data, audit_context=self.audit_context)
