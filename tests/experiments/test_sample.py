"""The sample company's experiments: stories, figures, reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callsheet.base.time import cadence_period, last
from callsheet.metrics.reader import reading
from callsheet.metrics.registry import REPORTS
from callsheet.store.links import Links
from callsheet.store.workspace import Workspace
from tests.experiments.conftest import NOW


def rows(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Running experiments by id."""
    with reading(workspace) as reader:
        return {row["experiment"]: row for row in reader.report("experiments.running").rows}


def test_the_broken_and_the_ready_experiment_are_there(sample: Workspace) -> None:
    found = rows(sample)
    broken, ready = found["shorter-sign-up"], found["smart-defaults-ab"]
    assert [arm["units"] for arm in broken["arms"]] == [5214, 4689]
    assert (broken["srm_ok"], broken["verdict"]) == (False, "broken")
    assert broken["cause"].startswith("All of the gap is on iOS 7.2 of the last 5 days: ")
    assert (ready["verdict"], ready["day"], ready["planned_days"]) == ("ship", 21, 21)
    assert ready["low"] > ready["worthwhile"] == 0.005
    assert [one["by"] for one in ready["predicted"]] == ["jonas", "mira"]
    assert found["gentler-reminders"]["verdict"] == "keep_running"


def test_without_stories_nothing_is_broken_or_ready(undisturbed: Workspace) -> None:
    assert {(row["srm_ok"], row["verdict"]) for row in rows(undisturbed).values()} == {(True, "keep_running")}


def test_figures_of_the_sample(sample: Workspace, workspace: Workspace) -> None:
    """Three run. Of five predictions before three decisions three held: 0.037 in ada's range of 0.009 to 0.051, -0.019
    in kofi's of -0.025 to -0.005, 0.007 in otto's of 0 to 0.02; bruno's and jonas's did not."""
    with reading(sample) as reader:
        for cadence in ("daily", "weekly", "monthly"):
            assert reader.value("experiments.running", cadence_period(cadence, NOW)).amount == 3
        assert reader.value("experiments.running", last(7, NOW - timedelta(days=60))).amount == 1
        assert reader.value("experiments.decided", last(28, NOW)).amount == 1
        assert reader.value("experiments.decided", last(7, NOW)).amount == 0
        calibration = reader.value("experiments.calibration", last(28, NOW))
        assert (calibration.amount, calibration.sample) == (60, 5)
        assert {row["by"] for row in calibration.rows if row["held"]} == {"ada", "kofi", "otto"}
    with reading(workspace) as reader:
        for name in ("running", "decided", "calibration"):
            assert reader.value(f"experiments.{name}").amount is None


def test_what_was_decided_is_what_the_facts_say(sample: Workspace) -> None:
    """The measured effects kept with past decisions come out of the exposures and outcomes again."""
    from callsheet.experiments.demo import PAST
    from callsheet.experiments.metrics.reading import read
    from callsheet.experiments.records import Experiment
    from callsheet.metrics import Facts

    with reading(sample) as reader:
        for trial, verdict, *_ in PAST:
            row = reader.book.get(Experiment, trial.id)
            again = read(Facts(sample, reader, {}), row)
            assert again.verdict == verdict
            assert again.measured["difference"] == pytest.approx(row.measured["difference"])


def test_the_chart_draws_and_links_are_told(sample: Workspace) -> None:
    with reading(sample) as reader:
        found = reader.report("experiments.running")
        links = Links(sample.facts, reader.book).all("tests")
    assert {column.key for column in found.columns} <= set(found.rows[0])
    chart = REPORTS["experiments.running"].chart
    assert chart is not None
    assert not chart(found)["callsheet"]["empty"]
    assert ("initiative:smart-defaults", "experiment:shorter-sign-up") in {
        (str(link.from_ref), str(link.to_ref)) for link in links
    }
