"""`python -m omnitron.local`: run everything until Ctrl-C."""

import os
import sys

from omnitron.local.postgres import LocalPostgresError
from omnitron.local.supervisor import CannotRunError, Config, Supervisor


def main() -> int:
    try:
        Supervisor(Config.from_environment(os.environ)).run()
    except (CannotRunError, LocalPostgresError, OSError) as error:
        sys.stderr.write(f"omnitron: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
