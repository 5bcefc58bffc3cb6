"""Which status of a batch request may follow which: one table, checked when the program starts."""

from __future__ import annotations

from omnitron.channels.enums import BatchRequestStatus as Status
from omnitron.omnicore.state_machine import Transitions

FINISHED = frozenset({Status.DONE, Status.FAIL})

# Source: the state diagram of the channel_app documentation. Its clients end flows with initialized → done, repeat
# `commit` with results, and send `fail` a second time when two orders of one run fail, hence fail → fail.
BATCH_STATUS = Transitions(
    states=tuple(Status),
    initial=frozenset({Status.INITIALIZED}),
    edges={
        Status.INITIALIZED: frozenset({Status.COMMIT, Status.DONE, Status.FAIL}),
        Status.COMMIT: frozenset({Status.COMMIT, Status.SENT_TO_REMOTE, Status.DONE, Status.FAIL}),
        Status.SENT_TO_REMOTE: frozenset({Status.ONGOING, Status.DONE, Status.FAIL}),
        Status.ONGOING: frozenset({Status.ONGOING, Status.DONE, Status.FAIL}),
        Status.DONE: frozenset(),
        Status.FAIL: frozenset({Status.FAIL}),
    },
)
