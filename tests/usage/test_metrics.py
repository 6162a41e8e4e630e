"""Usage metrics on events made by hand; "now" is Sunday 22 November 2026, 16:00 UTC."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from callsheet.base.time import Period, cadence_period
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.store.workspace import Workspace
from callsheet.usage import actions
from tests.usage.conftest import Happened

WEEK = Period(datetime(2026, 11, 16), datetime(2026, 11, 23), "week 47")


@pytest.mark.parametrize("cadence", ["daily", "weekly", "monthly"])
@pytest.mark.parametrize("name", ["active_persons", "active_accounts", "events", "stickiness", "adoption"])
def test_no_events_is_no_data_and_never_0(workspace: Workspace, name: str, cadence: str) -> None:
    with reading(workspace) as reader:
        value = reader.value(f"usage.{name}", cadence_period(cadence, workspace.now()))
    assert (value.amount, value.sample) == (None, 0)


def test_active_people_and_accounts_of_a_week(workspace: Workspace, happened: Happened) -> None:
    """Of six events one is before the week, one is at its first moment; ann comes twice; one names nobody."""
    happened(
        "2026-11-15 23:59 old@acme", "2026-11-16 00:00 ann@acme", "2026-11-17 09:00 ann@acme",
        "2026-11-18 09:00 ben@acme",
        "2026-11-19 09:00 cat@bolt", "2026-11-20 09:00 @",
    )  # fmt: skip
    with reading(workspace) as reader:
        persons, accounts = (reader.value(f"usage.active_{what}", WEEK) for what in ("persons", "accounts"))
        assert (persons.amount, persons.sample, persons.left_out) == (3, 4, 1)
        assert (accounts.amount, accounts.left_out_why) == (2, "events without an account")
        assert persons.note == "week to date, 6 of 7 days"
        assert {(row["person_id"], row["events"]) for row in reader.rows("usage.active_persons", WEEK)} == {
            ("ann", 2), ("ben", 1), ("cat", 1),
        }  # fmt: skip
        assert len(reader.rows("usage.active_accounts", WEEK)) == 2
        assert reader.value("usage.events", WEEK).amount == 5
        assert reader.value("usage.active_persons", WEEK.before()).amount == 1
        assert reader.value("usage.active_persons", WEEK.before().before()).amount is None
        quiet = Period(datetime(2026, 11, 21), datetime(2026, 11, 22))
        assert reader.value("usage.active_persons", quiet).amount == 0


def test_a_segment_is_that_of_the_account(workspace: Workspace, happened: Happened) -> None:
    happened("2026-11-17 09:00 ann@acme", "2026-11-17 09:00 cat@bolt")
    with workspace.facts.batch("test", "accounts") as batch:
        batch.merge("accounts", [{"account_id": "acme", "segment": "mid"}, {"account_id": "bolt", "segment": "small"}])
    with reading(workspace) as reader:
        assert reader.value("usage.active_persons", WEEK, segment="mid").amount == 1
        assert reader.value("usage.active_persons", WEEK, segment="huge").amount is None


def test_stickiness_by_hand(workspace: Workspace, happened: Happened) -> None:
    """ann on 14 days, ben on 7 of the 28 up to Saturday: (14 + 7) / 28 people a day of 2 is 37.5%. Today is out."""
    first = datetime(2026, 10, 25)
    days = [f"{first + timedelta(days=n):%Y-%m-%d}" for n in range(28)]
    assert days[-1] == "2026-11-21"
    happened(
        *(f"{day} 10:00 ann@acme" for day in days[:14]), *(f"{day} 11:00 ann@acme" for day in days[:14]),
        *(f"{day} 10:00 ben@acme" for day in days[-7:]), "2026-11-22 10:00 cat@acme", "2026-10-24 10:00 dan@acme",
    )  # fmt: skip
    with reading(workspace) as reader:
        value = reader.value("usage.stickiness", WEEK)
    assert (value.amount, value.sample) == (37.5, 2)


def launch(workspace: Workspace) -> None:
    """Two released features and one that is not: export counts by its event's own mark, chat by event name."""
    with workspace.books.change(workspace.now()) as book:
        add = actions.add_feature
        add(book, "Export", SYSTEM, released_at=datetime(2026, 11, 10), predicted_share=0.5, owner="ada")
        add(book, "Chat", SYSTEM, released_at=datetime(2026, 7, 1), events=["did"])
        add(book, "Plan", SYSTEM)


