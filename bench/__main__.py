"""All benchmarks that need nothing from outside: `python -m bench`, or one of them: `python -m bench start`."""

from __future__ import annotations

import importlib
import sys

ALL = ("start", "demo", "git_history", "first_paint", "import_jenkins", "ingest_store", "ingest_http", "idle_memory")


def main() -> None:
    """Run the named benchmarks, or all."""
    for name in sys.argv[1:] or ALL:
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
