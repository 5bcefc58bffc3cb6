"""Write the pinned requirements from what pyproject.toml asks for; run by `make lock` on the oldest Python."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def resolve(requirements: list[str]) -> dict[str, str]:
    """The versions pip would install into an empty environment, by name."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    report = subprocess.check_output([*command, "--report", "-", *requirements])
    return {
        re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower(): item["metadata"]["version"]
        for item in json.loads(report)["install"]
    }


def lines(versions: dict[str, str]) -> list[str]:
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base = resolve(project["dependencies"])
    pins = lines(base)
    extra = resolve([*pins, *project["optional-dependencies"]["test"]])
    only_tests = {name: version for name, version in extra.items() if name not in base}
    (ROOT / "requirements.txt").write_text("\n".join([*pins, ""]))
    (ROOT / "tests" / "requirements.txt").write_text(
        "\n".join(["-r ../requirements.txt", *lines(only_tests), ""])
    )


if __name__ == "__main__":
    main()
