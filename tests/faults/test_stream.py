"""Every acknowledged event is there exactly once, and no other twice, whatever befalls the process that takes them."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.errors import StorageFailed, WorkspaceBusy
from callsheet.base.time import utc_now
from callsheet.model.intake import Merge, Parcel, Taken
from callsheet.store.workspace import Workspace, create, open_workspace
from tests.faults.child import SRC, child, heard
from tests.faults.conftest import opened
from tests.faults.test_disk import small_disk

__all__ = ["small_disk"]

TAKING = """
import json, socket, threading
from callsheet.base.time import utc_now
from callsheet.model.intake import Merge, Parcel, Refused, Trait
listening = socket.create_server(("127.0.0.1", 0))
say(f"port {listening.getsockname()[1]}")
stream = workspace.stream
stream.start()
connection, _ = listening.accept()
answering = threading.Lock()

def answer(number, future):
    with answering:
        connection.sendall(f"{number} {future.result().stored}\\n".encode())

for line in connection.makefile():
    number, ids = json.loads(line)
    now, count = utc_now(), len(ids)
    parcel = Parcel("web", now, ids, [1_790_000_000_000_000 + number] * count, ["opened"] * count,
        [f"anon-{number % 7}"] * count, ["acme"] * count, [""] * count, ['{"n": 1}'] * count)
    parcel.refused = [Refused(f"refused {number}", "no_user", "Nobody did it.")]
    if number % 5 == 0:
        parcel.merges = [Merge(f"anon-{number % 7}", f"user-{number % 7}", "identify", ids[0], now)]
        parcel.traits = [Trait("person", f"user-{number % 7}", "plan", '"team"', now, event_id=ids[0])]
    stream.put(parcel).add_done_callback(lambda future, number=number: answer(number, future))
workspace.close()
"""
DYING = """
from contextlib import contextmanager
from callsheet.store.engines.duck import DuckWarehouse
left, change = int(sys.argv[2]), DuckWarehouse.change

def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

@contextmanager
def dying(self):
    step()
    with change(self) as cursor:
        yield cursor
        step()
    step()

DuckWarehouse.change = dying
"""


class Sender:
    """An SDK: sends parcels, keeps what was not acknowledged, and sends it again to the next process."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.number = 0
        self.sent: dict[int, list[str]] = {}
        self.open: set[int] = set()
        self.acknowledged: Counter[int] = Counter()
        self.stored = 0

    def talk(self, port: int, done: threading.Event, last: bool) -> None:
        """Send until the other side is gone; the last time, until everything is acknowledged."""
        try:
            connection = socket.create_connection(("127.0.0.1", port))
        except OSError:  # it has died already
            return
        with connection:
            hearing = threading.Thread(target=self._hear, args=(connection, done))
            hearing.start()
            try:
                for number in sorted(self.open):
                    self._send(connection, number)
                for _ in range(200 if last else 100_000):
                    self._send(connection, self._next())
                    time.sleep(0.002)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            hearing.join()

    def _next(self) -> int:
        """A new parcel; sometimes one that was acknowledged, as a client that missed the answer does."""
        if self.acknowledged and self.chance.random() < 0.1:
            return self.chance.choice(list(self.acknowledged))
        self.number += 1
        self.sent[self.number] = [f"{self.number}-{n}" for n in range(self.chance.randint(1, 20))]
        self.open.add(self.number)
        return self.number

    def _send(self, connection: socket.socket, number: int) -> None:
        connection.sendall((json.dumps([number, self.sent[number]]) + "\n").encode())

    def _hear(self, connection: socket.socket, done: threading.Event) -> None:
        buffer = b""
        while True:
            try:
                got = connection.recv(65536)
            except OSError:
                got = b""
            if not got:
                break
            *lines, buffer = (buffer + got).split(b"\n")
            for line in lines:
                number, stored = map(int, line.split())
                self.acknowledged[number] += 1
                self.open.discard(number)
                self.stored += stored
            done.set()
        done.set()


