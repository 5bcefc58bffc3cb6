"""What Trendyol is told. Sources: "Paket Statü Bildirimi", "Kargo Takip Kodu Bildirme", "Update Tracking Number"
(v3.0), "Fatura Linki Gönderme", "Tedarik Edememe Bildirimi".

Trendyol has no keys that make a request safe to send again. So what it knows already is looked up first: a change
that is there is accepted without a word, and a request whose answer was lost is not repeated but looked up next
time. The packages are needed for their lines' quantities anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from omnitron.channels.exceptions import ChannelRefusedException
from omnitron.channels.integrations import commands
from omnitron.channels.integrations.dto import ChangeAnswer, OrderChange
from omnitron.channels.integrations.trendyol.carriers import PROVIDER_CODES
from omnitron.channels.integrations.trendyol.orders import SELLER_PAYS
from omnitron.channels.integrations.trendyol.reading import Reader
from omnitron.channels.integrations.trendyol.statuses import ENDED, status_name
from omnitron.channels.integrations.trendyol.values import stamp
from omnitron.omnicore.orders.enums import OrderStatus

Raw = Mapping[str, Any]

# "You can only update the package with 2 statuses", and Picking comes before Invoiced.
PICKING, INVOICED = "Picking", "Invoiced"
_BEFORE_PICKING = frozenset({"Created"})
_BEFORE_INVOICED = frozenset({"Created", PICKING})
# Lines are cancelled before the carrier has them; afterwards they come back by claims.
_CANCELLABLE = frozenset({"Awaiting", "Created", PICKING, INVOICED})
_GONE = ENDED - {"Delivered"}
# Trendyol says these itself, by what the buyer's bank or the carrier tells it.
SET_BY_TRENDYOL = frozenset(
    {
        OrderStatus.APPROVED,
        OrderStatus.SHIPPED,
        OrderStatus.SHIPPED_AND_INFORMED,
        OrderStatus.READY_FOR_PICKUP,
        OrderStatus.ATTEMPTED_DELIVERY,
        OrderStatus.DELIVERED,
    }
)
# reasonId of a line that cannot be supplied. 503 is known abroad only.
REASON_IDS = frozenset({500, 501, 502, 503, 504, 505, 506})
# Answers that are about the change itself; any other refusal is about us, and no change's fault.
REFUSALS = frozenset({400, 404, 409, 422})


class _UntellableError(Exception):
    """There is no way to tell Trendyol this."""


class SendUpdates(commands.SendUpdates):
    """One request or two a change, after one that looks up to fifty packages up."""

    def send(self, validated_data: dict[str, Any]) -> list[ChangeAnswer]:
        """An answer for every change, but for those to a package that this very call has dissolved: where its lines
        went, Trendyol only shows later. Raises ChannelUnreachableException and, where it refuses to talk to us,
        ChannelRefusedException; what was told until then is not told again when the changes are sent anew.
        """
        ids = list(dict.fromkeys(change.order_remote_id for change in self.objects))
        packages = {
            order.remote_id: dict(order.payload)
            for page in Reader(self.integration).by_ids(ids)
            for order in page.orders
        }
        self._dissolved: set[str] = set()
        return [
            self._answer(change, packages.get(change.order_remote_id))
            for change in self.objects
            if change.order_remote_id not in self._dissolved
        ]

    def _answer(self, change: OrderChange, package: dict[str, Any] | None) -> ChangeAnswer:
        if package is None:
            return _refused(change, "Trendyol does not show this package (any more).")
        tellers: dict[str, Callable[[OrderChange, dict[str, Any]], str]] = {
            "status": self._tell_status,
            "tracking": self._tell_tracking,
            "invoice": self._tell_invoice,
            "cancel": self._tell_cancel,
        }
        try:
            return ChangeAnswer(change.key, is_accepted=True, reason=tellers[change.kind](change, package))
        except _UntellableError as error:
            return _refused(change, str(error))
        except ChannelRefusedException as error:
            if error.params["status"] not in REFUSALS:
                raise
            return _refused(change, str(error))

    def _tell_status(self, change: OrderChange, package: dict[str, Any]) -> str:
        status = OrderStatus(int(change.values["status"]))
        if status in SET_BY_TRENDYOL:
            return f"Trendyol sets {status.label} itself."
        if status != OrderStatus.PREPARING:
            return f"Trendyol is told of no status {status.label}."
        if status_name(package) in _BEFORE_PICKING:
            self._put_status(package, PICKING, {})
        return ""

    def _tell_invoice(self, change: OrderChange, package: dict[str, Any]) -> str:
        number, link = change.values.get("invoice_number"), change.values.get("e_archive_url")
        if not number and not link:
            raise _UntellableError(
                "Trendyol is told of an invoice by its number or its address; it has neither."
            )
        if number and status_name(package) in _BEFORE_INVOICED:
            if status_name(package) in _BEFORE_PICKING:
                self._put_status(package, PICKING, {})
            self._put_status(package, INVOICED, {"invoiceNumber": number})
        if link and package.get("invoiceLink") != link:
            body = {"invoiceLink": link, "shipmentPackageId": package["shipmentPackageId"]}
            if number:
                body["invoiceNumber"] = number
            if change.values.get("invoice_date"):
                body["invoiceDateTime"] = stamp(_moment(change.values["invoice_date"]))
            path = f"/sellers/{self.integration.seller_id}/seller-invoice-links"
            self.integration.request_process("POST", path, body=body)
            package["invoiceLink"] = link
        return ""

    def _tell_tracking(self, change: OrderChange, package: dict[str, Any]) -> str:
        number = change.values.get("tracking_number")
        if not number:
            raise _UntellableError("There is no tracking number to tell.")
        if package.get("whoPays") != SELLER_PAYS:
            return "Trendyol pays the carrier and knows the number."
        if package.get("cargoSenderNumber") == number:
            return ""
        service, body = self._tracking_request(number, change.values.get("shipping_company"))
        self._put(f"{self._package_path(package)}/{service}", body)
        package["cargoSenderNumber"] = number
        return ""

    def _tracking_request(self, number: str, company: str | None) -> tuple[str, dict[str, str]]:
        if not self.integration.is_abroad:
            return "update-tracking-number", {"trackingNumber": number}
        if company not in PROVIDER_CODES:
            known = ", ".join(PROVIDER_CODES)
            raise _UntellableError(f"Trendyol has no code for the carrier {company}; it has for: {known}.")
        return "tracking-details", {"cargoSenderNumber": number, "providerCode": PROVIDER_CODES[company]}

    def _tell_cancel(self, change: OrderChange, package: dict[str, Any]) -> str:
        """The package is dissolved; where lines are left, they come back in a new one, with a new id."""
        lines, status = _lines(package, change.item_remote_ids), status_name(package)
        if status in _GONE:
            self._check_gone(package, lines)
            return ""
        if status not in _CANCELLABLE:
            raise _UntellableError(f"The package is {status}: what is sent back is a claim at Trendyol.")
        body = {"lines": lines, "reasonId": self._reason_id(change.values.get("reason"))}
        self._put(f"{self._package_path(package)}/items/unsupplied", body)
        self._dissolved.add(change.order_remote_id)
        return ""

    def _check_gone(self, package: Raw, lines: Sequence[Mapping[str, int]]) -> None:
        """A package also ends because other lines of it did, or because it was split: these go on in another."""
        wanted = {line["lineId"] for line in lines}
        for page in Reader(self.integration).by_order_number(package["orderNumber"]):
            for other in page.orders:
                left = wanted & {line["lineId"] for line in other.payload["lines"]}
                if left and status_name(other.payload) not in ENDED:
                    names = ", ".join(map(str, sorted(left)))
                    raise _UntellableError(f"At Trendyol line {names} is in package {other.remote_id} now.")

    def _reason_id(self, reason: Any) -> int:
        """Of the channel's conf `cancellation_reasons`, by the pk of the reason here."""
        reason_id = self.integration.conf.get("cancellation_reasons", {}).get(str(reason))
        if reason_id not in REASON_IDS:
            known = ", ".join(map(str, sorted(REASON_IDS)))
            raise _UntellableError(
                f"`cancellation_reasons` in the channel's conf says no reasonId for reason {reason}; "
                f"Trendyol's are {known}."
            )
        return reason_id

    def _put_status(self, package: dict[str, Any], status: str, params: Mapping[str, Any]) -> None:
        body = {"lines": _lines(package, ()), "params": params, "status": status}
        self._put(self._package_path(package), body)
        package["status"] = status

    def _put(self, path: str, body: Mapping[str, Any]) -> None:
        self.integration.request_process("PUT", path, body=body, is_repeatable=False)

    def _package_path(self, package: Raw) -> str:
        return f"{self.integration.seller_path}/shipment-packages/{package['shipmentPackageId']}"


def _refused(change: OrderChange, reason: str) -> ChangeAnswer:
    return ChangeAnswer(change.key, is_accepted=False, reason=reason)


def _lines(package: Raw, remote_ids: Sequence[str]) -> list[dict[str, int]]:
    """These lines of the package with all their units, or all of them."""
    known = {str(line["lineId"]): line for line in package["lines"]}
    if unknown := set(remote_ids) - set(known):
        raise _UntellableError(f"There is no line {', '.join(sorted(unknown))} in the package at Trendyol.")
    wanted = remote_ids or list(known)
    return [{"lineId": known[key]["lineId"], "quantity": known[key]["quantity"]} for key in wanted]


def _moment(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
