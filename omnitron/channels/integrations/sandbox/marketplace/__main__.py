"""`python -m omnitron.channels.integrations.sandbox.marketplace --seed 7 --orders 1000 --port 0`"""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import timedelta

from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.marketplace import API_KEY, API_SECRET, Marketplace
from omnitron.channels.integrations.sandbox.marketplace.server import serve
from omnitron.core.clock import SYSTEM_CLOCK


def main() -> None:
    """Serve a marketplace until a signal ends it; the first line it prints is its address."""
    parser = argparse.ArgumentParser(description="A marketplace that misbehaves from a seed.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--days-ago", type=int, default=10, help="when the first order was placed")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--api-key", default=API_KEY)
    parser.add_argument("--api-secret", default=API_SECRET)
    parser.add_argument("--well-behaved", action="store_true", help="without any fault")
    options = parser.parse_args()
    marketplace = Marketplace(
        options.seed,
        orders=options.orders,
        clock=SYSTEM_CLOCK,
        starts=SYSTEM_CLOCK.now() - timedelta(days=options.days_ago),
        faults=FaultPlan.none() if options.well_behaved else None,
        api_key=options.api_key,
        api_secret=options.api_secret,
    )
    marketplace.warm()
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with serve(marketplace, port=options.port) as base_url:
        sys.stdout.write(f"{base_url}\n")
        sys.stdout.flush()
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
