"""`python -m tests.slow.clients.serve 8000`: https before the server on that port, for a client on this machine.

Writes the certificate to trust and every request with its answer into a new directory, until Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.slow.clients.certificates import Authority
from tests.slow.clients.proxy import Exchange, RecordingProxy


class _WritingProxy(RecordingProxy):
    def __init__(self, target: int, *, directory: Path) -> None:
        self._wire = (directory / "wire.jsonl").open("a", buffering=1)
        super().__init__(target, chain=Authority(directory).server_chain)

    def note(self, exchange: Exchange) -> None:
        self._wire.write(json.dumps(exchange.told(), ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.slow.clients.serve", description=__doc__)
    parser.add_argument("port", type=int, help="where the server listens, on 127.0.0.1")
    directory = Path(tempfile.mkdtemp(prefix="omnitron-client-"))
    proxy = _WritingProxy(parser.parse_args().port, directory=directory)
    sys.stdout.write(f"MAIN_APP_URL={proxy.address}\nREQUESTS_CA_BUNDLE={directory / 'authority.pem'}\n")
    sys.stdout.write(f"Requests and answers: {directory / 'wire.jsonl'}\n")
    sys.stdout.flush()
    try:
        proxy.serve_forever()
    except KeyboardInterrupt:
        proxy.server_close()


if __name__ == "__main__":
    main()
