"""Which gateway a payment row goes to. An explicit table: no class is loaded by a string."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from omnitron.payments.gateways.demo import DemoGateway
from omnitron.payments.gateways.port import GatewayRefused, PaymentGateway
from omnitron.payments.gateways.stripe import StripeGateway
from omnitron.payments.models import BexTransaction, Pos, Transaction

Credentials = Mapping[str, Any]


def _stripe(credentials: Credentials) -> PaymentGateway:
    if not credentials.get("api_key"):
        raise GatewayRefused("GATEWAY_CREDENTIALS has no api_key for this POS.")
    return StripeGateway(api_key=credentials["api_key"], api_base=credentials.get("api_base"))


# By `Pos.gateway`.
GATEWAYS: dict[str, Callable[[Credentials], PaymentGateway]] = {
    "demo": lambda credentials: DemoGateway(),
    "stripe": _stripe,
}


def gateway_of(pos: Pos) -> PaymentGateway:
    """The gateway of a merchant account, with the credentials that GATEWAY_CREDENTIALS holds for its slug.

    Raises GatewayRefused for a gateway nobody has written, or credentials nobody has given.
    """
    if pos.gateway not in GATEWAYS:
        raise GatewayRefused(f"There is no gateway {pos.gateway!r}.")
    return GATEWAYS[pos.gateway](settings.GATEWAY_CREDENTIALS.get(pos.slug, {}))


def gateway_of_payment(payment: Transaction | BexTransaction) -> tuple[PaymentGateway, str]:
    """The gateway of a payment row, and the gateway's reference of it.

    BEX payments name no POS: they go through the one whose slug is `bex`. Raises GatewayRefused when there is
    neither a POS nor a reference: nobody can be asked to pay back.
    """
    pos = payment.pos if isinstance(payment, Transaction) else Pos.objects.filter(slug="bex").first()
    if pos is None:
        raise GatewayRefused("The payment names no POS.")
    if not payment.reference:
        raise GatewayRefused("The payment has no reference at its gateway.")
    return gateway_of(pos), payment.reference
