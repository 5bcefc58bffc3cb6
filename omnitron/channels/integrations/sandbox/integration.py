"""The sandbox: a marketplace in this repository that misbehaves from a seed, to try pulling and sending out on."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar

from omnitron.channels.exceptions import ChannelRefusedException
from omnitron.channels.integrations import second_method
from omnitron.channels.integrations.dto import PullLimits
from omnitron.channels.integrations.sandbox.commands import CountOrders, GetOrders, SendUpdates
from omnitron.channels.integrations.sandbox.loopback import own_marketplace
from omnitron.channels.integrations.sandbox.marketplace.marketplace import API_KEY, API_SECRET
from omnitron.channels.integrations.sandbox.marketplace.server import serve


class CommandIntegration(second_method.CommandIntegration):
    """A channel's `conf`: `server`, `api_key` and `api_secret` of a marketplace that runs somewhere (`python -m
    omnitron.channels.integrations.sandbox.marketplace`). Without `server` it is served here, for as long as the
    integration is used (see `own_marketplace`), and forgets what it was told when that ends. `pos` is the slug of
    the POS that cards are charged through.
    """

    # It shows 90 days, and what is asked first ends a little while ago.
    limits: ClassVar[PullLimits] = PullLimits(look_back=timedelta(days=89))
    # The seed tells the marketplaces served here apart.
    credentials = ("api_key", "api_secret", "seed")
    serializer_class = {
        "get_orders": GetOrders,
        "count_orders": CountOrders,
        "send_updates": SendUpdates,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = ExitStack()
        self._token = ""

    def __exit__(self, *exc_info: object) -> None:
        super().__exit__(*exc_info)
        self._own.close()

    @property
    def base_url(self) -> str:
        return super().base_url if self._is_elsewhere else self._own_address

    @property
    def _is_elsewhere(self) -> bool:
        return bool(self.conf.get(self.address))

    @cached_property
    def _own_address(self) -> str:
        """Served from now on."""
        return self._own.enter_context(serve(own_marketplace(self.conf, clock=self.clock)))

    def login(self) -> None:
        """A token for some minutes, of this run alone. Raises IntegrationUnauthorizedException."""
        known = {"api_key": API_KEY, "api_secret": API_SECRET}
        if self._is_elsewhere:
            known = {name: self.conf.get(name) for name in known}
        try:
            answer = self.client.request("POST", "/token", body=known, is_repeatable=True)
        except ChannelRefusedException as error:
            raise self.unauthorized(error.params["reason"]) from error
        self._token = answer.data["access_token"]

    def auth_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}
