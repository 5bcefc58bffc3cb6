"""The hash by which an address with the same content is found again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from omnitron.customers.models import Address

# All that an address says, its owner included; whether it is in use is not part of it.
HASHED_FIELDS = (
    "customer",
    "retail_store",
    "address_type",
    "title",
    "email",
    "phone_number",
    "first_name",
    "last_name",
    "country",
    "city",
    "township",
    "district",
    "line",
    "postcode",
    "notes",
    "company_name",
    "tax_office",
    "tax_no",
    "e_bill_taxpayer",
    "identity_number",
    "remote_id",
    "extra_field",
)


_encode = DjangoJSONEncoder(sort_keys=True).encode


def address_hash(values: Mapping[str, Any]) -> str:
    """The md5 of what `values` say, rows given as such or by pk; what is left out has its default.

    Text counts to the letter. Absent, null and "" are the same.
    """
    content = _defaults().copy()
    for name in HASHED_FIELDS:
        if name in values:
            value = values[name]
            content[name] = None if value == "" else getattr(value, "pk", value)
    return hashlib.md5(_encode(content).encode(), usedforsecurity=False).hexdigest()


@cache
def _defaults() -> dict[str, Any]:
    defaults = {name: Address._meta.get_field(name).get_default() for name in HASHED_FIELDS}
    return {name: None if value == "" else value for name, value in defaults.items()}
