"""The Jenkins example against the public data, where it is there. Numbers: counted from the files in docs/jenkins.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import load
from callsheet.stack.sync import run_source
from callsheet.store.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "jenkins"
pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no public data in {DATA}"),
]
FACTS = {
    "transitions": 490, "work": 141 + 66, "changes": 22_450, "discussion": 29_176, "commits": 31_936, "releases": 713,
    "release_items": 1_882, "links": 3_002, "notices": 935, "incidents": 42, "components": 2_546, "ownership": 4_641,
    "measures": 47_517 + 168_157 + 10_352 + 3_362,
}  # fmt: skip


def test_everything_comes_in_and_says_what_the_files_say(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENKINS_DATA", str(DATA))
    workspace.config = load(ROOT / "examples" / "jenkins")
    told: dict[str, Any] = {source.name: run_source(workspace, source.name) for source in workspace.config.sources}
    counts = workspace.facts.counts()
    assert {table: counts[table] for table in FACTS} == FACTS
    assert {
        name: answer["counts"]["quarantined"] for name, answer in told.items() if answer["counts"]["quarantined"]
    } == {"proposals": 1}
    assert [len(told[name]["warnings"]) for name in ("pull-requests", "incidents")] == [1, 2]
    changes = workspace.facts.tables()["changes"]
    hours = (changes.merged_at.epoch_seconds() - changes.created_at.epoch_seconds()) / 3600
    found = workspace.facts.run(changes.aggregate(median=hours.median(), merged=changes.merged_at.count())).to_pylist()[
        0
    ]
    assert (round(found["median"], 1), found["merged"]) == (12.4, 18_820)
    again = {name: run_source(workspace, name)["counts"]["rows"] for name in told}
    assert not any(again.values())
