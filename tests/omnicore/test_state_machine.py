from __future__ import annotations

import pytest

from omnitron.omnicore.state_machine import IllegalTransition, Transitions


def table(**edges: set[str]) -> Transitions[str]:
    return Transitions(
        states=("new", "open", "shut"),
        edges={state: frozenset(targets) for state, targets in edges.items()},
        initial=frozenset({"new"}),
    )


def test_an_edge_of_the_table_is_allowed_and_no_other() -> None:
    door = table(new={"open"}, open={"shut"}, shut={"open"})

    door.check("open", "shut")
    assert door.allows("shut", "open")
    with pytest.raises(IllegalTransition) as refusal:
        door.check("new", "shut")
    assert (refusal.value.current, refusal.value.target, refusal.value.allowed) == ("new", "shut", ("open",))


@pytest.mark.parametrize(
    ("_case", "edges"),
    [
        ("a state without a row", {"new": {"open"}, "open": {"shut"}}),
        ("an edge to nowhere", {"new": {"open"}, "open": {"shut", "ajar"}, "shut": set()}),
        ("a state nobody reaches", {"new": {"open"}, "open": set(), "shut": {"open"}}),
    ],
)
def test_a_broken_table_does_not_load(_case: str, edges: dict[str, set[str]]) -> None:
    with pytest.raises(ValueError):
        table(**edges)
