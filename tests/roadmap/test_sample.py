"""The sample company's roadmap, with and without its stories."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from callsheet.base.config import Config
from callsheet.base.time import Period
from callsheet.metrics.reader import reading
from callsheet.metrics.registry import REPORTS
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import Company
from callsheet.roadmap import demo
from callsheet.store.workspace import Workspace, in_memory
from tests.roadmap.conftest import PINNED

TODAY = datetime(2026, 11, 22, 16)
ALL = Period(datetime(2026, 1, 1), datetime(2026, 12, 1))


def sample(company: Company, folder: Path) -> Workspace:
    workspace = in_memory(folder, Config(folder=folder, workspace=PINNED))
    with workspace.books.change(TODAY) as book:
        demo.decide(book, company, SYSTEM)
    return workspace


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return sample(Company(TODAY), tmp_path_factory.mktemp("told"))


def test_the_board_is_that_of_the_company(told: Workspace) -> None:
    with reading(told) as reader:
        rows = {row["initiative"]: row for row in reader.report("roadmap.portfolio", ALL).rows}
        kept = reader.value("roadmap.promises_kept", ALL)
    plans = Company(TODAY).plans
    assert {key: (row["stage"], row["goal"]) for key, row in rows.items()} == {
        plan.id: (plan.stage, plan.goal) for plan in plans
    }
    assert (kept.amount, kept.sample) == (100.0, 4)  # four done initiatives were promised in the last 90 days


def test_bulk_import_slipped_twice(told: Workspace) -> None:
    with reading(told) as reader:
        slips = reader.report("roadmap.slips", ALL).rows
        assert [(row["initiative"], row["days"]) for row in slips] == [("bulk-import", 21), ("bulk-import", 14)]
        assert all(row["reason"] for row in slips)


def test_the_undisturbed_company_never_slips(tmp_path: Path) -> None:
    workspace = sample(Company(TODAY, stories=frozenset()), tmp_path)
    with reading(workspace) as reader:
        assert reader.report("roadmap.slips", ALL).rows == []
        assert reader.value("roadmap.slipped", ALL).amount == 0
    workspace.close()


def test_decisions_hold_dissent_and_evidence(told: Workspace) -> None:
    with reading(told) as reader:
        rows = reader.report("roadmap.decisions", ALL).rows
    assert any(row["dissent"] for row in rows)
    assert any(row["due"] for row in rows)
    assert any(row["outcome"] for row in rows)
    assert all(sum(bool(option.get("chosen")) for option in row["options"]) == 1 for row in rows)


@pytest.mark.parametrize("name", ["roadmap.portfolio", "roadmap.promises", "roadmap.scores", "roadmap.goals"])
def test_charts_draw(told: Workspace, name: str) -> None:
    chart = REPORTS[name].chart
    assert chart is not None
    with reading(told) as reader:
        assert chart(reader.report(name, ALL))["callsheet"]["chart"]
