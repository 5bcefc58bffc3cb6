"""A package of Trendyol as an order: one for each `shipmentPackageId` (docs/channels-trendyol.md says why)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import ChannelDiscount, ChannelOrder, ChannelOrderItem, RawOrder
from omnitron.channels.integrations.pages import id_of
from omnitron.channels.integrations.trendyol import addresses
from omnitron.channels.integrations.trendyol.carriers import carrier_of
from omnitron.channels.integrations.trendyol.statuses import line_status, package_status
from omnitron.channels.integrations.trendyol.values import amount, moment, turkish_moment
from omnitron.omnicore.money import ZERO
from omnitron.omnicore.orders.enums import OrderStatus, ShippingOptionDeliveryType

Raw = Mapping[str, Any]

# The seller pays the carrier, and tells Trendyol the tracking number; without it Trendyol does both.
SELLER_PAYS = 1
DELIVERY_TYPES: Mapping[str, str] = {
    "": ShippingOptionDeliveryType.STANDARD,
    "TodayDelivery": ShippingOptionDeliveryType.SAME_DAY,
    "SameDayShipping": ShippingOptionDeliveryType.SAME_DAY,
    "FastDelivery": ShippingOptionDeliveryType.NEXT_DAY,
}
COLLECTION_POINT = "CollectionPoint"
# Under this key of `extra_field` stands what has no column here, by Trendyol's names.
EXTRA = "trendyol"
_ORDER_EXTRAS = (
    *("orderNumber", "shipmentPackageId", "shipmentNumber", "status", "shipmentPackageStatus", "createdBy"),
    *("originPackageIds", "channelId", "warehouseId", "whoPays", "isCod", "paymentMethod", "commercial"),
    *("micro", "etgbNo", "etgbDate", "hsCode", "3pByTrendyol", "is4P", "orderCountryCode"),
    *("containsDangerousProduct", "cargoProviderName", "cargoDeci", "deliveryAddressType", "deliveryType"),
    *("fastDelivery", "fastDeliveryType", "deliveredByService", "timeSlotId", "agreedDeliveryDate"),
    *("estimatedDeliveryStartDate", "estimatedDeliveryEndDate", "originShipmentDate", "discountDisplays"),
    *("invoiceStatus", "invoiceRejectedReasonKeys"),
)
_LINE_EXTRAS = (
    *("orderLineItemStatusName", "productName", "productSize", "productColor", "productOrigin", "barcode"),
    *("contentId", "productCategoryId", "salesCampaignId", "commission", "laborCost", "businessUnit"),
    *("cancelledBy", "cancelReason", "cancelReasonCode", "fastDeliveryOptions"),
)


def order_number(package: Raw) -> str:
    """Trendyol's order number is that of all packages of an order; with the package's id it is this one's."""
    return f"{id_of(package['orderNumber'])}-{id_of(package['shipmentPackageId'])}"


def raw_order(package: Raw) -> RawOrder:
    """What the pull needs to know of a package as it came."""
    return RawOrder(
        remote_id=id_of(package["shipmentPackageId"]),
        number=order_number(package),
        modified_date=moment(package["lastModifiedDate"]),
        payload=package,
    )


def channel_order(package: Raw, *, conf: Mapping[str, Any]) -> ChannelOrder:
    """The whole order. `conf` is the channel's: `payment_option`.

    Raises OrderParkedException: UNKNOWN_STATUS, WRONG_CURRENCY, BROKEN_TOTAL.
    """
    status = package_status(package)
    return ChannelOrder(
        number=order_number(package),
        remote_id=id_of(package["shipmentPackageId"]),
        modified_date=moment(package["lastModifiedDate"]),
        date_placed=turkish_moment(package["orderDate"]),
        currency=package["currencyCode"].lower(),
        amount=amount(package["packageTotalPrice"]),
        customer=addresses.customer(package),
        shipping_address=addresses.shipping_address(package),
        billing_address=addresses.billing_address(package),
        items=[_item(line, package, status) for line in package["lines"]],
        discounts=[discount for line in package["lines"] for discount in _trendyols_discount(line)],
        payment_option=conf.get("payment_option"),
        cargo_company=carrier_of(package),
        tracking_number=_tracking_number(package),
        tracking_url=package.get("cargoTrackingLink") or None,
        carrier_shipping_code=package.get("cargoSenderNumber") or None,
        invoice_number=package.get("invoiceNumber") or None,
        e_archive_url=package.get("invoiceLink") or None,
        has_gift_box=bool(package.get("giftBoxRequested")),
        delivery_type=_delivery_type(package),
        cancellation_reason=_cancellation_reason(package, status),
        extra_field={EXTRA: _extras(package, _ORDER_EXTRAS)},
    )


