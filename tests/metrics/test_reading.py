"""Named metrics and reports: what is refused, what is None, what a figure shows, and the rows behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import ibis
import pytest

from callsheet.base.config import WorkspaceSettings
from callsheet.base.errors import BadInput, UnknownName
from callsheet.base.time import Period, cadence_period, previous
from callsheet.metrics import Column, Facts, Report, Value, metric, report
from callsheet.metrics.figure import figure
from callsheet.metrics.reader import reading
from callsheet.metrics.registry import METRICS, REPORTS
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.store.workspace import Workspace

WEEK = Period(datetime(2026, 11, 16), datetime(2026, 11, 23), "week 47")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


@pytest.fixture
def asked() -> Iterator[list[Period]]:
    """Two metrics and a report over the releases; the list fills with the periods they were computed for."""
    log: list[Period] = []

    @metric("test.releases", title="Releases", unit="releases", better="higher", source="counted", scopes=("product",))
    def releases(facts: Facts, period: Period) -> Value:
        """Releases in the period."""
        log.append(period)
        table = facts.releases
        held = table.filter(period.holds(table.released_at))
        return facts.value(held.count(), sample=held.count(), rows=held)

    @metric("test.share", title="Share of prereleases", unit="%", source="counted")
    def share(facts: Facts, period: Period) -> Value:
        """Share of the period's releases that were prereleases; unknown ones are left out."""
        table = facts.releases
        held = table.filter(period.holds(table.released_at))
        known = held.filter(held.prerelease.notnull())
        amount = known.prerelease.cast("float64").mean() * 100
        return facts.value(amount, sample=known.count(), left_out=held.prerelease.isnull().sum(), why="unknown")

    @report("test.listed", title="Listed", columns=(Column("title", "Title"), Column("day", "Day", "time")))
    def listed(facts: Facts, period: Period) -> Report:
        """Titles of releases."""
        log.append(period)
        return facts.report(facts.records(facts.releases.select("title").mutate(day=ibis.literal("2026-11-16"))))

    yield log
    for name in ("test.releases", "test.share"):
        METRICS.pop(name)
    REPORTS.pop("test.listed")


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Five releases in week 47, two in week 46, at the edges and in the middle; today is 22 November 2026."""
    days = ("2026-11-16", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-22", "2026-11-09", "2026-11-15")
    rows = [
        {"release_id": f"r{n}", "released_at": datetime.fromisoformat(day), "product": "ab"[n % 2], "title": f"T{n}",
         "prerelease": (True, False, None)[n % 3], "version": FORMULAS[n % len(FORMULAS)]}
        for n, day in enumerate(days)
    ]  # fmt: skip
    with workspace.facts.batch("test", "releases") as batch:
        batch.merge("releases", rows)
    workspace.config = replace(workspace.config, workspace=WorkspaceSettings(as_of="2026-11-22T12:00:00Z"))
    return workspace


@pytest.mark.parametrize(("name", "like"), [("test.release", "test.releases"), ("tets.share", "test.share")])
def test_an_unknown_name_suggests_its_like(filled: Workspace, asked: Any, name: str, like: str) -> None:
    with reading(filled) as reader, pytest.raises(UnknownName, match=name) as raised:
        reader.value(name)
    assert like in raised.value.mend


def test_a_scope_that_a_metric_does_not_know_is_refused(filled: Workspace, asked: Any) -> None:
    with reading(filled) as reader:
        assert reader.value("test.releases", WEEK, product="a").amount == 3
        assert reader.value("test.releases", WEEK, product="").amount == 5
        with pytest.raises(BadInput, match="segment") as raised:
            reader.value("test.releases", WEEK, segment="x")
        assert "product" in raised.value.mend
        with pytest.raises(BadInput, match="product"):
            reader.value("test.share", WEEK, product="a")


def test_no_data_is_none_and_none_of_something_is_nought(filled: Workspace, asked: Any) -> None:
    empty = Period(datetime(2020, 1, 1), datetime(2020, 1, 8))
    with reading(filled) as reader:
        assert reader.value("test.releases", empty).amount == 0
        share = reader.value("test.share", empty)
        assert (share.amount, share.sample, share.left_out, share.left_out_why) == (None, 0, 0, "")
        # r0, r3 are prereleases, r1, r4 are not, of r2 it is unknown
        share = reader.value("test.share", WEEK)
        assert (share.amount, share.sample, share.left_out, share.left_out_why) == (50.0, 4, 1, "unknown")
        assert (share.unit, reader.value("test.releases", WEEK).unit) == ("%", "releases")


def test_an_answer_is_kept_until_the_facts_change(filled: Workspace, asked: list[Period]) -> None:
    def ask() -> float | None:
        with reading(filled) as reader:
            return reader.value("test.releases", WEEK).amount

    assert [ask(), ask()] == [5, 5]
    assert len(asked) == 1
    with filled.books.change() as book:
        book.log("thing.done", Ref("release", "x"), SYSTEM)
    assert ask() == 5
    assert len(asked) == 1, "a decision does not change what is counted from facts alone"
    with filled.facts.batch("test", "releases") as batch:
        batch.merge("releases", [{"release_id": "new", "released_at": datetime(2026, 11, 17)}])
    assert ask() == 6
    filled.facts.undo(batch.info.id)
    assert ask() == 5
    assert len(asked) == 3


def test_another_scope_or_period_is_another_answer(filled: Workspace, asked: list[Period]) -> None:
    with reading(filled) as reader:
        found = [reader.value("test.releases", WEEK, product=one).amount for one in ("a", "b", "c", "a")]
    assert found == [3, 2, 0, 3]
    assert len(asked) == 3


def test_a_figure_compares_and_shows_its_course(filled: Workspace, asked: Any) -> None:
    now = filled.now()
    week = cadence_period("weekly", now)
    with reading(filled) as reader:
        found = figure(reader, "test.releases", week, previous(week, "weekly"), product="a")
    # of product a (even numbers): r0, r2, r4 in week 47, r6 in week 46
    assert (found.amount, found.change) == (3, {"amount": 2, "before": 1, "label": "week 46, up to the same day"})
    assert [point.amount for point in found.series] == [0] * 10 + [1, 3]
    assert [point.since for point in found.series[-2:]] == ["2026-11-09", "2026-11-16"]
    assert [point.partial for point in found.series] == [False] * 11 + [True]
    assert (
        found.rows
        == "/api/metrics/test.releases/rows?since=2026-11-16T00%3A00%3A00&until=2026-11-23T00%3A00%3A00&product=a"
    )
    assert (found.definition, found.better) == ("Releases in the period.", "higher")


def test_a_figure_without_data_before_shows_no_change(filled: Workspace, asked: Any) -> None:
    before = Period(datetime(2020, 1, 1), datetime(2020, 1, 8))
    with reading(filled) as reader:
        assert figure(reader, "test.share", WEEK, before, series=False).change is None
        assert figure(reader, "test.share", before, WEEK, series=False).change is None
        assert figure(reader, "test.share", WEEK, None, series=False).series == []


def test_the_days_of_a_course_are_the_organisations(filled: Workspace, asked: Any) -> None:
    """In Madrid the week begins on Sunday at 23:00 UTC, in summer at 22:00: its points are Mondays all the same."""
    settings = WorkspaceSettings(time_zone="Europe/Madrid", as_of="2026-11-22T12:00:00Z")
    filled.config = replace(filled.config, workspace=settings)
    week = cadence_period("weekly", filled.now(), "Europe/Madrid")
    with reading(filled) as reader:
        days = [datetime.fromisoformat(point.since) for point in figure(reader, "test.releases", week).series]
    assert {day.weekday() for day in days} == {0}
    assert (days[-1] - days[0]).days == 77


SPAN = {"since": "2026-11-16", "until": "2026-11-23"}


def test_the_rows_behind_a_figure_come_in_pages(filled: Workspace, asked: Any, client: Any) -> None:
    def rows(**query: Any) -> dict[str, Any]:
        found: dict[str, Any] = client.get("/api/metrics/test.releases/rows", params=SPAN | query).json()
        return found

    first = rows(size=2, sort="release_id")
    assert ([row["release_id"] for row in first["rows"]], first["total"], first["sample"]) == (["r0", "r1"], 5, 5)
    assert [row["release_id"] for row in rows(size=2, page=3, sort="release_id")["rows"]] == ["r4"]
    assert rows(size=2, page=4)["rows"] == []
    assert [row["release_id"] for row in rows(sort="-release_id")["rows"]] == ["r4", "r3", "r2", "r1", "r0"]
    assert [row["release_id"] for row in rows(q="t3")["rows"]] == ["r3"]
    assert [row["release_id"] for row in rows(product="b", sort="release_id")["rows"]] == ["r1", "r3"]
    assert rows(sort="no_such_column")["total"] == 5
    tied = [row["release_id"] for page in (1, 2, 3) for row in rows(size=2, page=page, sort="product")["rows"]]
    assert sorted(tied) == ["r0", "r1", "r2", "r3", "r4"], "equal cells do not move from page to page"
    unsorted = [row["release_id"] for page in (1, 2, 3) for row in rows(size=2, page=page)["rows"]]
    assert unsorted == ["r0", "r1", "r2", "r3", "r4"]


def test_a_download_holds_all_rows_and_no_formula(filled: Workspace, asked: Any, client: Any) -> None:
    answer = client.get("/api/metrics/test.releases/rows", params=SPAN | {"format": "csv", "size": 2})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    table = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert sorted(row["version"] for row in table) == sorted(f"'{formula}" for formula in FORMULAS[:5])
    assert {row["release_id"] for row in table} == {"r0", "r1", "r2", "r3", "r4"}


def test_a_report_is_searched_sorted_and_paged(filled: Workspace, asked: Any, client: Any) -> None:
    def report_of(**query: Any) -> dict[str, Any]:
        found: dict[str, Any] = client.get("/api/reports/test.listed", params=query).json()
        return found

    found = report_of(sort="-title", size=3)
    assert [row["title"] for row in found["rows"]] == ["T6", "T5", "T4"]
    assert (found["total"], found["sample"], found["has_chart"]) == (7, 7, False)
    assert [column["key"] for column in found["columns"]] == ["title", "day"]
    assert [row["title"] for row in report_of(q="t2")["rows"]] == ["T2"]
    assert client.get("/api/reports/test.listed/chart").status_code == 404
    text = client.get("/api/reports/test.listed", params={"format": "csv"}).text
    assert text.splitlines()[0] == "title,day"
    assert len(text.splitlines()) == 8


def test_a_question_that_ends_before_it_begins_is_refused(filled: Workspace, asked: Any, client: Any) -> None:
    answer = client.get("/api/metrics/test.releases", params={"since": "2026-11-23", "until": "2026-11-16"})
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_input")
