"""First contentful paint of the call sheet, and when its headline stands: `python -m bench.first_paint`.

The small sample company, served; each run is a new browser context (nothing cached, nobody signed in), so it
pays for sign-in, session and sheet. The first run is apart: the server has just started. Peer in the same run: a
page of plain text from the same server, so that what the browser itself needs is known.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.measure import PROGRAM, record, run

PORT = 8178
RUNS = 5
URL = f"http://127.0.0.1:{PORT}"
FCP = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def visit(browser: object, path: str, wanted: str) -> tuple[float, float]:
    """Seconds to the first contentful paint, and to the wanted element, of one visit."""
    from playwright.sync_api import Browser

    assert isinstance(browser, Browser)
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(URL + path, wait_until="commit")
        page.locator(wanted).first.wait_for(timeout=60_000)
        stands = page.evaluate("() => performance.now()")
        while (painted := page.evaluate(FCP)) is None:
            time.sleep(0.02)
        return painted / 1000, stands / 1000


def measured() -> tuple[tuple[float, float], list[tuple[float, float]], list[tuple[float, float]]]:
    """The first visit, the ones after it, and those of the plain page."""
    from playwright.sync_api import sync_playwright

    from scripts.browser import find

    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name) / "demo"
        run([PROGRAM, "demo", "--dir", folder, "--no-serve", "--today", "2026-11-22"])
        browser = play.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        command = [str(part) for part in (PROGRAM, "serve", "--dir", folder, "--port", PORT)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
            try:
                _wait()
                first = visit(browser, "/", ".kicker + h1")
                time.sleep(5)  # the worker's first look at the findings ends
                sheets = [visit(browser, "/", ".kicker + h1") for _ in range(RUNS)]
                plain = [visit(browser, "/theme.js", "pre") for _ in range(RUNS)]
                return first, sheets, plain
            finally:
                server.terminate()
                browser.close()


def _wait() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{URL}/api/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not answer within a minute.")


def main() -> None:
    """Measure, print, record."""
    first, sheets, plain = measured()
    paint, stands = (statistics.median(times) for times in zip(*sheets, strict=True))
    bare = statistics.median(one[0] for one in plain)
    record("First paint of the call sheet", [
        f"- first contentful paint: {paint:.2f} s, headline: {stands:.2f} s (median of {RUNS}; goal: paint under 1 s)",
        f"- the first visit after the server's start: paint {first[0]:.2f} s, headline {first[1]:.2f} s",
        f"- plain text from the same server: {bare:.2f} s; ratio {paint / bare:.1f}",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
