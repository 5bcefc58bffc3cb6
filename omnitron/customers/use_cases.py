"""Create and change addresses: the same content is one row, and what an order uses stays as it was. Customers of a
channel's application are known by e-mail and code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from omnitron.channels.models import Channel
from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.customers.address_hash import HASHED_FIELDS, address_hash
from omnitron.customers.exceptions import DuplicateAddress
from omnitron.customers.models import Address, Customer


@transaction.atomic
def create_channel_customer(values: Mapping[str, Any], *, audit_context: AuditContext) -> Customer:
    """A customer as a channel's application sends them; one who is there already with this e-mail and
    `channel_code`, to the letter, as they are. It sends a customer again when the answer was lost, and two of its
    workers may have orders of one new customer. Raises InvalidInput.
    """
    channel, code = values["channel"], values.get("channel_code")
    if code:
        Channel.objects.select_for_update(of=("self",), no_key=True).get(pk=channel.pk)
        known = Customer.objects.filter(channel=channel, email=values["email"], channel_code=code)
        if (customer := known.order_by("pk").first()) is not None:
            return customer
    return records.create_record(Customer, values, audit_context=audit_context)


def create_address(values: Mapping[str, Any], *, audit_context: AuditContext) -> Address:
    """A new address. Raises DuplicateAddress when there is one with the same content, InvalidInput."""
    hash_data = address_hash(values)
    with _duplicates_named(hash_data):
        return records.create_record(Address, {**values, "hash_data": hash_data}, audit_context=audit_context)


@transaction.atomic
def update_address(address: Address, *, audit_context: AuditContext, **changes: Any) -> Address:
    """The address as changed: in place, or a new row where an order uses the old one, which is then inactive.

    Raises DuplicateAddress when there is one with the changed content, InvalidInput.
    """
    # FOR UPDATE, not NO KEY: an order that is just being placed with this address waits until we are done.
    locked = Address.objects.select_for_update(of=("self",)).get(pk=address.pk)
    stored = {name: getattr(locked, name) for name in HASHED_FIELDS}
    content = stored | {name: value for name, value in changes.items() if name in HASHED_FIELDS}
    hash_data = address_hash(content)
    if hash_data == address_hash(stored) or not _is_used(locked):
        with _duplicates_named(hash_data):
            records.write_changes(locked, {**changes, "hash_data": hash_data}, audit_context=audit_context)
        return locked
    is_active = changes.get("is_active", locked.is_active)
    successor = create_address({**content, "is_active": is_active}, audit_context=audit_context)
    records.write_changes(locked, {"is_active": False}, audit_context=audit_context)
    return successor


def _is_used(address: Address) -> bool:
    """Whether any row refers to the address, whatever its model: customers know nothing of orders."""
    relations = [
        field
        for field in address._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one)
    ]
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: address}).exists()
        for relation in relations
    )


@contextmanager
def _duplicates_named(hash_data: str) -> Iterator[None]:
    """The unique constraint decides, so that of two requests at once only one can be the first."""
    try:
        yield
    except InvalidInput as error:
        if "address_hash_data" in str(error.__cause__):
            raise DuplicateAddress(hash_data=hash_data) from error
        raise
