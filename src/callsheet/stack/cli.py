"""Commands of the stack."""

from __future__ import annotations

import json as jsons
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

app = App(name="stack", help="Tools, sources and what came in from them.")
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]


@app.command
def tools(*, q: str = "", json: Json = False, dir: Path | None = None) -> None:
    """Show the tools in use with cost, seats and freshness.

    Parameters
    ----------
    q: Words to look for.
    """
    page = _page("/api/stack/tools", dir, q)
    if json:
        print(jsons.dumps(page, indent=2))
        return
    rows = [
        (
            row["title"],
            row["capability"],
            row["owner"] or "–",
            _money(row),
            _seats(row),
            _day(row["notice_at"]),
            row["state"],
        )
        for row in page["items"]
    ]
    _table(
        ("Tool", "For", "Owner", "A year", "Active", "Notice by", "Freshness"), rows, f"{page['total']} tools in use"
    )


@app.command
def sources(*, json: Json = False, dir: Path | None = None) -> None:
    """Show the sources of callsheet.toml and how fresh they are."""
    page = _page("/api/sources", dir)
    if json:
        print(jsons.dumps(page, indent=2))
        return
    rows = [
        (row["name"], row["kind"], row["state"], row["words"], row["schedule"] or "by hand") for row in page["items"]
    ]
    _table(("Source", "Kind", "State", "", "Schedule"), rows, f"{page['total']} sources")


@app.command
def imports(*, q: str = "", json: Json = False, dir: Path | None = None) -> None:
    """Show what was imported and synced, newest first.

    Parameters
    ----------
    q: Words to look for.
    """
    page = _page("/api/imports", dir, q)
    if json:
        print(jsons.dumps(page, indent=2))
        return
    rows = [
        (
            row["id"],
            row["file"],
            row["kind"],
            f"{row['counts']['rows']:,}",
            str(row["counts"]["quarantined"]),
            row["state"],
        )
        for row in page["items"]
    ]
    _table(("Import", "File", "Kind", "Rows", "Set aside", "State"), rows, f"{page['total']} imports")


@app.command
def quarantine(import_id: str, /, *, json: Json = False, dir: Path | None = None) -> None:
    """Show the rows that an import set aside, and why.

    Parameters
    ----------
    import_id: The import, as `callsheet import` named it.
    """
    page = _page(f"/api/imports/{import_id}/quarantine", dir)
    if json:
        print(jsons.dumps(page, indent=2))
        return
    rows = [(str(row["line"]), row["error"], row["raw"][:60]) for row in page["items"]]
    _table(("Line", "Why", "Row"), rows, f"{page['total']} rows set aside")


def _page(path: str, dir: Path | None, q: str = "") -> Any:
    from callsheet.client import connect

    with connect(dir) as api:
        return api.get(path, params={"size": 500, "q": q})


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], note: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=None)
    for row in rows:
        table.add_row(*row)
    console = Console()
    console.print(table)
    console.print(note, style="dim")


def _money(row: dict[str, Any]) -> str:
    return "–" if row["cost"] is None else f"{row['currency']}{row['cost']:,.0f}"


def _seats(row: dict[str, Any]) -> str:
    return "–" if row["active"] is None or row["seats"] is None else f"{row['active']} of {row['seats']}"


def _day(moment: str | None) -> str:
    return (moment or "–")[:10]
