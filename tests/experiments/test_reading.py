"""Readouts: by hand, against other implementations, and against a published experiment."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from callsheet.experiments.metrics.reading import Reading, by_day, read
from callsheet.experiments.records import Experiment
from callsheet.metrics import Facts
from callsheet.metrics.reader import reading
from callsheet.store.workspace import Workspace
from tests.experiments.conftest import NOW, STARTED, Landed, Planned

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def reads(workspace: Workspace) -> Iterator[Any]:
    """`reads()` reads the experiment x, as of now or of a moment."""
    with reading(workspace) as reader:

        def call(moment: datetime | None = None) -> Reading:
            return read(Facts(workspace, reader, {}), reader.book.get(Experiment, "x"), moment)

        yield call


def test_only_complete_days_planned_arms_and_units_since_the_start(
    planned: Planned, landed: Landed, reads: Any
) -> None:
    """a: 2 of 4 and a unit without outcome, which counts as 0: 2 of 5. b: 3 of 4. Left out: 2 of today, 1 of arm c.
    Two units of the time before the start belong to no run."""
    planned()
    landed(("a", [1, 0, 1, 0, None]), ("b", [1, 1, 0, 1]))
    landed(("a", [1]), ("b", [1]), day=10)
    landed(("c", [1]))
    landed(("a", [1]), ("b", [0]), day=-1)
    found = reads()
    assert (found.units, found.sums.left_out) == (9, 3)
    assert found.sums.why == "2 on a day that is not over, 1 in arms not in the plan"
    assert found.readout.control_value == 0.4
    assert found.comparison.value == 0.75
    assert found.day == 10


def test_an_outcome_counts_once_a_unit(planned: Planned, landed: Landed, workspace: Workspace, reads: Any) -> None:
    """A share asks whether, not how often: a unit with an amount of 3 has converted once."""
    planned()
    landed(("a", [3, 0]), ("b", [1, 1]))
    assert reads().readout.control_value == 0.5


def test_shares_against_statsmodels(planned: Planned, landed: Landed, reads: Any) -> None:
    """Newcombe's interval and the pooled z test, as statsmodels has them, on 300 and 310 units over 8 days."""
    planned()
    rng = np.random.default_rng(5)
    a, b = (rng.random(size) < rate for size, rate in ((300, 0.4), (310, 0.5)))
    for day in range(8):
        landed(("a", list(a[day::8])), ("b", list(b[day::8])), day=day, segment=f"s{day % 3}")
    gap = reads().comparison.difference
    counts, sizes = [int(b.sum()), int(a.sum())], [310, 300]
    low, high = confint_proportions_2indep(counts[0], 310, counts[1], 300, method="newcomb")
    assert (gap.low, gap.high) == pytest.approx((low, high), rel=1e-9)
    assert gap.p == pytest.approx(proportions_ztest(counts, sizes)[1], rel=1e-9)


def test_means_far_from_0_against_statsmodels(planned: Planned, landed: Landed, reads: Any) -> None:
    """Welch on amounts of a million with a spread of 1: sums of squares that are not centred lose it."""
    planned(metric_kind="mean", worthwhile=0.1)
    rng = np.random.default_rng(6)
    a, b = 1e6 + rng.normal(0, 1, 400), 1e6 + rng.normal(0.3, 1.2, 380)
    landed(("a", list(a)), ("b", list(b)))
    gap = reads().comparison.difference
    compared = CompareMeans(DescrStatsW(b), DescrStatsW(a))
    assert (gap.low, gap.high) == pytest.approx(compared.tconfint_diff(usevar="unequal"), rel=1e-6)
    assert gap.p == pytest.approx(compared.ttest_ind(usevar="unequal")[1], rel=1e-6)


def test_means_with_guardrail_against_tea_tasting(
    planned: Planned, landed: Landed, workspace: Workspace, reads: Any
) -> None:
    """tea-tasting's Mean: effect size and relative effect; its relative interval is the delta method on logs, so
    only the point is compared."""
    import pandas as pd
    import tea_tasting as tt

    planned(metric_kind="mean", guardrails=[{"metric": "calls", "kind": "mean", "better": "lower", "margin": 0.5}])
    rng = np.random.default_rng(7)
    spent = {"a": rng.gamma(2, 10, 500), "b": rng.gamma(2, 10.5, 510)}
    landed(*((arm, list(values)) for arm, values in spent.items()))
    frame = pd.DataFrame({"variant": [0] * 500 + [1] * 510, "spent": np.concatenate(list(spent.values()))})
    oracle = tt.Experiment(spent=tt.Mean("spent", use_t=True, equal_var=False)).analyze(frame)["spent"]
    found = reads()
    gap = found.comparison.difference
    assert (gap.amount, gap.low, gap.high, gap.p) == pytest.approx(
        (oracle.effect_size, oracle.effect_size_ci_lower, oracle.effect_size_ci_upper, oracle.pvalue), rel=1e-6
    )
    assert found.comparison.relative.amount == pytest.approx(oracle.rel_effect_size, rel=1e-9)
    assert [guard.state for guard in found.guards] == ["unclear"]  # nobody called at all: there is no interval


