"""A served sample company, a Chromium, and a page that remembers everything that went wrong on it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from scripts import browser as chromium
from scripts import ui

TODAY = "2026-11-22"
CALLSHEET = Path(sys.executable).with_name("callsheet")
PASSWORD = "correct horse battery"
PATIENCE = 60_000
"""Milliseconds until what is waited for counts as missing. Other tests run beside these, and take their share."""
expect.set_options(timeout=PATIENCE)
LEFT_OUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,"
    "MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,"
    "PreconnectToSearch"
)
"""Parts of Chromium that no test needs: two pages behind the address bar that nobody sees, which took as long as what a
test opens; and what Playwright leaves out, whose list this one takes the place of."""


@dataclass
class Site:
    """A workspace and the server that holds it."""

    url: str
    folder: Path
    key: str

    def client(self) -> httpx2.Client:
        """Another client of the same server: a script with the workspace's key."""
        return httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=30)


@dataclass
class Troubles:
    """Console errors, failed requests and answers of 400 and above; what a test expects it allows."""

    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *texts: str) -> None:
        """Leave out troubles that contain one of these."""
        self.allowed += texts

    def left(self) -> list[str]:
        """What went wrong and was not expected."""
        return [one for one in self.seen if not any(text in one for text in self.allowed)]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """Serve a workspace in a process of its own."""
    port = _free_port()
    with (folder.parent / f"{folder.name}.log").open("w") as log:
        server = subprocess.Popen(
            [CALLSHEET, "serve", "--dir", folder, "--port", str(port)], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield Site(f"http://127.0.0.1:{port}", folder, _wait(server, port, folder))
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(server: subprocess.Popen[bytes], port: int, folder: Path) -> str:
    until = time.monotonic() + 180
    while time.monotonic() < until and server.poll() is None:
        try:
            httpx2.get(f"http://127.0.0.1:{port}/api/openapi.json", timeout=5)
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return (folder / ".callsheet" / "key").read_text().strip()
    said = (folder.parent / f"{folder.name}.log").read_text()
    raise RuntimeError(f"The server of {folder} did not start: {said}")


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company at a fixed day, made once; nobody serves it, others copy it."""
    ui.build()
    folder = tmp_path_factory.mktemp("browser") / "company"
    command = [str(CALLSHEET), "demo", "--dir", str(folder), "--no-serve", "--today", TODAY]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def site(company: Path) -> Iterator[Site]:
    """The sample company, served; tests leave it as they found it."""
    with serving(Path(shutil.copytree(company, company.with_name("site")))) as found:
        yield found


@pytest.fixture(scope="session")
def own_site(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A copy of the sample company for tests that change it for good, each something of its own."""
    with serving(Path(shutil.copytree(company, tmp_path_factory.mktemp("own") / "site"))) as found:
        yield found


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One Chromium for a module's tests. A missing one is an error, never a skip.

    Playwright keeps an event loop running in this thread while it is open, so it is closed before other tests.
    """
    path = chromium.find()
    if path is None:
        pytest.fail("No Chromium. Run `make browser`, or set CALLSHEET_CHROMIUM to its path.")
    with sync_playwright() as play:
        args = ["--no-sandbox", "--font-render-hinting=none", f"--disable-features={LEFT_OUT}"]
        found = play.chromium.launch(executable_path=path, args=args)
        yield found
        found.close()


Open = Callable[..., Page]


@pytest.fixture
def troubles() -> Troubles:
    """What went wrong on the pages of this test."""
    return Troubles()


@pytest.fixture
def open_site(chrome: Browser, troubles: Troubles) -> Iterator[Open]:
    """Open a page of a site in a context of its own; at the end nothing unexpected may have gone wrong."""
    contexts: list[BrowserContext] = []

    def open_it(site: Site, path: str = "/", *, width: int = 1440, theme: str = "light", wait: bool = True) -> Page:
        context = chrome.new_context(
            viewport={"width": width, "height": 900 if width > 500 else 844}, color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce", storage_state=_signed_in(chrome, site), base_url=site.url,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        watch(page, troubles)
        page.set_default_timeout(PATIENCE)
        page.goto(path)
        if wait:
            page.locator("main h1").first.wait_for()
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert troubles.left() == []


_STATES: dict[str, Path] = {}


def _signed_in(chrome: Browser, site: Site) -> Path | None:
    """The demo user's session, made once a site: each sign-in is a log entry, and the server reacts to it."""
    if not (site.folder / "callsheet.toml").read_text().count("demo = true"):
        return None
    if site.url not in _STATES:
        context = chrome.new_context(base_url=site.url)
        assert context.request.post("/api/session/demo").ok
        path = site.folder / "browser-state.json"
        context.storage_state(path=path)
        context.close()
        _STATES[site.url] = path
    return _STATES[site.url]


def watch(page: Page, troubles: Troubles) -> None:
    """Note console errors, page errors, failed requests and refused ones."""

    def answered(response: Response) -> None:
        if response.status >= 400:
            troubles.seen.append(f"{response.status} {response.request.method} {response.url}")

    page.on("console", lambda said: troubles.seen.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.seen.append(f"page error: {error}"))
    page.on("response", answered)
    page.on(
        "requestfailed",  # leaving a page cuts its stream and its unanswered questions short: no failure
        lambda asked: (
            None if "ERR_ABORTED" in (asked.failure or "") else troubles.seen.append(f"{asked.failure} {asked.url}")
        ),
    )
