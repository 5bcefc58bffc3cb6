"""The second method's commands: serializers of their parameters that send a request and act on the answer.

Source: "Serializer/Command" of "Picking Orders from Channels", and the command interface in the documentation of
channel applications: get_data → transform_data → validated_data → send, in `run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from omnitron.channels.integrations.dto import ChangeAnswer, ChannelOrder, Intake, OrderChange, OrderPage
from omnitron.channels.integrations.pages import readable

if TYPE_CHECKING:
    from omnitron.channels.integrations.second_method import CommandIntegration


def _as_it_is(page: OrderPage) -> OrderPage:
    return page


class Command(serializers.Serializer):
    """One action. Its fields are its parameters; `objects` is what it works on."""

    # Asks the channel, by the validated parameters; returns what it answered.
    send: Callable[[dict[str, Any]], Any]

    def __init__(self, *, integration: CommandIntegration, objects: Any = None, **params: Any) -> None:
        super().__init__()
        self.integration, self.objects, self.params = integration, objects, params

    def get_data(self) -> Any:
        """The input: the parameters the action was called with."""
        return self.params

    def transform_data(self, data: Any) -> Any:
        """The input in the form that is validated."""
        return data

    def validated_data(self, data: Any) -> dict[str, Any]:
        """The parameters by the fields declared. A method, as documented; DRF's property of this name is not used.

        Raises DRF's ValidationError.
        """
        return self.run_validation(data)

    def run(self) -> Any:
        """The whole action; what `send` returns."""
        return self.send(self.validated_data(self.transform_data(self.get_data())))


class GetOrders(Command):
    """Fetch orders and take them in. A channel overrides `send` (ask, page by page) and `to_order` (understand).

    `start_date` and `end_date` bound when an order last changed, by the channel's clock, the end excluded;
    `created_before` when it was placed; `order_id` asks for those placed after it. Without `fetch_all_orders` a
    channel may leave out orders nobody has to work on any more.
    """

    start_date = serializers.DateTimeField(required=False)
    end_date = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    order_ids = serializers.ListField(child=serializers.CharField(max_length=255), required=False)
    order_numbers_to_fetch = serializers.ListField(
        child=serializers.CharField(max_length=128), required=False
    )
    order_id = serializers.CharField(max_length=255, required=False)
    fetch_all_orders = serializers.BooleanField(default=False)

    # The pages, lazily: each is taken in before the next is asked for.
    send: Callable[[dict[str, Any]], Iterable[OrderPage]]
    # An order in Omnitron's words; raises OrderParkedException for what cannot be understood.
    to_order: Callable[[Mapping[str, Any]], ChannelOrder]

    def run(self) -> Intake:
        """Take in page after page; what became of the orders."""
        intake = Intake()
        for page in readable(super().run(), _as_it_is, channel=self.integration.channel.name):
            intake += self.integration.take_in(page, to_order=self.to_order)
        return intake


class CountOrders(Command):
    """How many orders last changed in [start_date, end_date) by the channel's clock, as the channel says."""

    start_date = serializers.DateTimeField()
    end_date = serializers.DateTimeField()
    send: Callable[[dict[str, Any]], int]


class SendUpdates(Command):
    """Tell the channel what changed here: `objects` are OrderChanges; an answer for each that was dealt with."""

    objects: Sequence[OrderChange]
    send: Callable[[dict[str, Any]], Sequence[ChangeAnswer]]
