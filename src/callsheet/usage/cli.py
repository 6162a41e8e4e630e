"""Commands of usage: adoption, active, features."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

app = App(name="usage", help="Who uses the product, and what became of new features.")
Json = Annotated[bool, Parameter(name="--json", negative="")]


@app.command
def adoption(*, json: Json = False, dir: Path | None = None) -> None:
    """Show how features of the last 90 days were adopted.

    Parameters
    ----------
    json: bool
        Print the report as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        found = api.get("/api/reports/usage.adoption", params={"size": 500})
    if json:
        _print_json(found)
        return
    rows = [
        (row["title"], f"{row['days']} days", f"{row['tried']} of {row['could_use']}", _share(row["tried_share"]),
         f"{_share(row['tried_low'])} – {_share(row['tried_high'])}", _share(row["predicted_share"]), _kept(row))
        for row in found["rows"]
    ]  # fmt: skip
    heads = ("Feature", "Out", "Tried", "Share", "95%", "Predicted", "Kept")
    _print_table(found["title"], heads, rows, f"n = {found['sample']} features{_left_out(found)}")


@app.command
def active(*, cadence: str = "weekly", json: Json = False, dir: Path | None = None) -> None:
    """Show active people and accounts.

    Parameters
    ----------
    cadence: str
        daily, weekly or monthly.
    json: bool
        Print the figures as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.base.errors import BadInput
    from callsheet.base.text import with_unit
    from callsheet.base.time import CADENCES
    from callsheet.client import connect

    if cadence not in CADENCES:
        raise BadInput(f"There is no cadence {cadence!r}.", f"Use one of {', '.join(CADENCES)}.")
    names = ("usage.active_accounts", "usage.active_persons", "usage.stickiness", "usage.events")
    with connect(dir) as api:
        found = [api.get(f"/api/metrics/{name}", params={"cadence": cadence, "series": "false"}) for name in names]
    if json:
        _print_json(found)
        return
    rows = [
        (
            one["title"],
            with_unit(one["amount"], one["unit"]),
            _change(one),
            f"n = {one['sample']:,}{_left_out(one)}",
            one["note"],
        )
        for one in found
    ]
    _print_table(f"Activity, {found[0]['period']['label']}", ("Figure", "Value", "Change", "Sample", "Note"), rows, "")


@app.command
def features(
    *, since: str | None = None, until: str | None = None, json: Json = False, dir: Path | None = None
) -> None:
    """Show use by feature.

    Parameters
    ----------
    since: str
        First day; default is 28 days back.
    until: str
        The day after the last.
    json: bool
        Print the report as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        found = api.get("/api/reports/usage.features", params={"since": since, "until": until, "size": 500})
    if json:
        _print_json(found)
        return
    rows = [
        (row["title"], row["stage"], f"{row['uses']:,}", f"{row['accounts']:,}", _share(row["change"], sign=True))
        for row in found["rows"]
    ]
    heads = ("Feature", "Stage", "Uses", "Accounts", "Change")
    _print_table(
        f"{found['title']}, {found['period']['label']}",
        heads,
        rows,
        f"n = {found['sample']:,} events{_left_out(found)}",
    )


def _print_json(found: Any) -> None:
    print(json.dumps(found, indent=2, ensure_ascii=False))


def _print_table(title: str, heads: tuple[str, ...], rows: Sequence[Sequence[str]], foot: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=title, title_justify="left", box=None, header_style="dim", pad_edge=False, caption_justify="left"
    )
    for head in heads:
        table.add_column(head, justify="left" if head in (heads[0], "Stage", "Note", "Sample") else "right")
    for row in rows:
        table.add_row(*row)
    console = Console()
    console.print(table)
    if not rows:
        console.print("Nothing yet. Bring in events with `callsheet import FILE --as events`.")
    if foot:
        console.print(foot, style="dim", highlight=False)


def _share(amount: float | None, *, sign: bool = False) -> str:
    return "–" if amount is None else f"{100 * amount:{'+' if sign else ''}.0f}%"


def _kept(row: dict[str, Any]) -> str:
    return "too early" if row["kept"] is None else f"{row['kept']} of {row['kept_of']}"


def _change(figure: dict[str, Any]) -> str:
    change = figure["change"]
    return "–" if change is None else f"{change['amount']:+,.4g} from {change['label']}"


def _left_out(found: dict[str, Any]) -> str:
    return f", {found['left_out']:,} left out: {found['left_out_why']}" if found["left_out"] else ""
