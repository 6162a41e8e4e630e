"""Detectors of usage on made-up events: each is silent, fires when its symptom is planted, and resolves by itself.

"Now" is Sunday 22 November 2026, 16:00 UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.findings import lifecycle, model
from callsheet.findings.model import DETECTORS, Signal
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import STORIES
from callsheet.store.workspace import Workspace, in_memory
from callsheet.usage import actions, demo
from callsheet.usage.records import SavedReport
from tests.sampled import TODAY, made

NEW = ("account_at_risk", "adoption_behind", "funnel_falling", "retention_falling", "tracking_broken")
HOUR = timedelta(hours=1)
Rows = list[dict[str, Any]]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = in_memory(
        tmp_path, Config(workspace=WorkspaceSettings(as_of=f"{TODAY:%Y-%m-%dT%H:%M:%SZ}"), folder=tmp_path)
    )
    yield opened
    opened.close()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[Workspace, str], dict[str, str]]:
    """Run one detector through its life; returns the states of its findings by subject."""

    def run(workspace: Workspace, name: str) -> dict[str, str]:
        monkeypatch.setattr(model, "DETECTORS", {name: DETECTORS[name]})
        lifecycle.refresh(workspace)
        with workspace.books.read() as book:
            return {row.subject: row.state for row in lifecycle.current(book, *lifecycle.LIVE, "resolved")}

    return run


Alone = Callable[[Workspace, str], dict[str, str]]


def signals(workspace: Workspace, name: str) -> list[Signal]:
    with reading(workspace) as reader:
        return list(DETECTORS[name].detect(reader))


def land(workspace: Workspace, table: str, rows: Rows) -> None:
    with workspace.facts.batch("test", table) as batch:
        batch.merge(table, rows)


def event(number: int, moment: datetime, name: str, person: str, **more: Any) -> dict[str, Any]:
    return {"event_id": f"{name}-{person}-{number}-{moment:%m%d%H%M}", "occurred_at": moment, "event": name,
            "person_id": person, **more}  # fmt: skip


def steady(name: str, amount: int, *, since: int = 55, until: int = 0, **more: Any) -> Rows:
    """So many events a whole day from `since` to `until` days ago, fewer at week-ends, with a little noise."""
    rng, rows = np.random.default_rng(len(name)), list[dict[str, Any]]()
    for back in range(since, until, -1):
        day = datetime(2026, 11, 22) - timedelta(days=back)
        size = rng.poisson(amount * (0.3 if day.weekday() > 4 else 1))
        rows += [event(n, day + HOUR * 8 + timedelta(minutes=n), name, f"p{n % 9}", **more) for n in range(size)]
    return rows


@pytest.mark.parametrize("name", NEW)
def test_the_undisturbed_company_is_silent(undisturbed: Workspace, name: str) -> None:
    assert signals(undisturbed, name) == []


@pytest.mark.parametrize("name", NEW)
def test_nothing_known_is_silent(workspace: Workspace, name: str) -> None:
    assert signals(workspace, name) == []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    opened = made(tmp_path_factory.mktemp("calm"), demo, frozenset())
    yield opened
    opened.close()


def test_accounts_that_fade_away_are_found_in_the_sample_company(tmp_path: Path, alone: Alone) -> None:
    """The planted story; somebody coming back resolves it."""
    company = made(tmp_path, demo, STORIES)
    found = signals(company, "account_at_risk")
    assert found
    assert all("likely to leave" in one.title and "a year" in one.sentence for one in found)
    assert {name for name in NEW if signals(company, name)} == {"account_at_risk"}
    states = alone(company, "account_at_risk")
    assert set(states.values()) == {"open"}
    account = found[0].subject.removeprefix("account:")
    days = [TODAY - timedelta(days=back) for back in range(1, 12)]
    land(company, "events", [event(n, day, "board_opened", f"back{n % 3}", account_id=account)
                             for day in days for n in range(20)])  # fmt: skip
    assert alone(company, "account_at_risk")[f"account:{account}"] == "resolved"
    company.close()


def test_a_silence_beyond_an_accounts_rhythm(workspace: Workspace) -> None:
    """Twenty accounts are there each week; one stops for four weeks. No departure is known, so no chance is stated."""
    rows = []
    for account in range(20):
        for week in range(25):
            if account or week >= 4:
                moment = datetime(2026, 11, 19, 9) - timedelta(weeks=week)
                rows += [event(n, moment, "did", f"u{account}", account_id=f"a{account:02}") for n in range(3)]
    land(workspace, "events", rows)
    land(workspace, "accounts", [{"account_id": f"a{n:02}", "name": f"Firm {n}", "revenue": 1000.0} for n in range(20)])
    (found,) = signals(workspace, "account_at_risk")
    assert found.subject == "account:a00"
    assert found.title == "Firm 0 has gone quiet"
    assert "nobody there for 4 weeks" in found.sentence.lower()


def launch(workspace: Workspace, **more: Any) -> None:
    with workspace.books.change(workspace.now()) as book:
        actions.add_feature(
            book, "Export", SYSTEM, released_at=TODAY - timedelta(days=30), predicted_share=0.6, predicted_low=0.5,
            predicted_days=60, owner="ada", **more,
        )  # fmt: skip
    land(
        workspace,
        "events",
        [event(0, TODAY - timedelta(days=2), "did", f"u{n}", account_id=f"a{n}") for n in range(100)],
    )


def tries(workspace: Workspace, size: int) -> None:
    land(workspace, "events", [
        event(1, TODAY - timedelta(days=1), "used", f"u{n}", account_id=f"a{n}", feature="export") for n in range(size)
    ])  # fmt: skip


def test_adoption_below_what_was_due_at_its_age(workspace: Workspace, alone: Alone) -> None:
    """Half of the range is due after 30 of 60 days: 25%. 12 of 100 is at most 20%, 20 may be anything up to 29%."""
    launch(workspace)
    tries(workspace, 12)
    (found,) = signals(workspace, "adoption_behind")
    assert (found.subject, found.owner) == ("feature:export", "ada")
    assert found.title == "Export: 12% tried it, at least 25% were due"
    assert alone(workspace, "adoption_behind") == {"feature:export": "open"}
    tries(workspace, 20)
    assert alone(workspace, "adoption_behind") == {"feature:export": "resolved"}


def test_what_nobody_uses_is_called_unused_and_not_behind_as_well(workspace: Workspace) -> None:
    """None of 100: at most 3.7%."""
    launch(workspace)
    assert signals(workspace, "adoption_behind") == []
    assert [one.subject for one in signals(workspace, "unused_feature")] == ["feature:export"]


def test_an_event_that_vanished(workspace: Workspace, alone: Alone) -> None:
    """checkout stopped four days ago, three of them working days with 40 each; seldom comes twice a day anyway."""
    land(workspace, "events", steady("opened", 40) + steady("checkout", 40, until=4) + steady("seldom", 1, until=2))
    (found,) = signals(workspace, "tracking_broken")
    assert found.subject == "event:checkout:vanished"
    assert "None since 17 November" in found.sentence
    assert alone(workspace, "tracking_broken") == {"event:checkout:vanished": "open"}
    land(workspace, "events", [event(1, TODAY - HOUR, "checkout", "p1")])
    assert alone(workspace, "tracking_broken") == {"event:checkout:vanished": "resolved"}


def test_a_week_end_is_no_silence(workspace: Workspace) -> None:
    """An event of working days only, looked at on a Sunday."""
    rows = [row for row in steady("opened", 40) if row["occurred_at"].weekday() < 5]
    land(workspace, "events", rows)
    assert signals(workspace, "tracking_broken") == []


def test_a_volume_that_broke(workspace: Workspace) -> None:
    """A tenth of the usual since Thursday; the other event goes on."""
    rows = steady("opened", 200, until=3) + steady("closed", 200)
    land(workspace, "events", rows + steady("opened", 20, since=3))
    (found,) = signals(workspace, "tracking_broken")
    assert (found.subject, found.title) == ("event:opened:dropped", "opened comes in far less")
    assert "in the last 3 days" in found.sentence


def test_when_everything_stops_it_is_one_finding(workspace: Workspace) -> None:
    land(workspace, "events", [row for n in range(6) for row in steady(f"event{n * 'x'}", 40, until=4)])
    (found,) = signals(workspace, "tracking_broken")
    assert (found.subject, found.severity) == ("event:*:vanished", "bad")
    assert found.title == "6 events have stopped coming in"


def test_a_property_that_changed_its_type_and_one_that_vanished(workspace: Workspace, alone: Alone) -> None:
    before, after = '{"price": 12.5, "plan": "team", "now and then": 1}', '{"price": "12.50", "more": true}'
    rows = steady("bought", 30, until=3, properties=before) + steady("bought", 40, since=3, properties=after)
    same = steady("seen", 30, properties='{"page": "/", "count": 3}')
    land(workspace, "events", rows + same)
    found = {one.subject: one.sentence for one in signals(workspace, "tracking_broken")}
    assert set(found) == {"event:bought:type changed", "event:bought:property vanished"}
    assert found["event:bought:type changed"] == "Price was number, now it is text in 100% of the rows."
    assert "Plan was in 100% of the rows, now in 0%." in found["event:bought:property vanished"]
    mended = [{**row, "properties": before} for row in rows]
    land(workspace, "events", mended)
    assert set(alone(workspace, "tracking_broken").values()) <= {"resolved"}


def newcomers(back: Callable[[int, int], bool], *, weeks: int = 22, size: int = 40) -> Rows:
    """New people each week; `back(week, number)` says who comes back after 10 days. Week 0 is the latest."""
    rows = [event(0, datetime(2026, 5, 1), "began", "first")]
    for week in range(weeks):
        monday = datetime(2026, 11, 16, 9) - timedelta(weeks=week)
        for number in range(size):
            moment, person = monday + timedelta(days=number % 5), f"w{week}n{number}"
            rows.append(event(0, moment, "began", person))
            if back(week, number) and moment + timedelta(days=10) < TODAY:
                rows.append(event(1, moment + timedelta(days=10), "came", person))
    return rows


def test_retention_of_new_cohorts_falling(workspace: Workspace, alone: Alone) -> None:
    """Until seven weeks ago 20 of 40 came back, since then 8."""
    land(workspace, "events", newcomers(lambda week, number: number < (20 if week > 7 else 8)))
    (found,) = signals(workspace, "retention_falling")
    assert (found.subject, found.title) == ("cohorts:person", "20% of new people come back, before 50%")
    assert alone(workspace, "retention_falling") == {"cohorts:person": "open"}
    land(workspace, "events", newcomers(lambda _, number: number < 20))
    assert alone(workspace, "retention_falling") == {"cohorts:person": "resolved"}


def test_cohorts_that_always_differ_do_not_fall(workspace: Workspace) -> None:
    """Weeks swing between 10 and 30 of 40; four low ones in a row are within that."""
    land(workspace, "events", newcomers(lambda week, number: number < (10 if week % 4 < 2 or 5 <= week <= 8 else 30)))
    assert signals(workspace, "retention_falling") == []


def funnel(workspace: Workspace) -> None:
    question = {"kind": "funnel", "unit": "person", "steps": [{"events": ["began"]}, {"events": ["came"]}],
                "window": {"value": 14, "unit": "day"}}  # fmt: skip
    with workspace.books.change(workspace.now()) as book:
        book.add(
            SavedReport(
                id="sign-up",
                name="Sign-up",
                question=question,
                created_at=book.now,
                changed_at=book.now,
                line="",
                owner="",
            )
        )


def test_a_step_of_a_kept_funnel_falling(workspace: Workspace, alone: Alone) -> None:
    funnel(workspace)
    land(workspace, "events", newcomers(lambda week, number: number < (24 if week > 6 else 8)))
    (found,) = signals(workspace, "funnel_falling")
    assert found.subject == "funnel:sign-up:1"
    assert found.title.startswith("Sign-up: 20% go on from began to came, before ")
    assert alone(workspace, "funnel_falling") == {"funnel:sign-up:1": "open"}
    land(workspace, "events", newcomers(lambda _, number: number < 24))
    assert alone(workspace, "funnel_falling") == {"funnel:sign-up:1": "resolved"}


def test_a_fall_in_one_segment_is_told_as_that(workspace: Workspace) -> None:
    """160 people a week of three segments; only the small ones fall, which is too little to show for everybody."""
    funnel(workspace)
    segments = {0: "small", 1: "mid", 2: "mid", 3: "mid"}

    def back(week: int, number: int) -> bool:
        usual = (number // 4) % 20 < 10
        return usual and not (number % 4 == 0 and week <= 6 and (number // 4) % 20 >= 3)

    rows = newcomers(back, size=80)
    for row in rows:
        row["account_id"] = f"of-{segments[int(row['person_id'].partition('n')[2] or 1) % 4]}"
    land(workspace, "events", rows)
    land(workspace, "accounts", [{"account_id": f"of-{one}", "segment": one} for one in ("small", "mid")])
    (found,) = signals(workspace, "funnel_falling")
    assert found.subject == "funnel:sign-up:1"
    with reading(workspace) as reader:
        rows = reader.report("usage.funnel_steps").rows
    assert {row["segment"] for row in rows} == {"", "small", "mid"}
    by_segment = {row["segment"]: row for row in rows}
    assert by_segment[""]["entered"] == by_segment["small"]["entered"] + by_segment["mid"]["entered"]
    assert by_segment["small"]["p_holm"] < 0.01
    assert by_segment["mid"]["p_holm"] >= 0.5


def test_the_way_to_value_is_a_funnel_without_being_kept(workspace: Workspace) -> None:
    """New people reach Start and then Finish, both features of the catalogue, within 14 days of their beginning."""
    with workspace.books.change(workspace.now()) as book:
        for step, name in enumerate(("Start", "Finish"), start=1):
            actions.add_feature(book, name, SYSTEM, events=[name.lower()], stage="released", activation=step)
    rows = newcomers(lambda week, number: number < (30 if week > 6 else 10))
    for row in list(rows):
        if row["event"] == "came":
            row["event"] = "finish"
        else:
            rows.append(
                {**row, "event_id": f"s-{row['event_id']}", "event": "start", "occurred_at": row["occurred_at"] + HOUR}
            )
    land(workspace, "events", rows)
    with reading(workspace) as reader:
        first, second = reader.report("usage.funnel_steps").rows
    assert (first["name"], first["rate"], first["before_rate"]) == ("new, Start", 1, 1)
    assert second["name"] == "Start, Finish"
    assert (second["rate"], second["entered"]) == (0.25, 160)
    assert second["before_rate"] > 0.5
    (found,) = signals(workspace, "funnel_falling")
    assert found.subject == "funnel:activation:2"
