"""Install the client libraries that tests/clients drives, from their lock file, with Node from its PyPI wheel.

Nothing is done when the lock file's contents have not changed. Install scripts of packages are not run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import ui

HERE = ui.ROOT / "tests" / "clients" / "node"
INSTALLED = HERE / "node_modules" / ".installed-from"


def install() -> None:
    """Install what the lock file names, unless it is installed already."""
    wanted = ui.digest([HERE / "package.json", HERE / "package-lock.json"], HERE)
    if ui.stamp(INSTALLED) == wanted:
        return
    command = [str(ui.node()), str(ui.npm_cli()), "ci", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=HERE, env=ui.environment(os.environ), check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    INSTALLED.write_text(wanted)


if __name__ == "__main__":
    install()
