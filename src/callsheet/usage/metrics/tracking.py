"""Whether events still come in as they did: names that vanished, volumes that broke, properties that changed."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from callsheet.base.text import count, number, short_day
from callsheet.base.time import day_start, local_date, local_day
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.stats.rates import silent_p
from callsheet.stats.seasonal import expected
from callsheet.usage.drift import EARLIER_DAYS, LEAST_ROWS, RARE, RECENT_DAYS, USUAL
from callsheet.usage.metrics import schema
from callsheet.usage.questions.catalogue import catalogue, events_of

WEEKS = 8
LEAST_DAYS = 35
"""Days that an event must be known for, before its silence says something."""
CERTAIN = 0.001
"""Chance of a silence, over all names together, below which an event has vanished."""
BREAK_DAYS, WIDTH, TIMES = 3, 3.5, 2.0
"""A volume break: so many days in a row, so many deviations away together, and at least half or twice as much each."""
SAMPLE = 200
KINDS = {str: "text", bool: "true or false", int: "number", float: "number", list: "list", dict: "object"}
PROBLEMS = (
    "vanished", "dropped", "jumped", "type changed", "type unexpected", "property vanished", "unexpected", "",
)  # fmt: skip


@report(
    "usage.tracking", title="Tracking",
    source="Median of the same weekday of the last six weeks, moved along their trend (Sen 1968); silences by the"
    " negative binomial with the event's own spread, Bonferroni over all names; properties from samples of rows",
    columns=(
        Column("event", "Event"), Column("property", "Property"),
        Column("problem", "Problem", doc="vanished, dropped, jumped, type changed, type unexpected, property vanished or"
               " unexpected (not in the tracking plan); empty: fine"),
        Column("words", "What is seen"), Column("seen", "Seen", unit="events", doc="On the last complete day"),
        Column("expected", "Expected", unit="events", doc="Median of that weekday over six weeks, with their trend"),
        Column("low", "Low", unit="events"), Column("high", "High", unit="events"),
        Column("since", "Since", unit="date"), Column("last_at", "Last seen", unit="time"),
    ),
)  # fmt: skip
def tracking(facts: Facts, period: Period) -> Report:
    """Every event name of the last eight weeks with what its weekday lets one expect, and the properties that
    changed. Only whole local days count. *Vanished*: none since, where the chance of so long a silence, over all
    names together, is below 0.1%. *Dropped*, *jumped*: the last three days together far outside of what is
    expected, each of them at half or twice as much. Properties: present (or of one type) in 95% of a sample of rows
    of 28 to 8 days ago, and in at most half of the newest 200 rows of the last three days; where the schema registry
    knows the rows, of all of them instead of samples, by UTC days, and with properties whose commonest type keeps
    changing, that have another type than was planned, and events that are not in the tracking plan. Names known for
    less than five weeks, of retired features, or said to be deprecated or hidden, are left out.
    """
    now = min(period.until, facts.now)
    daily, last, days = _daily(facts, now)
    gone = {name for feature in catalogue(facts) if feature.stage == "retired" for name in feature.events}
    gone |= {name for name, note in schema.notes(facts.book).events.items() if note.state in ("deprecated", "hidden")}
    known = {
        name: amounts
        for name, amounts in daily.items()
        if name not in gone and np.flatnonzero(amounts)[0] <= len(amounts) - LEAST_DAYS
    }
    today = day_start(days[-1] + timedelta(days=1), facts.zone)
    rows = [_event(name, amounts, days, last[name], today, len(known)) for name, amounts in known.items()]
    broken = {row["event"] for row in rows if row["problem"] == "vanished"}
    told = _registered(facts, last) if schema.filled(facts.workspace) else _properties(facts, now)
    rows += [row for row in told if row["event"] not in broken]
    rows.sort(key=lambda row: (PROBLEMS.index(row["problem"]), -(row["expected"] or 0), row["event"], row["property"]))
    return facts.report(
        rows, sample=int(sum(amounts.sum() for amounts in known.values())), left_out=len(daily) - len(known),
        why=f"names known for less than {LEAST_DAYS} days, or of retired features",
    )  # fmt: skip


def _daily(facts: Facts, now: datetime) -> tuple[dict[str, Any], dict[str, datetime], list[date]]:
    """Events by name on each whole local day of the last weeks, oldest first, and when each name was last seen."""
    today = local_date(now, facts.zone)
    days = [today - timedelta(days=back) for back in range(7 * WEEKS, 0, -1)]
    since, until = day_start(days[0], facts.zone), day_start(today, facts.zone)
    events = events_of(facts)
    late = events.filter((events.occurred_at >= since) & (events.occurred_at < now) & events.event.notnull())
    day = local_day(late.occurred_at, facts.zone, since, now)
    cut = late.mutate(day=day, whole=late.occurred_at < until)
    by = cut.group_by("event", "day", "whole").agg(amount=cut.count(), last_at=cut.occurred_at.max())
    place = {one: index for index, one in enumerate(days)}
    daily: dict[str, Any] = {}
    last: dict[str, datetime] = {}
    for row in facts.records(by):
        name, on = row["event"], row["day"]
        last[name] = max(row["last_at"], last.get(name, row["last_at"]))
        on = on.date() if isinstance(on, datetime) else on
        if row["whole"] and on in place:
            daily.setdefault(name, np.zeros(len(days)))[place[on]] += row["amount"]
    return daily, last, days


def _event(name: str, amounts: Any, days: list[date], last: datetime, today: datetime, names: int) -> dict[str, Any]:
    whole = [float(one) for one in amounts]
    told = expected(whole, len(whole) - 1, season=7, width=WIDTH, counts=True)
    row = {
        "event": name, "property": "", "problem": "", "words": "", "seen": int(whole[-1]), "expected": told.amount,
        "low": told.low, "high": told.high, "since": None, "last_at": last,
    }  # fmt: skip
    silent = len(whole) - 1 - int(np.flatnonzero(amounts)[-1])
    if silent:
        return row if last >= today else row | _silence(whole, days, silent, names)
    return row | _break(whole, days)


def _silence(whole: list[float], days: list[date], silent: int, names: int) -> dict[str, Any]:
    first = len(whole) - silent
    usual = sum(expected(whole[:first] + [None] * silent, place, season=7, counts=True).amount or 0.0
                for place in range(first, len(whole)))  # fmt: skip
    if silent_p(usual, _spread(whole[:first])) * names >= CERTAIN:
        return {}
    return {
        "problem": "vanished", "since": days[first],
        "words": f"None since {short_day(days[first - 1])}, where {number(usual, 0)} were to be expected.",
    }  # fmt: skip


def _spread(whole: list[float]) -> float:
    """By how much days vary more than Poisson: the mean squared distance from the weekday's median, over the median."""
    ratios = []
    for place in range(max(28, len(whole) - 28), len(whole)):
        usual = expected(whole, place, season=7, counts=True).amount
        if usual:
            ratios.append((whole[place] - usual) ** 2 / usual)
    return max(1.0, float(np.mean(ratios))) if ratios else 1.0


