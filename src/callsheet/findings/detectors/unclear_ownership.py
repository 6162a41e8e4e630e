"""Unclear ownership: something that is alive has no one who answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callsheet.base.text import count, joined, short_day
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

MANY = 6
"""More than this of one kind are one finding, with their number."""
WORDS = {
    "none": "has no owner",
    "gone": "belongs to someone who has left",
    "many": "has more than one accountable owner",
}


def headline(found: Sequence[Found]) -> str:
    """`Billing API has no owner`."""
    return str(found[0].facts["short"])


@detector(
    "unclear_ownership", title="Unclear responsibility", needs=("people.unowned",), rank=50, headline=headline,
    threshold="An active initiative, feature, component, tool or flag without exactly one accountable owner who is"
    " still here.",
    try_this="Name one accountable person; the others are consulted or informed.",
)  # fmt: skip
def unclear_ownership(reader: Reader) -> Iterable[Signal]:
    """Objects of `people.unowned`, one finding each, or one for a whole kind when there are many."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for row in reader.report("people.unowned").rows:
        by_kind.setdefault(str(row["kind"]), []).append(row)
    for kind, rows in by_kind.items():
        if len(rows) > MANY:
            yield _many(kind, rows)
        else:
            yield from (_one(row) for row in rows)
    if "component" not in by_kind and reader.has("people.single_owner"):
        yield from _components(reader)


def _components(reader: Reader) -> Iterable[Signal]:
    """Components that nobody, or one person only, looks after, where tools name maintainers and no accountable owner."""
    found = reader.report("people.single_owner")
    nobody = [row for row in found.rows if row["owners"] == 0]
    if not nobody or len(nobody) == found.sample:
        return
    alone = len(found.rows) - len(nobody)
    short = f"{len(nobody):,} of {found.sample:,} components have no owner"
    yield Signal(
        subject="ownership:component", title=short, severity="warn", pill="No owner", weight=0.4, clause=f"[[{short}]]",
        sentence=f"{alone:,} more have one owner only. Among those with none: {joined([str(row['name']) for row in nobody])}.",
        evidence=(Evidence("components with one owner or none", f"{len(found.rows):,}", "/reports/people.single_owner"),),
        answers=(Answer("Go through them", "/reports/people.single_owner", primary=True),), facts={"short": short},
    )  # fmt: skip


def _one(row: dict[str, Any]) -> Signal:
    ref, title = str(row["ref"]), str(row["title"])
    words = WORDS.get(str(row.get("state")), "has no owner")
    since = f" since {short_day(row['since_at'])}" if row.get("since_at") else ""
    was = f" It was {row['last_owner']}'s." if row.get("last_owner") else ""
    return Signal(
        subject=ref, title=f"{title} {words}", sentence=f"The {row['kind']} {title} {words}{since}.{was}",
        severity="warn", pill="No owner", weight=0.5, team=row.get("team") or "", since=row.get("since_at"),
        clause=f"[[{title}]] {words}{since}", decide=False,
        evidence=(Evidence("ownership", words, f"/people?tab=ownership&q={ref}"),),
        answers=(Answer("Assign an owner", f"/people?tab=ownership&assign={ref}", primary=True),),
        facts={"short": f"{title} {words}"},
    )  # fmt: skip


def _many(kind: str, rows: list[dict[str, Any]]) -> Signal:
    size, names = len(rows), joined([str(row["title"]) for row in rows])
    short = f"{count(size, kind)} have no clear owner"
    return Signal(
        subject=f"ownership:{kind}", title=short[0].upper() + short[1:], sentence=f"Among them {names}.",
        severity="warn", pill="No owner", weight=0.4, clause=f"[[{short}]]",
        evidence=(Evidence("all of them", str(size), "/reports/people.unowned"),),
        answers=(Answer("Go through them", "/people?tab=ownership&state=unowned", primary=True),),
        facts={"short": short},
    )  # fmt: skip
