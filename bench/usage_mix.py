"""Questions about usage against ClickHouse's engine in process: `python -m bench usage_mix`, or with sizes in millions:
`python -m bench.usage_mix 1 10`. The folder in BENCH_FOLDER keeps what was made and loaded for the next time.

Each side is a process of its own on the same events; answers must be equal before a time counts. No answer is
kept between runs on either side.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import record
from bench.usage_data import fill, make, parcels
from bench.usage_shapes import PERSON, SHAPES

SIZES = (1, 10, 50)
RUNS = 7
AHEAD = 2
MOST_STREAMED = 1_000_000
Timed = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """How one side did: seconds by shape, rows by shape, peak memory in MB while asking, and also while loading before."""

    seconds: dict[str, float]
    rows: dict[str, Any]
    megabytes: float
    loaded: float
    most: float = 0.0


def ours(events: int, folder: Path) -> Timed:
    """Load the events as SDKs bring them (once a folder), then ask."""
    from callsheet import domains
    from callsheet.base.config import Config, WorkspaceSettings
    from callsheet.store.workspace import create, open_workspace
    from callsheet.usage.questions import kinds
    from callsheet.usage.questions.common import Desk

    domains.load()
    domains.records()
    home = folder / f"ours-{events}"
    begin = time.perf_counter()
    if not (home / "loaded").exists():
        home.mkdir(exist_ok=True)
        (home / "callsheet.toml").write_text('[workspace]\nas_of = "2026-11-01"\n', encoding="utf-8")
        create(home)
        _load(open_workspace(home), events, folder)
        (home / "loaded").touch()
    loaded = time.perf_counter() - begin
    workspace = open_workspace(home)
    settings = Config(workspace=WorkspaceSettings(as_of="2026-11-01"))
    histories: Any = workspace.histories
    histories.events()
    histories.settle()  # the sorted columns are built
    desk = Desk(histories, settings.as_of or workspace.now(), "UTC", lambda _: ())

    def ask(shape: Any) -> Any:
        if shape.ours == "timeline":
            return histories.timeline("person", PERSON, limit=100)
        return kinds.answer(kinds.parse(shape.ours), Desk(histories, desk.now, "UTC", desk.cohort))

    found = _timed(ask, lambda shape, answer: shape.read_ours(answer), loaded)
    workspace.close()
    return found


def _load(workspace: Any, events: int, folder: Path) -> None:
    """Bring the events; where more wait than the stream takes, the oldest are waited for. The largest sizes are
    filled in."""
    if events > MOST_STREAMED:
        workspace.stream.settle()  # its tables are there
        fill(make(events, folder), workspace.facts)
        workspace.close()
        return
    waiting: list[Any] = []
    for parcel in parcels(make(events, folder)):
        while (taken := _put(workspace, parcel)) is None:
            waiting.pop(0).result() if waiting else time.sleep(0.05)
        waiting.append(taken)
        if len(waiting) > AHEAD:
            waiting.pop(0).result()
    for one in waiting:
        one.result()
    workspace.stream.settle()
    workspace.close()


def _put(workspace: Any, parcel: Any) -> Any:
    from callsheet.base.errors import Busy

    try:
        return workspace.stream.put(parcel)
    except Busy:
        return None


def theirs(events: int, folder: Path) -> Timed:
    """Load the events into the peer (once a folder), then ask."""
    from bench import peer_clickhouse

    home = folder / f"peer-{events}"
    home.mkdir(exist_ok=True)
    begin = time.perf_counter()
    peer = peer_clickhouse.load(make(events, folder).file, home)
    loaded = time.perf_counter() - begin
    return _timed(lambda shape: peer.ask(shape.theirs), lambda shape, rows: shape.read_theirs(rows), loaded)


def _timed(ask: Callable[[Any], Any], read: Callable[[Any, Any], Any], loaded: float) -> Timed:
    seconds, rows = {}, {}
    for shape in SHAPES:
        rows[shape.name] = read(shape, ask(shape))
        spent = []
        for _ in range(RUNS):
            begin = time.perf_counter()
            ask(shape)
            spent.append(time.perf_counter() - begin)
        seconds[shape.name] = statistics.median(spent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "rows": rows, "megabytes": peak, "loaded": loaded}


def _apart(side: str, events: int, folder: Path) -> Side:
    """Run one side in its own process: once to load, once to ask, so that its memory is that of asking."""
    command = [sys.executable, "-m", "bench.usage_mix", side, str(events), str(folder)]
    home = folder / f"{'ours' if side == 'ours' else 'peer'}-{events}"
    runs = []
    for _ in range(1 if (home / "loaded").exists() else 2):
        done = subprocess.run(command, check=True, capture_output=True)
        runs.append(json.loads(done.stdout.decode().splitlines()[-1]))
    return Side(**runs[-1], most=max(run["megabytes"] for run in runs))


def compare(millions: int, folder: Path) -> list[str]:
    """Return the lines of one size; a difference of answers stops the benchmark."""
    events = millions * 1_000_000
    one, other = _apart("ours", events, folder), _apart("theirs", events, folder)
    for shape in SHAPES:
        if one.rows[shape.name] != other.rows[shape.name]:
            sys.exit(f"{shape.name}: the answers differ at {millions} million events")
    lines = [f"### {millions} million events", "", "| question | ours | peer | ratio |", "|---|---|---|---|"]
    for shape in SHAPES:
        mine, peers = one.seconds[shape.name], other.seconds[shape.name]
        lines.append(f"| {shape.name} | {mine * 1000:.1f} ms | {peers * 1000:.1f} ms | {peers / mine:.1f} |")
    mix = [sum(shape.weight * side.seconds[shape.name] for shape in SHAPES) / 100 for side in (one, other)]
    lines.append(f"| **the mix** | {mix[0] * 1000:.1f} ms | {mix[1] * 1000:.1f} ms | {mix[1] / mix[0]:.1f} |")
    slow, slowest = max((seconds, name) for name, seconds in one.seconds.items())
    fewest, worst = min((other.seconds[name] / seconds, name) for name, seconds in one.seconds.items())
    lines += [
        "", f"Slowest: {slowest}, {slow * 1000:.0f} ms. Least ahead: {worst}, {fewest:.2f} times. Peak memory while asking: "
        f"{one.megabytes:.0f} MB, peer {other.megabytes:.0f} MB."
        + (f" Loading and sorting included: {one.most:.0f} MB." if one.most > one.megabytes else ""), "",
    ]  # fmt: skip
    return lines


def main() -> None:
    """Run one side, or compare both at the sizes given (millions of events)."""
    given = sys.argv[1:]
    if given[:1] in (["ours"], ["theirs"]):
        side = ours if given[0] == "ours" else theirs
        sys.stdout.write(json.dumps(side(int(given[1]), Path(given[2]))) + "\n")
        return
    sizes = [int(one) for one in given if one.isdigit()] or list(SIZES)
    folder = Path(os.environ.get("BENCH_FOLDER") or tempfile.mkdtemp())
    lines = [line for millions in sizes for line in compare(millions, folder)]
    record("Questions about usage", [f"Median of {RUNS} runs; peer: ClickHouse's engine in process.", "", *lines])


if __name__ == "__main__":
    main()
