"""The questions of the usage benchmark: ours, the peer's in SQL, and both answers brought to the same form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from bench import peer_clickhouse as peer

Rows: TypeAlias = list[Any]
SINCE, HALF, UNTIL = "2026-05-01", "2026-07-30", "2026-10-27"
NEXT = "2026-10-28"
WEEKS = ("2026-05-04", "2026-10-25", "2026-10-26")
PERSON = "user-77"


def _span(since: str, until: str) -> str:
    return peer.SPAN.format(since=f"{since} 00:00:00", until=f"{until} 00:00:00")


ALL, LATE = _span(SINCE, NEXT), _span(HALF, NEXT)


@dataclass(frozen=True, slots=True)
class Shape:
    """One question. `weight` is its share of the mix in percent; `ours` is a question, or "timeline"."""

    name: str
    weight: float
    ours: dict[str, Any] | str
    theirs: str
    read_ours: Callable[[Any], Rows]
    read_theirs: Callable[[Rows], Rows] = lambda rows: sorted([str(row[0])[:10], _number(row[-1])] for row in rows)


def _number(value: Any) -> float:
    return round(float(value), 4)


def _lines(answer: Any) -> Rows:
    """Return [day, amount] of a trend's only line, where there is an amount."""
    return sorted(
        [bucket.since, _number(amount)]
        for bucket, amount in zip(answer.buckets, answer.lines[0].amounts, strict=True)
        if amount
    )


def _grouped(answer: Any) -> Rows:
    return sorted(
        [line.group, bucket.since, _number(amount)]
        for line in answer.lines
        for bucket, amount in zip(answer.buckets, line.amounts, strict=True)
        if amount
    )


def _both(answer: Any) -> Rows:
    first, second = answer.lines
    both = zip(answer.buckets, first.amounts, second.amounts, strict=True)
    return sorted([bucket.since, _number(a), _number(b)] for bucket, a, b in both if a or b)


def _funnel(answer: Any) -> Rows:
    return sorted([line.group, step.step, step.count] for line in answer.lines for step in line.steps if step.count)


def _levels(rows: Rows) -> Rows:
    """Return [group, step, people who reached it or a later one] from people by the step they reached."""
    reached: dict[tuple[str, int], int] = {}
    for level, *group, count in rows:
        for step in range(1, int(level) + 1):
            key = (str(group[0]) if group else "", step)
            reached[key] = reached.get(key, 0) + int(count)
    return sorted([group, step, count] for (group, step), count in reached.items())


def _grid(answer: Any) -> Rows:
    return sorted(
        [answer.buckets[cohort.bucket].since, offset, cell.units]
        for cohort in answer.grids[0].cohorts
        for offset, cell in enumerate(cohort.cells)
        if cell.units
    )


def _states(answer: Any) -> Rows:
    return sorted(
        [bucket.since, state, abs(amount)]
        for state, amounts in answer.lines[0].states.items()
        for bucket, amount in zip(answer.buckets, amounts, strict=True)
        if amount
    )


def _sticky(answer: Any) -> Rows:
    return [[number + 1, count] for number, count in enumerate(answer.lines[0].counts) if count]


def _edges(answer: Any) -> Rows:
    return _largest([[edge.source, edge.target, edge.count] for edge in answer.edges if not edge.other])


def _largest(rows: Rows) -> Rows:
    """Return the edges that both show whatever the order of ties: those above the smallest shown."""
    least = min((row[2] for row in rows), default=0)
    return sorted(row for row in rows if row[2] > least)


def _trend(*series: dict[str, Any], since: str = HALF, **more: Any) -> dict[str, Any]:
    return {"kind": "trends", "series": list(series), "span": {"since": since, "until": UNTIL}, **more}


def _of(event: str, **more: Any) -> dict[str, Any]:
    return {"events": [event], **more}


def _daily(what: str, more: str = "", span: str = LATE) -> str:
    return f"SELECT toDate(occurred_at) AS day, {what} FROM events WHERE {span} {more} GROUP BY day ORDER BY day"


FOUR = [f"event_0{number}" for number in range(4)]
EIGHT = [f"event_0{number}" for number in range(8)]
_FILTER = "AND event = 'event_01' AND plan = 'business' AND country IN ('c1', 'c2', 'c3') AND amount > 250"
_PATHS = f"""
SELECT concat(toString(i), '_', path[i]) AS source, concat(toString(i + 1), '_', path[i + 1]) AS target, count() AS n
FROM (
  SELECT arraySlice(arrayCompact(arrayMap(row -> row.2, session)), 1, 5) AS path FROM (
    SELECT arraySort(row -> row.1, groupArray((toUnixTimestamp64Micro(occurred_at), toString(event)))) AS rows
    FROM events WHERE event != '$identify' AND {LATE} GROUP BY person_id
  ) ARRAY JOIN arraySplit((row, gap) -> gap > 1800000000, rows, arrayDifference(arrayMap(row -> row.1, rows))) AS session
) ARRAY JOIN range(1, length(path)) AS i GROUP BY source, target ORDER BY n DESC LIMIT 50
"""