def _break(whole: list[float], days: list[date]) -> dict[str, Any]:
    """Whether the last days together are far from what earlier weeks make one expect, and each of them is. The spread
    of the sum is that of independent days; the error of what is expected is held by each of them."""
    before: list[float | None] = [*whole[:-BREAK_DAYS], *[None] * BREAK_DAYS]
    told = [expected(before, place, season=7, width=WIDTH, counts=True) for place in range(len(whole))[-BREAK_DAYS:]]
    pairs = [(seen, one.amount) for seen, one in zip(whole[-BREAK_DAYS:], told, strict=True) if one.amount is not None]
    if len(pairs) < BREAK_DAYS:
        return {}
    together, usual = sum(seen for seen, _ in pairs), sum(amount for _, amount in pairs)
    reach = WIDTH * math.hypot(*(one.spread or 0.0 for one in told))
    low = together < usual - reach and all(seen * TIMES <= amount for seen, amount in pairs)
    high = together > usual + reach and all(seen >= amount * TIMES for seen, amount in pairs)
    if not low and not high:
        return {}
    return {
        "problem": "dropped" if low else "jumped", "since": days[-BREAK_DAYS],
        "words": f"{number(together, 0)} in the last {count(BREAK_DAYS, 'day')}, where {number(usual, 0)} were to be"
        " expected.",
    }  # fmt: skip


