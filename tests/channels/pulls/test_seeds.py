"""Marketplaces that misbehave, each from a seed, a thousand orders each: 0 lost, 0 doubled, 0 wrong amounts, and
every order they hide is named as missing.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from omnitron.channels.enums import WindowStatus
from omnitron.channels.models import PullWindow
from tests.channels.pulls.marketplaces import (
    Findings,
    findings_of,
    held,
    missing_in_holes,
    pulled_marketplace,
)

NOTHING = Findings(lost=[], doubled=[], wrong={}, unreported=[], unparked=[])


# How far apart the runs are: the closer, the more of an order's life is seen, and the longer it takes.
SELDOM, OFTEN = timedelta(days=4), timedelta(hours=12)


def pull_and_compare(seed: int, *, tick: timedelta) -> None:
    with pulled_marketplace(seed) as pulled:
        pulled.pull_until_settled(tick=tick)

        assert findings_of(pulled) == NOTHING
        hidden = pulled.marketplace.truth.hidden_for_ever
        assert held(pulled.channel) == 1000 - len(hidden)
        # As many as are hidden are said to be missing, and nothing else of that time is in doubt.
        assert missing_in_holes(pulled.channel) == len(hidden)
        in_doubt = PullWindow.objects.filter(channel=pulled.channel).exclude(
            status__in=(WindowStatus.PROVED, WindowStatus.HOLE)
        )
        assert not in_doubt.filter(window_to__lte=pulled.quiet_since).exists()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_doubled_or_wrong(demo_catalogue: None, seed: int) -> None:
    pull_and_compare(seed, tick=SELDOM)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 24))
def test_nothing_is_lost_doubled_or_wrong_at_twenty_more(demo_catalogue: None, seed: int) -> None:
    pull_and_compare(seed, tick=SELDOM)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 300))
def test_nothing_is_lost_doubled_or_wrong_at_two_hundred_more(demo_catalogue: None, seed: int) -> None:
    pull_and_compare(seed, tick=OFTEN if seed % 10 == 0 else SELDOM)
