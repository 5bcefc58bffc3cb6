"""Trendyol's carriers by the names its packages give them, and by the codes it wants to be told.

Source: "Trendyol Kargo Şirketleri Listesi (getProviders)", "Kargo Firmaları", "Carrier Companies" (v3.0). Packages
name the same carrier with and without "Marketplace".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnitron.omnicore.orders.enums import ShippingCompany

CARRIERS: Mapping[str, ShippingCompany] = {
    "Aras Kargo": ShippingCompany.ARAS,
    "DHL": ShippingCompany.DHL,
    "DHL Express": ShippingCompany.DHL,
    "DHL eCommerce": ShippingCompany.DHL,
    "DPD": ShippingCompany.DPD,
    "GLS": ShippingCompany.GLS,
    "Kolay Gelsin": ShippingCompany.KOLAY_GELSIN,
    "Kolay Gelsin Kargo": ShippingCompany.KOLAY_GELSIN,
    "PTT Kargo": ShippingCompany.PTT,
    "Sürat Kargo": ShippingCompany.SURAT,
    "UPS": ShippingCompany.UPS,
    "Yurtiçi Kargo": ShippingCompany.YURTICI,
}
# By ShippingCompany, the `providerCode` of updateTrackingNumber abroad.
PROVIDER_CODES: Mapping[str, str] = {
    ShippingCompany.DHL: "DHLMP",
    ShippingCompany.DPD: "DPDMP",
    ShippingCompany.GLS: "GLS",
}


def carrier_of(package: Mapping[str, Any]) -> str | None:
    """The package's carrier, None while it has none.

    One that has no code of its own here goes by Trendyol's name ("Trendyol Express", "CEVA Lojistik", "Horoz
    Lojistik"): it takes an integration mapping of that name to know which cargo company it is.
    """
    name = (package.get("cargoProviderName") or "").removesuffix(" Marketplace")
    return CARRIERS[name].value if name in CARRIERS else name or None
