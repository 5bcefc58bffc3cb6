"""Trendyol's carriers by the names its packages give them, and by the codes it wants to be told.

Source: "Trendyol Kargo Şirketleri Listesi (getProviders)", "Kargo Firmaları", "Carrier Companies" (v3.0). Packages
name the same carrier with and without "Marketplace".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.omnicore.orders.enums import ShippingCompany


@dataclass(frozen=True)
class Carrier:
    """`erp_code` is that of the cargo company here, unless the channel's conf names another (`cargo_companies`)."""

    erp_code: str
    shipping_company: ShippingCompany


_OTHER = ShippingCompany.EXTERNAL_COMPANY
CARRIERS: Mapping[str, Carrier] = {
    "Aras Kargo": Carrier("aras", ShippingCompany.ARAS),
    "CEVA": Carrier("ceva", _OTHER),
    "CEVA Lojistik": Carrier("ceva", _OTHER),
    "Ceva MP": Carrier("ceva", _OTHER),
    "Ceva Tedarik": Carrier("ceva", _OTHER),
    "DHL": Carrier("dhl", ShippingCompany.DHL),
    "DHL Express": Carrier("dhl", ShippingCompany.DHL),
    "DHL eCommerce": Carrier("dhl", ShippingCompany.DHL),
    "DPD": Carrier("dpd", ShippingCompany.DPD),
    "GLS": Carrier("gls", ShippingCompany.GLS),
    "Horoz Kargo": Carrier("horoz", _OTHER),
    "Horoz Lojistik": Carrier("horoz", _OTHER),
    "Kolay Gelsin": Carrier("kolay_gelsin", ShippingCompany.KOLAY_GELSIN),
    "Kolay Gelsin Kargo": Carrier("kolay_gelsin", ShippingCompany.KOLAY_GELSIN),
    "PTT Kargo": Carrier("ptt", ShippingCompany.PTT),
    "Sürat Kargo": Carrier("surat", ShippingCompany.SURAT),
    "Trendyol Express": Carrier("trendyol-express", _OTHER),
    "UPS": Carrier("ups", ShippingCompany.UPS),
    "Yurtiçi Kargo": Carrier("yurtici", ShippingCompany.YURTICI),
}
# By ShippingCompany, the `providerCode` of updateTrackingNumber abroad.
PROVIDER_CODES: Mapping[str, str] = {
    ShippingCompany.DHL: "DHLMP",
    ShippingCompany.DPD: "DPDMP",
    ShippingCompany.GLS: "GLS",
}


def carrier_of(package: Mapping[str, Any], *, erp_codes: Mapping[str, str]) -> Carrier | None:
    """The package's carrier, None while it has none; `erp_codes` are the channel's own, by Trendyol's name.

    Raises OrderParkedException.
    """
    name = (package.get("cargoProviderName") or "").removesuffix(" Marketplace")
    if not name:
        return None
    if name not in CARRIERS:
        detail = f"Trendyol's carrier {name} is unknown; known are {', '.join(CARRIERS)}."
        raise OrderParkedException(ParkCause.UNKNOWN_CARRIER, subject=name, detail=detail)
    carrier = CARRIERS[name]
    return Carrier(erp_codes.get(name, carrier.erp_code), carrier.shipping_company)
