"""Which integration serves a channel: the folder here that is named like its `channel_type`.

The documents name classes by path, `omnitron.channels.integrations.<channel_name>.integration`, so the path is the
registry and a new channel touches nothing but its own folder (docs/adr/0019).
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.util import find_spec

from omnitron.channels import integrations
from omnitron.channels.exceptions import IntegrationNotFoundException
from omnitron.channels.integrations.base import BaseIntegration


def channel_types() -> list[str]:
    """The types of channels that can be pulled from and pushed to, by name."""
    folders = [module.name for module in pkgutil.iter_modules(integrations.__path__) if module.ispkg]
    return sorted(name for name in folders if find_spec(f"{integrations.__name__}.{name}.integration"))


def integration_class(channel_type: str) -> type[BaseIntegration]:
    """`CommandIntegration` of the channel's folder, or `Integration` where it keeps to the first method.

    Raises IntegrationNotFoundException.
    """
    if channel_type not in channel_types():
        raise IntegrationNotFoundException(channel_type=channel_type)
    module = import_module(f"{integrations.__name__}.{channel_type}.integration")
    return module.CommandIntegration if hasattr(module, "CommandIntegration") else module.Integration
