"""Account health: rules by hand, and a model that must find what was put into made-up histories."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from callsheet.base.time import Period
from callsheet.metrics.reader import reading
from callsheet.store.workspace import Workspace
from callsheet.usage.health import WINDOW, Course, health, silence, usual
from callsheet.usage.health.model import MEASURES, Months, late_months, learnt, levelled
from tests.usage.conftest import Happened

NAN = float("nan")


def course(days: list[list[float]], **given: Any) -> Course:
    """A course with as many people and features as days, and the end of each window as the last presence in it."""
    table = np.array(days, dtype=float)
    size, windows = table.shape
    last = np.where(table > 0, WINDOW * np.arange(windows)[None, :] + 1.0, NAN)
    for window in range(windows - 2, -1, -1):
        last[:, window] = np.where(np.isnan(last[:, window]), last[:, window + 1], last[:, window])
    parts: dict[str, Any] = {
        "ids": tuple(f"a{n}" for n in range(size)), "segment": ("s",) * size, "days": table, "persons": table.copy(),
        "features": table.copy(), "events": table * 10, "complaints": np.zeros_like(table), "last": last,
        "begun": np.full(size, 999.0), "left": np.full(size, NAN), "weeks": np.ones((size, 26), dtype=bool),
    }  # fmt: skip
    return Course(**(parts | given))


def weeks(text: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Weeks as `x` (somebody was there) and `.`, the latest first."""
    return np.array([one == "x" for one in text])


# By hand: q = (active + .5) / (weeks + 1) of the weeks before the silence; chance (1 - q)^silence.
SILENCE = {
    "there last week": (weeks("xxxxxxxxxx"), NAN, 0, 1.0),
    "two weeks after ten of ten": (weeks("..xxxxxxxxxx"), NAN, 2, (1 - 10.5 / 11) ** 2),
    "two weeks after five of ten": (weeks("..x.x.x.x.x."), NAN, 2, (1 - 5.5 / 11) ** 2),
    "too young to have a rhythm": (weeks("..xxxx......"), 45.0, 2, None),
    "weeks before it began do not count": (weeks("..xxxxxx....."), 60.0, 2, (1 - 6.5 / 7) ** 2),
    "never there": (weeks("........"), NAN, 8, None),
}


@pytest.mark.parametrize(("history", "begun", "silent", "chance"), SILENCE.values(), ids=SILENCE)
def test_silence(history: Any, begun: float, silent: int, chance: float | None) -> None:
    found = silence(history, begun)
    assert found == (silent, chance if chance is None else pytest.approx(chance))


def test_usually_is_the_mean_of_the_three_windows_before() -> None:
    assert list(usual(np.array([[9.0, 1, 2, 3, 100]]), 0)) == [2]
    assert list(usual(np.array([[9.0, 1]]), 0)) == [1]
    assert list(usual(np.array([[9.0]]), 0)) == [9]


def test_without_departures_rules_judge_and_no_chance_is_stated() -> None:
    """Of 20 accounts one is silent for 3 weeks after 23 busy ones (chance 1 in 110,592, times 20), one for a week
    (1 in 48), one halved its days; one has been away for 9 weeks."""
    history = np.ones((20, 26), dtype=bool)
    history[0, :3] = history[1, :1] = history[2, :9] = False
    days = [[10.0, 10, 10, 10]] * 20
    days[3] = [4.0, 10, 10, 10]
    found = health(course(days, weeks=history))
    assert (found.basis, found.left) == ("rules", 0)
    assert "No departure" in found.words
    levels = {one.place: one.level for one in found.judged}
    assert {place: levels.pop(place) for place in (0, 2, 3)} == {0: "at risk", 2: "dormant", 3: "watch"}
    assert set(levels.values()) == {"steady"}
    assert all(one.chance is None for one in found.judged)
    reasons = {one.place: one.reasons for one in found.judged}
    assert reasons[0] == ("nobody there for 3 weeks, far beyond its own rhythm",)
    assert reasons[3][0] == "days active: 4, usually 10"


def test_few_departures_are_not_made_into_a_chance() -> None:
    left = np.full(50, NAN)
    left[:19] = 20.0
    found = health(course([[0.0 if n < 19 else 10.0, 10, 10, 10, 10] for n in range(50)], left=left))
    assert found.basis == "rules"
    assert "19 departures in" in found.words


