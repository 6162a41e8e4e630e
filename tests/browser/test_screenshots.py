"""The pictures in docs/screenshots: taken from the sample company at its fixed day, and made anew on request."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.browser.test_explore import address
from tests.browser.test_pages import settled

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
LIMIT = 400_000
HEIGHTS = {"explore": 1100}
FUNNEL = {
    "kind": "funnel",
    "steps": [{"events": [name]} for name in ("signed_in", "card_created", "comment_added", "export_downloaded")],
    "span": {"last": 60},
    "breakdown": {"by": "account.segment"},
}
PICTURES = {
    "call-sheet-light": ("/", 1440, "light"),
    "call-sheet-dark": ("/", 1440, "dark"),
    "trace": ("/trace/initiative:onboarding-checklist", 1440, "light"),
    "phone": ("/", 390, "light"),
    "explore": (address(FUNNEL), 1440, "light"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(site: Site, open_site: Open, name: str) -> None:
    path, width, theme = PICTURES[name]
    page = open_site(site, path, width=width, theme=theme)
    settled(page)
    expect(page.locator("main h1")).to_be_visible()
    if name != "trace":
        page.locator("[role=img] svg").first.wait_for()
    file = FOLDER / f"{name}.png"
    if os.environ.get("UPDATE_SCREENSHOTS") or not file.exists():
        _take(page, file, width)
    assert file.stat().st_size < LIMIT


def _take(page: Page, file: Path, width: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(400)
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(file.stem, 1500 if width > 500 else 1200)})
    page.wait_for_timeout(300)
    file.write_bytes(packed(page.screenshot()))


def packed(png: bytes) -> bytes:
    """Return the picture with its data compressed as hard as zlib can, and nothing but what is needed to show it."""
    kept, data, at = png[:8], b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        kind, chunk = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IDAT":
            data += chunk
        elif kind == b"IEND":
            kept += _chunk(b"IDAT", zlib.compress(zlib.decompress(data), 9)) + _chunk(b"IEND", b"")
        elif kind in (b"IHDR", b"PLTE", b"tRNS", b"sRGB"):
            kept += _chunk(kind, chunk)
    return kept


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
