"""Find the Postgres programs for the engine tests, or install them by apt as root; print where initdb is.

Without them the tests of the second engine are left out, and say so; where CI is set that is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

WORDS = (
    "The tests of the book on Postgres need initdb and postgres, and none could be found or installed. "
    "Install them (Debian: apt-get install postgresql). Without them these tests are left out.\n"
)


def find() -> str | None:
    """Where initdb is: on PATH, or where Debian keeps it."""
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return shutil.which("initdb") or next((str(path) for path in kept), None)


def _install() -> None:
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return
    calm = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=calm, check=False, stdout=sys.stderr)
    subprocess.run(["apt-get", "install", "-y", "-q", "postgresql"], env=calm, check=False, stdout=sys.stderr)


def main() -> None:
    """Print where initdb is, installing Postgres when it is missing."""
    if find() is None:
        sys.stderr.write("No Postgres found; installing it for the engine tests.\n")
        _install()
    path = find()
    if path is not None:
        sys.stdout.write(f"{path}\n")
        return
    sys.stderr.write(WORDS)
    sys.exit(1 if os.environ.get("CI") else 0)


if __name__ == "__main__":
    main()
