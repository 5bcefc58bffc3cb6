"""Runs one flow of the channel-app installed here: asked on standard input, told on standard output.

Asked:  {"flow": "OrderService.update_orders", "options": {...}, "answers": {...}}
Told:   {"raised": null or text, "sent": [what the marketplace was given], "waited": [seconds]}
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
import time
import traceback

SERVICES = {
    "OrderService": "order",
    "ProductService": "product",
    "PriceService": "product_price",
    "StockService": "product_stock",
    "ImageService": "product_image",
    "SetupService": "setup",
}
# What the newest channel-app imports and no published omnisdk has: added in memory, no file is touched.
NEEDS_OPERATIONAL_EVENTS = "0.0.161"


def complete_sdk() -> None:
    endpoints = importlib.import_module("omnisdk.omnitron.endpoints")
    models = importlib.import_module("omnisdk.omnitron.models")

    class OperationalEvent(models.BaseModel):
        pass

    class ChannelOperationalEventEndpoint(endpoints.OmnitronApiEndpoint):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(
                *args, endpoint="channel/{channel_id}/operational_events", model=OperationalEvent, **kwargs
            )

    models.OperationalEvent = OperationalEvent
    endpoints.ChannelOperationalEventEndpoint = ChannelOperationalEventEndpoint


def main() -> None:
    asked = json.load(sys.stdin)
    waited: list[float] = []
    time.sleep = waited.append  # the retries of the SDK: a test must not wait for them, but know of them
    if importlib.metadata.version("channel-app") == NEEDS_OPERATIONAL_EVENTS:
        complete_sdk()
    marketplace = importlib.import_module("marketplace")
    marketplace.ANSWERS.update(asked["answers"])
    service_name, flow = asked["flow"].split(".")
    service = importlib.import_module(f"channel_app.app.{SERVICES[service_name]}.service")
    raised = None
    try:
        getattr(getattr(service, service_name)(), flow)(**asked["options"])
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
        sys.stderr.write(traceback.format_exc())
    json.dump({"raised": raised, "sent": marketplace.SENT, "waited": waited}, sys.stdout)


main()
