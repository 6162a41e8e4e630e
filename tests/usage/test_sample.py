"""The usage part of the sample company: its stories, its size, its speed."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select

from callsheet.base.time import parse_moment
from callsheet.metrics.reader import reading
from callsheet.metrics.registry import REPORTS
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import SIZES, Company
from callsheet.store.persons import people_of
from callsheet.store.workspace import Workspace
from callsheet.usage import demo
from callsheet.usage.metrics.alerts import history
from callsheet.usage.questions import kinds
from callsheet.usage.questions.alerts import Watched
from callsheet.usage.questions.asking import Asking
from callsheet.usage.records import Alert, Board, SavedReport
from tests.usage.conftest import NOW, pinned


def shares(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """The adoption report by feature."""
    with reading(workspace) as reader:
        return {row["feature"]: row for row in reader.report("usage.adoption").rows}


def test_the_stories_are_in_the_facts(sample: Workspace) -> None:
    rows = shares(sample)
    checklist, filters, reactions = (rows[key] for key in ("onboarding-checklist", "saved-filters", "quick-reactions"))
    assert checklist["tried_share"] == pytest.approx(0.38, abs=0.01)
    assert checklist["tried_low"] > checklist["predicted_share"] == 0.30
    assert checklist["days"] == 5
    assert checklist["kept"] is None
    assert filters["tried_share"] == pytest.approx(0.45, abs=0.01)
    assert filters["kept"] / filters["kept_of"] == pytest.approx(0.7, abs=0.06)
    assert reactions["tried_share"] < 0.03
    assert reactions["days"] == 40


def test_without_stories_nothing_is_unused(undisturbed: Workspace) -> None:
    rows = shares(undisturbed)
    assert rows["quick-reactions"]["tried_share"] == pytest.approx(0.30, abs=0.01)
    assert min(row["tried_share"] for row in rows.values()) > 0.25


def test_no_use_is_before_the_release_or_after_today(sample: Workspace) -> None:
    company = Company(sample.now())
    events = sample.facts.tables()["events"]
    spans = events.group_by("feature").agg(first=events.occurred_at.min(), last=events.occurred_at.max())
    found = {row["feature"]: row for row in sample.facts.run(spans).to_pylist()}
    assert all(row["last"] < sample.now() for row in found.values())
    for plan in company.plans:
        release = company.release_of(plan)
        if plan.feature in found and release is not None:
            assert found[plan.feature]["first"] > release[1]
    persons = sample.facts.tables()["persons"]
    early = events.join(persons, "person_id").filter(events.occurred_at < persons.created_at)  # nameless visits too
    assert sample.facts.run(early.count().name("n").as_table())["n"][0].as_py() == 0


def small() -> list[pa.Table]:
    """The events of the small company."""
    company = Company(datetime(2026, 11, 22, 16))
    return [pa.table(rows) for table, rows in demo.facts(company) if table == "events"]


def test_small_is_exact_quick_and_always_the_same() -> None:
    begin = time.process_time()
    first = small()
    assert time.process_time() - begin < 3
    assert sum(rows.num_rows for rows in first) == SIZES["small"][1]
    assert all(rows.num_rows <= demo.CHUNK for rows in first)
    assert pa.concat_tables(first).equals(pa.concat_tables(small()))


def test_people_come_for_visits_with_things_to_tell() -> None:
    """A visit is one person's, seconds to minutes apart, in order; what is told of it is JSON with a screen or a page;
    who signs up was nameless until then."""
    events = pa.concat_tables(small())
    visits: dict[str, list[dict[str, Any]]] = {}
    for row in events.slice(0, 40_000).to_pylist():
        visits.setdefault(row["session_id"], []).append({**row, "said": json.loads(row["properties"])})
    lengths = [len(rows) for rows in visits.values()]
    assert 2.5 < sum(lengths) / len(lengths) < 5
    for rows in visits.values():
        moments = [row["occurred_at"] for row in rows]
        assert moments == sorted(moments)
        assert all(later - sooner < timedelta(minutes=30) for sooner, later in pairwise(moments))
        assert len({row["person_id"] for row in rows}) == 1
        assert len({(row["said"]["$os"], row["said"]["app_version"][:4]) for row in rows}) <= 2
        assert all({"screen", "$pathname", "$anon_distinct_id"} & row["said"].keys() for row in rows)
    signed = [rows for rows in visits.values() if any(row["event"] == "signed_up" for row in rows)]
    assert len(signed) > 300
    for rows in signed:
        nameless = [row for row in rows if row["event"] == "$pageview"]
        assert nameless
        assert {row["distinct_id"] for row in nameless} == {
            row["said"]["$anon_distinct_id"] for row in rows if row["event"] == "$identify"
        }
        assert {row["account_id"] for row in nameless} == {None}


def test_the_newest_events_come_through_the_stream(tmp_path: Path) -> None:
    """Nothing is lost or doubled on the way, each outcome occurs, and who signed up is one person with two ids."""
    company = Company(parse_moment(NOW))
    opened = pinned(tmp_path)
    live = demo.Live(company)
    with opened.facts.batch("demo", "sample") as batch:
        for table, rows in demo.facts(company):
            batch.merge(table, live.before(table, rows))
    with opened.books.change(opened.now()) as book:
        demo.decide(book, company, SYSTEM)
    live.send(opened)
    tables = opened.facts.tables()
    events = tables["events"]
    streamed = opened.facts.run(events.filter(events.batch == "stream")).to_pylist()
    assert opened.facts.counts()["events"] == SIZES["small"][1]
    assert {row["source"] for row in streamed} == {"web-app", "mobile-app", "website"}
    assert min(row["occurred_at"] for row in streamed) >= live.since
    assert all(timedelta(0) <= row["received_at"] - row["occurred_at"] < timedelta(minutes=2) for row in streamed)
    counts: Counter[str] = Counter()
    for row in opened.facts.run(tables["intake_counts"]).to_pylist():
        counts[row["outcome"].partition(":")[0]] += row["amount"]
    assert counts["stored"] == len(streamed)
    assert counts["received"] == sum(counts[one] for one in ("stored", "duplicate", "refused", "blocked"))
    assert min(counts.values()) > 0
    merges = opened.facts.run(tables["merges"]).to_pylist()
    identified = opened.facts.run(events.filter(events.event == "$identify")).to_pylist()
    assert len(merges) == len(identified) > 300
    people = people_of(opened)
    assert all(people.person_of(row["from_id"]) == row["into_id"] for row in merges)
    opened.close()


@pytest.mark.parametrize("name", [name for name in sorted(REPORTS) if name.startswith("usage.")])
def test_every_report_has_rows_and_its_chart_draws(sample: Workspace, name: str) -> None:
    with reading(sample) as reader:
        found = reader.report(name)
    assert found.rows
    keys = {column.key for column in found.columns}
    assert keys <= set(found.rows[0])
    chart = REPORTS[name].chart
    assert chart is None or not chart(found)["callsheet"]["empty"]


def test_reports_of_an_empty_workspace_are_empty(workspace: Workspace) -> None:
    with reading(workspace) as reader:
        for name in (name for name in REPORTS if name.startswith("usage.")):
            assert reader.report(name).rows == []
            chart = REPORTS[name].chart
            assert chart is None or chart(reader.report(name))["callsheet"]["empty"]


def test_what_people_kept_has_answers(sample: Workspace) -> None:
    """Each saved report draws, the board holds its tiles, the cohorts have members, and the alert is quiet."""
    with reading(sample) as reader:
        asking = Asking(reader)
        for row in reader.book.all(select(SavedReport)):
            question = kinds.parse(row.question)
            found = asking.answer(question)
            assert found.sample > 0, row.id
            assert kinds.chart(question, found)["callsheet"]["empty"] is False, row.id
            assert kinds.table(question, found).rows, row.id
        (board,) = reader.book.all(select(Board))
        assert len(board.tiles) == 7
        assert 3 < len(asking.cohort("fading-customers")) < 100
        assert len(asking.cohort("advisory-board")) == 12
        (alert,) = reader.book.all(select(Alert))
        past = history(asking, alert.question, Watched.model_validate(alert.watched))
        assert {one.state for one in past} == {"ok"}
        assert sum((one.low or 0) > 10 for one in past) > 15, "on working days it would notice"
