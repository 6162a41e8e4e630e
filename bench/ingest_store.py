"""The store's side of taking events in: parcels put into the stream by threads, acknowledged after their commit.

`python -m bench.ingest_store profile` prints where the writer's time goes instead of writing figures down.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import record
from callsheet.model.intake import Parcel, Taken
from callsheet.store.workspace import Workspace, create, open_workspace

EVENTS, PARCEL, SENDERS, IN_FLIGHT = 1_000_000, 50, 2, 64
PROPERTIES = (
    '{"plan":"team","$lib":"web","$lib_version":"1.2.3","$current_url":"https://app.example.org/projects/%d",'
    '"$browser":"Firefox","$os":"Linux","duration_ms":%d}'
)


def parcel(number: int) -> Parcel:
    """One request: 50 events of 50 of 100,000 persons."""
    now = datetime.now(UTC).replace(tzinfo=None)
    micro, span = time.time_ns() // 1000, range(number * PARCEL, (number + 1) * PARCEL)
    return Parcel(
        "bench", now, [str(uuid.UUID(int=(n * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)) for n in span],
        [micro + n % 1000 for n in span], [f"event {n % 20}" for n in span],
        [f"person-{n * 7919 % 100_000}" for n in span], [f"account-{n % 2000}" for n in span],
        [f"session-{n // 10}" for n in span], [PROPERTIES % (n % 5000, n % 977) for n in span],
    )  # fmt: skip


def send(workspace: Workspace, parcels: list[Parcel], waits: list[float]) -> None:
    """Put parcels with a bounded number under way, as the front does; note how long each took."""

    def put(one: Parcel) -> Future[Taken]:
        begin = time.perf_counter()
        future = workspace.stream.put(one)
        future.add_done_callback(lambda _: waits.append(time.perf_counter() - begin))
        return future

    under_way: deque[Future[Taken]] = deque()
    for one in parcels:
        under_way.append(put(one))
        if len(under_way) >= IN_FLIGHT:
            assert under_way.popleft().result().stored == PARCEL
    for future in under_way:
        assert future.result().stored == PARCEL


def flood(workspace: Workspace, parcels: list[Parcel]) -> tuple[float, list[float]]:
    """Return the seconds that all parcels took, and each one's wait."""
    waits: list[float] = []
    workspace.stream.start()
    senders = [
        threading.Thread(target=send, args=(workspace, parcels[number::SENDERS], waits)) for number in range(SENDERS)
    ]
    begin = time.perf_counter()
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    return time.perf_counter() - begin, waits


def visible(workspace: Workspace, begin: int, rounds: int = 20) -> float:
    """Return the median seconds from `put` until a query of another connection counts the parcel's events."""
    events, found = workspace.facts.tables()["events"], []
    for number in range(begin, begin + rounds):
        one = parcel(number)
        start = time.perf_counter()
        workspace.stream.put(one).result()
        seen = workspace.facts.run(events.filter(events.event_id.isin(one.event_id)).count())
        assert seen.column(0)[0].as_py() == PARCEL
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main() -> None:
    """Fill a fresh workspace, then send one parcel after another, then open it again."""
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "bench") as folder:
        create(Path(folder))
        parcels = [parcel(number) for number in range(EVENTS // PARCEL)]
        measured = profiled if "profile" in sys.argv else measure
        measured(Path(folder), parcels)


def measure(folder: Path, parcels: list[Parcel]) -> None:
    """Measure, print, record."""
    workspace, before = open_workspace(folder), peak()
    seconds, waits = flood(workspace, parcels)
    grown = peak() - before
    with clock() as settled:
        workspace.stream.settle()
    shown = visible(workspace, len(parcels))
    size = sum(path.stat().st_size for path in workspace.state.rglob("*") if path.is_file()) / 2**20
    workspace.close()
    with clock() as again:
        workspace = open_workspace(folder)
        assert workspace.stream.put(parcels[0]).result().duplicates == PARCEL
    workspace.close()
    median, late, longest = (sorted(waits)[int(len(waits) * share) - 1] * 1000 for share in (0.5, 0.99, 1))
    record("Events into the store", [
        f"- {EVENTS:,} events in parcels of {PARCEL} from {SENDERS} threads: {EVENTS / seconds:,.0f} events/s,"
        " each acknowledged after its commit (goal 100,000)",
        f"- from put to commit: median {median:.0f} ms, 99% {late:.0f} ms, longest {longest:.0f} ms",
        f"- one parcel at a time: {shown * 1000:.0f} ms until a query counts it; settling the rest took {settled[0]:.2f} s",
        f"- memory: {grown:.0f} MB more at the peak than before; {size:.0f} MB on the disk",
        f"- opened again, with all ids known: {again[0]:.2f} s",
    ])  # fmt: skip


def peak() -> float:
    """Return the largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def clock() -> Iterator[list[float]]:
    """Give a list that holds the block's seconds after it."""
    begin, taken = time.perf_counter(), [0.0]
    yield taken
    taken[0] = time.perf_counter() - begin


def profiled(folder: Path, parcels: list[Parcel]) -> None:
    """Print where the time of one thread goes that stores groups of 200 parcels."""
    import cProfile
    import pstats

    workspace, profile = open_workspace(folder), cProfile.Profile()
    sink = workspace.stream.sink
    profile.enable()
    for begin in range(0, len(parcels) // 4, 200):
        sink.store(parcels[begin : begin + 200])
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    workspace.close()


if __name__ == "__main__":
    main()
