"""What of an order a channel says anew, against what it said last. Pure.

Kept with a pulled order are its `parts` as they were last dealt with: a digest of each, of statuses the code.
What the channel repeats is no news, and never overwrites what was changed here meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from omnitron.channels.integrations.dto import ChannelOrder, ChannelOrderItem

# Of an order and of a line, what is compared value by value, and the column it goes to.
ORDER_PARTS = {
    "tracking_number": "tracking_number",
    "tracking_url": "tracking_url",
    "carrier_shipping_code": "carrier_shipping_code",
    "cargo_company": "shipping_company",
    "invoice_number": "invoice_number",
    "invoice_date": "invoice_date",
    "e_archive_url": "e_archive_url",
    "notes": "notes",
    "segment": "segment",
    "has_gift_box": "has_gift_box",
    "gift_box_note": "gift_box_note",
    "extra_field": "extra_field",
}
ITEM_PARTS = (
    "tracking_number",
    "tracking_url",
    "shipping_company",
    "invoice_number",
    "invoice_date",
    "e_archive_url",
    "shipped_date",
    "delivered_date",
    "estimated_delivery_date",
    "extra_field",
)
ADDRESSES = ("shipping_address", "billing_address")
FIGURES, PAYMENTS, ITEMS, STATUS = "figures", "payments", "items", "status"


def canonical(value: Any) -> str:
    """JSON that is the same for the same content, in whatever order it came."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def digest_of(text: str, *, size: int = 16) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def parts_of(order: ChannelOrder) -> dict[str, Any]:
    """What is kept of the order; what it does not say is left out."""
    parts = {name: _short(getattr(order, name)) for name in ORDER_PARTS if _says(getattr(order, name))}
    parts[FIGURES] = _short(_figures(order))
    for name in ADDRESSES:
        parts[name] = _short(asdict(getattr(order, name)))
    if order.payments:
        parts[PAYMENTS] = _short([asdict(payment) for payment in order.payments])
    parts[ITEMS] = {item.remote_id: _parts_of_item(item) for item in order.items}
    return parts


@dataclass(frozen=True)
class News:
    """What `new` says that `old`, the parts last dealt with, did not. Without `old` everything is news: the order
    came here another way.
    """

    new: Mapping[str, Any]
    old: Mapping[str, Any] = field(default_factory=dict)

    def has(self, part: str) -> bool:
        """Whether the order says this part, and not as before."""
        return part in self.new and self.new[part] != self.old.get(part)

    def of_item(self, remote_id: str) -> News:
        """The same of one line."""
        return News(self.new[ITEMS].get(remote_id, {}), self.old.get(ITEMS, {}).get(remote_id, {}))


def _parts_of_item(item: ChannelOrderItem) -> dict[str, Any]:
    parts = {name: _short(getattr(item, name)) for name in ITEM_PARTS if _says(getattr(item, name))}
    return {**parts, STATUS: int(item.status)}


def _figures(order: ChannelOrder) -> list[Any]:
    lines = [[i.remote_id, i.sku, i.quantity, i.price, i.discount_amount] for i in order.items]
    discounts = [[discount.name, discount.amount] for discount in order.discounts]
    sums = [order.amount, order.shipping_amount, order.shipping_interest_amount]
    return [order.currency, *sums, order.installment_interest_amount, sorted(lines), sorted(discounts)]


def _says(value: Any) -> bool:
    return value is not None and value != {}


def _short(value: Any) -> str:
    return digest_of(canonical(value), size=6)
