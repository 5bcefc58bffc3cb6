"""The enums the documents name under `omnicore.catalogs.enums`."""

from __future__ import annotations

from django.db import models


class CurrencyType(models.TextChoices):
    """Currencies of prices and orders.

    The documents list the members as "tr, eu, usd, …" while every sample sends the ISO code ("try"), so the
    members carry the documents' names and the values are the ISO codes in lower case.
    """

    TR = "try", "Turkish lira"
    EU = "eur", "Euro"
    USD = "usd", "US dollar"
    EGP = "egp", "Egyptian pound"
    GBP = "gbp", "Pound sterling"
    MAD = "mad", "Moroccan dirham"
    PLN = "pln", "Polish zloty"
    SAR = "sar", "Saudi riyal"
    RON = "ron", "Romanian leu"
    UAH = "uah", "Ukrainian hryvnia"
    CZK = "czk", "Czech koruna"
    HUF = "huf", "Hungarian forint"
    RUB = "rub", "Russian rouble"
    BGN = "bgn", "Bulgarian lev"
    IQD = "iqd", "Iraqi dinar"
    AED = "aed", "UAE dirham"
