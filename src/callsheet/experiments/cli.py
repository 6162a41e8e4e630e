"""Commands of experiments: list, readout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

app = App(name="experiments", help="What is being tried, and what it showed.")
Json = Annotated[bool, Parameter(name="--json", negative="")]


@app.command(name="list")
def list_experiments(*, state: str | None = None, json: Json = False, dir: Path | None = None) -> None:
    """List experiments, running ones first.

    Parameters
    ----------
    state: str
        Only draft, running, decided or stopped ones.
    json: bool
        Print them as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        found = api.get("/api/experiments", params={"state": state, "size": 500})
    if json:
        _print_json(found)
        return
    rows = [
        (row["id"], row["state"], f"{row['day']} of {row['planned_days']}" if row["day"] else "–",
         f"{row['units']:,}", _effect(row).removesuffix(" points"), row["verdict_label"])
        for row in found["items"]
    ]  # fmt: skip
    _print_table("Experiments", ("Id", "State", "Day", "Units", "Effect, 95%", "Rule or decision"), rows)
    print(f"n = {found['total']} experiments; units of days that are not over are left out")


@app.command
def readout(experiment: str, *, json: Json = False, dir: Path | None = None) -> None:
    """Read an experiment: its arms, effect, guardrails and split, and what its rule says.

    Parameters
    ----------
    experiment: str
        Its id.
    json: bool
        Print the readout as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        found = api.get(f"/api/experiments/{experiment}/readout")
    if json:
        _print_json(found)
        return
    share = found["unit"] == "points"
    arms = [
        (arm["name"], f"{arm['units']:,}", f"{arm['planned']:.0%}", _amount(arm["value"], share))
        for arm in found["arms"]
    ]
    _print_table(
        f"{found['title']}, day {found['day']} of {found['planned_days']}",
        ("Arm", "Units", "Planned", found["metric"]),
        arms,
    )
    effects = [(one["arm"], _effect(one | {"unit": found["unit"]}), _p(one["p"])) for one in found["comparisons"]]
    _print_table("Effect against the control", ("Arm", "Effect, 95%", "p"), effects)
    if found["guardrails"]:
        guards = [
            (one["metric"], one["arm"], _effect(one | {"unit": found["unit"]}), one["state"])
            for one in found["guardrails"]
        ]
        _print_table("Guardrails", ("Metric", "Arm", "Effect, 95%", "State"), guards)
    print(f"{found['verdict_label']}. {found['verdict_words']}")
    left_out = f", {found['left_out']:,} left out: {found['left_out_why']}" if found["left_out"] else ""
    print(f"n = {found['units']:,} units{left_out}")


def _print_json(found: Any) -> None:
    print(json.dumps(found, indent=2, ensure_ascii=False))


def _print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, header_style="dim", pad_edge=False)
    for head in heads:
        right = head in ("Day", "Units", "Planned", "p")
        table.add_column(head, justify="right" if right else "left", no_wrap=head in ("Id", "Day", "Effect, 95%"))
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _effect(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "no data"
    scale, unit = (100, " points") if row["unit"] == "points" else (1, "")
    if row["low"] is None:
        return f"{row['difference'] * scale:+.1f}{unit}"
    return f"{row['difference'] * scale:+.1f} [{row['low'] * scale:+.1f}, {row['high'] * scale:+.1f}]{unit}"


def _amount(value: float | None, share: bool) -> str:
    if value is None:
        return "no data"
    return f"{value:.1%}" if share else f"{value:,.4g}"


def _p(p: float | None) -> str:
    return "–" if p is None else f"{p:.2g}"