def made(seed: int, size: int, windows: int, *, telling: bool) -> Course:
    """Accounts that leave at 3% a month, or, if telling, at 40% after a window with less than 4 days."""
    rng = np.random.default_rng(seed)
    days = rng.integers(8, 25, (size, windows)).astype(float)
    left = np.full(size, NAN)
    for window in range(windows - 1, 0, -1):
        here = np.isnan(left)
        low = here & (rng.random(size) < 0.06)
        days[low, window] = rng.integers(1, 4, int(low.sum()))
        chance = np.where(days[:, window] < 4, 0.4, 0.005) if telling else 0.03
        leaves = here & (rng.random(size) < chance)
        left[leaves] = WINDOW * window - rng.uniform(1, 27, int(leaves.sum()))
        days[leaves, :window] = 0
    days[(days[:, 0] > 0) & (np.arange(size) % 40 == 0), 0] = 2
    return course(days.tolist(), left=left)


def test_what_makes_accounts_leave_is_found_and_the_chances_hold() -> None:
    found = health(made(1, 800, 9, telling=True))
    assert found.basis == "model"
    assert found.checked is not None
    assert found.checked.better
    assert found.checked.by_chance == pytest.approx(0.001), "better than all 999 deals"
    top = found.checked.bins[-1]
    assert top.low <= top.predicted <= top.high
    assert sum(one.n for one in found.checked.bins) == found.checked.months
    low = {one.place: one for one in found.judged if one.place % 40 == 0}
    others = [one.chance for one in found.judged if one.place % 40]
    assert {one.level for one in low.values()} == {"at risk"}
    assert np.mean([one.chance for one in low.values()]) == pytest.approx(0.4, abs=0.12)
    assert np.mean([one for one in others if one is not None]) < 0.03
    assert all(
        one.low is not None and one.high is not None and one.low < (one.chance or 0) < one.high for one in found.judged
    )
    assert any("active on 2 " in reason for one in low.values() for reason in one.reasons)
    assert all(found.coefficients[name] * MEASURES[name] >= 0 for name in found.coefficients)


@pytest.mark.slow
def test_departures_that_nothing_tells_are_not_made_into_a_chance() -> None:
    """Of forty made-up companies in which accounts leave at random, hardly one has a model: at a chance of 1%, more
    than two have one of 0.7%. A better score alone would do in a quarter of them."""
    found = [health(made(seed, 300, 8, telling=False)) for seed in range(40)]
    assert sum(one.basis == "model" for one in found) <= 2
    assert any("no better than the base rate, beyond chance" in one.words for one in found)


def months(seed: int, effect: float) -> tuple[Months, Any, Any]:
    """Account-months of 400 accounts that leave by a logistic law of three measures, which last; and the measures and
    true chances of the latest window."""
    rng, size = np.random.default_rng(seed), len(MEASURES)
    beta = effect * np.array([1, 0, 0, 1, 0.5, 0, 0]) * np.array(list(MEASURES.values()))
    lasting, here = rng.normal(size=(400, size)), np.arange(400)
    kept: list[tuple[Any, ...]] = []
    for window in range(7, -1, -1):
        table = 0.8 * lasting[here] + 0.6 * rng.normal(size=(here.size, size))
        chances = 1 / (1 + np.exp(3.6 - table @ beta))
        left = rng.random(here.size) < chances
        kept.append((here, np.full(here.size, window), table, left, chances))
        here = here[~left]
    places, windows, tables, gone = (np.concatenate([one[part] for one in kept[:-1]]) for part in range(4))
    return Months(places, windows, tables, gone), kept[-1][2], kept[-1][4]


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.0, 0.3, 1.0])
def test_intervals_hold_the_true_chance(effect: float) -> None:
    """Nominal 95%: at least 92% over 40 companies, measures left out for their sign and the level moved as ever."""
    held = []
    for seed in range(40):
        known, now, true = months(seed, effect)
        model, _ = levelled(learnt(known.measures, known.left), known, late_months(known))
        _, low, high = model.chances(now)
        held.append(float(((low <= true) & (true <= high)).mean()))
    assert 0.92 <= np.mean(held) <= 0.995


def test_chances_follow_when_more_leave_than_before() -> None:
    """One measure that says nothing: 1 of 50 left a month, and 1 of 10 in the latest of three."""
    window = np.repeat([3, 2, 1], 200)
    left = np.concatenate([np.arange(200) % 50 == 0, np.arange(200) % 50 == 0, np.arange(200) % 10 == 0])
    table = np.random.default_rng(2).normal(size=(600, len(MEASURES))) * 1e-6
    known = Months(np.arange(600), window, table, left)
    model, words = levelled(learnt(table, left), known, window == 1)
    assert model.chances(table[window == 1])[0].sum() == pytest.approx(20, abs=1e-6)
    assert "Lately 20 left where 9 were to be expected; the chances are raised to that." in words
    same, nothing = levelled(learnt(table, left), known, window > 0)
    assert (nothing, same.fit.intercept) == ("", learnt(table, left).fit.intercept)


