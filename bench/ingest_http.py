"""Events over real HTTP: a server process beside a load generator, `python -m bench.ingest_http`.

Bodies are made beforehand; connections are kept alive; each request carries 50 events of PostHog's batch form and is
answered after the commit. What was acknowledged is counted again in the warehouse once the server has stopped.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import select
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from bench.measure import PROGRAM, record, run
from callsheet.model.actor import SYSTEM

PORT, EVENTS, BATCH, CONNECTIONS, PERSONS = 8177, int(os.environ.get("INGEST_EVENTS", "1500000")), 50, 256, 100_000
PROBES = 20
Told: TypeAlias = tuple[int, float, list[float], float]
"""Requests taken, when the last was, seconds that each waited, seconds of processor time of who sent them."""


def bodies(count: int, key: str, seed: int) -> list[bytes]:
    """Return whole requests with bodies of 50 events of 8 properties each."""
    rng = random.Random(seed)
    now = datetime.now(UTC).isoformat()
    return [_request(_body(rng, key, now)) for _ in range(count)]


def _body(rng: random.Random, key: str, now: str) -> bytes:
    batch = [
        {
            "event": f"event_{rng.randrange(40):02}", "uuid": str(uuid.UUID(int=rng.getrandbits(128))),
            "distinct_id": f"user-{person}", "timestamp": now,
            "properties": {
                "plan": "team", "country": f"c{rng.randrange(40)}", "device": "desktop", "browser": "Firefox",
                "version": "2026.3", "page": f"/page/{rng.randrange(200)}", "amount": rng.randrange(50_000) / 100,
                "$groups": {"company": f"account-{person % 2000}"},
            },
        }
        for person in (rng.randrange(PERSONS) for _ in range(BATCH))
    ]  # fmt: skip
    return json.dumps({"api_key": key, "sent_at": now, "batch": batch}).encode()


def _request(body: bytes) -> bytes:
    head = f"POST /batch/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Door:
    """One connection that is kept."""

    def __init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = 0.0
        self.request = b""

    def send(self, request: bytes) -> None:
        """Send a request without waiting for its answer."""
        self.request, self.asked = request, time.perf_counter()
        self.socket.sendall(request)

    def heard(self) -> int:
        """Wait for the answer, and return its status."""
        answer = self.socket.recv(4096)
        while not _whole(answer):
            more = self.socket.recv(4096)
            if not more:
                raise SystemExit("The server closed a connection.")
            answer += more
        return int(answer[9:12])

    def ask(self, request: bytes) -> int:
        """Send a request and return the status of its answer."""
        self.send(request)
        return self.heard()


def _whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    return bool(found) and len(body) >= int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])


def load(requests: list[bytes], begin: float, told: multiprocessing.Queue[Told]) -> None:
    """Send all requests over many connections from one thread, each connection's next after its answer; tell how many
    were taken, when the last was, each one's wait, and the seconds of processor time that this took."""
    waits: list[float] = []
    taken, waiting = 0, iter(requests)
    poll = select.epoll()
    doors = {door.socket.fileno(): door for door in (Door() for _ in range(CONNECTIONS))}
    time.sleep(max(0.0, begin - time.time()))
    used = time.process_time()
    for number, door in doors.items():
        poll.register(number, select.EPOLLIN)
        door.send(next(waiting))
    open_ = len(doors)
    while open_:
        for number, _ in poll.poll():
            door = doors[number]
            status = door.heard()
            if status == 503:
                door.send(door.request)
                continue
            waits.append(time.perf_counter() - door.asked)
            taken += status == 200
            request = next(waiting, None)
            if request is None:
                open_ -= 1
            else:
                door.send(request)
    told.put((taken, time.time(), waits, time.process_time() - used))


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, str]]:
    """Serve a workspace with one source; give the server's process and the source's key."""
    from callsheet import domains
    from callsheet.store.workspace import open_workspace
    from callsheet.usage.actions.event_sources import add_source

    run([PROGRAM, "init", folder])
    domains.records()
    workspace = open_workspace(folder)
    with workspace.books.change() as book:
        key = add_source(book, "Bench", SYSTEM, kind="posthog").write_key
    workspace.close()
    command = [str(part) for part in (PROGRAM, "serve", "--dir", folder, "--port", PORT)]
    with subprocess.Popen(command) as server:
        try:
            _wait()
            yield server.pid, key
        finally:
            server.terminate()


