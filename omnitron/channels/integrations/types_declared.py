"""Whether an order is of the types its dataclasses declare, checked once before anything is done with it.

A reader of payloads hands on what a channel sent; a list where text belongs, an amount that is none, or a NUL would
else be noticed anywhere later, and stop more than the one order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.omnicore.money import quantize

# In which field below the value, and what is wrong with it: never the value, which may be anything of anybody.
Problem = tuple[str, str]
Check = Callable[[Any], Problem | None]

# Columns of money have 12 digits, two of them after the point; what is smaller than the second is nothing.
LARGEST_EXPONENT, SMALLEST_EXPONENT = 9, -28
LARGEST_INTEGER = 2**31 - 1


def check_types(value: Any, kind: type) -> None:
    """Raise OrderParkedException, by the field's name, where `value` is no `kind`, one of the dataclasses of
    `integrations.dto`, or a field of it is not of its type: text can be stored, amounts are whole cents
    and fit their columns, moments are aware, codes are members of their enumeration.
    """
    if problem := _check_of(kind)(value):
        field, what = problem
        subject = field or kind.__name__
        raise OrderParkedException(ParkCause.UNREADABLE, subject=subject, detail=f"{subject} {what}.")


def is_storable_text(value: Any) -> bool:
    """Text without NUL and without half a surrogate pair."""
    if not isinstance(value, str) or "\x00" in value:
        return False
    return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)


def is_moment(value: Any) -> bool:
    """Aware, and within the calendar in UTC, too."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        return False
    try:
        value.astimezone(UTC)
    except OverflowError:
        return False
    return True


@cache
def _check_of(hint: Any) -> Check:
    """What checks a value of the declared type."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (declared,) = (argument for argument in arguments if argument is not NoneType)
        return _optional(_check_of(declared))
    if origin is Sequence:
        return _sequence(_check_of(arguments[0]))
    if origin is Mapping:
        return _mapping
    return _dataclass(hint) if is_dataclass(hint) else _member(hint)


def _not(what: str, value: Any) -> Problem:
    return "", f"is not {what}: it is of type {type(value).__name__}"


def _text(value: Any) -> Problem | None:
    if not isinstance(value, str):
        return _not("text", value)
    return None if is_storable_text(value) else ("", "has characters that cannot be stored")


def _truth(value: Any) -> Problem | None:
    return None if isinstance(value, bool) else _not("true or false", value)


def _integer(value: Any) -> Problem | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return _not("a whole number", value)
    return None if abs(value) <= LARGEST_INTEGER else ("", "is larger than can be stored")


def _amount(value: Any) -> Problem | None:
    if not isinstance(value, Decimal):
        return _not("an amount", value)
    if not value.is_finite():
        return "", "is no finite amount"
    # Not compared: that would raise for the very ones.
    is_fitting = SMALLEST_EXPONENT <= value.adjusted() <= LARGEST_EXPONENT
    if not is_fitting:
        return "", "is an amount that cannot be stored"
    # Rounded one by one, parts would not sum up to their whole any more.
    return None if value == quantize(value) else ("", "has fractions of a cent")


def _moment(value: Any) -> Problem | None:
    if not isinstance(value, datetime):
        return _not("a moment", value)
    return None if is_moment(value) else ("", "is a moment without a time zone, or beyond the calendar")


def _day(value: Any) -> Problem | None:
    return None if isinstance(value, date) else _not("a day", value)


def _json(value: Any) -> Problem | None:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "", "has a number in it that is none"
    inner: Sequence[Any] = ()
    if isinstance(value, Mapping):
        inner = [*value, *value.values()]
    elif isinstance(value, list | tuple):
        inner = value
    return next((problem for member in inner if (problem := _json(member))), None)


def _mapping(value: Any) -> Problem | None:
    return _json(value) if isinstance(value, Mapping) else _not("an object", value)


_PLAIN: Mapping[Any, Check] = {
    str: _text,
    bool: _truth,
    int: _integer,
    Decimal: _amount,
    datetime: _moment,
    date: _day,
}


def _optional(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _sequence(check: Check) -> Check:
    def members(value: Any) -> Problem | None:
        if not isinstance(value, list | tuple):
            return _not("a list", value)
        return next((problem for member in value if (problem := check(member))), None)

    return members


def _member(kind: type[Enum]) -> Check:
    return lambda value: None if isinstance(value, kind) else _not(f"one of {kind.__name__}", value)


def _dataclass(kind: type) -> Check:
    checks = [(name, _check_of(hint)) for name, hint in get_type_hints(kind).items()]

    def fields(value: Any) -> Problem | None:
        if not isinstance(value, kind):
            return _not(f"a {kind.__name__}", value)
        for name, check in checks:
            if problem := check(getattr(value, name)):
                field, what = problem
                return f"{name}.{field}" if field else name, what
        return None

    return fields
