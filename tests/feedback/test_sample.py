"""The sample company's feedback: believable, countable, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from callsheet.base.config import Config
from callsheet.feedback import demo
from callsheet.metrics.reader import Reader, reading
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import Company
from callsheet.store.workspace import in_memory
from tests.feedback.conftest import PINNED

TODAY = datetime(2026, 11, 22, 16)


@pytest.fixture(scope="module", params=["stories", "undisturbed"])
def company(request: pytest.FixtureRequest) -> Company:
    return Company(TODAY) if request.param == "stories" else Company(TODAY, stories=frozenset())


@pytest.fixture(scope="module")
def reader(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("sample")
    workspace = in_memory(folder, Config(folder=folder, workspace=PINNED))
    with workspace.facts.batch("demo", "sample") as batch:
        batch.merge("accounts", company.accounts)
        batch.merge("persons", company.users)
        for table, rows in demo.facts(company):
            batch.merge(table, rows)
    with workspace.books.change(TODAY) as book:
        demo.decide(book, company, SYSTEM)
    with reading(workspace) as opened:
        yield opened
    workspace.close()


def test_every_initiative_has_its_requesters(reader: Reader, company: Company) -> None:
    """Every fourth requester wrote twice; they are counted once all the same."""
    rows = {row["initiative"]: row for row in reader.report("feedback.demand").rows}
    assert {key: row["requesters"] for key, row in rows.items()} == {plan.id: plan.requesters for plan in company.plans}
    messages = sum(row["messages"] for row in reader.report("feedback.requests").rows if row["initiative"])
    assert messages > sum(plan.requesters for plan in company.plans)


def test_large_files_rise(reader: Reader) -> None:
    leader = reader.report("feedback.rising").rows[0]
    assert leader["title"] == demo.RISING
    assert leader["customers"] > 2 * leader["before"]


def test_nothing_was_said_after_it_was_decided_or_in_the_future(company: Company) -> None:
    rows = [row for _, rows in demo.facts(company) for row in rows]
    assert max(row["given_at"] for row in rows) < TODAY
    assert min(row["given_at"] for row in rows) >= company.begins
    for plan in company.plans:
        asked = [row["given_at"] for row in rows if row["feedback_id"].startswith(f"fb-{plan.id}-")]
        assert max(asked) < demo.decided_at(company, plan)
    assert len({row["feedback_id"] for row in rows}) == len(rows)


def test_the_inbox_holds_the_last_days_and_suggests(reader: Reader) -> None:
    rows = reader.report("feedback.inbox").rows
    assert 10 <= len(rows) <= 40
    assert sum(bool(row["suggestions"]) for row in rows) > len(rows) / 2


def test_it_is_the_same_every_time(company: Company) -> None:
    again = Company(TODAY, stories=company.stories)
    assert list(demo.facts(company)) == list(demo.facts(again))
