"""The hash by which an address with the same content is found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
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


def address_hash(values: Mapping[str, Any]) -> str:
    """The md5 of what `values` say, rows given as such or by pk; what is left out has its default.

    Text counts to the letter. Absent, null and "" are the same.
    """
    content = {name: _value(name, values) for name in HASHED_FIELDS}
    text = json.dumps(content, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _value(name: str, values: Mapping[str, Any]) -> Any:
    value = values[name] if name in values else Address._meta.get_field(name).get_default()
    return None if value == "" else getattr(value, "pk", value)
