"""What alerts say now, and said of the intervals before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from callsheet.base.errors import CallsheetError, Stopped
from callsheet.base.text import number
from callsheet.charts import Option, line
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.usage.questions import kinds
from callsheet.usage.questions.alerts import Anomaly, Judged, Watched, check, judged, span_for
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.common import WhereIn
from callsheet.usage.questions.limits import ASKS
from callsheet.usage.questions.maths import ADDING_UP, VALUES
from callsheet.usage.questions.trends import Line
from callsheet.usage.records import Alert

COUNTS = frozenset({"count", "unique", "first_time", "first_ever", "weekly_active", "monthly_active", *VALUES})
"""Maths that give counts, which vary by chance as counts do."""
MOST_GROUPS = 250
"""Values of a breakdown among which a watched one is looked for first."""


def history(asking: Asking, question: Any, rule: Watched) -> list[Judged]:
    """Return the verdicts on the last intervals that are over, oldest first. BadInput for what cannot be watched."""
    asked = kinds.parse(question)
    check(asked, rule)
    plain = {"smoothing": 1, "cumulative": False, "compare": ""}
    asked = asked.model_copy(update={**plain, "span": span_for(rule.rule, asked.interval, asked.span)})
    place = ord(rule.series) - ord("A") if len(rule.series) == 1 else -1
    series = getattr(asked, "series", ())
    math = series[place].math if 0 <= place < len(series) else ""
    if not rule.group:
        return judged(asking.answer(asked), rule, asked.interval, math in COUNTS)
    return _of_group(asking, asked, rule, math)


def _of_group(asking: Asking, asked: Any, rule: Watched, math: str) -> list[Judged]:
    """Watch one value of a breakdown, also when it is no longer among the most frequent, or has gone altogether: of
    what adds up there are 0 then, and nothing is known of a mean. Ranges and combinations beyond the MOST_GROUPS most
    frequent cannot be asked for by themselves."""
    by, counts = asked.breakdown, math in COUNTS
    wide = by if by.ranged else by.model_copy(update={"limit": max(by.limit, MOST_GROUPS)})
    found: Any = asking.answer(asked.model_copy(update={"breakdown": wide}))
    given = judged(found, rule, asked.interval, counts)
    if given:
        return given
    if any(line.part == "other" for line in found.lines):
        if by.also or by.ranged or by.clean or by.cohorts:
            return []
        only = WhereIn(field=by.by, values=(rule.group,))
        alone = asked.model_copy(update={"breakdown": None, "where": (*asked.where, only)})
        return judged(asking.answer(alone), rule.model_copy(update={"group": ""}), asked.interval, counts)
    amount = 0.0 if math in ADDING_UP or asked.gaps == "zero" else None
    gone = Line(
        series=rule.series, label=rule.group, part="value", group=rule.group,
        amounts=[amount] * len(found.buckets), total=amount,
    )  # fmt: skip
    return judged(found.model_copy(update={"lines": [gone]}), rule, asked.interval, counts)


def words(name: str, rule: Watched, one: Judged) -> str:
    """Return what an interval of a series did: `Sign-ups fell to 12 (20 Nov), expected 40 to 61.`"""
    fell, rose = _beyond(one)
    moved = "fell to" if fell else "rose to" if rose else "stood at"
    start = f"{name} {moved} {number(one.amount)} ({one.label})"
    if isinstance(rule.rule, Anomaly):
        return f"{start}, expected {number(one.low)} to {number(one.high)}."
    return f"{start}; the bound is {number(one.low if one.high is None else one.high)}."


def _beyond(one: Judged) -> tuple[bool, bool]:
    """Whether the amount is below the lower bound, above the upper one."""
    if one.amount is None:
        return False, False
    return one.low is not None and one.amount < one.low, one.high is not None and one.amount > one.high


def expected_chart(name: str, found: list[Judged]) -> Option:
    """The amounts of the last intervals, over the band of what was expected, or over the bound."""
    points = [
        {"since": one.since, "amount": one.amount,
         "interval": None if one.low is None or one.high is None else [one.low, one.high]}
        for one in found
    ]  # fmt: skip
    lines: dict[str, list[dict[str, Any]]] = {name: points}
    bounds = [{"since": one.since, "amount": one.low if one.high is None else one.high} for one in found]
    if any(one["amount"] is not None for one in bounds) and all(one["interval"] is None for one in points):
        lines["bound"] = bounds
    return line(lines, title=f"{name}, with what was expected", tones={"bound": "@ink-3"})


@report(
    "usage.alerts", title="Alerts",
    source="Thresholds as people set them; anomalies by prediction intervals about the median of earlier"
    " seasons, moved along the Theil-Sen slope of their levels (Sen 1968), with a negative binomial's variance",
    columns=(
        Column("alert", "Alert", ref="alert", href="/explore/alerts/{alert}"), Column("name", "Name"),
        Column("kind", "Kind"), Column("state", "State"), Column("label", "Interval"), Column("since", "Since"),
        Column("amount", "Amount"), Column("expected", "Expected"), Column("low", "Low"), Column("high", "High"),
        Column("words", "What happened"), Column("owner", "Owner"), Column("firing_since", "Firing since"),
        Column("snoozed_until", "Snoozed until", unit="time"),
    ),
)  # fmt: skip
def alerts(facts: Facts, period: Period) -> Report:
    """What each alert says of the last interval that is over. An interval under way is never judged.

    `firing_since` is the first of the intervals in a row that fired. An alert whose question cannot be answered has
    no data, and says why.
    """
    rows = [row_of(facts, one) for one in facts.book.all(select(Alert).where(Alert.archived_at.is_(None)))]
    rows.sort(key=lambda row: (row["state"] != "firing", row["name"]))
    missing = sum(row["state"] == "no_data" for row in rows)
    return facts.report(rows, sample=len(rows) - missing, left_out=missing, why="without enough data to judge")


def row_of(facts: Facts, row: Alert) -> dict[str, Any]:
    """Return what an alert says now."""
    told: dict[str, Any] = {
        "alert": row.id, "name": row.name, "owner": row.owner, "snoozed_until": _asleep(facts, row), "state": "no_data",
        "kind": row.watched["rule"]["kind"], "words": "", "label": "", "since": "", "amount": None, "expected": None,
        "low": None, "high": None, "firing_since": "",
    }  # fmt: skip
    try:
        rule = Watched.model_validate(row.watched)
        with ASKS.leisurely(facts.workspace.config.usage) as ask:
            found = history(Asking(facts.read, ask.check), row.question, rule)
    except Stopped:
        raise
    except CallsheetError as why:
        return told | {"words": f"{why} {why.mend}"}
    if not found:
        return told | {"words": "There is no such line in the answer."}
    last = found[-1]
    told |= last.model_dump(exclude={"why"})
    return told | {"words": last.why or words(row.name, rule, last), "firing_since": _firing_since(found)}


def _asleep(facts: Facts, row: Alert) -> Any:
    return row.snoozed_until if row.snoozed_until and row.snoozed_until > facts.now else None


def _firing_since(found: list[Judged]) -> str:
    since = ""
    for one in reversed(found):
        if one.state != "firing":
            break
        since = one.since
    return since
