"""Who buys and where it goes. Trendyol's district is a township here, its neighbourhood a district."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnitron.channels.integrations.dto import ChannelAddress, ChannelCustomer, ChannelPlace

Raw = Mapping[str, Any]


def customer(package: Raw) -> ChannelCustomer:
    """`customerId` is unique to the account at Trendyol (getShipmentPackages)."""
    return ChannelCustomer(
        email=package["customerEmail"],
        first_name=package["customerFirstName"],
        last_name=package["customerLastName"],
        channel_code=str(package["customerId"]),
        phone_number=package["shipmentAddress"].get("phone") or None,
    )


def shipping_address(package: Raw) -> ChannelAddress:
    return _address(package["shipmentAddress"], package)


def billing_address(package: Raw) -> ChannelAddress:
    """With tax data: of a company where the package is `commercial`, else the person's identity number.

    Trendyol leaves `taxOffice` and `taxNumber` out where there is no company; `eInvoiceAvailable` says whether the
    company takes e-invoices.
    """
    raw = package["invoiceAddress"]
    return _address(
        raw,
        package,
        tax_office=raw.get("taxOffice") or None,
        tax_no=raw.get("taxNumber") or package.get("taxNumber") or None,
        identity_number=package.get("identityNumber") or None,
        e_bill_taxpayer=bool(raw.get("eInvoiceAvailable")),
    )


def _address(raw: Raw, package: Raw, **tax: Any) -> ChannelAddress:
    return ChannelAddress(
        first_name=raw["firstName"],
        last_name=raw["lastName"],
        line=_line(raw),
        country=ChannelPlace(code=raw["countryCode"].lower()),
        city=_place(raw, "city", "cityCode"),
        township=_township(raw),
        district=_some_place(raw, "neighborhood", "neighborhoodId"),
        postcode=raw.get("postalCode") or None,
        phone_number=raw.get("phone") or None,
        email=package["customerEmail"],
        company_name=raw.get("company") or None,
        # Of an address without one, Trendyol gives 0.
        remote_id=str(raw["id"]) if raw.get("id") else None,
        **tax,
    )


def _line(raw: Raw) -> str:
    """Both lines; the whole address, places included, only where they are empty (it then is all there is)."""
    lines = dict.fromkeys(line for line in (raw.get("address1"), raw.get("address2")) if line)
    return " ".join(lines) or raw.get("fullAddress") or ""


def _township(raw: Raw) -> ChannelPlace | None:
    """Abroad there are counties (CEE) and states (Gulf) where Turkey has districts."""
    return (
        _some_place(raw, "district", "districtId")
        or _some_place(raw, "countyName", "countyId")
        or _some_place(raw, "stateName", "stateId")
    )


def _some_place(raw: Raw, name: str, code: str) -> ChannelPlace | None:
    return _place(raw, name, code) if raw.get(name) else None


def _place(raw: Raw, name: str, code: str) -> ChannelPlace:
    """A code of 0 is none."""
    return ChannelPlace(name=raw.get(name) or None, code=str(raw[code]) if raw.get(code) else None)
