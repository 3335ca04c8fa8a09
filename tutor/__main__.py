"""The entry point of ``tutor`` and of ``python -m tutor``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from tutor.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
