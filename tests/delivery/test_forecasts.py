"""Forecasts of initiatives, and forecasts that are kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from callsheet.base.errors import BadInput, Conflict, NotAllowed
from callsheet.delivery import actions
from callsheet.metrics.reader import reading
from callsheet.model.actor import Actor
from callsheet.store.workspace import Workspace
from tests.delivery.conftest import Land
from tests.delivery.make import link, work

DATES = {50: date(2026, 12, 1), 85: date(2026, 12, 8), 95: date(2026, 12, 15)}


def steady(per_day: int = 1, days: int = 182, team: str = "data") -> list[dict[str, Any]]:
    """The same number finished on every day: then there is nothing to be unsure of."""
    end = datetime(2026, 11, 22, 12)
    return [
        work((end - timedelta(days=n + 2)).isoformat(), (end - timedelta(days=n)).isoformat(), team=team)
        for n in range(days)
        for _ in range(per_day)
    ]


def open_items(count: int, **more: Any) -> list[dict[str, Any]]:
    """Items that nobody has begun."""
    return [work(None, None, item_id=f"i-{n}", **more) for n in range(count)]


def built(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Links from the initiative x."""
    return [link("initiative:x", "built_by", f"work:{item['item_id']}") for item in items]


def test_a_steady_team_needs_exactly_its_time(land: Land) -> None:
    """2 a day, half of what is begun is the initiative's: 10 items take 20 finishes on average, 10 days."""
    history = steady(2)
    own = history[: 28 * 2 : 2] + open_items(10)
    row = land(work=history + open_items(10), links=built(own)).report("delivery.initiatives").rows[0]
    assert (row["left"], row["done"], row["team"]) == (10, 28, "data")
    assert row["share"] == pytest.approx(0.5, abs=0.05)
    assert row["items_per_week"] == pytest.approx(7, abs=0.7)
    assert row["p50_days"] in (9, 10, 11)
    assert len(row["finish_days"]) == 99
    assert row["finish_days"] == sorted(row["finish_days"])
    assert (row["coverage85"], row["origins"] > 5) == (1.0, True)


NO_FORECAST = {
    "nothing left": (steady()[:40], [], "nothing left"),
    "nobody works on it": (steady(), open_items(5), "none of its items was begun"),
    "a new team": (steady(days=10), open_items(5), "only 0 weeks|none of its items|only 1 weeks|only 2 weeks"),
    "no history": ([], open_items(5), "began only 0 items"),
}


@pytest.mark.parametrize(("history", "own", "why"), NO_FORECAST.values(), ids=NO_FORECAST)
def test_no_number_without_a_reason(
    land: Land, history: list[dict[str, Any]], own: list[dict[str, Any]], why: str
) -> None:
    """A forecast that cannot be made says why."""
    import re

    linked = own or history
    row = land(work=history + own, links=built(linked)).report("delivery.initiatives").rows[0]
    assert (row["p85_days"], row["finish_days"]) == (None, [])
    assert re.search(why, row["why_not"])


def test_a_batch_does_not_speed_up_a_forecast(land: Land) -> None:
    """60 items closed in a clean-up count for nothing, and the report says so."""
    history = steady()
    own = history[:28] + open_items(7)
    plain = land(work=history + open_items(7), links=built(own)).report("delivery.initiatives")
    batch = [work("2026-07-01", "2026-09-09T15:00") for _ in range(60)]
    after = land(work=batch).report("delivery.initiatives")
    assert after.left_out == 61
    assert "9 September" in after.note
    assert after.rows[0]["p85_days"] == pytest.approx(plain.rows[0]["p85_days"], abs=1)


def test_scope_that_was_added_is_counted(land: Land) -> None:
    """Two of five items came in the last 28 days."""
    rows = open_items(5)
    for row in rows[:2]:
        row["created_at"] = datetime(2026, 11, 10)
    assert land(work=rows, links=built(rows)).report("delivery.initiatives").rows[0]["scope_added_28"] == 2


def test_kept_forecasts_are_scored(workspace: Workspace, land: Land, people: dict[str, Actor]) -> None:
    """Promised by 5, 12 and 19 October, finished on the 10th: the 50% date was missed, the others held."""
    rows = [work("2026-10-01", "2026-10-08", item_id="a"), work("2026-10-02", "2026-10-10", item_id="b")]
    dates = {50: date(2026, 10, 5), 85: date(2026, 10, 12), 95: date(2026, 10, 19)}
    with workspace.books.change() as book:
        kept = actions.keep_forecast(
            book, "initiative:x", "when", dates, people["bob"], left=2, made_at=datetime(2026, 9, 20)
        )
        actions.keep_forecast(book, "team:data", "when", DATES, people["bob"], left=3, made_at=datetime(2026, 10, 1))
    reader = land(work=rows, links=built(rows))
    found = {row["subject"]: row for row in reader.report("delivery.forecast_scores").rows}
    scored = found["initiative:x"]
    assert scored["finished"] == "2026-10-10"
    assert [scored[f"kept{p}"] for p in (50, 85, 95)] == [False, True, True]
    assert found["team:data"]["kept85"] is None  # two of three items, and the date has not come
    with workspace.books.change() as book:
        actions.withdraw_forecast(book, kept.id, people["bob"])
    with reading(workspace) as later:
        assert later.report("delivery.forecast_scores").left_out == 1


def test_roles(workspace: Workspace, people: dict[str, Actor]) -> None:
    """A member may keep a forecast, a viewer may not, and nothing is written."""
    with workspace.books.change() as book:
        kept = actions.keep_forecast(book, "team:data", "when", DATES, people["bob"], left=3)
        with pytest.raises(NotAllowed):
            actions.keep_forecast(book, "team:data", "when", DATES, people["carol"], left=3)
        with pytest.raises(NotAllowed):
            actions.withdraw_forecast(book, kept.id, people["carol"])
        actions.withdraw_forecast(book, kept.id, people["alice"])
        with pytest.raises(Conflict):
            actions.withdraw_forecast(book, kept.id, people["alice"])


BAD: dict[str, tuple[str, str, dict[int, date], int]] = {
    "no such kind of object": ("release:1", "when", DATES, 3),
    "no such kind of forecast": ("team:data", "perhaps", DATES, 3),
    "nothing left": ("team:data", "when", DATES, 0),
    "a date is missing": ("team:data", "when", {50: DATES[50], 95: DATES[95]}, 3),
    "out of order": ("team:data", "when", DATES | {85: date(2026, 11, 1)}, 3),
}


@pytest.mark.parametrize(("subject", "kind", "dates", "left"), BAD.values(), ids=BAD)
def test_bad_forecasts(
    workspace: Workspace, people: dict[str, Actor], subject: str, kind: str, dates: dict[int, date], left: int
) -> None:
    """Each says what to do."""
    with workspace.books.change() as book, pytest.raises(BadInput) as caught:
        actions.keep_forecast(book, subject, kind, dates, people["bob"], left=left)
    assert caught.value.mend