def test_a_published_experiment_comes_out_as_published(planned: Planned, workspace: Workspace, reads: Any) -> None:
    """Day-7 retention of a mobile game's gate (public set `cookie_cats`): .1902 and .1820, difference -.0082
    [-.0133, -.0031], p = .0016, split p = .0086: believable at .001, and the rule rolls back."""
    path = DATA / "cookie_cats" / "cookie_cats.csv"
    if not path.is_file():
        pytest.skip("needs the public data sets beside the repository")
    with path.open(encoding="utf-8-sig", newline="") as file:
        players = list(csv.DictReader(file))
    size = len(players)
    units = {"experiment": ["x"] * size, "unit_id": [one["userid"] for one in players]}
    units["arm"] = [one["version"] for one in players]
    kept = [float(one["retention_7"] == "TRUE") for one in players]
    with workspace.facts.batch("public", "game") as batch:
        moment = pa.array([STARTED + timedelta(days=1)] * size, pa.timestamp("us"))
        batch.merge("exposures", pa.table(units | {"exposed_at": moment}))
        batch.merge("outcomes", pa.table(units | {"metric": ["kept"] * size, "amount": kept}))
    planned(metric="kept", arms=[{"name": "gate_30"}, {"name": "gate_40"}])
    found = reads()
    gap = found.comparison.difference
    assert (found.readout.control_value, found.comparison.value) == pytest.approx((0.1902, 0.1820), abs=5e-5)
    assert (gap.amount, gap.low, gap.high) == pytest.approx((-0.0082, -0.0133, -0.0031), abs=5e-5)
    assert (gap.p, found.split.overall.p) == pytest.approx((0.0016, 0.0086), abs=5e-5)
    assert found.verdict == "roll_back"


def test_a_broken_split_names_no_winner_but_its_cause(planned: Planned, landed: Landed, reads: Any) -> None:
    """400 to 200 on `app` on one day, even elsewhere: that segment and that day are named."""
    planned()
    for day in range(4):
        landed(("a", [0, 1] * 50), ("b", [1, 1] * 50), day=day, segment="web")
    landed(("a", [0] * 400), ("b", [1] * 200), day=2, segment="app")
    found = reads()
    assert (found.verdict, found.split.overall.ok) == ("broken", False)
    assert found.readout.refused is not None
    assert found.split.cause == (
        "All of the gap is on app on 14 November: 400 against 200; without it the split is as planned (p = 1)."
    )


GUARDS = {
    "harm beyond the margin is ruled out": (400, "ship", "kept"),
    "it harms": (460, "roll_back", "broken"),
    "not ruled out": (418, "inconclusive", "unclear"),
}


@pytest.mark.parametrize(("hits", "verdict", "state"), GUARDS.values(), ids=GUARDS)
def test_guardrails_hold_a_ship_back(
    planned: Planned, workspace: Workspace, reads: Any, hits: int, verdict: str, state: str
) -> None:
    """2,000 units an arm, added up. Won: 800 and 1,000, a clear ship. Complaints 400 in a, `hits` in b, margin 2.5
    points: with 400 the interval is 0 +- 2.5 (.02478 by Newcombe), with 418 it reaches 3.4, with 460 it is [0.4, 5.6]."""
    planned(guardrails=[{"metric": "complained", "margin": 0.025}], planned_days=10)
    amounts = (("a", "won", 800), ("b", "won", 1000), ("a", "complained", 400), ("b", "complained", hits))
    with workspace.facts.batch("test", "sums") as batch:
        batch.merge("outcomes", [
            {"experiment": "x", "unit_id": f"arm-{arm}", "arm": arm, "metric": name, "amount": float(amount), "units": 2000}
            for arm, name, amount in amounts
        ])  # fmt: skip
    found = reads()
    assert (found.units, found.guards[0].state, found.verdict) == (4000, state, verdict)


def test_several_treatments_hold_together(planned: Planned, landed: Landed, reads: Any) -> None:
    """The best one is called; intervals are wider than for a single treatment, p is corrected too."""
    planned(arms=[{"name": "a"}, {"name": "b"}, {"name": "c"}])
    landed(("a", [1] * 40 + [0] * 60), ("b", [1] * 42 + [0] * 58), ("c", [1] * 80 + [0] * 20))
    found = reads()
    assert (found.arm, found.verdict) == ("c", "ship")
    assert found.comparison.difference.level == pytest.approx(0.975)
    assert found.comparison.p_holm == pytest.approx(2 * (found.comparison.difference.p or 0))


def test_less_is_better_where_the_plan_says_so(planned: Planned, landed: Landed, reads: Any) -> None:
    planned(better="lower", worthwhile=0.05)
    landed(("a", [1] * 300 + [0] * 200), ("b", [1] * 200 + [0] * 300))
    found = reads()
    assert (found.verdict, found.comparison.difference.amount) == ("ship", pytest.approx(-0.2))
    assert found.words.startswith(
        "The gain is between +13.8 and +25.9 points: at least the 5 points"
    )  # Newcombe by hand: .1385, .2594


def test_days_add_up_to_the_whole(planned: Planned, landed: Landed, reads: Any) -> None:
    planned()
    landed(("a", [1, 0]), ("b", [1, 1]), day=0)
    landed(("a", [0, 0]), ("b", [1, 0, 1]), day=3)
    rows = by_day(reads())
    assert [(row["day"], row["units"], row["difference"]) for row in rows] == [
        ("2026-11-12", 4, 0.5), ("2026-11-15", 5, pytest.approx(2 / 3)),
    ]  # fmt: skip
    assert rows[-1]["so_far"] == pytest.approx(4 / 5 - 1 / 4)


def test_nothing_yet_is_waiting(planned: Planned, landed: Landed, reads: Any) -> None:
    planned()
    assert (reads().verdict, reads().units) == ("waiting", 0)
    landed(("a", [1]), day=10)
    assert (reads().verdict, reads().sums.left_out) == ("waiting", 1)
    assert reads(NOW - timedelta(days=3)).day == 7
