"""Every operation on a channel, and on what is known about objects towards it."""

from __future__ import annotations

from omnitron.channels.pulls import first_method, replay, report, runs
from omnitron.channels.pushes import runs as pushes
from omnitron.channels.use_cases import (
    batch_requests,
    channels,
    error_reports,
    holes,
    integration_actions,
    run_requests,
)


class ChannelService:
    """Each name leads to one use case."""

    # By type of channel, what may be called for its channels.
    channel_allowed_methods = first_method.channel_allowed_methods()

    create_channel = staticmethod(channels.create_channel)
    update_channel = staticmethod(channels.update_channel)
    delete_channel = staticmethod(channels.delete_channel)
    conf_with_secrets = staticmethod(channels.conf_with_secrets)
    rotate_secrets = staticmethod(channels.rotate_secrets)

    # Orders arrive
    get_class = staticmethod(first_method.get_class)
    pull_orders = staticmethod(runs.pull_orders)
    request_pull = staticmethod(run_requests.request_pull)
    pull_report = staticmethod(report.pull_report)
    acknowledge_hole = staticmethod(holes.acknowledge_hole)
    simulate_replay = staticmethod(replay.simulate_replay)
    digest_of_pile = staticmethod(replay.digest_of_pile)
    replay_parked_orders = staticmethod(replay.replay_parked_orders)

    # And go back
    push_updates = staticmethod(pushes.push_updates)
    request_push = staticmethod(run_requests.request_push)


class BatchRequestService:
    """Each name leads to one use case."""

    create_batch_request = staticmethod(batch_requests.create_batch_request)
    update_batch_request = staticmethod(batch_requests.update_batch_request)
    expire_batch_request = staticmethod(batch_requests.expire_batch_request)
    stale_batch_requests = staticmethod(batch_requests.stale_batch_requests)
    delete_unused_batch_requests = staticmethod(batch_requests.delete_unused_batch_requests)


class IntegrationActionService:
    """Each name leads to one use case."""

    create_integration_action = staticmethod(integration_actions.create_integration_action)
    update_integration_action = staticmethod(integration_actions.update_integration_action)
    delete_integration_action = staticmethod(integration_actions.delete_integration_action)
    actions_of_what_is_gone = staticmethod(integration_actions.actions_of_what_is_gone)


class ErrorReportService:
    """Each name leads to one use case."""

    report_unknown_place = staticmethod(error_reports.report_unknown_place)
