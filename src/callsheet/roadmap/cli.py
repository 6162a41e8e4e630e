"""Commands of the roadmap."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

app = App(name="roadmap", help="Goals, initiatives and promises.")
Json = Annotated[bool, Parameter(name="--json", negative="")]


@app.command
def board(*, team: str = "", json: Json = False, dir: Path | None = None) -> None:
    """Show what is now, next and later."""
    from rich.console import Console
    from rich.table import Table

    from callsheet.client import connect

    with connect(dir) as api:
        page = api.get("/api/roadmap/initiatives", params={"size": 500, "team": team})
    if json:
        print(jsons.dumps(page, indent=2, default=str))
        return
    table = Table("Stage", "Initiative", "Team", "Owner", "Promised", box=None)
    shown = [row for row in page["items"] if row["stage"] in ("now", "next", "later")]
    for row in shown:
        table.add_row(row["stage"], row["title"], row["team"], row["owner"], (row["promised_at"] or "–")[:10])
    console = Console()
    console.print(table)
    console.print(f"{len(shown)} open of {page['total']} initiatives", style="dim")


@app.command
def promises(*, team: str | None = None, json: Json = False, dir: Path | None = None) -> None:
    """Show promised dates with their forecast and chance."""
    table = _report("roadmap.promises", team, json, dir)
    if table is None:
        return
    for row in table["rows"]:
        table["table"].add_row(
            row["title"], row["team"], _count(row["left"]), _day(row["promised_at"]), _day(row["p50_at"]),
            _day(row["p85_at"]), _day(row["p95_at"]), _chance(row["chance"]), row["why"] or row["why_not"],
        )  # fmt: skip
    _shown(table)


@app.command
def scores(*, team: str | None = None, json: Json = False, dir: Path | None = None) -> None:
    """Show open initiatives by RICE, with the chance that each really beats the next."""
    table = _report("roadmap.scores", team, json, dir)
    if table is None:
        return
    for row in table["rows"]:
        table["table"].add_row(
            str(row["place"]), row["title"], row["stage"], f"{row['score']:.1f}", f"{row['low']:.1f}–{row['high']:.1f}",
            _share(row["above_next"]), f"{row['reach']:.0f}", f"{row['impact']:g}", _share(row["confidence"]),
            f"{row['effort']:.1f}", row["overrides"] or "–",
        )  # fmt: skip
    _shown(table)


HEADS = {
    "roadmap.promises": ("Initiative", "Team", "Left", "Promised", "50%", "85%", "95%", "Chance", "Why"),
    "roadmap.scores": (
        "#", "Initiative", "Stage", "Score", "Range", "Beats next", "Reach", "Impact", "Sure", "Weeks", "Set by hand"),
}  # fmt: skip


def _report(name: str, team: str | None, json: bool, dir: Path | None) -> dict[str, Any] | None:
    """Fetch a report with an empty table for it; prints it and returns None where JSON is asked."""
    from rich.table import Table

    from callsheet.client import connect

    with connect(dir) as api:
        found: dict[str, Any] = api.get(f"/api/reports/{name}", params={"size": 500, "team": team})
    if json:
        print(jsons.dumps(found, indent=2, default=str))
        return None
    return found | {"table": Table(*HEADS[name], box=None)}


def _shown(found: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console()
    console.print(found["table"])
    left = f", {found['left_out']} left out: {found['left_out_why']}" if found["left_out"] else ""
    console.print(f"n = {found['sample']}{left}" + (f"; {found['note']}" if found["note"] else ""), style="dim")


def _day(moment: str | None) -> str:
    return (moment or "–")[:10]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _chance(value: float | None) -> str:
    from callsheet.base.text import chance

    return "–" if value is None else chance(value)


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)