SHAPES = (
    Shape("trend: events a day", 8, _trend(_of("event_00")), _daily("count()", "AND event = 'event_00'"), _lines),
    Shape("trend: people a day", 10, _trend(_of("event_00", math="unique")),
          _daily("uniqExact(person_id)", "AND event = 'event_00'"), _lines),
    Shape("trend: people a week", 6, _trend(_of("event_02", math="unique"), since=WEEKS[0], interval="week"),
          "SELECT toStartOfWeek(occurred_at, 1) AS week, uniqExact(person_id) FROM events "
          f"WHERE event = 'event_02' AND {_span(WEEKS[0], NEXT)} GROUP BY week ORDER BY week", _lines),
    Shape("trend: people a day by plan", 6, _trend(_of("event_01", math="unique"), breakdown={"by": "properties.plan"}),
          f"SELECT plan, toDate(occurred_at) AS day, uniqExact(person_id) FROM events WHERE event = 'event_01' AND {LATE} "
          "GROUP BY plan, day", _grouped,
          lambda rows: sorted([row[0], str(row[1]), _number(row[2])] for row in rows)),
    Shape("trend: sum of a property", 5, _trend(_of("event_03", math="sum", property="amount")),
          _daily("sum(amount)", "AND event = 'event_03'"), _lines),
    Shape("trend: two series, people", 5, _trend(_of("event_00", math="unique"), _of("event_05", math="unique")),
          _daily("uniqExactIf(person_id, event = 'event_00'), uniqExactIf(person_id, event = 'event_05')",
                 "AND event IN ('event_00', 'event_05')"), _both,
          lambda rows: sorted([str(row[0]), _number(row[1]), _number(row[2])] for row in rows)),
    Shape("funnel: 4 steps, 14 days", 14,
          {"kind": "funnel", "steps": [_of(name) for name in FOUR], "span": {"since": HALF, "until": UNTIL}},
          peer.funnel(FOUR, 14, LATE), _funnel, _levels),
    Shape("funnel: 3 steps, 1 day", 6,
          {"kind": "funnel", "steps": [_of(name) for name in FOUR[:3]], "window": {"value": 1, "unit": "day"},
           "span": {"since": SINCE, "until": UNTIL}}, peer.funnel(FOUR[:3], 1, ALL), _funnel, _levels),
    Shape("retention: weeks", 10,
          {"kind": "retention", "start": _of("event_00"), "back": _of("event_00"), "interval": "week", "periods": 24,
           "span": {"since": WEEKS[0], "until": WEEKS[1]}},
          peer.retention("event_00", _span(WEEKS[0], NEXT), WEEKS[1], 24), _grid,
          lambda rows: sorted([str(row[0]), int(row[1]), int(row[2])] for row in rows)),
    Shape("filter: people a day, 3 conditions", 10,
          _trend({"events": ["event_01"], "math": "unique", "where": [
              {"field": "properties.plan", "values": ["business"]},
              {"field": "properties.country", "values": ["c1", "c2", "c3"]},
              {"field": "properties.amount", "op": "gt", "values": [250]}]}),
          _daily("uniqExact(person_id)", _FILTER), _lines),
    Shape("paths", 4, {"kind": "paths", "exclude": ["$identify"], "span": {"since": HALF, "until": UNTIL}},
          _PATHS, _edges, lambda rows: _largest([[row[0], row[1], int(row[2])] for row in rows])),
    Shape("lifecycle: weeks", 3,
          {"kind": "lifecycle", "series": _of("event_00"), "interval": "week", "span": {"since": WEEKS[0], "until": WEEKS[1]}},
          peer.lifecycle("event_00", _span("2026-04-27", WEEKS[2]), WEEKS[0]), _states,
          lambda rows: sorted([str(row[0]), row[1], int(row[2])] for row in rows if str(row[0]) < WEEKS[2])),
    Shape("stickiness: days", 3, {"kind": "stickiness", "series": [_of("event_00")], "span": {"since": HALF, "until": UNTIL}},
          "SELECT days, count() FROM (SELECT person_id, uniqExact(toDate(occurred_at)) AS days FROM events "
          f"WHERE event = 'event_00' AND {LATE} GROUP BY person_id) GROUP BY days", _sticky,
          lambda rows: sorted([int(row[0]), int(row[1])] for row in rows)),
    Shape("funnel: 8 steps by plan", 5,
          {"kind": "funnel", "steps": [_of(name) for name in EIGHT], "breakdown": {"by": "properties.plan"},
           "span": {"since": HALF, "until": UNTIL}}, peer.funnel(EIGHT, 14, LATE, "plan"), _funnel, _levels),
    Shape("timeline of one person", 5, "timeline",
          f"SELECT occurred_at, event, plan, country, device, browser, version, page, amount, items FROM events "
          f"WHERE person_id = '{PERSON}' ORDER BY occurred_at DESC LIMIT 100",
          lambda found: [[f"{row.moment:%Y-%m-%d %H:%M:%S.%f}", row.event, row.properties.get("amount", 0)] for row in found],
          lambda rows: [[f"{row[0]:%Y-%m-%d %H:%M:%S.%f}", row[1], row[8]] for row in rows]),
)  # fmt: skip
