"""What refuses a single order, and how that is told."""

from __future__ import annotations

from django.db import DataError, IntegrityError

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.core.exceptions import InvalidInput, OmnitronException

# An order that nothing can be computed of. ValueError is also the driver's word for text with a NUL,
# ArithmeticError Django's for an amount that is too large for its column.
IMPOSSIBLE = (TypeError, ValueError, ArithmeticError)
# What refuses an order for what it says.
REFUSALS = (OmnitronException, InvalidInput, IntegrityError, DataError, *IMPOSSIBLE)


def parked_for(error: Exception) -> OrderParkedException:
    """Why an order is parked that the orders' own application, or the database, refuses: the code says what for."""
    if isinstance(error, OrderParkedException):
        return error
    code = error.code if isinstance(error, OmnitronException) else type(error).__name__
    # The first line: below it PostgreSQL shows the whole row. Python shows the value itself.
    detail = str(error).strip().partition("\n")[0]
    if isinstance(error, IMPOSSIBLE) and not isinstance(error, OmnitronException):
        detail = f"Something it says cannot be computed with, or stored: {code}."
    return OrderParkedException(ParkCause.REFUSED, subject=code, detail=detail)
