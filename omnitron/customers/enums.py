"""Enums of customers and addresses."""

from __future__ import annotations

from django.db import models


class UserType(models.TextChoices):
    REGISTERED = "registered", "registered"
    GUEST = "guest", "guest"


class Gender(models.TextChoices):
    FEMALE = "female", "female"
    MALE = "male", "male"


class AddressType(models.TextChoices):
    """Whose address it is."""

    CUSTOMER = "customer", "customer"
    RETAIL_STORE = "retail_store", "retail store"
