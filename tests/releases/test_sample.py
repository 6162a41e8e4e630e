"""The releases of the sample company: what is known of them and what was decided."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from callsheet.base.time import Period, cadence_period
from callsheet.metrics.reader import reading
from callsheet.model.sample import WEEKS, Company
from callsheet.releases import actions, demo
from callsheet.releases.records import Publication
from callsheet.store.book import LogEntry
from callsheet.store.workspace import Workspace

EVER = Period(datetime(2020, 1, 1), datetime(2027, 1, 1))
NEWEST = "2026.47"


def test_the_newest_release_waits_in_the_story(sample: Workspace, calm: Workspace) -> None:
    """Tier 2, notes ready, 11 of 12 lines done, not published; without the story it is out, like all others."""
    with sample.books.read() as book:
        waiting = book.all(select(Publication).where(Publication.published_at.is_(None)))
        assert [one.release_id for one in waiting] == [NEWEST]
        assert waiting[0].tier == 2
        assert waiting[0].notes["customers"].startswith("## Onboarding checklist")
        assert actions.ready(book, NEWEST) == (11, 12)
    with calm.books.read() as book:
        assert book.count(select(Publication).where(Publication.published_at.is_(None))) == 0
        assert book.count(select(LogEntry).where(LogEntry.verb == "release.published")) == WEEKS
        assert actions.ready(book, NEWEST) == (12, 12)


def test_contents(sample: Workspace) -> None:
    """Two to nine entries each; those of a plan carry its item ids; the initiative ships in its release."""
    with reading(sample) as reader:
        rows = reader.report("releases.recent", EVER).rows
    assert len(rows) == WEEKS
    assert all(2 <= row["items"] <= 9 for row in rows)
    assert rows[0]["version"] == NEWEST
    assert (rows[0]["state"], rows[0]["ready"], rows[0]["initiatives"]) == (
        "draft",
        "11 of 12",
        ["onboarding-checklist"],
    )
    items = dict(demo.facts(Company(datetime(2026, 11, 22, 16))))["release_items"]
    carried = [row for row in items if row["release_id"] == NEWEST and row["item_id"]]
    assert [row["item_id"] for row in carried] == [f"onboarding-checklist-{n}" for n in range(1, 6)]
    assert all(row["change_id"] == f"chg-{row['item_id']}" for row in carried)


FIGURES = {
    "one release this week": ("weekly", "releases.count", 1.0, 1),
    "none today": ("daily", "releases.count", 0.0, 0),
    "a week apart": ("monthly", "releases.lead", 7.0, 3),  # 3, 10 and 17 November, each a week after the one before
    "no gap ends today": ("daily", "releases.lead", None, 0),
    "two of the three of November": ("monthly", "releases.announced_share", 200 / 3, 3),
}


@pytest.mark.parametrize(("cadence", "name", "amount", "size"), FIGURES.values(), ids=FIGURES)
def test_figures(sample: Workspace, cadence: str, name: str, amount: float | None, size: int) -> None:
    """The releases came out every Tuesday, the last on 17 November; the newest was not announced."""
    with reading(sample) as reader:
        value = reader.value(name, cadence_period(cadence, sample.now()))
    assert value.amount == (None if amount is None else pytest.approx(amount))
    assert value.sample == size


def test_everything_was_announced_without_the_story(calm: Workspace) -> None:
    """Nothing for a detector to find."""
    with reading(calm) as reader:
        assert reader.value("releases.announced_share", EVER).amount == 100


def test_it_is_the_same_every_time() -> None:
    """The same day and seed give the same facts."""
    day = datetime(2026, 11, 22, 16)
    assert list(demo.facts(Company(day))) == list(demo.facts(Company(day)))
