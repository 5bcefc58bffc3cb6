"""The demo channels keep the rules that writing through the service would have kept."""

from __future__ import annotations

import pytest

from omnitron.channels import secrets
from omnitron.channels.models import Channel

pytestmark = [pytest.mark.usefixtures("shared_demo_data"), pytest.mark.django_db]


def test_no_channel_holds_an_open_secret() -> None:
    channels = list(Channel.objects.all())

    assert channels
    for channel in channels:
        sealed = secrets.seal(
            channel.conf, schema=channel.schema, old_conf=channel.conf, old_token=channel.conf_secrets
        )
        assert (sealed.conf, sealed.changes) == (channel.conf, {})
