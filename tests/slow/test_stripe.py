"""The Stripe adapter against localstripe, a stateful Stripe server; a proxy on the way cuts answers off."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe
from pytest_django import Settings

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.orders.models import Refund
from omnitron.orders.service import OrderService, RefundService
from omnitron.payments.models import Pos, Transaction
from tests.factories.orders import ApprovedOrderFactory, CancellationReasonFactory
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
CONTEXT = AuditContext.system(AuditSource.CRON)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = "sk_test_12345"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def localstripe() -> Iterator[int]:
    """The port of a localstripe of our own."""
    port = _free_port()
    command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until(lambda: _listens(port))
        yield port
        process.terminate()


class CuttingProxy(ThreadingHTTPServer):
    """Hands requests on, and while `cuts` is above zero hangs up instead of answering a POST of a refund."""

    cuts = 0
    refunds_asked_for = 0

    def __init__(self, target: int) -> None:
        self.target = target
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: CuttingProxy

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.target)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        content = answer.read()
        if self.command == "POST" and self.path.startswith("/v1/refunds"):
            self.server.refunds_asked_for += 1
            if self.server.cuts:
                self.server.cuts -= 1
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _pass_on

    def log_message(self, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def proxy(localstripe: int, settings: Settings) -> Iterator[CuttingProxy]:
    server = CuttingProxy(localstripe)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings.GATEWAY_CREDENTIALS = {"stripe-test": {"api_key": KEY, "api_base": address}}
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(localstripe: int) -> stripe.StripeClient:
    """Straight to localstripe, to see what really happened."""
    return stripe.StripeClient(KEY, base_addresses={"api": f"http://127.0.0.1:{localstripe}"})


@pytest.fixture
def promised(client: stripe.StripeClient) -> Callable[[], Refund]:
    """A pending refund of 200.00 on a charge that localstripe knows."""

    def promise() -> Refund:
        customer = client.v1.customers.create(params={"email": "a@example.com"})
        card = {
            "type": "card",
            "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"},
        }
        method = client.v1.payment_methods.create(params=card)
        client.v1.payment_methods.attach(method.id, params={"customer": customer.id})
        charge = client.v1.charges.create(
            params={"amount": 20000, "currency": "try", "customer": customer.id, "source": method.id}
        )
        order = ApprovedOrderFactory(items=2, captured_by_card=True)
        pos = Pos.objects.create(name="Stripe", slug="stripe-test", gateway="stripe")
        Transaction.objects.filter(order=order).update(reference=charge.id, pos=pos)
        reason = CancellationReasonFactory()
        reasons = {item.pk: reason.pk for item in order.orderitem_set.all()}
        OrderService.cancel_order(order, reasons=reasons, is_all=True, audit_context=CONTEXT)
        OrderService.approved_order_cancel(order, audit_context=CONTEXT)
        return Refund.objects.get(order=order)

    return promise


def _send(refund: Refund, *, now: datetime = NOW) -> None:
    RefundService.send_refund(refund.pk, now=now, audit_context=CONTEXT)
    refund.refresh_from_db()


def _at_stripe(client: stripe.StripeClient, refund: Refund) -> list[tuple[int, dict[str, str]]]:
    charge = Transaction.objects.get(pk=refund.transaction_id).reference
    return [(row.amount, row.metadata.to_dict()) for row in client.v1.refunds.list(params={"charge": charge})]


def test_a_refund_reaches_stripe_once(
    proxy: CuttingProxy, client: stripe.StripeClient, promised: Callable[[], Refund]
) -> None:
    refund = promised()

    _send(refund)
    _send(refund)

    assert (refund.status, refund.gateway_reference[:3]) == ("done", "re_")
    assert _at_stripe(client, refund) == [(20000, {"omnitron_refund": str(refund.pk)})]


def test_an_answer_cut_off_is_found_in_the_history_and_not_asked_for_again(
    proxy: CuttingProxy, client: stripe.StripeClient, promised: Callable[[], Refund]
) -> None:
    refund = promised()
    proxy.cuts = 1

    _send(refund)
    assert (refund.status, refund.failed_attempts) == ("pending", 1)
    _send(refund, now=NOW + timedelta(minutes=1))

    assert (refund.status, proxy.refunds_asked_for) == ("done", 1)
    assert _at_stripe(client, refund) == [(20000, {"omnitron_refund": str(refund.pk)})]


def test_control_localstripe_would_refund_twice_with_the_same_idempotency_key(
    client: stripe.StripeClient, promised: Callable[[], Refund]
) -> None:
    """Why the look-up must hold."""
    refund = promised()
    charge = Transaction.objects.get(pk=refund.transaction_id).reference
    for _ in range(2):
        client.v1.refunds.create(
            params={"charge": charge, "amount": 100}, options={"idempotency_key": "same"}
        )

    assert [amount for amount, _ in _at_stripe(client, refund)] == [100, 100]


def test_what_stripe_refuses_needs_a_hand(proxy: CuttingProxy, promised: Callable[[], Refund]) -> None:
    refund = promised()
    Transaction.objects.filter(pk=refund.transaction_id).update(reference="ch_unknown")

    _send(refund)

    assert refund.status == "failed"
    assert refund.cancellation_plan.status == "manuel_refund_need"


def test_the_payment_history_comes_from_stripe(proxy: CuttingProxy, promised: Callable[[], Refund]) -> None:
    refund = promised()
    _send(refund)

    history = OrderService.get_payment_history(refund.order)

    assert [(row["transaction_type"], row["amount"], row["refund"]) for row in history] == [
        ("purchase", Decimal("200.00"), None),
        ("refund", Decimal("200.00"), refund.pk),
    ]
    assert OrderService.get_transaction_amount(refund.order) == Decimal("200.00")
