"""Pages of orders in what a channel answers, as far as they are what it documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from omnitron.channels.exceptions import ChannelUnreachableException
from omnitron.channels.integrations.dto import OrderPage, RawOrder
from omnitron.channels.integrations.types_declared import is_moment

# What an answer of another shape than documented looks like to whoever reads it.
MISSHAPEN = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)
Answer = TypeVar("Answer")


def id_of(value: Any) -> str:
    """An id as text. Raises TypeError for what is none: of all that have no id, the text would be the same."""
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise TypeError(f"An id is a number or a text, not {type(value).__name__}.")
    return str(value)


def page_of(
    rows: list[Mapping[str, Any]],
    raw_order: Callable[[Mapping[str, Any]], RawOrder],
    *,
    total: int | None = None,
) -> OrderPage:
    """The page of an answer's rows, each as `raw_order` makes it; a row of which nothing can be made takes no other
    with it. Raises TypeError for rows that are no list: then it is not the rows.
    """
    if not isinstance(rows, list):
        raise TypeError(f"The rows of a page are a list, not {type(rows).__name__}.")
    orders = []
    for row in rows:
        try:
            order = raw_order(row)
        except MISSHAPEN:
            continue
        if is_moment(order.modified_date):
            orders.append(order)
    return OrderPage(orders, total=total, unusable=len(rows) - len(orders))


def readable(
    answers: Iterable[Answer], read: Callable[[Answer], OrderPage], *, channel: str
) -> Iterator[OrderPage]:
    """The pages that `read` makes of the answers, one by one. Raises ChannelUnreachableException for an answer that
    is not what the channel documents: asking again later may help, nothing here would.
    """
    iterator = iter(answers)
    while True:
        try:
            page = read(next(iterator))
        except StopIteration:
            return
        except MISSHAPEN as error:
            reason = f"it is not what the channel documents ({type(error).__name__})"
            raise ChannelUnreachableException(channel=channel, request="orders", reason=reason) from error
        yield page
