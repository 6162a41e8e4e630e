"""Killed at any point, a process leaves whole batches, whole changes, and each consequence once."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.store.book import CursorRow, LogEntry, ReactionDone
from callsheet.store.workspace import Workspace
from tests.faults.child import child, heard, killed
from tests.faults.conftest import opened

ROWS = 500
IN_A_BATCH = """
with workspace.facts.batch("test", "work") as batch:
    batch.merge("work", [{"item_id": f"half-{n}"} for n in range(5000)])
    batch.merge("releases", [{"release_id": "half"}])
    batch.raw("line", [(1, "half")])
    batch.quarantine(2, "half", "half")
    batch.flush(), batch.merge_staged("work")
    say("half")
    time.sleep(60)
"""
IN_A_CHANGE = """
with workspace.books.change() as book:
    book.add(CursorRow(name="half", value="1"))
    book.log("thing.done", Ref("release", "half"), SYSTEM)
    say("half")
    time.sleep(60)
"""
BUSY = f"""
begin = int(sys.argv[2])
for number in range(begin, begin + 100_000):
    with workspace.facts.batch("test", "work", number=number) as batch:
        batch.merge("work", [{{"item_id": f"{{number}}-{{n}}", "title": "x" * 40}} for n in range({ROWS})])
        batch.merge("releases", [{{"release_id": str(number)}}])
    with workspace.books.change() as book:
        book.add(CursorRow(name=f"c{{number}}", value="1"))
        book.log("thing.done", Ref("release", str(number)), SYSTEM)
    say(f"kept {{number}}")
"""


def land(workspace: Workspace, key: str) -> None:
    with workspace.facts.batch("test", "work") as batch:
        batch.merge("work", [{"item_id": key}])


def items(workspace: Workspace) -> list[str]:
    table = workspace.facts.tables()["work"]
    return sorted(row["item_id"] for row in workspace.facts.run(table.select("item_id")).to_pylist())


def test_a_kill_in_the_middle_of_a_batch_lands_nothing(folder: Path) -> None:
    with opened(folder) as workspace:
        land(workspace, "before")
    with child(folder, IN_A_BATCH) as process:
        heard(process, "half")
        killed(process)
    with opened(folder) as workspace:
        assert items(workspace) == ["before"]
        assert workspace.facts.counts()["releases"] == 0
        assert len(workspace.facts.batches()) == 1
        land(workspace, "after")
        assert items(workspace) == ["after", "before"]


def test_a_kill_in_the_middle_of_a_change_keeps_neither_state_nor_log(folder: Path) -> None:
    with child(folder, IN_A_CHANGE) as process:
        heard(process, "half")
        killed(process)
    with opened(folder) as workspace, workspace.books.read() as book:
        assert book.all(select(CursorRow)) == []
        assert book.all(select(LogEntry)) == []


@pytest.mark.slow
def test_kills_at_any_moment_leave_whole_batches_and_whole_changes(folder: Path) -> None:
    """What was said to be kept is there; of the rest there is all or nothing."""
    chance = random.Random(2026)
    kept: list[int] = []
    for attempt in range(3):
        with child(folder, BUSY, str(attempt * 100_000)) as process:
            heard(process, "kept")
            kept.append(attempt * 100_000)
            time.sleep(chance.uniform(0.05, 0.6))
            said = killed(process)
        kept += [int(line.split()[1]) for line in said if line.startswith("kept ")]
        with opened(folder) as workspace:
            check_whole(workspace, kept, attempt + 1)


def check_whole(workspace: Workspace, kept: list[int], kills: int) -> None:
    found = items(workspace)
    batches = {key.partition("-")[0] for key in found}
    assert len(found) == len(set(found)) == ROWS * len(batches), "part of a batch landed"
    assert workspace.facts.counts()["releases"] == len(batches) == len(workspace.facts.batches())
    with workspace.books.read() as book:
        rows = {row.name for row in book.all(select(CursorRow))}
        logged = {f"c{entry.ref.partition(':')[2]}" for entry in book.all(select(LogEntry))}
    assert rows == logged, "a state without its log entry, or the other way round"
    assert {f"c{number}" for number in kept} <= rows
    assert {str(number) for number in kept} <= batches
    assert len(batches) - len(kept) <= kills, "more than the one that was under way"


TELLING = """
from sqlalchemy import event
from sqlalchemy.orm import Session
from callsheet.loop import reactions
from callsheet.people.actions import Recipient, tell

def tell_somebody(happened):
    key = f"told-{happened.entry.id}"
    row = happened.book.find(CursorRow, key) or happened.book.add(CursorRow(name=key, value="0"))
    row.value = str(int(row.value) + 1)
    happened.book.session.flush()
    # A key that is never the same: only the note of the reaction keeps a second letter from being written.
    letter = f"{key}-{os.getpid()}-{time.time_ns()}"
    tell(happened.book, happened.ref, [Recipient(email="sam@example.org")], "It is here", "It is.", letter, SYSTEM)

reactions.ON = {"thing.done": [tell_somebody]}
left, wrote = int(sys.argv[2]), False

def step(*_, written=True):
    global left, wrote
    if written or wrote:  # transactions that wrote nothing do not count
        left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    wrote = written or wrote

def committed(*_):
    global wrote
    step(written=False)
    wrote = False

event.listen(Session, "after_flush", step)
event.listen(Session, "before_commit", lambda *_: step(written=False))
event.listen(Session, "after_commit", committed)
while reactions.react(workspace):
    pass
say("done")
"""


@pytest.mark.slow
def test_each_consequence_happens_once_wherever_the_worker_is_killed(folder: Path) -> None:
    """The process kills itself at its n-th write, commit or moment after a commit, until one run ends by itself."""
    from callsheet.people.records import Delivery

    things, runs, chance = 12, 0, random.Random(7)
    with opened(folder) as workspace, workspace.books.change() as book:
        for number in range(things):
            book.log("thing.done", Ref("release", str(number)), SYSTEM)
    ended = False
    while not ended:
        runs += 1
        assert runs < 30, "the worker gets nowhere"
        with child(folder, TELLING, str(chance.randint(5, 30))) as process:
            assert process.stdout is not None
            ended = "done" in process.stdout.read().split("\n")
            assert process.wait(20) == (0 if ended else -9)
    assert runs > 3
    with opened(folder) as workspace, workspace.books.read() as book:
        told = {row.name: row.value for row in book.all(select(CursorRow)) if row.name.startswith("told-")}
        assert told == {f"told-{number}": "1" for number in range(1, things + 1)}
        letters = [row.ref for row in book.all(select(Delivery))]
        assert sorted(letters) == sorted(f"release:{number}" for number in range(things))
        assert {row.error for row in book.all(select(ReactionDone))} == {""}
