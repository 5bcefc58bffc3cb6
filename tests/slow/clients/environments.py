"""Virtual environments with the published clients."""

from __future__ import annotations

from pathlib import Path

from omnitron.local import environments

VERSIONS = ("0.0.158", "0.0.161")
_HERE = Path(__file__).parent


def python_with(version: str) -> Path:
    """The interpreter of an environment with this channel-app in it, made now unless it is there."""
    return environments.python_with(_HERE / f"requirements-{version}.txt", name=version)
