"""Imports: tried first, repeated, undone, mended; and killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.model.actor import SYSTEM
from callsheet.stack import imports
from callsheet.stack.files.mapping import Chunk, Mapping
from callsheet.stack.landing import counted
from callsheet.store.workspace import Workspace, create, open_workspace
from tests.stack.conftest import Write

HEAD = "item_id,title,created_at\n"


def run(workspace: Workspace, path: Path, **options: Any) -> imports.Outcome:
    return imports.run(workspace, path, SYSTEM, **options)


def counts_of(done: imports.Outcome) -> dict[str, int]:
    return counted(done.info, done.landed)


def titles(workspace: Workspace) -> dict[str, str]:
    return {row["item_id"]: row["title"] for row in workspace.facts.run(workspace.facts.tables()["work"]).to_pylist()}


def test_a_dry_run_counts_and_lands_nothing(workspace: Workspace, write: Write) -> None:
    run(workspace, write("a.csv", HEAD + "a,A,2025-01-01\n"))
    done = run(workspace, write("b.csv", HEAD + "a,new,2025-01-01\nb,B,2025-01-01\nc,C,never\n"), dry_run=True)
    counts = counted(done.info, done.landed)
    assert counts == {"rows": 3, "inserted": 1, "updated": 1, "unchanged": 0, "duplicates": 0, "quarantined": 1}
    assert titles(workspace) == {"a": "A"}
    assert len(workspace.facts.batches()) == 1
    assert len(list(imports.landing_of(workspace).iterdir())) == 1


def test_the_same_file_again_changes_nothing(workspace: Workspace, write: Write) -> None:
    path = write("a.csv", HEAD + "a,A,2025-01-01\nb,B,2025-01-02\n")
    run(workspace, path)
    counts = counts_of(run(workspace, path))
    assert (counts["inserted"], counts["updated"], counts["unchanged"]) == (0, 0, 2)
    assert len(list(imports.landing_of(workspace).iterdir())) == 1, "the raw file is kept once"


def test_undo_restores_the_state_before(workspace: Workspace, write: Write) -> None:
    run(workspace, write("a.csv", HEAD + "a,A,2025-01-01\n"))
    second = run(workspace, write("b.csv", HEAD + "a,changed,2025-01-01\nb,B,2025-01-02\n"))
    workspace.facts.undo(second.info.id)
    assert titles(workspace) == {"a": "A"}


def test_rows_set_aside_come_in_with_a_corrected_text(workspace: Workspace, write: Write) -> None:
    first = run(workspace, write("a.csv", HEAD + "a,A,never\nb,B\nc,C,2025-01-01\n"))
    with workspace.books.change() as book:
        done = imports.retry(workspace, book, first.info.id, SYSTEM, corrected={2: "a,A,2025-01-02"})
        assert [row["line"] for row in imports.pending(workspace, book, first.info.id)] == [3]
    assert set(titles(workspace)) == {"a", "c"}
    assert [error["line"] for error in done.landed.errors] == [3]
    workspace.facts.undo(done.info.id)
    with workspace.books.read() as book:
        assert [row["line"] for row in imports.pending(workspace, book, first.info.id)] == [2, 3]


def test_rows_set_aside_come_in_with_a_corrected_mapping(workspace: Workspace, write: Write) -> None:
    path = write("a.csv", "id,when\na,2025-01-01\nb,unknown\n")
    first = run(workspace, path, mapping={"table": "work", "item_id": "id", "created_at": "when"})
    mended = {"table": "work", "item_id": "id", "created_at": {"column": "when", "values": {"unknown": ""}}}
    with workspace.books.change() as book:
        imports.retry(workspace, book, first.info.id, SYSTEM, mapping=mended)
        assert imports.pending(workspace, book, first.info.id) == []
    assert set(titles(workspace)) == {"a", "b"}


MAPS = [
    {"table": "changes", "change_id": "{org}/{repo}#{n}", "state": {"column": "state", "values": {"MERGED": "merged"}}},
    {"table": "ownership", "object_ref": "component:{repo}", "role": "=responsible",
     "person_id": {"column": "who", "split": ""}},
    {"table": "discussion", "object_ref": "change:{org}/{repo}#{n}", "person_id": "org", "occurred_at": "day",
     "amount": {"take": "count"}},
]  # fmt: skip


def test_one_file_feeds_several_tables(workspace: Workspace, write: Write) -> None:
    path = write("a.csv", "org,repo,n,state,who,day\no,r,1,MERGED,ann ben,2025-01-01\no,r,1,OPEN,,2025-01-01\n")
    done = run(workspace, path, mapping=MAPS)
    tables = workspace.facts.tables()
    changes = workspace.facts.run(tables["changes"].select("change_id", "state")).to_pylist()
    assert changes == [{"change_id": "o/r#1", "state": "OPEN"}]
    owners = workspace.facts.run(
        tables["ownership"].select("object_ref", "person_id").order_by("person_id")
    ).to_pylist()
    assert [row["person_id"] for row in owners] == ["ann", "ben"]
    assert workspace.facts.run(tables["discussion"].select("amount")).to_pylist() == [{"amount": 2}]
    assert done.info.quarantined == 0


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12).filter(
    lambda text: text[0] != "'"
)

MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2199, 1, 1))


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(WORDS, WORDS, MOMENTS), max_size=8))
def test_a_mapping_of_plain_columns_gives_back_what_was_written(rows: list[tuple[str, str, datetime]]) -> None:
    columns: dict[str, list[Any]] = {"k": [row[0] for row in rows], "t": [row[1] for row in rows]}
    columns["d"] = [row[2].isoformat() for row in rows]
    chunk = Chunk(columns, list(range(len(rows))), [""] * len(rows))
    parsed = Mapping([{"table": "work", "item_id": "k", "title": "t", "created_at": "d"}], ["k", "t", "d"]).apply(chunk)
    assert parsed.problems == []
    landed = [row for part in parsed.facts.get("work", []) for row in part.to_pylist()]  # type: ignore[union-attr]
    assert [(row["item_id"], row["title"], row["created_at"]) for row in landed] == rows


KILLED = """
import sys
from pathlib import Path
from callsheet import domains
domains.records()
from callsheet.model.actor import SYSTEM
from callsheet.stack import imports
from callsheet.store.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]))
def told(rows):
    print(rows, flush=True)