def _wait() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not answer within a minute.")


def megabytes(pid: int, what: str = "VmRSS") -> float:
    """Return the memory of a process: now (VmRSS), or at its peak (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"/proc has no {what} of the server.")


def processor(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def queued(pid: int) -> float:
    """Return the seconds for which the main thread of a process could run and had no core."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()[1]) / 1e9


def flood(key: str) -> tuple[int, float, list[float], float]:
    """Send EVENTS events from a process of its own; return what was taken, the seconds, the waits, and the seconds of
    processor time of the sender."""
    context = multiprocessing.get_context("fork")
    told: multiprocessing.Queue[Told] = context.Queue()
    requests, begin = bodies(EVENTS // BATCH, key, 7), time.time() + 0.5
    sender = context.Process(target=load, args=(requests, begin, told))
    sender.start()
    taken, end, waits, used = told.get()
    sender.join()
    return taken * BATCH, end - begin, waits, used


def probe(folder: Path, key: str) -> tuple[float, float]:
    """Return the median seconds until one event at a time is answered, and until the server's API counts it."""
    secret = (folder / ".callsheet" / "key").read_text(encoding="utf-8").strip()
    door, answered, seen = Door(), [], []
    rng = random.Random(11)
    for _ in range(PROBES):
        start, before = time.perf_counter(), _stored(secret)
        start = time.perf_counter()
        assert door.ask(_request(_body(rng, key, datetime.now(UTC).isoformat()))) == 200
        answered.append(time.perf_counter() - start)
        while _stored(secret) < before + BATCH:
            time.sleep(0.01)
        seen.append(time.perf_counter() - start)
    return statistics.median(answered), statistics.median(seen)


def _stored(secret: str) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/api/usage/event-sources/bench", headers={"Authorization": f"Bearer {secret}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(json.load(answer)["day"]["stored"])


def kept(folder: Path) -> int:
    """Return how many events the warehouse holds, once the server has stopped."""
    from callsheet.store.workspace import open_workspace

    workspace = open_workspace(folder)
    found = workspace.facts.counts()["events"]
    workspace.close()
    return found


def main() -> None:
    """Measure, print, record."""
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "bench") as name:
        folder = Path(name)
        with served(folder) as (pid, key):
            time.sleep(15)  # the worker composes its first sheet
            idle = megabytes(pid)
            busy, stood = processor(pid), queued(pid)
            taken, seconds, waits, sending = flood(key)
            busy, stood, peak = processor(pid) - busy, queued(pid) - stood, megabytes(pid, "VmHWM")
            answer, seen = probe(folder, key)
        stored = kept(folder)
    assert stored == taken + PROBES * BATCH == EVENTS + PROBES * BATCH, (stored, taken)
    median, late, longest = (sorted(waits)[int(len(waits) * share) - 1] * 1000 for share in (0.5, 0.99, 1))
    record("Events over HTTP", [
        f"- {taken:,} events in requests of {BATCH} over {CONNECTIONS} connections: {taken / seconds:,.0f} events/s, each"
        " acknowledged after its commit (goal 50,000), one server process beside the load generator",
        f"- processor time an event: {busy / taken * 1e6:.1f} µs in the server, {sending / taken * 1e6:.1f} µs in the"
        f" generator; together {(busy + sending) / seconds:.0%} of one core",
        f"- the server's event loop stood in line for a core for {stood / seconds:.0%} of the time",
        f"- a request under this load: median {median:.0f} ms, 99% {late:.0f} ms, longest {longest:.0f} ms",
        f"- one request at a time: answered after {answer * 1000:.0f} ms, counted by the API after {seen * 1000:.0f} ms"
        " (goal 2 s)",
        f"- the server's memory: {idle:.0f} MB idle (goal under 400), {peak:.0f} MB at the peak",
        f"- counted again in the warehouse after the server stopped: {stored:,}, none missing, none twice",
    ])  # fmt: skip


if __name__ == "__main__":
    assert os.name == "posix"
    main()