def test_adoption_of_what_was_released(workspace: Workspace, happened: Happened) -> None:
    """Active since the release on 10 November: acme, bolt, cord; dune was last seen before. bolt's use of 9 November
    is before the release; acme tried it on the 11th and again on the 18th, cord on the 20th."""
    launch(workspace)
    happened(
        "2026-11-11 00:00 ann@acme export", "2026-11-18 00:00 ann@acme export", "2026-11-09 10:00 bob@bolt export",
        "2026-11-12 10:00 bob@bolt", "2026-11-20 10:00 cat@cord export", "2026-11-09 10:00 dan@dune",
    )  # fmt: skip
    with reading(workspace) as reader:
        rows = reader.report("usage.adoption", WEEK).rows
        assert [row["feature"] for row in rows] == ["export"]  # Chat came out more than 90 days ago
        row = rows[0]
        assert (row["could_use"], row["tried"], row["repeated"], row["kept"], row["kept_of"]) == (3, 2, 1, 1, 1)
        assert (row["tried_share"], row["predicted_share"], row["owner"]) == (2 / 3, 0.5, "ada")
        assert row["first_use_hours"] == pytest.approx((24 + 250) / 2)
        metric = reader.value("usage.adoption", WEEK)
        assert metric.amount == pytest.approx(200 / 3)
        assert metric.sample == 3
        before = Period(datetime(2026, 11, 9), datetime(2026, 11, 16))
        assert reader.value("usage.adoption", before).amount == 50  # acme of acme and bolt, by then
        curve = reader.report("usage.adoption_curve", WEEK).rows
        assert [row["tried"] for row in curve if row["feature"] == "export"] == [0] + [1] * 9 + [2] * 3


def test_features_by_mark_and_by_name(workspace: Workspace, happened: Happened) -> None:
    """`did` counts for Chat unless the event names another feature; `beta` is not in the catalogue."""
    launch(workspace)
    happened(
        "2026-11-17 10:00 ann@acme", "2026-11-17 11:00 ann@acme export", "2026-11-17 12:00 bob@bolt beta",
        "2026-11-10 10:00 ann@acme", "2026-11-10 11:00 ann@acme",
    )  # fmt: skip
    with reading(workspace) as reader:
        rows = {row["feature"]: row for row in reader.report("usage.features", WEEK).rows}
    assert (rows["chat"]["uses"], rows["chat"]["uses_before"], rows["chat"]["change"]) == (1, 2, -0.5)
    assert (rows["export"]["uses"], rows["export"]["change"]) == (1, None)
    assert (rows["plan"]["uses"], rows["plan"]["last_at"]) == (0, None)
    assert rows["beta"]["stage"] == "not in catalogue"


def test_weeks_without_events_are_0_and_the_last_is_partial(workspace: Workspace, happened: Happened) -> None:
    launch(workspace)
    happened("2026-10-28 10:00 ann@acme", "2026-11-17 10:00 ann@acme", "2026-11-18 10:00 bob@bolt")
    with reading(workspace) as reader:
        rows = reader.report("usage.activity", WEEK).rows
    assert [(row["week"], row["accounts"], row["persons"], row["partial"]) for row in rows] == [
        ("2026-10-26", 1, 1, False), ("2026-11-02", 0, 0, False), ("2026-11-09", 0, 0, False),
        ("2026-11-16", 2, 2, True),
    ]  # fmt: skip
    assert [row["released"] for row in rows] == ["", "", "Export", ""]
