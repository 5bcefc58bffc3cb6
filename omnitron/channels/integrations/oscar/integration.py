"""Talking to a django-oscar shop: its API for staff, with a token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from omnitron.channels.exceptions import ChannelRefusedException
from omnitron.channels.integrations import first_method
from omnitron.channels.integrations.dto import ChangeAnswer, OrderChange, PullLimits
from omnitron.channels.integrations.oscar.changes import bodies_of
from omnitron.channels.integrations.oscar.serializers import ENDPOINT, ReadOrderSerializer
from omnitron.channels.integrations.serializers import ReadSerializer

LOGIN = "api/staff/login/"
# What the shop answers to a change it will never make: not understood, no such order, against its rules.
REFUSED = frozenset({400, 404, 409})


class Integration(first_method.Integration):
    """`conf` has the shop's address (`server`), `username` and `password` of a member of its staff."""

    # One database: an order is there for everybody once its transaction is, and its rows are dated when written.
    limits: ClassVar[PullLimits] = PullLimits(
        longest_window=timedelta(days=366),
        look_back=timedelta(days=3660),
        settle=timedelta(seconds=10),
        lateness=timedelta(minutes=10),
    )
    takes_units: ClassVar[bool] = True
    actions: ClassVar[Mapping[str, type[ReadSerializer]]] = {first_method.ORDERS: ReadOrderSerializer}

    def login(self) -> None:
        """Get a token for the channel's user and keep it as the channel's `auth_token`.

        Raises IntegrationUnauthorizedException.
        """
        known = {name: self.conf[name] for name in self.credentials}
        # A token the shop has revoked must not stand in the way of a new one.
        self.client.headers.pop("Authorization", None)
        try:
            answer = self.client.request("POST", LOGIN, body=known, is_repeatable=True)
        except ChannelRefusedException as error:
            raise self.unauthorized(f"it answers {error.params['status']} to a login") from error
        token = answer.data["token"]
        if token != self.conf.get("auth_token"):
            self.keep_auth_token(token)

    def auth_headers(self) -> dict[str, str]:
        token = self.conf.get("auth_token")
        return {"Authorization": f"Token {token}"} if token else {}

    def count_orders(self, *, start_date: datetime, end_date: datetime) -> int:
        """How many orders the shop says last changed in [start_date, end_date)."""
        filters = {"start_date": start_date, "end_date": end_date}
        serializer = ReadOrderSerializer(integration=self, remote_id=None, filter_params=filters)
        params = serializer.get_params() | {"page_size": 1}
        return int(self.request_process("GET", ENDPOINT, params=params).data["count"])

    def send_updates(self, changes: Sequence[OrderChange]) -> Sequence[ChangeAnswer]:
        """Move orders of the shop to where they are here; an answer for each change."""
        return [self._send(change) for change in changes]

    def _send(self, change: OrderChange) -> ChangeAnswer:
        bodies = bodies_of(change, channel_id=self.channel_id)
        if change.kind == "cancel" and not bodies:
            return ChangeAnswer(change.key, is_accepted=False, reason="Nothing of it is cancelled here.")
        try:
            for body in bodies:
                # The shop makes a change that is asked for twice once.
                self.request_process(
                    "POST", f"{ENDPOINT}{change.order_number}/changes/", body=body, is_repeatable=True
                )
        except ChannelRefusedException as error:
            if error.params["status"] not in REFUSED:
                raise
            return ChangeAnswer(change.key, is_accepted=False, reason=str(error))
        return ChangeAnswer(change.key, is_accepted=True)
