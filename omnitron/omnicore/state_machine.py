"""A state machine as data: which status may follow which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")


class IllegalTransition(Exception):
    """The table has no edge from `current` to `target`."""

    def __init__(self, current: object, target: object, allowed: Iterable[object]) -> None:
        self.current, self.target, self.allowed = current, target, tuple(allowed)
        super().__init__(f"{current!s} may not become {target!s}")


@dataclass(frozen=True)
class Transitions(Generic[State]):
    """The edges of one status, checked when the module is loaded.

    `edges` has a row for every member of `states`, terminal ones included; `initial` are those an object may
    be created in. Raises ValueError at import when a state has no row, an edge leads out of the table, or a
    state cannot be reached.
    """

    states: tuple[State, ...]
    edges: Mapping[State, frozenset[State]]
    initial: frozenset[State]

    def __post_init__(self) -> None:
        if missing := set(self.states) - set(self.edges):
            raise ValueError(f"states without a row: {missing}")
        targets = frozenset().union(*self.edges.values()) | self.initial
        if unknown := (targets | set(self.edges)) - set(self.states):
            raise ValueError(f"unknown states: {unknown}")
        if unreachable := set(self.states) - self._reachable():
            raise ValueError(f"unreachable states: {unreachable}")

    def _reachable(self) -> set[State]:
        seen: set[State] = set()
        waiting = list(self.initial)
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting.extend(self.edges[state])
        return seen

    def allows(self, current: State, target: State) -> bool:
        return target in self.edges[current]

    def check(self, current: State, target: State) -> None:
        """Raise IllegalTransition unless `target` may follow `current`."""
        if not self.allows(current, target):
            raise IllegalTransition(current, target, sorted(self.edges[current], key=str))
