"""Changes, deployments and incidents against tables worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from callsheet.base.time import Period
from tests.delivery.conftest import Land
from tests.delivery.make import change, deployment, incident, link

NOVEMBER = Period(datetime(2026, 11, 1), datetime(2026, 11, 29))


def test_waits_are_medians_and_faults_are_counted(land: Land) -> None:
    """Waits of 1, 2 and 6 days: 2. One merged unseen and one reviewed before it was opened are left out."""
    rows = [
        change("2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"),
        change("2026-11-01", "2026-11-02", "2026-11-04", "2026-11-05"),
        change("2026-11-01", "2026-11-02", "2026-11-08", "2026-11-09"), change("2026-11-01", "2026-11-02", None, "2026-11-06"),
        change("2026-11-01", "2026-11-05", "2026-11-03", "2026-11-06"),
    ]  # fmt: skip
    reader = land(changes=rows)
    wait = reader.value("delivery.review_wait", NOVEMBER)
    assert (wait.amount, wait.sample, wait.left_out) == (2.0, 3, 2)
    assert reader.value("delivery.merge_time", NOVEMBER).amount == 3.0  # of 1, 2, 3, 4 and 7 days


def test_lead_time_runs_to_deployment_where_known(land: Land) -> None:
    """Deployed after 5 days, merged after 3; the commit of a squash comes from the change's own commits."""
    squashed = change(None, "2026-11-03", "2026-11-04", "2026-11-05", change_id="squashed")
    commits = [
        {"commit_id": "1", "change_id": "squashed", "authored_at": datetime(2026, 11, 2), "repo": "importer"},
        {"commit_id": "2", "change_id": "squashed", "authored_at": datetime(2026, 11, 4), "repo": "importer"},
    ]
    whole = change("2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05", deployed_at=datetime(2026, 11, 7))
    lost = change(None, "2026-11-03", "2026-11-04", "2026-11-05")
    backwards = change("2026-11-09", "2026-11-03", "2026-11-04", "2026-11-05")
    value = land(changes=[squashed, whole, lost, backwards], commits=commits).value(
        "delivery.change_lead_time", NOVEMBER
    )
    assert (value.amount, value.sample, value.left_out) == (4.0, 2, 2)  # median of 3 and 5


def test_work_before_the_first_deployment_is_ignored(land: Land) -> None:
    """Where deployments are known from the 10th on, a change of the 5th says nothing."""
    rows = [
        change("2026-11-02", "2026-11-03", None, "2026-11-05"),
        change("2026-11-09", "2026-11-10", None, "2026-11-11"),
    ]
    value = land(changes=rows, deployments=[deployment("d", "2026-11-10")]).value("delivery.change_lead_time", NOVEMBER)
    assert (value.amount, value.sample, value.left_out) == (2.0, 1, 1)
    assert "before the first known deployment" in value.left_out_why


def test_fail_rate_and_recovery(land: Land) -> None:
    """Four deployments: one failed, one broke something within seven days. The incident of the 25th is tied to none.

    Recovery: 2 hours to the incident and 3 to its end make 5.
    """
    went = [
        deployment("a", "2026-11-02T10:00"), deployment("b", "2026-11-03T10:00", status="failure"),
        deployment("c", "2026-11-09T10:00"), deployment("other", "2026-11-10T10:00", "search"),
    ]  # fmt: skip
    broke = [
        incident("i", "2026-11-09T12:00", "2026-11-09T15:00"),
        incident("late", "2026-11-21T12:00", "2026-11-21T13:00"),
    ]
    reader = land(deployments=went, incidents=broke)
    rate = reader.value("delivery.change_fail_rate", NOVEMBER)
    assert (rate.amount, rate.sample, rate.left_out) == (50.0, 4, 1)
    recovery = reader.value("delivery.recovery_time", NOVEMBER)
    assert (recovery.amount, recovery.sample, recovery.left_out) == (5.0, 1, 1)
    rows = reader.report("delivery.incidents", NOVEMBER).rows
    assert [(row["incident_id"], row["cause"]) for row in rows] == [("late", None), ("i", "deployment:c")]


