"""How often a channel's credentials may be tried again: one budget for all channels that share an account."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from omnitron.channels.exceptions import ChannelBudgetException
from omnitron.channels.models import CredentialBudget
from omnitron.core.clock import Clock

PERIOD = timedelta(hours=1)


def fingerprint_of(address: str, credentials: Mapping[str, Any]) -> str:
    """A digest of where one logs in and with what; the credentials cannot be read from it."""
    text = json.dumps([address, dict(credentials)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class CredentialRetryBudget:
    """The budget kept in the database, so that runs in other processes draw on it too."""

    fingerprint: str
    channel: str
    clock: Clock

    def not_before(self) -> datetime | None:
        """Until when the channel asked to be left in peace, whoever it told."""
        rows = CredentialBudget.objects.filter(fingerprint=self.fingerprint)
        return rows.values_list("not_before", flat=True).first()

    @transaction.atomic
    def hold_off(self, until: datetime) -> None:
        """Nobody asks with these credentials before `until`."""
        row = self._locked()
        if row.not_before is None or row.not_before < until:
            row.not_before = until
            row.save(update_fields=["not_before"])

    @transaction.atomic
    def spend(self) -> None:
        """One more retry. Raises ChannelBudgetException after settings.CHANNEL_RETRIES_AN_HOUR of them."""
        row = self._locked()
        if self.clock.now() - row.period_start >= PERIOD:
            row.period_start, row.retries = self.clock.now(), 0
        if row.retries >= settings.CHANNEL_RETRIES_AN_HOUR:
            raise ChannelBudgetException(channel=self.channel, retries=row.retries)
        row.retries += 1
        row.save(update_fields=["period_start", "retries"])

    def _locked(self) -> CredentialBudget:
        rows = CredentialBudget.objects.select_for_update(no_key=True)
        row, _ = rows.get_or_create(fingerprint=self.fingerprint, defaults={"period_start": self.clock.now()})
        return row
