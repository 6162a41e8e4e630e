"""A changelog file as releases and their contents. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from callsheet.base.ids import stable_id
from callsheet.model.changelog import Notes, parse
from callsheet.stack.connector import Parsed


def facts_of(text: str, product: str = "", release_of: Callable[[str], str] = str, known: bool = False) -> Parsed:
    """Return releases (unless they are `known` otherwise) and their entries; unreleased changes are left out.

    `release_of` turns a version into the id of its release. A version without a date gives a release without one.
    """
    parsed = Parsed()
    releases: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for notes in parse(text):
        if notes.unreleased:
            continue
        parsed.rows += 1
        release = release_of(notes.version)
        releases.append({"release_id": release, "version": notes.version, "notes": markdown(notes)} | _when(notes))
        if product:
            releases[-1]["product"] = product
        for entry in notes.entries:
            key = f"note-{stable_id(release, entry.text)}"
            items.append({"release_id": release, "entry_id": key, "kind": entry.kind, "text": entry.text})
    if known:
        releases = [{"release_id": row["release_id"], "notes": row["notes"]} for row in releases]
    parsed.add("releases", releases)
    parsed.add("release_items", items)
    return parsed


def _when(notes: Notes) -> dict[str, Any]:
    day = notes.released
    return {"released_at": datetime(day.year, day.month, day.day) if day else None}


def markdown(notes: Notes) -> str:
    """Return a version's entries as Markdown."""
    lines: list[str] = []
    section = None
    for entry in notes.entries:
        if entry.section != section:
            section = entry.section
            lines += ["", f"### {section}", ""] if section else [""]
        lines.append(f"- {entry.text}")
    return "\n".join(lines).strip()
