"""Countries, cities, townships and districts by a channel's codes or names: one statement a kind and page."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from django.db.models import Model, Q

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import ChannelAddress, ChannelPlace
from omnitron.customers.models import City, Country, District, Township

# From the largest to the smallest: what it is called, its model, and the column of what it lies in.
KINDS: tuple[tuple[str, type[Model], str | None], ...] = (
    ("country", Country, None),
    ("city", City, "country_id"),
    ("township", Township, "city_id"),
    ("district", District, "township_id"),
)
# The pks a channel's code is mapped to, by model and code.
Mapped = Mapping[tuple[type[Model], str], set[int]]
# The four places of an address; one that is not given is None.
Path = tuple[ChannelPlace | None, ...]

# Turkish has two letters i, and who writes in capitals, or by a foreign keyboard, mixes them up.
_ONE_I = str.maketrans("İIı", "iii")


@dataclass(frozen=True)
class Located:
    """The places of an address, by pk."""

    country: int
    city: int
    township: int | None
    district: int | None


def folded(name: str) -> str:
    """`name` without what spellings differ in: case, the two Turkish i, composed signs, blanks."""
    composed = unicodedata.normalize("NFKC", name).translate(_ONE_I)
    # Lower-cased elsewhere, "İ" became an i with a dot of its own.
    return " ".join(composed.replace("i\u0307", "i").casefold().split())


def place_codes(addresses: Sequence[ChannelAddress]) -> set[str]:
    """Every code a place of the addresses has at the channel."""
    return {place.code for address in addresses for place in _path(address) if place and place.code}


class Places:
    """The places of `addresses`. A mapping of the channel's code decides; else a country is known by its own code,
    every place by its name within what it lies in.
    """

    def __init__(self, addresses: Sequence[ChannelAddress], mapped: Mapped) -> None:
        self._mapped = mapped
        paths = list(dict.fromkeys(_path(address) for address in addresses))
        self._found: dict[Path, list[int | None] | OrderParkedException] = {path: [] for path in paths}
        for depth, (kind, model, parent) in enumerate(KINDS):
            open_ = {path: found for path, found in self._found.items() if isinstance(found, list)}
            level = _Level(kind, model, parent, mapped, list(open_.items()), depth)
            for path, found in open_.items():
                try:
                    found.append(level.find(path, lies_in=found[-1] if found else None))
                except OrderParkedException as error:
                    self._found[path] = error

    def find(self, address: ChannelAddress) -> Located:
        """The places of one of the addresses. Raises OrderParkedException for one nobody here knows."""
        found = self._found[_path(address)]
        if isinstance(found, OrderParkedException):
            raise found
        return Located(*found)


class _Level:
    """The places of one kind: those the paths' codes are mapped to, and all that lie where they are looked for."""

    def __init__(
        self,
        kind: str,
        model: type[Model],
        parent: str | None,
        mapped: Mapped,
        open_: Sequence[tuple[Path, list[int | None]]],
        depth: int,
    ) -> None:
        self.kind, self.model, self.parent, self.depth = kind, model, parent, depth
        self.mapped = mapped
        wanted = [(path[depth], found[-1] if found else None) for path, found in open_ if path[depth]]
        self.by_pk: dict[int, tuple[str, int | None]] = {}
        self.by_name: dict[tuple[int | None, str], set[int]] = {}
        self.by_code: dict[str, int] = {}
        if wanted:
            self._read(wanted)

    def _read(self, wanted: Sequence[tuple[ChannelPlace, int | None]]) -> None:
        pks = {pk for place, _ in wanted for pk in self._mapped_pks(place)}
        unmapped = [(place, lies_in) for place, lies_in in wanted if not self._mapped_pks(place)]
        condition = Q(pk__in=pks)
        if self.parent is not None:
            condition |= Q(**{f"{self.parent}__in": {lies_in for _, lies_in in unmapped}})
        elif any(not place.code for place, _ in unmapped):
            condition = Q()
        else:
            condition |= Q(code__in={place.code for place, _ in unmapped})
        last = self.parent or "code"
        for pk, name, value in self.model._default_manager.filter(condition).values_list("pk", "name", last):
            lies_in = None if self.parent is None else value
            self.by_pk[pk] = (name, lies_in)
            self.by_name.setdefault((lies_in, folded(name)), set()).add(pk)
            if self.parent is None:
                self.by_code[value] = pk

    def find(self, path: Path, *, lies_in: int | None) -> int | None:
        place = path[self.depth]
        if place is None:
            return None
        if self.depth and lies_in is None:
            self._park(path, f"it needs to be said in which {KINDS[self.depth - 1][0]} it lies")
        if mapped := self._mapped_pks(place):
            return self._mapped_one(path, mapped, lies_in)
        if place.code and place.code in self.by_code:
            return self.by_code[place.code]
        named = self.by_name.get((lies_in, folded(place.name)), set()) if place.name else set()
        if len(named) > 1:
            named = {pk for pk in named if self.by_pk[pk][0] == place.name}
        if len(named) != 1:
            self._park(path, "there is none of this name, and its code is not mapped")
        return next(iter(named))

    def _mapped_one(self, path: Path, pks: set[int], lies_in: int | None) -> int:
        there = {pk for pk in pks if pk in self.by_pk}
        if len(there) != 1:
            self._park(path, f"its code is mapped to {len(there)} of them")
        pk = next(iter(there))
        if self.by_pk[pk][1] != lies_in:
            self._park(path, f"its code is mapped to {self.by_pk[pk][0]!r}, which lies elsewhere")
        return pk

    def _mapped_pks(self, place: ChannelPlace) -> set[int]:
        return self.mapped.get((self.model, place.code), set()) if place.code else set()

    def _park(self, path: Path, why: str) -> NoReturn:
        named = [place.name or place.code or "?" for place in path[: self.depth + 1] if place]
        subject = f"{self.kind}: {' / '.join(named)}"
        code = path[self.depth].code
        called = f" (code {code!r})" if code else ""
        raise OrderParkedException(
            ParkCause.UNKNOWN_PLACE,
            subject=subject,
            detail=f"The {self.kind} {named[-1]!r}{called}: {why}.",
        )


def _path(address: ChannelAddress) -> Path:
    places = (address.country, address.city, address.township, address.district)
    return tuple(place if place and (place.name or place.code) else None for place in places)
