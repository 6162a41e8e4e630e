"""The usage part of the sample company: its stories, its size, its speed."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select

from callsheet.metrics.reader import reading
from callsheet.metrics.registry import REPORTS
from callsheet.model.sample import SIZES, Company
from callsheet.store.workspace import Workspace
from callsheet.usage import demo
from callsheet.usage.metrics.alerts import history
from callsheet.usage.questions import kinds
from callsheet.usage.questions.alerts import Watched
from callsheet.usage.questions.asking import Asking
from callsheet.usage.records import Alert, Board, SavedReport


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
    early = events.join(persons, "person_id").filter(events.occurred_at < persons.created_at)
    assert sample.facts.run(early.count().name("n").as_table())["n"][0].as_py() == 0


def small() -> list[pa.Table]:
    """The events of the small company."""
    company = Company(datetime(2026, 11, 22, 16))
    return [pa.table(rows) for table, rows in demo.facts(company) if table == "events"]


def test_small_is_exact_quick_and_always_the_same() -> None:
    begin = time.perf_counter()
    first = small()
    assert time.perf_counter() - begin < 3
    assert sum(rows.num_rows for rows in first) == SIZES["small"][1]
    assert all(rows.num_rows <= demo.CHUNK for rows in first)
    assert pa.concat_tables(first).equals(pa.concat_tables(small()))


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
