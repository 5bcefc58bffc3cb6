"""Enums of products, prices and stocks."""

from __future__ import annotations

from django.db import models


class ProductType(models.IntegerChoices):
    """`product_type=0` is what channel applications ask for."""

    SIMPLE = 0, "simple"
    GROUPED = 1, "grouped"
    BUNDLE = 2, "bundle"


class PriceType(models.TextChoices):
    DEFAULT = "default", "default"
    CAMPAIGN = "campaign", "campaign"


class UnitType(models.TextChoices):
    QUANTITY = "qty", "quantity"
    KILOGRAM = "kg", "kilogram"
    METER = "mt", "metre"
