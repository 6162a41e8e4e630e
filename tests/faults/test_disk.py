"""Full and damaged disks: a clear error, and what was there before is intact."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from callsheet.base.errors import CallsheetError, StorageFailed
from callsheet.store.book import CursorRow
from callsheet.store.workspace import STATE, Workspace, create, open_workspace
from tests.faults.child import child, heard
from tests.faults.conftest import opened

LIMITED = """
import resource
from callsheet.base.errors import StorageFailed
with workspace.facts.batch("test", "work") as batch:
    batch.merge("work", [{"item_id": "before"}])
with workspace.books.change() as book:
    book.add(CursorRow(name="before", value="1"))
most = max(path.stat().st_size for path in workspace.state.iterdir()) + 2**20
resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
try:
    with workspace.facts.batch("test", "work") as batch:
        for n in range(30):
            batch.merge("work", [{"item_id": f"{n}-{i}", "title": os.urandom(200).hex()} for i in range(2000)])
except StorageFailed as why:
    say(f"facts: {why} {why.mend}")
try:
    with workspace.books.change() as book:
        for n in range(3000):
            book.add(CursorRow(name=f"c{n}", value=os.urandom(2000).hex()))
except StorageFailed as why:
    say(f"book: {why} {why.mend}")
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB of its own, where this user may mount one."""
    target = tmp_path / "small"
    target.mkdir()
    mount = shutil.which("mount")
    told = subprocess.run(
        [mount or "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(target)], check=False, capture_output=True
    ) if mount and os.getuid() == 0 else None  # fmt: skip
    if told is None or told.returncode:
        pytest.skip("this user may not mount a small disk; the limit on the size of a file is tested instead")
    yield target
    subprocess.run(["umount", "--lazy", str(target)], check=True)


def fill(workspace: Workspace) -> None:
    with workspace.facts.batch("test", "work") as batch:
        for n in range(30):
            batch.merge("work", [{"item_id": f"{n}-{i}", "title": os.urandom(200).hex()} for i in range(2000)])


def scribble(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        for n in range(3000):
            book.add(CursorRow(name=f"c{n}", value=os.urandom(2000).hex()))


def state(workspace: Workspace) -> tuple[int, list[str]]:
    with workspace.books.read() as book:
        return workspace.facts.counts()["work"], [row.name for row in book.all(select(CursorRow))]


@pytest.mark.parametrize("write", [fill, scribble])
def test_a_full_disk_is_named_and_the_earlier_state_is_intact(
    small_disk: Path, write: Callable[[Workspace], None]
) -> None:
    create(small_disk)
    with opened(small_disk) as workspace:
        with workspace.facts.batch("test", "work") as batch:
            batch.merge("work", [{"item_id": "before"}])
        with workspace.books.change() as book:
            book.add(CursorRow(name="before", value="1"))
        for _ in range(2):  # and again: the same server goes on answering
            with pytest.raises(StorageFailed) as raised:
                write(workspace)
            assert "Free some space" in raised.value.mend
            assert state(workspace) == (1, ["before"])
        subprocess.run(["mount", "-o", "remount,size=9m", str(small_disk)], check=True)  # some space is freed
        with workspace.facts.batch("test", "work") as batch:
            batch.merge("work", [{"item_id": "small enough"}])
    with opened(small_disk) as workspace:
        assert state(workspace) == (2, ["before"])


def test_a_file_that_may_not_grow_is_named_and_the_earlier_state_is_intact(folder: Path) -> None:
    """The same through RLIMIT_FSIZE, which needs no rights: writing past it fails like a full disk."""
    with child(folder, LIMITED) as process:
        assert "Free some space" in heard(process, "facts: ")[-1]
        assert "Free some space" in heard(process, "book: ")[-1]
        assert process.wait(60) == 0
    with opened(folder) as workspace:
        assert state(workspace) == (1, ["before"])


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 100)


def overwritten(path: Path) -> None:
    path.write_bytes(b"this is not a database\n" * 1000)


def scratched(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 16384)


@pytest.mark.parametrize("damage", [halved, emptied, overwritten, scratched])
@pytest.mark.parametrize("name", ["warehouse.duckdb", "book.sqlite"])
def test_a_damaged_file_is_named_with_its_mend(folder: Path, name: str, damage: Callable[[Path], None]) -> None:
    with opened(folder) as workspace:
        with workspace.facts.batch("test", "work") as batch:
            batch.merge("work", [{"item_id": f"{n}", "title": os.urandom(100).hex()} for n in range(20_000)])
        with workspace.books.change() as book:
            for n in range(200):
                book.add(CursorRow(name=f"c{n}", value="x" * 2000))
    damage(folder / STATE / name)
    with pytest.raises(StorageFailed, match="damaged") as raised:
        use(folder)
    assert "backup" in raised.value.mend


def use(folder: Path) -> None:
    with opened(folder) as workspace:
        assert state(workspace) == (20_000, [f"c{n}" for n in range(200)])


def test_a_folder_that_may_not_be_written_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root every folder may be written, so the files are replaced by a folder of the same name."""
    (folder / STATE / "book.sqlite").unlink()
    (folder / STATE / "book.sqlite").mkdir()
    with pytest.raises(CallsheetError) as raised:
        open_workspace(folder)
    assert raised.value.mend
    (folder / STATE / "book.sqlite").rmdir()
    open_workspace(folder).close()  # the refusal let go of the warehouse
