"""Published notes as feeds: Atom (RFC 4287), JSON Feed 1.1 and Markdown. Pure; everything is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
MOST = 50
"""Newest notes in a feed."""


@dataclass(frozen=True, slots=True)
class Told:
    """Notes for customers that were published."""

    id: str
    version: str
    title: str
    markdown: str
    published_at: datetime

    @property
    def heading(self) -> str:
        """Title with the version, said once."""
        return self.title if self.version in self.title else f"{self.title} ({self.version})"


def html(markdown: str) -> str:
    """Return Markdown as HTML; HTML inside it is shown as text, links to scripts are not made."""
    return str(_MARKDOWN.render(markdown))


def atom(name: str, base: str, notes: Sequence[Told], now: datetime) -> str:
    """Return an Atom feed."""
    updated = notes[0].published_at if notes else now
    entries = "".join(_entry(base, one) for one in notes[:MOST])
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{_text(name)}: what is new</title>\n<id>{_text(base)}/feed/releases.atom</id>\n"
        f'<link rel="self" href="{_text(base)}/feed/releases.atom"/>\n<updated>{_stamp(updated)}</updated>\n'
        f"<author><name>{_text(name)}</name></author>\n{entries}</feed>\n"
    )


def _entry(base: str, one: Told) -> str:
    return (
        f"<entry>\n<title>{_text(one.heading)}</title>\n<id>{_text(_address(base, one))}</id>\n"
        f'<link href="{_text(_address(base, one))}"/>\n<updated>{_stamp(one.published_at)}</updated>\n'
        f'<content type="html">{_text(html(one.markdown))}</content>\n</entry>\n'
    )


def json_feed(name: str, base: str, notes: Sequence[Told]) -> dict[str, Any]:
    """Return a JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{name}: what is new",
        "home_page_url": base,
        "feed_url": f"{base}/feed/releases.json",
        "items": [
            {
                "id": _address(base, one),
                "url": _address(base, one),
                "title": one.heading,
                "content_html": html(one.markdown),
                "content_text": one.markdown,
                "date_published": _stamp(one.published_at),
            }
            for one in notes[:MOST]
        ],
    }


def markdown(name: str, notes: Sequence[Told]) -> str:
    """Return one Markdown document, newest first, headed as Keep a Changelog 1.1.0 heads versions."""
    parts = [f"# {_line(name)}: what is new"]
    for one in notes[:MOST]:
        body = "\n".join(line for line in one.markdown.splitlines() if not line.startswith(("# ", "## ")))
        parts.append(f"## [{one.version}] - {one.published_at:%Y-%m-%d}\n\n**{_line(one.title)}**\n\n{body.strip()}")
    return "\n\n".join(parts) + "\n"


def _address(base: str, one: Told) -> str:
    from urllib.parse import quote

    return f"{base}/releases/{quote(one.id, safe='')}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(text: str) -> str:
    """XML text without the characters that XML 1.0 forbids."""
    return escape("".join(char for char in text if char in "\t\n\r" or ord(char) >= 32))
