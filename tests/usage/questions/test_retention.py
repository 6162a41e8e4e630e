"""Retention: grids worked by hand, and the same as brute force over events on random histories."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.charts.render import svg
from callsheet.usage.api.answers import plainly
from callsheet.usage.questions.buckets import buckets
from callsheet.usage.questions.common import Interval, Span
from callsheet.usage.questions.retention import Answer, Cell, Question, answer, chart, people, table
from tests.usage.questions.made import NOW, Event, desk, happenings, interval_of, intervals, said, zones

USE, BUY = {"events": ["use"]}, {"events": ["buy"]}
THREE = {"since": "2026-03-01", "until": "2026-03-03"}


def ask(events: list[Event], zone: str = "UTC", now: datetime = NOW, **asked: Any) -> Answer:
    """Ask who uses again, in three days of starting and three periods after, unless it says otherwise."""
    return answer(question(**asked), desk(events, zone, now))


def question(**asked: Any) -> Question:
    """A question about `use`, unless it says otherwise."""
    return Question.model_validate({"start": USE, "back": USE, "span": THREE, "periods": 3} | asked)


def units(found: Answer) -> list[list[int | None]]:
    """Units of the first grid."""
    return [[cell.units for cell in one.cells] for one in found.grids[0].cohorts]


FEW = "ann 03-01 03-02 03-04, bob 03-01 03-03, cid 03-02 03-05"
KNOWN: dict[str, tuple[str, dict[str, Any], list[list[int]]]] = {
    "a unit starts in every interval in which it was active": (
        FEW, {}, [[2, 1, 1, 1], [2, 0, 1, 1], [1, 0, 0, 0]],
    ),
    "on or after: everybody up to their last return": (
        FEW, {"when": "on_or_after"}, [[2, 2, 2, 1], [2, 2, 2, 1], [1, 0, 0, 0]],
    ),
    "only the first start of all": (
        "ann 02-20 03-01 03-02, bob 03-01 03-02, cid 03-02 03-03", {"mode": "first_time"},
        [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]],
    ),
    "only the first start in the span": (
        "ann 02-20 03-01 03-02, bob 03-01 03-02, cid 03-02 03-03", {"mode": "first_in_span"},
        [[2, 2, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]],
    ),
    "returning twice is asked of later columns, not of the first": (
        "ann 03-01 03-02 03-02T05:00, bob 03-01 03-02", {"least": 2}, [[2, 1, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]],
    ),
    "brackets hold several intervals; a unit counts once in each": (
        "ann 03-01 03-03 03-04, bob 03-01 03-02 03-07", {"brackets": [1, 3], "mode": "first_time"},
        [[2, 1, 1], [0, 0, 0], [0, 0, 0]],
    ),
    "brackets on or after": (
        "ann 03-01 03-03 03-04, bob 03-01 03-02 03-07", {"brackets": [1, 3], "mode": "first_time", "when": "on_or_after"},
        [[2, 2, 1], [0, 0, 0], [0, 0, 0]],
    ),
    "rolling: less than 24 hours later is not a return, though it is another day": (
        "ann 03-01T20:00 03-02T19:59, bob 03-01T20:00 03-02T20:00", {"basis": "rolling"},
        [[2, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    ),
    "rolling: a unit starts once, and returns are counted from that moment": (
        "ann 03-01T12:00 03-03T11:00 03-03T12:00", {"basis": "rolling"}, [[1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_known(case: str) -> None:
    text, asked, wanted = KNOWN[case]
    assert units(ask(said(text), **asked)) == wanted


def test_another_event_may_count_as_return_and_does_not_touch_the_first_column() -> None:
    events = said("ann 03-01, bob 03-01, cid 03-02") + said("ann 03-02, cid 03-02, dan 03-02", "buy")
    assert units(ask(events, back=BUY)) == [[2, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_weeks_and_months_are_those_of_the_calendar() -> None:
    span = {"since": "2026-02-23", "until": "2026-03-02"}
    found = ask(said("ann 03-01 03-02, bob 02-23 03-08"), interval="week", periods=1, span=span)
    assert units(found) == [[2, 2], [2, 0]]
    span = {"since": "2026-01-31", "until": "2026-02-28"}
    assert units(ask(said("ann 01-31 02-01"), interval="month", periods=1, span=span)) == [[1, 1], [1, 0]]


def test_hours() -> None:
    span = {"since": "2026-03-01T10:00", "until": "2026-03-01T11:00"}
    assert units(ask(said("ann 03-01T10:59 03-01T11:00"), interval="hour", periods=1, span=span)) == [[1, 1], [1, 0]]


def test_first_ever_wants_the_first_event_of_all_to_fit() -> None:
    pro, free = {"plan": "pro"}, {"plan": "free"}
    events = [
        Event("late", datetime(2026, 3, 1), "use", free), Event("late", datetime(2026, 3, 2), "use", pro),
        Event("early", datetime(2026, 3, 2), "use", pro), Event("early", datetime(2026, 3, 3), "use", free),
    ]  # fmt: skip
    start = USE | {"where": [{"field": "properties.plan", "values": ["pro"]}]}
    assert units(ask(events, start=start, mode="first_time"))[1] == [2, 1, 0, 0]
    assert units(ask(events, start=start, mode="first_ever"))[1] == [1, 1, 0, 0]
    assert units(ask(events, mode="first_ever")) == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


def paid(text: str) -> list[Event]:
    """Read "ann 03-01=5" as a use worth 5."""
    found = []
    for part in text.split(","):
        who, *rest = part.split()
        for one in rest:
            when, amount = one.split("=")
            properties = {"amount": float(amount)} if amount else {}
            found.append(Event(who, datetime.fromisoformat(f"2026-{when}"), "use", properties))
    return found


def test_the_value_of_returns() -> None:
    events = paid("ann 03-01=5 03-01=2 03-02=7 03-02=1, bob 03-01=1 03-02=, cid 03-01=0")
    row = ask(events, value={"property": "amount"}).grids[0].cohorts[0]
    assert [cell.value for cell in row.cells] == [8, 8, 0, 0]
    row = ask(events, value={"property": "amount", "math": "mean"}).grids[0].cohorts[0]
    assert [cell.value for cell in row.cells] == [pytest.approx(8 / 3), 4, None, None]
    assert [cell.units for cell in row.cells] == [3, 2, 0, 0]


def test_the_value_of_another_event_counts_in_the_first_column_only_after_the_start() -> None:
    buys = [
        Event("ann", datetime(2026, 3, 1, hour), "buy", {"amount": amount})
        for hour, amount in ((8, 1), (9, 2), (10, 4))
    ]
    row = ask([*said("ann 03-01T09:00"), *buys], back=BUY, value={"property": "amount"}).grids[0].cohorts[0]
    assert (row.cells[0].units, row.cells[0].value) == (1, 4)


def test_intervals_that_are_not_over() -> None:
    found = ask(said("ann 04-18 04-19 04-20, bob 04-19"), span={"since": "2026-04-18", "until": "2026-04-20"})
    rows = found.grids[0].cohorts
    assert [(cell.units, cell.share, cell.complete) for cell in rows[0].cells] == [
        (1, 1.0, True), (1, 1.0, True), (1, None, False), (None, None, False),
    ]  # fmt: skip
    assert [(cell.units, cell.complete) for cell in rows[2].cells[:2]] == [(1, False), (None, False)]


def test_the_mean_row_weighs_cohorts_and_leaves_out_what_is_not_over() -> None:
    events = said("ann 04-17 04-18, bob 04-18 04-19, cid 04-18, dan 04-19")
    mean = ask(events, span={"since": "2026-04-17", "until": "2026-04-19"}).grids[0].mean
    # After a day: 1 of 1 on 17 April and 1 of 3 on the 18th; the day after the 19th is under way.
    assert (mean[1].units, mean[1].share) == (2, 0.5)
    # Wilson (1927) for 2 of 4: 0.5 -/+ 1.96 * sqrt(0.25/4 + 1.96^2/64) / (1 + 1.96^2/4), with 1.96^2 = 3.8415
    assert mean[1].low == pytest.approx(0.15, abs=0.001)
    assert mean[1].high == pytest.approx(0.85, abs=0.001)
    assert (mean[3].share, mean[3].complete) == (None, False)


def test_rolling_windows_are_over_when_the_last_starter_had_the_time() -> None:
    span = {"since": "2026-04-18", "until": "2026-04-18"}
    cells = ask(said("ann 04-18T13:00"), basis="rolling", span=span).grids[0].cohorts[0].cells
    assert [cell.complete for cell in cells] == [True, False, False, False]


def test_a_breakdown_puts_a_unit_under_its_first_value() -> None:
    def use(who: str, day: int, plan: str) -> Event:
        return Event(who, datetime(2026, 3, day), "use", {"plan": plan} if plan else {})

    events = [
        use("ann", 1, "pro"), use("ann", 2, "free"), use("bob", 1, "free"), use("cid", 1, "free"), use("dan", 1, ""),
        use("eve", 1, "team"), use("eve", 2, "team"),
    ]  # fmt: skip
    found = ask(events, breakdown={"by": "properties.plan", "limit": 2}, touch="first")
    # Starts: ann 2 (pro), bob and cid 1 each (free), eve 2 (team); equal ones in order of their text.
    grids = {grid.group or grid.part: [cell.units for cell in grid.cohorts[0].cells] for grid in found.grids}
    assert grids == {"free": [2, 0, 0, 0], "pro": [1, 1, 0, 0], "other": [1, 1, 0, 0], "none": [1, 0, 0, 0]}
    asked = question(breakdown={"by": "properties.plan", "limit": 2}, touch="first")
    assert people(asked, Cell(bucket=0, offset=1, part="value", group="pro"), desk(events)).ids == ["ann"]
    assert people(asked, Cell(bucket=0, part="other"), desk(events)).ids == ["eve"]


def test_people_of_the_mean_row() -> None:
    """Those of all cells that are over, and of all who started; each as often as the row counts."""
    at = desk(said("ann 04-17 04-18, bob 04-18 04-19, cid 04-18, dan 04-19"))
    asked = question(span={"since": "2026-04-17", "until": "2026-04-19"})
    assert people(asked, Cell(offset=1), at).ids == ["ann", "bob"]
    assert people(asked, Cell(offset=1, returned=False), at).ids == ["ann", "cid"], "ann started on the 18th too"
    assert people(asked, Cell(), at).ids == ["ann", "bob", "cid", "dan"]
    assert people(asked, Cell(offset=3), at).ids == []


def test_people_of_a_cell() -> None:
    at = desk(said(FEW))
    assert people(question(), Cell(bucket=0), at).ids == ["ann", "bob"]
    assert people(question(), Cell(bucket=0, offset=1), at).ids == ["ann"]
    assert people(question(), Cell(bucket=0, offset=1, returned=False), at).ids == ["bob"]
    assert people(question(when="on_or_after"), Cell(bucket=0, offset=1), at).ids == ["ann", "bob"]
    with pytest.raises(BadInput, match="no such cell"):
        people(question(), Cell(bucket=3), at)


WRONG: dict[str, dict[str, Any]] = {
    "an empty bracket": {"brackets": [1, 0]}, "91 periods": {"periods": 91}, "none": {"periods": 0},
    "a value with a minimum": {"value": {"property": "x"}, "least": 2}, "compared": {"compare": "previous"},
    "a value on or after": {"value": {"property": "x"}, "when": "on_or_after"}, "a typing error": {"period": 3},
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_questions_are_refused(case: str) -> None:
    with pytest.raises(ValidationError):
        question(**WRONG[case])


def test_a_grid_has_bounds() -> None:
    with pytest.raises(BadInput, match="40,000 cells"):
        ask([], span={"last": 1000}, periods=90)


def test_table_and_chart() -> None:
    asked, at = question(), desk(said(FEW))
    found = answer(asked, at)
    assert found.columns == ["Day 0", "Day 1", "Day 2", "Day 3"]
    rows = table(asked, found).rows
    assert (rows[0]["cohort"], rows[0]["size"], rows[0]["column1"]) == ("2026-03-01", 2, 0.5)
    assert rows[-1]["cohort"] == "mean"
    assert "<svg" in svg(chart(asked, found), "dark", 640, 300)
    assert ask([], brackets=[1, 3, 7]).columns == ["Day 0", "Day 1", "Day 2-4", "Day 5-11"]
    broken = question(breakdown={"by": "properties.plan"})
    events = [Event("ann", datetime(2026, 3, 1), "use", {"plan": plan}) for plan in ("a",)] + said("bob 03-01")
    assert "<svg" in svg(chart(broken, answer(broken, desk(events))), "light", 640, 300)


def test_table_and_grid_tell_the_same_of_what_is_not_over() -> None:
    """ann and bob started on the first; on the third, which is not over, ann has come back so far."""
    asked = question(span={"since": "2026-03-01", "until": "2026-03-02"})
    found = answer(asked, desk(said(FEW), "UTC", datetime(2026, 3, 3, 12)))
    rows, drawn = table(asked, found).rows, chart(asked, found)["series"][0]["data"]
    for r, row in enumerate(rows[:-1]):
        cells = {one["value"][0]: one for one in drawn if one["value"][1] == r}
        told = {k: row[f"column{k}"] for k in range(4) if row[f"column{k}"] is not None}
        assert {k: one["value"][2] / 100 for k, one in cells.items()} == pytest.approx(told)
        assert [f"column{k}" for k, one in sorted(cells.items()) if "itemStyle" in one] == row.get("open", [])
    assert rows[0]["open"] == ["column2"]
    assert "open" not in rows[-1], "the mean is of what is over"
    names, plain = plainly(table(asked, found))
    assert names[-1] == "open"
    assert plain[0]["open"] == "Day 2"


def slow(
    events: list[Event], asked: Question, zone: str, cohorts: list[date], ahead: list[date]
) -> list[list[set[str]]]:  # fmt: skip
    """Who is in each cell, from the events themselves: `ahead` are the intervals from the first cohort on."""
    found = []
    pro = {"pro"} if asked.start.where else {"pro", "free", "team", None}
    starts = [one for one in events if one.event in asked.start.events and one.properties.get("plan") in pro]
    backs = [one for one in events if one.event in asked.back.events]
    for c, cohort in enumerate(cohorts):
        began = {one.who for one in starts if interval_of(one.when, asked.interval, zone) == cohort}
        if asked.mode == "first_ever":
            use = [one for one in events if one.event in asked.start.events]
            opening = {who: min(one.when for one in use if one.who == who) for who in began}
            began = {one.who for one in starts if one.who in began and one.when == opening[one.who]}
        if asked.mode != "recurring":
            first = {who: min(one.when for one in starts if one.who == who) for who in began}
            began = {who for who in began if interval_of(first[who], asked.interval, zone) == cohort}
        row, place = [began], c
        for size in asked.sizes:
            came: set[str] = set()
            for step in range(place + 1, place + 1 + size):
                did = [one.who for one in backs if interval_of(one.when, asked.interval, zone) == ahead[step]]
                came |= {who for who in began if did.count(who) >= asked.least}
            row.append(came)
            place += size
        if asked.when == "on_or_after":
            row = [began, *(set().union(*row[k:]) for k in range(1, len(row)))]
        found.append(row)
    return found


@settings(max_examples=100, deadline=None)
@given(
    happenings(), intervals, zones, st.sampled_from(("recurring", "first_time", "first_ever")),
    st.sampled_from(("on", "on_or_after")),
    st.sampled_from(((), (1, 2), (3, 1))), st.integers(1, 2), st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
def test_the_same_as_brute_force(
    events: list[Event], interval: Interval, zone: str, mode: str, when: str, brackets: tuple[int, ...], least: int,
    same: bool, broken: bool, pro: bool,
) -> None:  # fmt: skip
    span = {"since": "2026-03-10", "until": "2026-03-31"}
    where = [{"field": "properties.plan", "values": ["pro"]}] if pro else []
    asked = question(
        start=USE | {"where": where},
        interval=interval, mode=mode, when=when, brackets=brackets, least=least, back=USE if same else BUY, span=span,
        periods=4, breakdown={"by": "properties.none"} if broken else None,
    )  # fmt: skip
    at = desk(events, zone)
    found = answer(asked, at)
    wide = buckets(Span(**span), interval, zone, NOW).moved(after=sum(asked.sizes))
    ahead = [date.fromisoformat(one.since) for one in wide.named()]
    wanted = slow(events, asked, zone, ahead[: len(found.buckets)], ahead)
    cells = found.grids[0].cohorts if found.grids else []
    assert [[cell.units for cell in one.cells] for one in cells] == [
        [None if cells[c].cells[k].units is None else len(who) for k, who in enumerate(row)]
        for c, row in enumerate(wanted[: len(cells)])
    ]
    assert cells or not any(row[0] for row in wanted)
    spot = Cell(bucket=0, offset=1, part="none" if broken else "")
    assert set(people(asked, spot, at).ids) == wanted[0][1]
    out = spot.model_copy(update={"returned": False})
    assert set(people(asked, out, at).ids) == wanted[0][0] - wanted[0][1]


@settings(max_examples=80, deadline=None)
@given(happenings(("use",)), zones)
def test_rolling_windows_are_the_same_as_brute_force(events: list[Event], zone: str) -> None:
    span = {"since": "2026-03-10", "until": "2026-03-31"}
    found = ask(events, zone, basis="rolling", span=span, periods=5)
    for c, one in enumerate(found.grids[0].cohorts):
        day = date.fromisoformat(found.buckets[c].since)
        firsts: dict[str, datetime] = {}
        for event in sorted(events, key=lambda x: x.when):
            if date(2026, 3, 10) <= interval_of(event.when, "day", zone) <= date(2026, 3, 31):
                firsts.setdefault(event.who, event.when)
        mine = {who: first for who, first in firsts.items() if interval_of(first, "day", zone) == day}
        for k, cell in enumerate(one.cells):
            window = timedelta(days=k)
            came = {
                x.who for x in events if x.who in mine and window <= x.when - mine[x.who] < window + timedelta(days=1)
            }
            assert cell.units == len(came)


@settings(max_examples=80, deadline=None)
@given(happenings(), zones, st.sampled_from(("recurring", "first_time")))
def test_divided_by_each_value_a_line_is_the_grid_of_its_events(events: list[Event], zone: str, mode: str) -> None:
    asked: dict[str, Any] = {"back": BUY, "mode": mode, "span": {"since": "2026-03-10", "until": "2026-03-31"}}
    found = ask(events, zone, touch="each", breakdown={"by": "properties.plan"}, **asked)
    for grid in found.grids:
        mine = [one for one in events if one.properties.get("plan") == (grid.group or None)]
        alone = ask(mine, zone, **asked)
        assert [row.cells for row in grid.cohorts] == [row.cells for row in alone.grids[0].cohorts]
    spot = Cell(bucket=3, part="value", group="pro")
    divided = question(touch="each", breakdown={"by": "properties.plan"}, **asked)
    if any(grid.group == "pro" for grid in found.grids):
        pro = next(grid for grid in found.grids if grid.group == "pro")
        assert len(people(divided, spot, desk(events, zone)).ids) == pro.cohorts[3].size


@settings(max_examples=80, deadline=None)
@given(happenings(), zones, st.booleans())
def test_in_rolling_windows_each_value_of_a_unit_counts_from_its_one_start(
    events: list[Event], zone: str, ever: bool
) -> None:  # fmt: skip
    span = {"since": "2026-03-10", "until": "2026-03-31"}
    asked: dict[str, Any] = {
        "back": BUY,
        "basis": "rolling",
        "span": span,
        "mode": "first_time" if ever else "recurring",
    }
    found = ask(events, zone, breakdown={"by": "properties.plan"}, **asked)
    began: dict[str, datetime] = {}
    for one in sorted(events, key=lambda one: one.when):
        day = interval_of(one.when, "day", zone)
        if one.event == "use" and (ever or date(2026, 3, 10) <= day <= date(2026, 3, 31)):
            began.setdefault(one.who, one.when)
    for grid in found.grids:
        plan = grid.group or None
        mine = [
            x for x in events
            if x.properties.get("plan") == plan and x.when >= began.get(x.who, datetime.max)
            and (interval_of(x.when, "day", zone) <= date(2026, 3, 31) if x.event == "use" else
                 (x.when - began[x.who]).days < len(found.columns))
        ]  # fmt: skip
        for c, row in enumerate(grid.cohorts):
            day = date.fromisoformat(found.buckets[c].since)
            units = {x.who for x in mine if interval_of(began[x.who], "day", zone) == day}
            came = [
                {x.who for x in mine if x.event == "buy" and x.who in units and (x.when - began[x.who]).days == k}
                for k in range(len(row.cells))
            ]
            assert [cell.units for cell in row.cells] == [len(units), *map(len, came[1:])]