def test_a_stated_cause_wins(land: Land) -> None:
    """The source says that it was deployment a, not the last one."""
    went = [deployment("a", "2026-11-02T10:00"), deployment("b", "2026-11-03T10:00")]
    broke = [incident("i", "2026-11-03T12:00", "2026-11-03T15:00")]
    reader = land(deployments=went, incidents=broke, links=[link("deployment:a", "caused", "incident:i")])
    row = reader.report("delivery.incidents", NOVEMBER).rows[0]
    assert (row["cause"], row["confidence"]) == ("deployment:a", 1.0)


def test_a_release_of_the_product_is_half_a_cause(land: Land) -> None:
    """No deployment of the service is known; the product's release half the limit before counts 0.6 / 2."""
    broke = [incident("i", "2026-11-09T12:00", None, "mails") | {"product": "northlight"}]
    out = [{"release_id": "1.2", "product": "northlight", "version": "1.2", "released_at": datetime(2026, 11, 6)}]
    row = land(incidents=broke, releases=out).report("delivery.incidents", NOVEMBER).rows[0]
    assert (row["cause"], row["confidence"]) == ("release:1.2", 0.3)


def test_no_deployment_is_no_rate(land: Land) -> None:
    """None, not 0."""
    reader = land(incidents=[incident("i", "2026-11-09T12:00", None)])
    assert reader.value("delivery.change_fail_rate", NOVEMBER).amount is None
    assert reader.value("delivery.deployment_days", NOVEMBER).amount is None


def test_deployment_days_are_days_not_deployments(land: Land) -> None:
    """Days a week, from the last: 3, 1, 0, 2; the median is 1.5, of 8 deployments."""
    days = [
        "2026-11-23",
        "2026-11-23",
        "2026-11-25",
        "2026-11-27",
        "2026-11-16",
        "2026-11-02",
        "2026-11-02",
        "2026-11-05",
    ]
    rows = [deployment(f"d{i}", f"{moment}T1{i}:00") for i, moment in enumerate(days)]
    value = land(deployments=rows).value("delivery.deployment_days", NOVEMBER)
    assert (value.amount, value.sample) == (1.5, 8)


def test_stages_without_reviews_are_one_stage(land: Land) -> None:
    """Pull requests as many hosts give them: opened and merged. No share, and the note says why."""
    begin = datetime(2026, 9, 5)
    rows = [
        change(None, (begin + timedelta(days=n)).isoformat(), None, (begin + timedelta(days=n + 1 + n % 3)).isoformat())
        for n in range(70)
    ]
    reader = land(changes=rows)
    found = reader.report("delivery.stages")
    assert [(row["stage"], row["median_days"], row["share"]) for row in found.rows] == [("open_to_merge", 2.0, None)]
    assert "not recorded" in found.note
    weeks = reader.report("delivery.stage_wait")
    assert len(weeks.rows) == 12
    assert all(row["first_review"] is None for row in weeks.rows)
    slow = reader.report("delivery.slow_repositories").rows
    assert [(row["repo"], row["median_days"], row["open"]) for row in slow] == [("importer", 2.0, 0)]


def test_open_changes_are_oldest_first(land: Land) -> None:
    """Closed without a merge is not open."""
    rows = [
        change(None, "2026-11-20T16:00", None, None, change_id="young"),
        change(None, "2026-11-02T16:00", "2026-11-03", None, change_id="old"),
        change(None, "2026-11-01", None, None, change_id="shut", state="closed"),
    ]  # fmt: skip
    found = land(changes=rows).report("delivery.open_changes").rows
    assert [(row["change_id"], row["age"], row["waits_for"]) for row in found] == [
        ("old", 20.0, "merge"), ("young", 2.0, "first review"),
    ]  # fmt: skip
