"""`python -m omnitron.local.demo_shop`: a shop to buy in, until Ctrl-C.

Its project is `fixtures/demo_shop/`: it is demo data as well, only that it runs. django-oscar stays out of our own
environment, which it would tie to its releases.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from omnitron.local import paths
from omnitron.local.children import open_log, spawn
from omnitron.local.environments import python_with
from omnitron.local.locks import FileLock
from omnitron.local.processes import wait_until
from omnitron.local.secrets import read_or_create

PROJECT = paths.PROJECT_ROOT / "fixtures" / "demo_shop"
STAFF, CUSTOMER = "omnitron@example.com", "ayse.yilmaz@example.com"
READY_SECONDS = 30.0


class DemoShopError(Exception):
    """The shop cannot be set up or started; the message is for whoever asked for it."""


@dataclass(frozen=True)
class DemoShop:
    """A shop whose database, pictures and log are kept in `state`; everybody in it has this password."""

    state: Path
    port: int
    password: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _log(self) -> Path:
        return self.state / "shop.log"

    def prepare(self) -> None:
        """Make its environment, its database and its stock, what of that is missing. Raises DemoShopError."""
        paths.ensure_dir(self.state)
        with FileLock(self.state / "lock"):
            self._manage("migrate", "--verbosity=0")
            self._manage("stock_shop")

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Its server, from when it answers until the block is left. Raises DemoShopError."""
        self.check_port()
        command = self._command("runserver", "--noreload", f"127.0.0.1:{self.port}")
        with open_log(self._log) as log:
            server = spawn(command, environment=self._environment(), output=log)
        try:
            if not wait_until(lambda: server.poll() is not None or self._answers(), timeout=READY_SECONDS):
                raise DemoShopError(f"The shop does not get ready; see {self._log}.")
            if server.poll() is not None:
                raise DemoShopError(f"The shop ended at once; see {self._log}.")
            yield server
        finally:
            server.terminate()
            server.wait()

    def check_port(self) -> None:
        """Another server's answer must not be taken for the shop's. Raises DemoShopError."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise DemoShopError(
                    f"Port {self.port} cannot be had ({error.strerror}). Choose another one: "
                    f"make demo-shop DEMO_SHOP_PORT={self.port + 1}"
                ) from None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api/", timeout=5):
                return True
        except (OSError, urllib.error.URLError):
            return False

    def _manage(self, *words: str) -> None:
        finished = subprocess.run(
            self._command(*words),
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if finished.returncode:
            raise DemoShopError(f"manage.py {' '.join(words)} failed:\n{finished.stdout}")

    def _command(self, *words: str) -> list[str]:
        python = python_with(PROJECT / "requirements.txt", name="demo-shop")
        return [str(python), str(PROJECT / "manage.py"), *words]

    def _environment(self) -> dict[str, str]:
        # Not ours: the settings named there are those of the server.
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON"))
        }
        return kept | {
            "PYTHONUNBUFFERED": "1",
            "DEMO_SHOP_STATE": str(self.state),
            "DEMO_SHOP_SECRET_KEY": read_or_create("secret_key", directory=self.state),
            "DEMO_SHOP_PASSWORD": self.password,
        }


def what_to_try(shop: DemoShop) -> str:
    return f"""
  Shop       {shop.address}/
  Dashboard  {shop.address}/dashboard/   yonetici@example.com
  Staff API  {shop.address}/api/staff/orders/   {STAFF}
  Customer   {CUSTOMER}
  Password   {shop.password}   (of them all)

  Buy something as the customer or as a guest (voucher HOSGELDIN: 10 % off), then pull the order:
  docs/demo-shop.md says how. Cancel or ship it there, and look at it in the dashboard.

  Ctrl-C stops the shop.
"""


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    state = paths.state_dir() / "demo-shop"
    shop = DemoShop(
        state=state,
        port=int(os.environ.get("DEMO_SHOP_PORT", "8010")),
        password=read_or_create("admin_password", directory=state),
    )
    try:
        shop.check_port()
        sys.stdout.write("demo shop: preparing (the first time takes about a minute)\n")
        sys.stdout.flush()
        shop.prepare()
        with shop.running() as server:
            sys.stdout.write(what_to_try(shop))
            sys.stdout.flush()
            return server.wait()
    except DemoShopError as error:
        sys.stderr.write(f"demo shop: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("demo shop: stopped\n")
        return 0


if __name__ == "__main__":
    sys.exit(main())
