"""Find a Chromium for the browser tests, or install one; print its path. Ends with 1 when there is none.

Order: CALLSHEET_CHROMIUM, a Chromium or Chrome on PATH, the one Playwright keeps, then installation by
apt (as root on Debian or Ubuntu), then by Playwright.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a usable Chromium, or None."""
    if given := os.environ.get("CALLSHEET_CHROMIUM"):
        return given if Path(given).exists() else None
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or _kept_by_playwright()


def _kept_by_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        path = p.chromium.executable_path
    return path if Path(path).exists() else None


def _install() -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        calm = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=calm, check=False, stdout=sys.stderr)
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], env=calm, check=False, stdout=sys.stderr)
    if find() is None:
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, check=False, stdout=sys.stderr)


def main() -> None:
    """Print the path of Chromium, installing it when it is missing."""
    if find() is None and "CALLSHEET_CHROMIUM" not in os.environ:
        sys.stderr.write("No Chromium found; installing one for the browser tests.\n")
        _install()
    path = find()
    if path is None:
        sys.exit(
            "The browser tests need Chromium and none could be found or installed. Install it "
            "(Debian: apt-get install chromium) or set CALLSHEET_CHROMIUM to its path."
        )
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