def test_a_measure_that_counts_the_wrong_way_is_left_out() -> None:
    """More active days towards leaving makes no sense; recency is what tells."""
    rng = np.random.default_rng(4)
    table = rng.normal(size=(400, len(MEASURES)))
    names = list(MEASURES)
    odds = table[:, names.index("days")] + 2 * table[:, names.index("recency")] - 1
    found = learnt(table, rng.random(400) < 1 / (1 + np.exp(-odds)))
    assert "days" not in found.names
    assert "recency" in found.names


def accounts(workspace: Workspace, *rows: dict[str, Any]) -> None:
    with workspace.facts.batch("test", "accounts") as batch:
        batch.merge("accounts", list(rows))


def test_the_report_reads_windows_that_end_at_midnight(workspace: Workspace, happened: Happened) -> None:
    """Now is 22 November, 16:00: window 0 is 25 October to 21 November. Two days by three people, and before that
    one day; what happens today does not count. gone has left, new is too young, idle never did anything."""
    begun = datetime(2026, 1, 1)
    accounts(
        workspace, {"account_id": "acme", "name": "Acme", "revenue": 500.0, "created_at": begun, "owner": "umar"},
        {"account_id": "gone", "created_at": begun, "churned_at": datetime(2026, 11, 1)},
        {"account_id": "new", "created_at": datetime(2026, 11, 10)}, {"account_id": "idle", "created_at": begun},
        {"account_id": "later", "created_at": begun, "churned_at": datetime(2026, 12, 1)},
    )  # fmt: skip
    happened(
        "2026-08-01 09:00 old@acme", "2026-10-01 09:00 ann@acme board", "2026-10-25 00:00 ann@acme board",
        "2026-10-25 09:00 ben@acme", "2026-11-21 23:59 cat@acme chat", "2026-11-22 09:00 dan@acme",
        "2026-10-02 09:00 gus@gone", "2026-11-11 09:00 nia@new", "2026-10-03 09:00 lea@later",
    )  # fmt: skip
    with reading(workspace) as reader:
        found = reader.report("usage.health")
        rows = {row["account_id"]: row for row in found.rows}
        assert set(rows) == {"acme", "later"}
        acme = rows["acme"]
        assert (acme["days"], acme["persons"], acme["name"], acme["owner"]) == (2, 3, "Acme", "umar")
        assert acme["days_usual"] == pytest.approx(0.5, abs=0.2)
        assert acme["last_at"].replace(microsecond=0) == datetime(2026, 11, 21, 23, 59)
        assert (acme["chance"], acme["basis"]) == (None, "rules")
        assert (found.left_out, found.left_out_why[:12]) == (2, "younger than")
        assert reader.report("usage.health_calibration").rows == []
        value = reader.value("usage.accounts_at_risk")
        assert (value.amount, value.sample) == (0, 2)
        earlier = reader.report("usage.health", Period(datetime(2026, 9, 1), datetime(2026, 10, 10)))
        assert "gone" in {row["account_id"] for row in earlier.rows}, "it had not left then"


def test_nothing_known_is_no_data(workspace: Workspace) -> None:
    with reading(workspace) as reader:
        assert reader.report("usage.health").rows == []
        assert reader.value("usage.accounts_at_risk").amount is None


def test_the_sample_company_has_chances_and_the_undisturbed_one_has_not(
    sample: Workspace, undisturbed: Workspace
) -> None:
    with reading(sample) as reader:
        found = reader.report("usage.health")
        assert {row["basis"] for row in found.rows} == {"model"}
        risky = [row for row in found.rows if row["level"] == "at risk"]
        assert risky
        assert all(row["last_at"] < sample.now() - timedelta(days=14) for row in risky)
        assert all(row["stake"] == pytest.approx(row["revenue"] * row["chance"]) for row in risky)
        bins = reader.report("usage.health_calibration").rows
        assert bins[-1]["low"] <= bins[-1]["observed"] <= bins[-1]["high"]
    with reading(undisturbed) as reader:
        found = reader.report("usage.health")
        assert {row["level"] for row in found.rows} <= {"steady", "watch"}
        assert {row["chance"] for row in found.rows} == {None}
