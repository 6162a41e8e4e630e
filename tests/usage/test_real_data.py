"""The examples on public data, asked as a person would, against scripts that count the same files without our code."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import load
from callsheet.base.time import Period
from callsheet.metrics.reader import reading
from callsheet.stack.sync import run_source
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.elsewhere import Elsewhere
from callsheet.store.workspace import Workspace, in_memory
from callsheet.usage.cli import _read
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import Asking

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
FOLDERS = {"sparkify": "sparkify_nov2018", "cdnow": "cdnow", "obsidian": "obsidian_plugins", "jenkins": "jenkins"}
pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no public data in {DATA}"),
]


def counted(name: str) -> dict[str, Any]:
    """Return what the example's own script counts."""
    spec = importlib.util.spec_from_file_location(f"count_{name}", ROOT / "examples" / name / "count.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, Any] = module.report(DATA / FOLDERS[name])
    return found


class Example:
    """An example whose sources are synced, and its questions."""

    def __init__(self, name: str, folder: Path, patch: pytest.MonkeyPatch, *sources: str) -> None:
        patch.setenv(f"{name.upper()}_DATA", str(DATA / FOLDERS[name]))
        self.home, self.said = ROOT / "examples" / name, counted(name)
        self.workspace: Workspace = in_memory(folder, load(self.home))
        names = sources or [source.name for source in self.workspace.config.sources]
        self.told = {one: run_source(self.workspace, one) for one in names}

    def answer(self, question: str) -> Any:
        """Return the answer to a question of the example's folder."""
        asked = kinds.parse(_read(self.home / "questions" / f"{question}.yaml"))
        with reading(self.workspace) as reader:
            return Asking(reader).answer(asked)


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as found:
        yield found


@pytest.fixture(scope="module")
def sparkify(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Iterator[Example]:
    found = Example("sparkify", tmp_path_factory.mktemp("sparkify"), patch)
    yield found
    found.workspace.close()


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Iterator[Example]:
    found = Example("cdnow", tmp_path_factory.mktemp("cdnow"), patch)
    yield found
    found.workspace.close()


def started(found: Any) -> dict[str, list[int]]:
    """Return a retention grid as units by first day of the cohort."""
    since = [bucket.since for bucket in found.buckets]
    return {since[one.bucket]: [cell.units or 0 for cell in one.cells] for one in found.grids[0].cohorts}


def test_sparkify_comes_in_whole(sparkify: Example) -> None:
    counts = sparkify.told["events"]["counts"]
    assert (counts["rows"], counts["quarantined"]) == (sparkify.said["rows"], 0) == (8056, 0)
    assert run_source(sparkify.workspace, "events")["counts"]["rows"] == 0
    shown = {(line.series, line.group): line.total for line in sparkify.answer("trends").lines}
    for what, series in (("songs", "A"), ("listeners", "B")):
        assert {shown[series, level] == sparkify.said[f"{what}, {level}"] for level in ("paid", "free")} == {True}
    assert sparkify.said["songs"] == 6820


@pytest.mark.parametrize(("question", "name"), [("upgrade",) * 2, ("free_to_paid", "free to paid"), ("downgrade",) * 2])
def test_sparkify_funnels(sparkify: Example, question: str, name: str) -> None:
    found = sparkify.answer(question)
    assert [step.count for step in found.lines[0].steps] == sparkify.said[name]
    assert sparkify.said["upgrade"] == [85, 83, 14, 8]


def test_sparkify_over_time(sparkify: Example) -> None:
    assert started(sparkify.answer("retention")) == sparkify.said["retention"]
    found = sparkify.answer("lifecycle")
    states = found.lines[0].states
    for place, bucket in enumerate(found.buckets):
        wanted = sparkify.said["lifecycle"][bucket.since]
        assert {state: states[state][place] for state in states if states[state][place]} == wanted
    line = sparkify.answer("stickiness").lines[0]
    assert {days: count for days, count in enumerate(line.counts, 1) if count} == sparkify.said["stickiness"]


def test_sparkify_visits_and_paths(sparkify: Example) -> None:
    by_id, by_pause = (sparkify.answer(name).lines[0].total for name in ("sessions", "visits"))
    assert (by_id.sessions, by_id.bounces) == (sparkify.said["sessions"], sparkify.said["bounces"]) == (911, 300)
    assert by_id.length_median == sparkify.said["median seconds"]
    assert (by_pause.sessions, by_pause.bounces) == sparkify.said["visits"]
    found = sparkify.answer("paths")
    after = {edge.target[2:]: edge.count for edge in found.edges if edge.source == "1_Upgrade"}
    [stop] = [node for node in found.nodes if node.key == "1_Upgrade"]
    assert after | {"(end)": stop.ended} == sparkify.said["after Upgrade"]


def test_cdnow_is_what_was_published(cdnow: Example) -> None:
    """Fader and Hardie (2001) and the data set's own notes: 23,570 customers, 69,659 purchases to June 1998."""
    counts = cdnow.told["purchases"]["counts"]
    assert (counts["inserted"], counts["quarantined"]) == (69_659, 0)
    purchases, buyers, dollars = cdnow.answer("sales").lines
    assert (purchases.total, buyers.total) == (69_659, 23_570)
    assert dollars.total == pytest.approx(cdnow.said["dollars"])
    assert purchases.amounts == cdnow.said["purchases by month"]
    assert buyers.amounts == cdnow.said["buyers by month"]
    assert dollars.amounts == pytest.approx(cdnow.said["dollars by month"])


def test_cdnow_repeat_purchases_by_cohort(cdnow: Example) -> None:
    grid = started(cdnow.answer("retention"))
    assert list(grid.values()) == list(cdnow.said["retention"].values())
    assert [row[0] for row in grid.values()] == [7846, 8476, 7248]
    states = cdnow.answer("lifecycle").lines[0].states
    assert states == cdnow.said["lifecycle"]
    line = cdnow.answer("stickiness").lines[0]
    assert dict(enumerate(line.counts, 1)) == cdnow.said["months active"]
    steps = cdnow.answer("twice").lines[0].steps
    assert [step.count for step in steps] == cdnow.said["twice, thrice within 90 days"]


def test_obsidian_rows_without_a_count_are_set_aside_with_their_line(
    tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    example = Example("obsidian", tmp_path, patch)
    workspace, told = example.workspace, example.told["downloads-by-plugin"]
    missing = example.said["without a count"]
    assert (told["counts"]["rows"], told["counts"]["quarantined"]) == (example.said["rows by plugin"], missing)
    assert [one["line"] for one in told["errors"]][:3] == example.said["the first of them"]
    assert told["errors"][0]["error"] == (
        "amount (column downloads is empty): measures cannot do without it. Fill it in."
    )
    settings = workspace.config.events
    path = settings.path.replace("${OBSIDIAN_DATA}", str(DATA / FOLDERS["obsidian"]))
    assert isinstance(workspace.facts, DuckWarehouse)
    workspace.facts = Elsewhere(workspace.facts, replace(settings, path=path))
    assert workspace.facts.counts()["events"] == example.said["rows by version"]
    found = example.answer("versions")
    since = [bucket.since for bucket in found.buckets]
    weekly = {
        line.group: {day: one for day, one in zip(since, line.amounts, strict=True) if one is not None}
        for line in found.lines
    }
    assert weekly == example.said["weekly"]
    versions, plugins = example.answer("plugins").lines
    assert versions.amounts == list(example.said["versions by month"].values())
    assert plugins.amounts == list(example.said["plugins by month"].values())
    workspace.close()


def test_jenkins_installs_move_to_a_release(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    example = Example("jenkins", tmp_path, patch, "releases", "installs-by-version")
    with reading(example.workspace) as reader:
        rows = reader.report("releases.uptake", Period(datetime(2021, 12, 1), datetime(2022, 1, 1))).rows
    found = {row["version"]: [row[f"month{months}"] for months in (1, 3, 6)] for row in rows}
    assert found == {version: shares for version, shares in example.said.items() if version in found}
    assert len(found) == len(example.said)
    assert found["2.235.1"] == [12.64, 4.15, 2.59]
    example.workspace.close()
