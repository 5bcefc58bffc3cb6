"""Trendyol's spellings of moments and amounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from omnitron.omnicore.money import quantize

MILLISECOND = timedelta(milliseconds=1)
# What Turkish local time is ahead of UTC, all year round.
TURKEY = timedelta(hours=3)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(milliseconds: int) -> datetime:
    """Of a stamp in GMT: `lastModifiedDate`, `createdDate` of the history."""
    return _EPOCH + milliseconds * MILLISECOND


def turkish_moment(milliseconds: int) -> datetime:
    """Of a stamp that counts Turkish wall-clock time as if it were GMT: `orderDate`.

    Source: getShipmentPackages, "orderDate … GMT +3, createdDate … GMT"; in its sample the package was created four
    seconds after the order only if the order's stamp is read so.
    """
    return moment(milliseconds) - TURKEY


def stamp(when: datetime) -> int:
    """Milliseconds since 1970, the fraction dropped."""
    return (when - _EPOCH) // MILLISECOND


def amount(number: Any) -> Decimal:
    """A JSON number by its shortest decimal form, to the cent."""
    return quantize(Decimal(str(number)))