@contextmanager
def sending(folder: Path, code: str, sender: Sender, *given: str, last: bool = False) -> Iterator[tuple[Any, Any]]:
    """A process that takes events, a sender that talks to it, and an event that is set by the first answer."""
    with child(folder, code, *given) as process:
        port = int(heard(process, "port ")[-1].split()[1])
        done = threading.Event()
        talking = threading.Thread(target=sender.talk, args=(port, done, last))
        talking.start()
        yield process, done
        process.wait(60)
        talking.join(60)
        assert not talking.is_alive()


def check(workspace: Workspace, sender: Sender) -> None:
    """The account: nothing acknowledged is lost, nothing is there twice, and all that follows from it is so too."""
    workspace.stream.settle()
    with workspace.facts._cursor() as cursor:  # type: ignore[attr-defined]
        ask = lambda statement: cursor.execute(statement).fetchall()  # noqa: E731
        found = Counter(one for (one,) in ask("SELECT event_id FROM events"))
        assert [one for one, times in found.items() if times > 1] == []
        lost = [number for number in sender.acknowledged if not all(one in found for one in sender.sent[number])]
        assert lost == []
        assert set(found) <= {one for ids in sender.sent.values() for one in ids}
        numbers = [seq for (seq,) in ask("SELECT seq FROM events")]
        assert len(numbers) == len(set(numbers)), "two rows with one number"
        account = Counter(dict(ask("SELECT outcome, sum(amount)::BIGINT FROM intake_counts GROUP BY 1")))
        assert account.pop("received", 0) == sum(account.values())
        assert account["stored"] == len(found)
        assert account["refused:no_user"] == ask("SELECT count(*) FROM refused")[0][0]
        merges = ask("SELECT from_id, into_id FROM merges")
        assert len(merges) == len(set(merges))
        whose = dict(merges)
        wrong = [
            row
            for row in ask("SELECT DISTINCT distinct_id, person_id FROM events")
            if whose.get(*row[:1] * 2) != row[1]
        ]
        assert wrong == []
        said = ask("SELECT count(*) FROM traits")[0][0]
        assert said == sum(1 for number, ids in sender.sent.items() if number % 5 == 0 and ids[0] in found)


@pytest.mark.slow
def test_killed_at_any_moment_it_loses_and_repeats_nothing(folder: Path) -> None:
    chance = random.Random(2026)
    sender = Sender(chance)
    for _ in range(4):
        with sending(folder, TAKING, sender) as (process, done):
            assert done.wait(30)
            time.sleep(chance.uniform(0, 1.5))
            process.kill()
    with opened(folder) as workspace:
        check(workspace, sender)
    with sending(folder, TAKING, sender, last=True):
        pass
    assert sender.open == set(), "in the end everything was acknowledged"
    with opened(folder) as workspace:
        check(workspace, sender)
        assert workspace.facts.counts()["events"] == sum(map(len, sender.sent.values()))


@pytest.mark.slow
def test_it_may_kill_itself_before_in_and_after_every_transaction(folder: Path) -> None:
    """It dies at its n-th step: before a transaction, before its commit, or after it; stored groups and settling."""
    chance = random.Random(7)
    sender = Sender(chance)
    for attempt in range(5):
        with sending(folder, DYING + TAKING, sender, str(attempt + chance.randint(1, 40))) as (process, _):
            assert process.wait(60) == -9
        with opened(folder) as workspace:
            check(workspace, sender)
    with sending(folder, TAKING, sender, last=True):
        pass
    with opened(folder) as workspace:
        check(workspace, sender)
        assert workspace.facts.counts()["events"] == sum(map(len, sender.sent.values()))


def parcel(*ids: str, received_at: Any = None, properties: str = "{}", **more: Any) -> Parcel:
    count = len(ids)
    return Parcel(
        "web", received_at or utc_now(), list(ids), [1_790_000_000_000_000] * count, ["opened"] * count,
        ["anon"] * count, [""] * count, [""] * count, [properties] * count, **more,
    )  # fmt: skip


