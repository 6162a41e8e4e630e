"""Commands on delivery: when will it be done, how many by then, what is old, where changes wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cyclopts import App

app = App(name="delivery", help="How work flows, where it waits, and when it will be done.")


@app.command
def when(
    *, team: str = "", items: float | None = None, initiative: str = "", split_low: float = 1.0, split_high: float = 1.0,
    by: str | None = None, json: bool = False, dir: Path | None = None,
) -> None:  # fmt: skip
    """When will so many items be done?

    Parameters
    ----------
    team
        Whose pace; empty is everybody's.
    items
        Items left; may be left out with an initiative.
    initiative
        An initiative, with its own share of its team.
    split_low
        Least number of items that one item turns out to be.
    split_high
        Most.
    by
        A promised day (2026-12-04): says how likely it is.
    json
        Print JSON.
    dir
        The workspace folder.
    """
    asked = {
        "team": team,
        "items": items,
        "initiative": initiative,
        "split_low": split_low,
        "split_high": split_high,
        "by": by,
    }
    found = _get(dir, "/api/delivery/when", asked)
    if json:
        return _print_json(found)
    rows = [
        (f"{one['chance']}%", one["date"] or "beyond ten years", _days(one["days"]), _held(found, one["chance"]))
        for one in found["percentiles"]
    ]
    who = found["initiative"] or (f"team {found['team']}" if found["team"] else "all teams")
    if rows:
        _table(f"{found['items']:g} items of {who}", ("Chance", "Done by", "From now", "Such dates held"), rows)
    if found["by"]:
        _say(f"By {found['by']}: {found['chance_text']}")
    return _basis(found)


@app.command
def how_many(*, until: str, team: str = "", json: bool = False, dir: Path | None = None) -> None:
    """How many items will be done by a day?

    Parameters
    ----------
    until
        The last day that counts (2026-12-31).
    team
        Whose pace; empty is everybody's.
    json
        Print JSON.
    dir
        The workspace folder.
    """
    found = _get(dir, "/api/delivery/how-many", {"team": team, "until": until})
    if json:
        return _print_json(found)
    rows = [
        (f"{one['chance']}%", f"{one['items']} or more", _held(found, one["chance"])) for one in found["percentiles"]
    ]
    _table(f"Finished by {until}", ("Chance", "Items", "Such numbers held"), rows)
    return _basis(found)


@app.command
def aging(*, team: str = "", size: int = 20, json: bool = False, dir: Path | None = None) -> None:
    """What is in progress, oldest first.

    Parameters
    ----------
    team
        Only this team's items.
    size
        How many to show.
    json
        Print JSON.
    dir
        The workspace folder.
    """
    found = _get(dir, "/api/reports/delivery.aging", {"team": team, "size": size})
    if json:
        return _print_json(found)
    rows = [
        (row["item_id"], row["title"] or "", row["team"] or "–", row["state"] or "–", row["owner"] or "nobody",
         _days(row["age"]), "–" if row["percentile"] is None else f"{row['percentile']:.0f}%")
        for row in found["rows"]
    ]  # fmt: skip
    _table("Work in progress", ("Item", "Title", "Team", "State", "Owner", "Age", "Older than"), rows)
    return _sample(found, "item")


@app.command
def stages(*, team: str = "", json: bool = False, dir: Path | None = None) -> None:
    """Where changes wait, against the weeks before.

    Parameters
    ----------
    team
        Only this team's changes.
    json
        Print JSON.
    dir
        The workspace folder.
    """
    found = _get(dir, "/api/reports/delivery.stages", {"team": team})
    if json:
        return _print_json(found)
    rows = [
        (row["label"], _days(row["median_days"]), _share(row["share"]), _days(row["before_days"]), _gain(row),
         str(row["sample"]))
        for row in found["rows"]
    ]  # fmt: skip
    _table("Changes merged in the last six weeks", ("Stage", "Median", "Share", "Before", "Relief saves", "n"), rows)
    return _sample(found, "change")


def _get(folder: Path | None, path: str, params: dict[str, Any]) -> Any:
    from callsheet.client import connect

    with connect(folder) as api:
        return api.get(path, params={name: value for name, value in params.items() if value not in (None, "")})


def _basis(found: dict[str, Any]) -> None:
    if found["why_not"]:
        _say(f"No forecast: {found['why_not']}.")
    test = found["backtest"]
    _say(f"{found['finished']} items in {found['sample_days']} days; {test['origins']} past forecasts replayed.")
    for line in (*found["notes"], *([f"Left out: {found['left_out_why']}"] if found["left_out"] else [])):
        _say(line)


def _held(found: dict[str, Any], chance: int) -> str:
    kept = found["backtest"]["coverage"].get(str(chance))
    return "–" if not kept or kept["held"] is None else f"{kept['held']:.0%} of {kept['n']}"


def _sample(found: dict[str, Any], noun: str) -> None:
    from callsheet.base.text import count

    left = f", {found['left_out']} left out: {found['left_out_why']}" if found["left_out"] else ""
    _say(f"{count(found['sample'], noun)}{left}")
    if found["note"]:
        _say(found["note"])


def _days(days: float | None) -> str:
    from callsheet.base.text import with_unit

    return "–" if days is None else with_unit(days, "days")


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _gain(row: dict[str, Any]) -> str:
    if not row["limits"]:
        return "–"
    return f"{row['gain_days']:.1f} days [{row['gain_low']:.1f}, {row['gain_high']:.1f}]"


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for head in heads:
        table.add_column(head)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _say(line: str) -> None:
    from rich.console import Console

    Console().print(line, markup=False)


def _print_json(found: Any) -> None:
    import json

    _say_raw(json.dumps(found, indent=2, ensure_ascii=False))


def _say_raw(text: str) -> None:
    print(text)
