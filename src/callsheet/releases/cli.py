"""Commands on releases."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

app = App(name="releases", help="What came out, and its notes.")


@app.command(name="list")
def list_releases(*, q: str = "", size: int = 20, json: bool = False, dir: Path | None = None) -> None:
    """List releases, newest first.

    Parameters
    ----------
    q
        Words that the version, title or line must contain.
    size
        How many to show.
    json
        Print JSON.
    dir
        The workspace folder.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        page = api.get("/api/releases", q=q, size=size)
    if json:
        _print_json(page)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("Version", "Released", "Title", "Entries", "Tier", "Checklist", "Notes"):
        table.add_column(name)
    for row in page["items"]:
        ready = f"{row['ready_done']} of {row['ready_total']}" if row["ready_total"] else "–"
        cells = (
            row["version"],
            row["released_at"][:10],
            row["title"],
            str(row["items"]),
            str(row["tier"] or "–"),
            ready,
        )
        table.add_row(*cells, row["state"])
    console = Console()
    console.print(table)
    console.print(f"{len(page['items'])} of {page['total']} releases")


@app.command
def notes(version: str, *, audience: str = "customers", json: bool = False, dir: Path | None = None) -> None:
    """Print the notes of a release as Markdown.

    Parameters
    ----------
    version
        The release's id, as `callsheet releases list --json` gives it.
    audience
        customers, support, sales or engineering.
    json
        Print JSON, all audiences.
    dir
        The workspace folder.
    """
    from urllib.parse import quote

    from callsheet.base.errors import NotFound
    from callsheet.client import connect

    with connect(dir) as api:
        found = api.get(f"/api/releases/{quote(version, safe='')}")
    if json:
        _print_json({"release": version, "state": found["state"], "notes": found["notes"]})
        return
    text = found["notes"].get(audience, "")
    if not text:
        raise NotFound(f"Release {version} has no notes for {audience}.", f"Draft them at /releases/{version}.")
    print(text)


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))
