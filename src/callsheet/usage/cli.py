"""Commands of usage: adoption, active, features, ask, reports, cohort."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
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


@app.command
def ask(
    question: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None, *, report: str = "",
    json: Json = False, dir: Path | None = None,
) -> None:  # fmt: skip
    """Ask a question about usage, or a saved report.

    Parameters
    ----------
    question: Path
        A file that holds the question as JSON or YAML, such as {kind: trends, series: [{events: [sign_up]}]}; `-`
        reads it from standard input.
    report: str
        The id of a saved report to ask instead.
    json: bool
        Print the whole answer as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.base.errors import BadInput
    from callsheet.client import connect

    if (question is None) == (not report):
        raise BadInput("Give either a file with a question, or --report.")
    asked = _read(question) if question is not None else None
    with connect(dir) as api:
        asked = asked if asked is not None else api.get(f"/api/usage/reports/{report}")["question"]
        found = api.post("/api/usage/answers", asked)
    if json:
        _print_json(found)
        return
    answer, columns = found["answer"], found["table"]["columns"]
    rows = [[_so_far(row, column) for column in columns] for row in found["table"]["rows"]]
    since, until = (answer[key][:16].replace("T", " ") for key in ("since", "until"))
    foot = f"{since} to {until} UTC, n = {answer['sample']:,}{_left_out(answer)}."
    _print_table(
        found["kind"].capitalize(),
        tuple(column["label"] for column in columns),
        rows,
        " ".join([foot, *answer["notes"]]),
    )


@app.command
def reports(*, q: str = "", json: Json = False, dir: Path | None = None) -> None:
    """List the saved reports.

    Parameters
    ----------
    q: str
        Words that their names hold.
    json: bool
        Print them as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        found = api.get("/api/usage/reports", params={"q": q, "size": 500})
    if json:
        _print_json(found["items"])
        return
    rows = [(one["id"], one["name"], one["kind"], one["owner"], one["changed_at"][:10]) for one in found["items"]]
    _print_table("Saved reports", ("Report", "Name", "Kind", "Owner", "Changed"), rows, "")


@app.command
def cohort(
    cohort_id: str = "", *, members: Annotated[bool, Parameter(negative="")] = False, json: Json = False,
    dir: Path | None = None,
) -> None:  # fmt: skip
    """List the cohorts, or show one with its size.

    Parameters
    ----------
    cohort_id: str
        The cohort to show.
    members: bool
        Print the ids of its members instead, one a line (with --json: with their names).
    json: bool
        Print as JSON.
    dir: Path
        The workspace folder.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        if members and cohort_id:
            found = list(_pages(api, f"/api/usage/cohorts/{cohort_id}/members"))
        elif cohort_id:
            found = [api.get(f"/api/usage/cohorts/{cohort_id}")]
        else:
            found = list(_pages(api, "/api/usage/cohorts"))
    if json:
        _print_json(found)
    elif members and cohort_id:
        print("\n".join(one["unit_id"] for one in found))
    else:
        rows = [(one["id"], one["name"], one["kind"], one["unit"], _cell(one["size"], "")) for one in found]
        _print_table("Cohorts", ("Cohort", "Name", "Kind", "Of", "Size"), rows, "")


def _pages(api: Any, path: str) -> Iterator[dict[str, Any]]:
    page, seen = 1, 0
    while True:
        found = api.get(path, params={"page": page, "size": 500})
        yield from found["items"]
        page, seen = page + 1, seen + len(found["items"])
        if not found["items"] or seen >= found["total"]:
            return


def _read(file: Path) -> Any:
    """Return the JSON or YAML of a file; YAML reads JSON as well."""
    import yaml

    from callsheet.base.errors import BadInput

    class Plain(yaml.SafeLoader):
        """Days stay the texts they are written as."""

    known = yaml.SafeLoader.yaml_implicit_resolvers
    Plain.yaml_implicit_resolvers = {
        first: [one for one in forms if not one[0].endswith(":timestamp")] for first, forms in known.items()
    }
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        found = yaml.load(text, Plain)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError) as why:
        raise BadInput(f"{file} cannot be read: {getattr(why, 'strerror', None) or 'it is not text'}.") from why
    except (yaml.YAMLError, RecursionError) as why:
        raise BadInput(f"{file} is neither JSON nor YAML: {str(why).splitlines()[0] or 'too deep'}.") from why
    if not isinstance(found, dict):
        raise BadInput("The question is not an object.", "Write {kind: trends, series: [{events: [sign_up]}]}.")
    return found


def _cell(value: Any, unit: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else ""
    if not isinstance(value, int | float):
        return str(value)
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def _print_json(found: Any) -> None:
    print(json.dumps(found, indent=2, ensure_ascii=False))


def _so_far(row: dict[str, Any], column: dict[str, Any]) -> str:
    """A cell of an answer; one whose time is not over ends with dots."""
    return _cell(row.get(column["key"]), column["unit"]) + ("…" if column["key"] in row.get("open", ()) else "")


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
    if not console.is_terminal:  # a file or another program is not as narrow as a screen
        console.width = max(console.width, 240)
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
    return "–" if change is None else f"{_signed(change['amount'])} from {change['label']}"


def _signed(amount: float) -> str:
    return f"{amount:+,.0f}" if abs(amount) >= 10 or amount == int(amount) else f"{amount:+.2g}"


def _left_out(found: dict[str, Any]) -> str:
    return f", {found['left_out']:,} left out: {found['left_out_why']}" if found["left_out"] else ""
