"""Trendyol, by the second method."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import ClassVar

from omnitron.channels.integrations import second_method
from omnitron.channels.integrations.dto import PullLimits
from omnitron.channels.integrations.trendyol.commands import CountOrders, GetOrders
from omnitron.channels.integrations.trendyol.updates import SendUpdates
from omnitron.channels.integrations.trendyol.values import TURKEY

PRODUCTION = "https://apigw.trendyol.com/integration"
SELF_INTEGRATION = "SelfIntegration"
_INTEGRATOR = re.compile(r"[A-Za-z0-9]{1,30}")


class CommandIntegration(second_method.CommandIntegration):
    """A channel's `conf`: `supplier_id`, `api_key`, `api_secret` as the seller's panel shows them; optionally
    `server` (the stage's address), `integrator`, `store_front_code`, `payment_option`, `cancellation_reasons`,
    `filters_in_gmt` (docs/channels-trendyol.md).
    """

    # 14 days and three months by the pages; a day less of the months, for a month is not always as long, and what
    # _Stream asks for beyond the window.
    limits: ClassVar[PullLimits] = PullLimits(
        longest_window=timedelta(days=14) - TURKEY, look_back=timedelta(days=89)
    )
    credentials = ("supplier_id", "api_key", "api_secret")
    serializer_class = {
        "get_orders": GetOrders,
        "count_orders": CountOrders,
        "send_updates": SendUpdates,
    }

    @property
    def base_url(self) -> str:
        """Production, unless the channel's conf names the stage."""
        return self.conf.get(self.address) or PRODUCTION

    @property
    def seller_id(self) -> str:
        return str(self.conf["supplier_id"])

    @property
    def seller_path(self) -> str:
        """Below which the seller's packages are."""
        return f"/order/sellers/{self.seller_id}"

    @property
    def is_abroad(self) -> bool:
        """A storefront outside Turkey: every request names it, and tracking numbers go elsewhere."""
        return bool(self.conf.get("store_front_code"))

    def login(self) -> None:
        """There is no session; what can be known to be wrong before anything is asked is refused here.

        Raises IntegrationUnauthorizedException.
        """
        missing = [name for name in self.credentials if not self.conf.get(name)]
        if missing:
            raise self.unauthorized(f"the channel's configuration has no {', '.join(missing)}")
        if not _INTEGRATOR.fullmatch(self._integrator):
            raise self.unauthorized("the integrator's name is not of 1 to 30 letters and digits")

    def auth_headers(self) -> dict[str, str]:
        """Basic authentication by API key and secret; Trendyol answers 403 to whoever does not say who asks.

        Source: "2. Authorization".
        """
        pair = base64.b64encode(f"{self.conf['api_key']}:{self.conf['api_secret']}".encode()).decode()
        headers = {
            "Authorization": f"Basic {pair}",
            "User-Agent": f"{self.seller_id} - {self._integrator}",
        }
        if self.is_abroad:
            headers["storeFrontCode"] = self.conf["store_front_code"]
        return headers

    @property
    def _integrator(self) -> str:
        return self.conf.get("integrator") or SELF_INTEGRATION
