"""Whose the orders of a batch are, and where they go: customers and addresses found again, or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from omnitron.channels.models import Channel
from omnitron.core.bulk import AuditRows, BulkRows, json_of, new_pks
from omnitron.customers.address_hash import address_hash
from omnitron.customers.models import Address, Customer
from omnitron.orders.use_cases.intake_drafts import OrderDraft

# KEY SHARE, as a foreign key would take it: who is about to delete the customer, or to change an address because no
# order uses it, waits until we are done. Ours wait for them, and then do not find what is no longer the same.
_CUSTOMERS = """
    SELECT id, channel_code, email FROM customers_customer
    WHERE channel_id = %s AND (channel_code = ANY(%s) OR email = ANY(%s)) ORDER BY id FOR KEY SHARE
"""
_ADDRESSES = "SELECT hash_data, id FROM customers_address WHERE hash_data = ANY(%s) ORDER BY id FOR KEY SHARE"


class _KnownCustomers:
    """The customers of the channel by what they are known again by, the oldest first."""

    def __init__(self, channel: Channel, drafts: Sequence[OrderDraft]) -> None:
        given = [draft.incoming.customer for draft in drafts]
        codes = sorted({values["channel_code"] for values in given if values.get("channel_code")})
        emails = sorted({_email(values) for values in given if not values.get("channel_code")} - {""})
        self._by_code: dict[str, int] = {}
        self._by_email: dict[str, int] = {}
        with connection.cursor() as cursor:
            cursor.execute(_CUSTOMERS, [channel.pk, codes, emails])
            for pk, code, email in cursor.fetchall():
                self._add(pk, code, email)

    def pk_of(self, values: Mapping[str, Any]) -> int | None:
        if code := values.get("channel_code"):
            return self._by_code.get(code)
        return self._by_email.get(_email(values))

    def add(self, pk: int, values: Mapping[str, Any]) -> None:
        self._add(pk, values.get("channel_code"), _email(values))

    def _add(self, pk: int, code: str | None, email: str) -> None:
        if code:
            self._by_code.setdefault(code, pk)
        # Nobody is known again by no e-mail.
        if email:
            self._by_email.setdefault(email, pk)


def place_customers(
    channel: Channel, drafts: Sequence[OrderDraft], *, customers: BulkRows, audit_rows: AuditRows
) -> None:
    """Give each draft its customer: the channel's by `channel_code`, or, where there is none, by e-mail, both to
    the letter, the oldest of several; else a new row among `customers`. The channel must be locked, for another
    run may have orders of one of the new customers.
    """
    known = _KnownCustomers(channel, drafts)
    pks = new_pks({Customer: sum(1 for d in drafts if known.pk_of(d.incoming.customer) is None)})[Customer]
    for draft in drafts:
        values = draft.incoming.customer
        pk = known.pk_of(values)
        if pk is None:
            pk = next(pks)
            given = {**values, "channel": channel.pk}
            customers.add({**given, "id": pk})
            audit_rows.created(Customer, pk, json_of(given))
            known.add(pk, values)
        draft.customer_pk = pk


def place_addresses(drafts: Sequence[OrderDraft], *, addresses: BulkRows, audit_rows: AuditRows) -> None:
    """Give each draft its addresses: its customer's of the same content, else new rows among `addresses`."""
    wanted = {}
    hashes = []
    for draft in drafts:
        shipping, billing = (
            {**values, "customer": draft.customer_pk}
            for values in (draft.incoming.shipping_address, draft.incoming.billing_address)
        )
        of_shipping = address_hash(shipping)
        of_billing = of_shipping if billing == shipping else address_hash(billing)
        wanted.setdefault(of_shipping, shipping)
        wanted.setdefault(of_billing, billing)
        hashes.append((of_shipping, of_billing))
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [list(wanted)])
        known = dict(cursor.fetchall())
    new = [hash_data for hash_data in wanted if hash_data not in known]
    for hash_data, pk in zip(new, new_pks({Address: len(new)})[Address], strict=True):
        given = {**wanted[hash_data], "hash_data": hash_data}
        addresses.add({**given, "id": pk})
        audit_rows.created(Address, pk, json_of(given))
        known[hash_data] = pk
    for draft, (of_shipping, of_billing) in zip(drafts, hashes, strict=True):
        draft.shipping_address_pk, draft.billing_address_pk = known[of_shipping], known[of_billing]


def _email(values: Mapping[str, Any]) -> str:
    return values.get("email") or ""