def test_a_full_disk_acknowledges_nothing_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    create(small_disk)
    kept, refused = list[list[str]](), list[list[str]]()
    with opened(small_disk) as workspace:
        merge = Merge("anon", "ann", "identify", "e-merge", utc_now())
        assert workspace.stream.put(parcel("e-merge", merges=[merge])).result(30).stored == 1
        for number in range(60):
            ids = [f"{number}-{n}" for n in range(500)]
            future = workspace.stream.put(parcel(*ids, properties=json.dumps({"x": os.urandom(300).hex()})))
            (refused if isinstance(future.exception(60), StorageFailed) else kept).append(ids)
        assert kept
        assert refused
        subprocess.run(["mount", "-o", "remount,size=80m", str(small_disk)], check=True)  # some space is freed
        again = [workspace.stream.put(parcel(*ids)).result(60) for ids in refused]
        assert again == [Taken(500, 0, 0)] * len(refused)
        assert workspace.stream.put(parcel(*kept[0])).result(60).duplicates == 500
    with opened(small_disk) as workspace:
        assert workspace.facts.counts()["events"] == 1 + 60 * 500
        workspace.stream.settle()
        events = workspace.facts.tables()["events"]
        assert workspace.facts.run(events.person_id.topk(5)).to_pylist()[0]["person_id"] == "ann"


LIMITED = """
import resource
from callsheet.base.errors import CallsheetError
from callsheet.base.time import utc_now
from callsheet.model.intake import Parcel
def parcel(number):
    ids = [f"{number}-{n}" for n in range(500)]
    rest = [["x"] * 500 for _ in range(2)]
    return Parcel("web", utc_now(), ids, [1] * 500, *rest, [""] * 500, [""] * 500,
        ['{"x": "%s"}' % os.urandom(200).hex() for _ in range(500)])
say(f"kept {workspace.stream.put(parcel(0)).result().stored}")
most = max(path.stat().st_size for path in workspace.state.iterdir()) + 2**20
resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
for number in range(1, 20):
    try:
        say(f"kept {number} {workspace.stream.put(parcel(number)).result(60).stored}")
    except CallsheetError as why:
        say(f"refused {number} {why.mend}")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
say(f"after {workspace.stream.put(parcel(100)).result(60).stored}")
workspace.close()
"""


def test_a_file_that_may_not_grow_acknowledges_nothing_that_is_not_there(folder: Path) -> None:
    """As a full disk, through a limit that needs no rights."""
    with child(folder, LIMITED) as process:
        lines = heard(process, "after ")
        assert process.wait(60) == 0
    kept = [line for line in lines if line.startswith(("kept ", "after "))]
    refused = [line for line in lines if line.startswith("refused ")]
    assert refused
    assert all("Free some space" in line for line in refused)
    with opened(folder) as workspace:
        assert workspace.facts.counts()["events"] == 500 * len(kept)


def test_a_clock_that_goes_back_makes_nothing_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock goes back an hour, then a day; also between two processes."""
    hours = iter([0, 1, 25])
    for _ in range(3):
        back = timedelta(hours=next(hours))
        monkeypatch.setattr("callsheet.store.engines.duck_stream.utc_now", lambda back=back: utc_now() - back)
        with opened(folder) as workspace:
            for name in ("e1", "e2"):
                workspace.stream.put(parcel(name, received_at=utc_now() - back)).result(30)
    with opened(folder) as workspace:
        assert workspace.facts.counts()["events"] == 2
        with workspace.facts._cursor() as cursor:  # type: ignore[attr-defined]
            account = dict(
                cursor.execute("SELECT outcome, sum(amount)::BIGINT FROM intake_counts GROUP BY 1").fetchall()
            )
        assert account == {"received": 6, "stored": 2, "duplicate": 4}


def test_a_second_process_cannot_take_events(folder: Path) -> None:
    with opened(folder) as workspace:
        workspace.stream.put(parcel("e1")).result(30)
        code = "import sys; from pathlib import Path; from callsheet.store.workspace import open_workspace\n"
        code += f"open_workspace(Path({str(folder)!r})).stream"
        done = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(SRC)}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert WorkspaceBusy.__name__ in done.stderr
        assert workspace.stream.put(parcel("e1", "e2")).result(30) == Taken(1, 1, 0)
    open_workspace(folder).close()