imports.run(workspace, Path(sys.argv[2]), SYSTEM, progress=told)
print("done", flush=True)
"""


def test_a_kill_in_the_middle_leaves_nothing_half_imported(tmp_path: Path) -> None:
    folder, path = tmp_path / "ws", tmp_path / "a.csv"
    create(folder)
    path.write_text(HEAD + "".join(f"i{n},Title {n},2025-01-01\n" for n in range(200_000)), encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), str(path)], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": "src"},
    )  # fmt: skip
    with child:
        assert child.stdout is not None
        assert int(child.stdout.readline()) < 200_000
        child.send_signal(signal.SIGKILL)
        assert "done" not in child.stdout.read()
    workspace = open_workspace(folder)
    try:
        assert workspace.facts.batches() == []
        assert not any(workspace.facts.counts().values())
        assert counts_of(run(workspace, path))["inserted"] == 200_000
    finally:
        workspace.close()


STREAMED = KILLED.replace("print(rows, flush=True)", "pass").replace(
    'print("done", flush=True)', "print(*[line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line])"
)
"""Prints the most kB it had; `ru_maxrss` would be that of the test's own process, from which it was started."""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc")
def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    """60 MB of CSV; the warehouse may use 200 MB. Reading it whole as Python objects would take more than 1 GB."""
    folder, path = tmp_path / "ws", tmp_path / "large.csv"
    create(folder)
    (folder / "callsheet.toml").write_text('[store]\nmemory_limit = "200MB"\n', encoding="utf-8")
    with path.open("w", encoding="utf-8") as file:
        file.write("event_id,occurred_at,event,person_id,account_id\n")
        for n in range(880_000):
            file.write(
                f"e{n},2025-01-{n % 28 + 1:02d}T10:00:00Z,opened something,person-{n % 9000},account-{n % 700}\n"
            )
    assert path.stat().st_size > 58_000_000
    done = subprocess.run(
        [sys.executable, "-c", STREAMED, str(folder), str(path)], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": "src"},
    )  # fmt: skip
    assert int(done.stdout) < 900_000, f"peak {done.stdout} kB"