def _item(line: Raw, package: Raw, status: OrderStatus) -> ChannelOrderItem:
    """`lineGrossAmount` is one unit's; each unit's discounts stand in `discountDetails`, rounded for itself.

    Source: "Discount Representations in the Get Shipment Packages Service".
    """
    if line["currencyCode"] != package["currencyCode"]:
        detail = (
            f"Line {line['lineId']} is in {line['currencyCode']}, its package in {package['currencyCode']}."
        )
        raise OrderParkedException(ParkCause.WRONG_CURRENCY, subject=line["currencyCode"], detail=detail)
    price = amount(line["lineGrossAmount"]) * line["quantity"]
    _check_units(line, price)
    return ChannelOrderItem(
        remote_id=id_of(line["lineId"]),
        sku=line["stockCode"],
        product_remote_id=line["barcode"],
        quantity=line["quantity"],
        price=price,
        discount_amount=_sum_of_units(line, "lineItemSellerDiscount"),
        tax_rate=Decimal(str(line["vatRate"])),
        status=line_status(line, of_package=status),
        currency=line["currencyCode"].lower(),
        tracking_number=_tracking_number(package),
        tracking_url=package.get("cargoTrackingLink") or None,
        shipping_company=carrier_of(package),
        invoice_number=package.get("invoiceNumber") or None,
        e_archive_url=package.get("invoiceLink") or None,
        shipped_date=_first_time(package, "Shipped"),
        delivered_date=_first_time(package, "Delivered"),
        extra_field={EXTRA: _extras(line, _LINE_EXTRAS) | {"discountDetails": _units(line)}},
    )


def _check_units(line: Raw, price: Decimal) -> None:
    """What the units cost less what the seller and Trendyol give is what is paid for them, to the cent."""
    paid = _sum_of_units(line, "lineItemPrice")
    given = _sum_of_units(line, "lineItemSellerDiscount") + _sum_of_units(line, "lineItemTyDiscount")
    if len(line["discountDetails"]) != line["quantity"] or price - given != paid:
        detail = (
            f"Line {line['lineId']}: {line['quantity']} units of {line['lineGrossAmount']} less {given} make "
            f"{price - given}; its {len(line['discountDetails'])} units sum up to {paid}."
        )
        raise OrderParkedException(ParkCause.BROKEN_TOTAL, subject=str(line["lineId"]), detail=detail)


def _trendyols_discount(line: Raw) -> list[ChannelDiscount]:
    """What Trendyol pays of a line: the buyer pays less, the seller gets it all the same. Kept apart for that."""
    total = _sum_of_units(line, "lineItemTyDiscount")
    if total == ZERO:
        return []
    remote_ids = [str(line["lineId"])]
    return [
        ChannelDiscount(name="Trendyol", offer_type="ty_discount", amount=total, item_remote_ids=remote_ids)
    ]


def _sum_of_units(line: Raw, name: str) -> Decimal:
    return sum((amount(unit[name]) for unit in line["discountDetails"]), ZERO)


def _units(line: Raw) -> list[dict[str, str]]:
    """Amounts as text: a JSON number would be a float."""
    names = ("lineItemPrice", "lineItemSellerDiscount", "lineItemTyDiscount")
    return [{name: str(amount(unit[name])) for name in names} for unit in line["discountDetails"]]


def _tracking_number(package: Raw) -> str | None:
    """The seller's own where the seller pays the carrier and has told it, else Trendyol's.

    A string: Trendyol's may exceed 64 bits.
    """
    own = package.get("cargoSenderNumber") if package.get("whoPays") == SELLER_PAYS else None
    number = own or package.get("cargoTrackingNumber")
    return str(number) if number else None


def _delivery_type(package: Raw) -> str | None:
    """None for a kind of fast delivery that is new: the word itself is in `extra_field`."""
    if package.get("deliveryAddressType") == COLLECTION_POINT:
        return ShippingOptionDeliveryType.CLICK_AND_COLLECT
    return DELIVERY_TYPES.get(package.get("fastDeliveryType") or "")


def _cancellation_reason(package: Raw, status: OrderStatus) -> str | None:
    """Trendyol's code, where a line has one."""
    if status not in {OrderStatus.CANCELLED, OrderStatus.REFUNDED}:
        return None
    codes = [line["cancelReasonCode"] for line in package["lines"] if line.get("cancelReasonCode")]
    return str(codes[0]) if codes else None


def _first_time(package: Raw, status: str) -> datetime | None:
    entries = package.get("packageHistories") or []
    stamps = [entry["createdDate"] for entry in entries if entry["status"] == status]
    return moment(min(stamps)) if stamps else None


def _extras(raw: Raw, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: raw[name] for name in names if raw.get(name) not in (None, "", [])}
