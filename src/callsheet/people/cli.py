"""Commands on people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cyclopts import App

app = App(name="people", help="Who answers for what, and who was told.")


@app.command
def owners(*, state: str = "", q: str = "", size: int = 50, json: bool = False, dir: Path | None = None) -> None:
    """List objects with their owners, gaps first.

    Parameters
    ----------
    state
        owned, none, gone, many, or unowned for all gaps.
    q
        Words that the object, owner or team must contain.
    size
        How many to show.
    json
        Print JSON.
    dir
        The workspace folder.
    """
    page = _get(dir, "/api/people/ownership", {"state": state, "q": q, "size": size})
    if json:
        _print_json(page)
        return
    rows = [
        (row["ref"], row["title"], ", ".join(row["owner_names"]) or "–", row["state"], (row["since_at"] or "")[:10])
        for row in page["items"]
    ]
    _table(("Ref", "What", "Accountable", "State", "Since"), rows, f"{len(rows)} of {page['total']} objects")


@app.command
def deliveries(*, ref: str = "", state: str = "", size: int = 50, json: bool = False, dir: Path | None = None) -> None:
    """List what was told to whom, newest first.

    Parameters
    ----------
    ref
        What it is about, for example release:2026.47.
    state
        queued, held, sent, failed, bounced or read; several separated by commas.
    size
        How many to show.
    json
        Print JSON.
    dir
        The workspace folder.
    """
    page = _get(dir, "/api/people/deliveries", {"ref": ref, "state": state, "size": size})
    if json:
        _print_json(page)
        return
    rows = [
        (row["created_at"][:16].replace("T", " "), row["name"], row["subject"], row["ref"], row["state"], row["reason"])
        for row in page["items"]
    ]
    _table(("Made", "To", "Subject", "About", "State", "Why"), rows, f"{len(rows)} of {page['total']} messages")


def _get(dir: Path | None, path: str, params: dict[str, Any]) -> Any:
    from callsheet.client import connect

    with connect(dir) as api:
        return api.get(path, params=params)


def _table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]], sample: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    console = Console()
    console.print(table)
    console.print(sample)


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))
