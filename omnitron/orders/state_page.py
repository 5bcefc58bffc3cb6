"""The tables of states as people read them: diagrams and lists made from the tables themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import get_args, get_type_hints

from omnitron.channels.transitions import BATCH_STATUS
from omnitron.omnicore.state_machine import Transitions
from omnitron.orders.actions import CAUTIONS, RULES, Rule
from omnitron.orders.package_states import PACKAGE_STATUS
from omnitron.orders.transitions import CANCEL_STATUS, INACTIVE, ITEM_STATUS, PATH, REQUEST_STATUS

INTRODUCTION = """# States

Made from the tables in `omnitron/orders/transitions.py`, `package_states.py`, `actions.py` and
`omnitron/channels/transitions.py` by `manage.py state_page`; a test fails when this page and the tables differ.

An order's status is the lowest among its active items, those not in 50, 100 or 600. With none active it is 50 if
any item is, else 600 if any is, else 100. Its cancel status is that of its undecided plan; else the worst of those
still settling (manuel_refund_need, then waiting_for_payment); else its latest plan's.
"""
ACTIONS = (
    "`available_actions` of a detailed order lists these with what refuses them; a refusal (406) carries the same "
    "code. Not listed are actions that no state forbids."
)


def state_page() -> str:
    """The page docs/states.md."""
    return "\n".join(
        [
            INTRODUCTION,
            "## Status of an item\n",
            "Forward along this path any jump is legal: "
            + " → ".join(f"{status.value} {status.label}" for status in PATH)
            + ". Beyond it:\n",
            _diagram(ITEM_STATUS, leave_out=_is_jump),
            "## Status of a cancellation plan, and of its items' cancellation\n",
            _diagram(CANCEL_STATUS),
            "## Status of a cancellation request\n",
            _diagram(REQUEST_STATUS),
            "## Status of a package\n",
            _diagram(PACKAGE_STATUS),
            "## Status of a batch request of a channel's application\n",
            _diagram(BATCH_STATUS),
            "## What an order's state forbids\n",
            f"{ACTIONS}\n",
            *_actions(),
        ]
    )


def state_text() -> str:
    """The same tables as text, for the description of the OpenAPI."""
    tables = {
        "Item status": ITEM_STATUS,
        "Cancel status": CANCEL_STATUS,
        "Cancellation request": REQUEST_STATUS,
        "Package": PACKAGE_STATUS,
        "Batch request": BATCH_STATUS,
    }
    parts = []
    for title, table in tables.items():
        parts.append(f"### {title}: what may follow\n\n| from | to |\n|---|---|")
        parts += [
            f"| {_name(state)} | {', '.join(_name(s) for s in _sorted(table, state)) or 'nothing'} |"
            for state in table.states
        ]
        parts.append("")
    parts += ["### Actions: what an order's state forbids\n", f"{ACTIONS}\n", *_actions()]
    return "\n".join(parts)


def _diagram(table: Transitions, *, leave_out: Callable[..., bool] | None = None) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    starts = [state for state in table.states if state is not None and state in table.initial]
    # Items begin anywhere but in 50: arrows to all of them would tell nothing.
    if len(starts) < len(table.states) - 1:
        lines += [f"    [*] --> {_name(state)}" for state in starts]
    for state in table.states:
        for target in _sorted(table, state):
            if leave_out is None or not leave_out(state, target):
                source = "[*]" if state is None else _name(state)
                lines.append(f"    {source} --> {_name(target)}")
    return "\n".join([*lines, "```", ""])


def _sorted(table: Transitions, state: object) -> list:
    return [target for target in table.states if target in table.edges[state]]


def _is_jump(state: object, target: object) -> bool:
    """A jump along the path, and every status' way into a cancellation and back: said in words."""
    if state in INACTIVE:
        return target not in INACTIVE
    return state in PATH and target in PATH and PATH.index(target) > PATH.index(state) + 1


def _name(state: object) -> str:
    """Its name on the wire; for numbered states the label."""
    if state is None:
        return "none"
    return state.value if isinstance(state, str) else state.label


def _actions() -> Iterable[str]:
    yield "| action | refused unless | asks for a reason unless |"
    yield "|---|---|---|"
    for action, rules in RULES.items():
        yield f"| `{action}` | {_named(rules)} | {_named(CAUTIONS.get(action, ())) or '–'} |"
    yield ""


def _named(rules: Iterable[Rule]) -> str:
    return ", ".join(f"{_code(rule)} {_words(rule)}" for rule in rules)


def _code(rule: Rule) -> str:
    """The code of its refusal, which its return type names."""
    refusal, _ = get_args(get_type_hints(rule)["return"])
    return f"`{refusal.code}`"


def _words(rule: Rule) -> str:
    return rule.__name__.strip("_").replace("_", " ")
