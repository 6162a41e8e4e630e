"""Flow metrics against tables worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from callsheet.base.time import Period
from tests.delivery.conftest import Land
from tests.delivery.make import step, work

NOVEMBER = Period(datetime(2026, 11, 1), datetime(2026, 11, 29))
"""28 days, so that windows of 28 days are the period itself."""
CYCLES: dict[str, tuple[list[tuple[str | None, str | None]], float | None, int, int]] = {
    # begun, done -> 85% in days, sample, left out. 85% of 1, 2, 3, 4 by definition 7: rank 2.55, 3 + .55.
    "nothing finished": ([("2026-11-02", None)], None, 0, 0),
    "1, 2, 3, 4 days": ([("2026-11-01", f"2026-11-0{n}") for n in (2, 3, 4, 5)], 3.55, 4, 0),
    "half a day": ([("2026-11-02T06:00", "2026-11-02T18:00")], 0.5, 1, 0),
    "the end of the period is outside": ([("2026-11-10", "2026-11-29")], None, 0, 0),
    "never started is left out": ([(None, "2026-11-05"), ("2026-11-02", "2026-11-04")], 2.0, 1, 1),
    "negative is left out": ([("2026-11-09", "2026-11-05"), ("2026-11-02", "2026-11-04")], 2.0, 1, 1),
}


@pytest.mark.parametrize(("spans", "days", "sample", "left_out"), CYCLES.values(), ids=CYCLES)
def test_cycle_time(
    land: Land, spans: list[tuple[str | None, str | None]], days: float | None, sample: int, left_out: int
) -> None:
    """Elapsed days, definition 7."""
    value = land(work=[work(*span) for span in spans]).value("delivery.cycle_time", NOVEMBER)
    assert value.amount == (None if days is None else pytest.approx(days))
    assert (value.sample, value.left_out) == (sample, left_out)
    assert bool(value.left_out_why) == bool(left_out)


def test_calendar_form_is_named_and_longer(land: Land) -> None:
    """2 November 23:00 to 3 November 01:00 is 2 hours, and touches 2 days."""
    reader = land(work=[work("2026-11-02T23:00", "2026-11-03T01:00")])
    assert reader.value("delivery.cycle_time", NOVEMBER).amount == pytest.approx(2 / 24)
    assert reader.value("delivery.cycle_time_calendar", NOVEMBER).amount == 2


def test_an_un_started_item_counts_from_its_new_start(land: Land) -> None:
    """Begun on the 2nd, sent back on the 5th, begun again on the 9th, done on the 11th: 2 days, not 9."""
    item = work("2026-11-02", "2026-11-11", item_id="a")
    steps = [
        step("a", "2026-11-02", "todo", "doing"), step("a", "2026-11-05", "doing", "todo"),
        step("a", "2026-11-09", "todo", "doing"), step("a", "2026-11-11", "doing", "done"),
    ]  # fmt: skip
    assert land(work=[item], transitions=steps).value("delivery.cycle_time", NOVEMBER).amount == 2.0


def test_holders_of_work_are_no_work(land: Land) -> None:
    """An initiative that took half a year is not a work item of half a year."""
    rows = [work("2026-05-01", "2026-11-05", kind="initiative"), work("2026-11-02", "2026-11-04")]
    reader = land(work=rows)
    assert reader.value("delivery.cycle_time", NOVEMBER).amount == 2.0
    assert reader.value("delivery.throughput", NOVEMBER).amount == 1


def test_kanban_guide_example(land: Land) -> None:
    """Three begun, one of them finished: WIP 2, throughput 1, and ages counted from the start (Kanban Guide, 2020)."""
    rows = [
        work("2026-11-12T16:00", None),
        work("2026-11-18T16:00", None),
        work("2026-11-10", "2026-11-16"),
        work(None, None),
    ]
    reader = land(work=rows)
    assert reader.value("delivery.wip", NOVEMBER).amount == 2
    assert reader.value("delivery.throughput", NOVEMBER).amount == 1
    # ages 10 and 4 days at 22 November 16:00; definition 7: 4 + .85 x 6
    assert reader.value("delivery.work_item_age", NOVEMBER).amount == pytest.approx(9.1)


def test_no_work_is_no_data_but_a_quiet_week_is_zero(land: Land) -> None:
    """None for an empty warehouse, 0 for a period in which nothing was finished."""
    assert land().value("delivery.throughput", NOVEMBER).amount is None
    assert land(work=[work("2026-11-02", None)]).value("delivery.throughput", NOVEMBER).amount == 0


def test_a_team_sees_its_own(land: Land) -> None:
    """The scope narrows."""
    reader = land(work=[work("2026-11-02", "2026-11-04"), work("2026-11-02", "2026-11-08", team="growth")])
    assert reader.value("delivery.cycle_time", NOVEMBER, team="growth").amount == 6.0


def test_flow_efficiency_needs_waiting_steps(land: Land) -> None:
    """Not configured is no number; with 3 of 6 days waiting it is half."""
    doing, done = step("a", "2026-11-02", "todo", "doing"), step("a", "2026-11-08", "doing", "done")
    reader = land(work=[work("2026-11-02", "2026-11-08", item_id="a")], transitions=[doing, done])
    value = reader.value("delivery.flow_efficiency", NOVEMBER)
    assert value.amount is None
    assert "not configured" in value.note
    waits = [step("a", "2026-11-05", "doing", "waiting"), step("a", "2026-11-08", "waiting", "done")]
    assert land(transitions=waits).value("delivery.flow_efficiency", NOVEMBER).amount == pytest.approx(50)


def test_unplanned_share(land: Land) -> None:
    """Of four finished: one came in during the period, one was marked; half was unplanned."""
    rows = [
        work("2026-11-02", "2026-11-04"), work("2026-11-02", "2026-11-05"),
        work("2026-11-03", "2026-11-06", created_at=datetime(2026, 11, 3)), work("2026-11-02", "2026-11-07", unplanned=True),
    ]  # fmt: skip
    assert land(work=rows).value("delivery.unplanned_share", NOVEMBER).amount == pytest.approx(50)


def test_cfd_draws_what_moves_back(land: Land) -> None:
    """In progress on the 10th, back on the 12th: the band shrinks again."""
    item = work("2026-11-10", None, item_id="a", created_at=datetime(2026, 11, 3))
    steps = [step("a", "2026-11-10", "todo", "doing"), step("a", "2026-11-12", "doing", "todo")]
    rows = {row["day"]: row for row in land(work=[item], transitions=steps).report("delivery.cfd").rows}
    shown = [
        (rows[day]["todo"], rows[day]["doing"]) for day in ("2026-11-02", "2026-11-03", "2026-11-10", "2026-11-12")
    ]
    assert shown == [(0, 0), (1, 0), (0, 1), (1, 0)]


def test_weeks_have_limits_and_batches_are_named(land: Land) -> None:
    """Five a week, Monday to Friday, for 20 weeks; on one day a clean-up closed 60 more."""
    monday = datetime(2026, 7, 6, 12)
    rows = [work("2026-07-01", (monday + timedelta(weeks=w, days=d)).isoformat()) for w in range(20) for d in range(5)]
    rows += [work("2026-07-01", "2026-09-09T15:00") for _ in range(60)]
    found = land(work=rows).report("delivery.throughput_weeks")
    assert [row["items"] for row in found.rows[-4:]] == [5, 5, 5, 5]
    assert (found.left_out, "9 September" in found.note) == (61, True)  # the day's own item goes with the batch
    assert not any(row["news"] for row in found.rows if row["items"] == 5 and row["low"] < 5 < row["high"])


def test_aging_compares_with_the_teams_own_history(land: Land) -> None:
    """The team's items took 1, 2, 3 and 4 days; an item of 2.5 days is older than half of them."""
    rows: list[dict[str, Any]] = [work("2026-11-01", f"2026-11-0{n}") for n in (2, 3, 4, 5)]
    rows.append(work("2026-11-20T04:00", None, item_id="open"))
    found = land(work=rows).report("delivery.aging").rows
    assert [(row["item_id"], row["age"], row["percentile"]) for row in found] == [("open", 2.5, 50.0)]