def _properties(facts: Facts, now: datetime) -> Iterator[dict[str, Any]]:
    """Compare the properties of late rows with those of earlier ones, from samples of both."""
    for name, parts in _sampled(facts, now).items():
        early, late = parts.get("earlier", []), parts.get("recent", [])
        if len(early) < LEAST_ROWS or len(late) < LEAST_ROWS:
            continue
        before, after = _types(early), _types(late)
        for key, kinds in sorted(before.items()):
            words = _changed(key, kinds, len(early), after.get(key, Counter()), len(late))
            if words:
                yield {
                    "event": name, "property": key, "problem": words[0], "words": words[1], "seen": len(late),
                    "expected": None, "low": None, "high": None, "since": None, "last_at": None,
                }  # fmt: skip


def _registered(facts: Facts, last: dict[str, datetime]) -> Iterator[dict[str, Any]]:
    """What the schema registry tells of problems, of events of late."""
    for one in schema.drifts_of(facts):
        if one.event in last and (one.problem in PROBLEMS and (one.property or one.problem == "unexpected")):
            yield {
                "event": one.event, "property": one.property, "problem": one.problem, "words": one.words, "seen": None,
                "expected": None, "low": None, "high": None, "since": None, "last_at": last[one.event],
            }  # fmt: skip


def _sampled(facts: Facts, now: datetime) -> dict[str, dict[str, list[str]]]:
    """Texts of properties by event and part: the newest of the last days, and some of the weeks before those, chosen
    by the ids of the rows."""
    events, found = events_of(facts), dict[str, dict[str, list[str]]]()
    given = events.filter(events.properties.notnull() & events.event.notnull())
    newest = given.filter((given.occurred_at >= now - timedelta(days=RECENT_DAYS)) & (given.occurred_at < now))
    older = given.filter(
        (given.occurred_at >= now - timedelta(days=EARLIER_DAYS[0]))
        & (given.occurred_at < now - timedelta(days=EARLIER_DAYS[1]))
    )
    parts = (("recent", newest, newest.occurred_at.desc()), ("earlier", older, older.event_id))
    for part, rows, order in parts:
        for row in facts.records(_first(rows, order)):
            found.setdefault(row["event"], {}).setdefault(part, []).append(row["properties"])
    return found


def _first(rows: Any, order: Any) -> Any:
    """The first SAMPLE rows of each event in an order."""
    import ibis

    numbered = rows.mutate(place=ibis.row_number().over(group_by="event", order_by=[order, rows.event_id]))
    return numbered.filter(numbered.place < SAMPLE).select("event", "properties")


def _types(texts: list[str]) -> dict[str, Counter[str]]:
    """Count for each property the types that it has; null is as if it were missing."""
    found: dict[str, Counter[str]] = {}
    for text in texts:
        try:
            given = json.loads(text)
        except ValueError:
            continue
        for key, value in given.items() if isinstance(given, dict) else ():
            if value is not None:
                found.setdefault(key, Counter())[KINDS[type(value)]] += 1
    return found


def _changed(key: str, before: Counter[str], n: int, after: Counter[str], m: int) -> tuple[str, str] | None:
    kind, often = before.most_common(1)[0]
    if sum(before.values()) < USUAL * n:
        return None
    had = after.total()
    if had <= RARE * m:
        return "property vanished", f"{key} was in {sum(before.values()) / n:.0%} of the rows, now in {had / m:.0%}."
    if often >= USUAL * before.total() and after[kind] <= RARE * had:
        now = after.most_common(1)[0][0]
        return "type changed", f"{key} was {kind}, now it is {now} in {after[now] / had:.0%} of the rows."
    return None
