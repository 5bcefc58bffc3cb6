"""Runs flows of the channel-app installed here, each in a fork of its own, as its Celery workers do.

A line of standard input asks, a line of standard output says that the answer is in the file it named:

Asked:  {"flow": "OrderService.update_orders", "options": {…}, "answers": {…}, "result": path, "log": path}
Told:   {"raised": null or text, "sent": [what the marketplace was given], "waited": [seconds]}
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import json
import os
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

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


def services() -> dict[str, ModuleType]:
    found = {
        name: importlib.import_module(f"channel_app.app.{package}.service")
        for name, package in SERVICES.items()
    }
    return {**found, "Sdk": sys.modules[__name__]}


class Sdk:
    """omnisdk by itself: one page of every endpoint it has."""

    def list_everything(self) -> None:
        endpoints = importlib.import_module("omnisdk.omnitron.endpoints")
        exceptions = importlib.import_module("requests.exceptions")
        settings = importlib.import_module("channel_app.core.settings")
        client = importlib.import_module("omnisdk.omnitron.client")
        api = client.OmnitronApiClient(
            settings.OMNITRON_URL, settings.OMNITRON_USER, settings.OMNITRON_PASSWORD
        )
        for name, kind in sorted(vars(endpoints).items()):
            if name.endswith("Endpoint") and name not in {"ApiEndpoint", "OmnitronApiEndpoint"}:
                with contextlib.suppress(exceptions.HTTPError):
                    kind(channel_id=settings.OMNITRON_CHANNEL_ID).list(params={"limit": 1})
        api.validate_token(api.token)


def run(asked: dict[str, Any], found: dict[str, ModuleType]) -> dict[str, Any]:
    waited: list[float] = []
    time.sleep = waited.append  # the retries of the SDK: a test must not wait for them, but know of them
    marketplace = importlib.import_module("marketplace")
    marketplace.ANSWERS.update(asked["answers"])
    service, flow = asked["flow"].split(".")
    raised = None
    try:
        getattr(getattr(found[service], service)(), flow)(**asked["options"])
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
        sys.stderr.write(traceback.format_exc())
    return {"raised": raised, "sent": marketplace.SENT, "waited": waited}


def run_in_fork(asked: dict[str, Any], found: dict[str, ModuleType]) -> None:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    with Path(asked["log"]).open("w") as log:
        sys.stderr = log
        os.dup2(log.fileno(), 2)
        told = run(asked, found)
        Path(asked["result"]).write_text(json.dumps(told))
    os._exit(0)


def main() -> None:
    if importlib.metadata.version("channel-app") == NEEDS_OPERATIONAL_EVENTS:
        complete_sdk()
    found = services()
    for line in sys.stdin:
        run_in_fork(json.loads(line), found)
        sys.stdout.write("\n")
        sys.stdout.flush()


main()
