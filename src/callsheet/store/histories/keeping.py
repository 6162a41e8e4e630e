"""Keeping base and tail up to date with the warehouse."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.base.errors import CallsheetError, StorageFailed
from callsheet.base.working import heavy_work
from callsheet.store.histories.base import (
    Base,
    Files,
    Tail,
    clear,
    narrow,
    open_base,
    open_dictionaries,
    published,
    read_meta,
    sound,
)
from callsheet.store.histories.building import MOST_PROPERTIES, MOST_TEXTS, Build
from callsheet.store.histories.coding import OBJECTS, ROWS, TALLY, Dictionaries, code, properties, whole
from callsheet.store.histories.conditions import PROPERTY
from callsheet.store.histories.fields import Whose
from callsheet.store.histories.kernels import rows_of, set_bits
from callsheet.store.histories.owners import Owners
from callsheet.store.histories.rows import NEVER
from callsheet.store.histories.scanning import Scanner
from callsheet.store.histories.view import NONE, View

if TYPE_CHECKING:
    from callsheet.store.engines.duck import DuckWarehouse

log = logging.getLogger("callsheet.histories")
_BATCH = 100_000
_PAUSE = 60.0
"""Seconds to wait after a build that failed."""
_SAMPLED = 20_000
_STAMP = (
    "SELECT count(*)::VARCHAR || '-' || coalesce(bit_xor(hash(seq, occurred_at)), 0)::VARCHAR"
    " FROM events WHERE occurred_at IS NOT NULL AND seq <= ?"
)
_REWRITTEN = """SELECT count(*) FILTER (undone) * bool_or(updated > 0)::BIGINT FROM (
SELECT state = 'undone' AS undone, coalesce((counts->>'$.events.updated')::BIGINT, 0) AS updated FROM batch
WHERE (counts->'$.events') IS NOT NULL)"""
_NAMES = """SELECT name FROM (SELECT unnest(json_keys(properties)) AS name FROM events
WHERE seq > (SELECT max(seq) FROM events) - ? AND json_valid(properties) AND json_type(properties) = 'OBJECT')
GROUP BY name ORDER BY count(*) DESC, name LIMIT ?"""


class Stopped(Exception):
    """The histories are being closed while a base is built."""


class Keeper:
    """Gives views. One lock for what changes; building goes on beside it, never two builds at once."""

    def __init__(self, folder: Path | None, facts: DuckWarehouse, least: int, most_new: int, zone: str = "UTC") -> None:
        self._folder, self._facts, self._zone = folder, facts, zone
        self._least, self._most_new = least, most_new
        self._lock = threading.RLock()
        self._open = False
        self._stop = threading.Event()
        self._worker: threading.Thread | None = None
        self._token: tuple[int, int] | None = None
        self._base, self._tail = Base(), Tail()
        self._upto, self._gone = 0, 0
        self._dead = NONE
        self._rewritten = 0
        self._anew, self._not_before = False, 0.0
        self._tracked: set[str] = set()
        self.texts = Dictionaries()
        self._owners = Owners(self.texts.ids)
        self._view = View(self._base, self._base, Whose(self._owners.now, self._owners.distinct))

    def view(self, columns: set[str] | None = None) -> View:
        """Return base and tail as the warehouse is now, with these properties in columns."""
        with self._lock:
            self._begin()
            token = (self._facts.version, self._facts.moved)
            if token != self._token or not all(self._has(one) for one in columns or ()):
                self._update(columns or set())
                self._token = token
                self._renew()
            return self._view

    def _begin(self) -> None:
        """At the first use: open what is there, or build when there is much."""
        if self._open:
            return
        with self._facts.reading() as cursor:
            self._rewritten = _one(cursor.execute(_REWRITTEN))
            if self._folder is not None and not self._reopen(cursor):
                clear(self._folder)
                if _one(cursor.execute(TALLY)) > max(self._least, self._most_new):
                    self._take(self._first(cursor))
        self._open = True

    def _first(self, cursor: duckdb.DuckDBPyConnection) -> Base:
        try:
            return self._build(cursor)
        except OSError as why:
            raise StorageFailed(f"The events could not be sorted for questions: {why}") from why

    def _reopen(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Open the newest base that is whole and belongs to these very events."""
        assert self._folder is not None  # noqa: S101 - asked by the caller
        for folder in published(self._folder):
            meta = read_meta(folder)
            if meta is None or not sound(folder, meta):
                log.warning("histories in %s cannot be used and are made anew", folder)
                continue
            stamp = self._stamp(cursor, int(meta["last"]))
            if stamp != meta["stamp"]:
                continue
            read = open_dictionaries(folder, meta)
            for name in ("ids", "accounts", "events"):
                getattr(self.texts, name).become(getattr(read, name))
            self.texts.columns = self.texts.columns | read.columns
            self._take(open_base(folder, meta))
            self._anew = meta["zone"] != self._zone
            return True
        return False

    def _stamp(self, cursor: duckdb.DuckDBPyConnection, last: int) -> str:
        told = cursor.execute(_STAMP, [last]).fetchall()[0][0]
        return f"{told}-{_one(cursor.execute(_REWRITTEN))}"

    def _take(self, base: Base) -> None:
        """Put a base in the place of the one before."""
        self._tail = self._tail.after(base.last) if self._upto > base.last else Tail()
        self._base, self._upto = base, max(base.last, self._upto)
        if not len(self._tail):
            self._tracked = {one for one in base.columns if one.startswith(PROPERTY)}
        self._dead, self._gone, self._token = NONE, 0, None
        if self._folder is not None:
            clear(self._folder, base.folder)

    def _update(self, wanted: set[str]) -> None:
        with self._facts.reading() as cursor:
            rewritten = _one(cursor.execute(_REWRITTEN))
            if rewritten != self._rewritten:
                self._rewritten = rewritten
                self._start_over(cursor)
            if _one(cursor.execute(f"{TALLY} AND seq <= ?", [self._upto])) != self._known():
                self._compare(cursor)
            self._follow(cursor)
            missing = [one for one in sorted(wanted) if not self._has(one)]  # only now: to start over forgets columns
            for name in missing:
                with heavy_work():
                    self._add_column(cursor, name)
            self._owners.read(cursor)
        self._view = self._made()

    def _known(self) -> int:
        return len(self._base) + len(self._tail) - self._gone

    def _start_over(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Rows that are known were changed where they stand: nothing that is kept can be relied on."""
        self._tail, self._upto = Tail(), 0
        base = Base()
        if self._folder is not None and len(self._base):
            base = self._build(cursor)
        self._take(base)

    def _compare(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Find out which rows of the base are gone, and read the tail anew."""
        self._tail, self._upto = Tail(), self._base.last
        told: Any = cursor.sql(
            "SELECT seq FROM events WHERE occurred_at IS NOT NULL AND seq <= ?", params=[self._base.last]
        ).to_arrow_table()
        places = self._base.placing()(whole(told["seq"]))
        if (places < 0).any():
            self._start_over(cursor)
            return
        alive = np.zeros(len(self._base), bool)
        alive[places] = True
        self._gone = int(len(alive) - alive.sum())
        self._dead = np.packbits(~alive, bitorder="little") if self._gone else NONE

    def _follow(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read the rows that are new."""
        scanner = Scanner([one.removeprefix(PROPERTY) for one in sorted(self._tracked)])
        reader: Any = cursor.sql(f"{ROWS} AND seq > ? ORDER BY seq", params=[self._upto]).to_arrow_reader(_BATCH)
        for batch in reader:
            if batch.num_rows:
                rows = code(batch, self.texts, scanner)
                self._tail.add(rows)
                self._upto = int(rows.seq[-1])

    def _has(self, name: str) -> bool:
        return name in self._tracked and (name in self._base.columns or not len(self._base))

    def _add_column(self, cursor: duckdb.DuckDBPyConnection, name: str) -> None:
        """Read a property that is asked for the first time from all rows."""
        scanner = Scanner([name.removeprefix(PROPERTY)])
        base, tail = np.zeros(len(self._base), np.uint32), np.zeros(len(self._tail), np.uint32)
        numbers = self._tail.rows().seq
        place_of = self._base.placing()
        reader: Any = cursor.sql(f"{OBJECTS} AND seq <= ?", params=[self._upto]).to_arrow_reader(_BATCH)
        for batch in reader:
            seqs = whole(batch.column("seq"))
            codes = properties(batch.column("properties"), self.texts, scanner)[name]
            old = seqs <= self._base.last
            base[place_of(seqs[old])] = codes[old]
            tail[np.searchsorted(numbers, seqs[~old])] = codes[~old]
        self._tail.put(name, tail)
        self._tracked.add(name)
        if len(self._base) and name not in self._base.columns:
            self._base.columns[name] = base.astype(narrow(len(self.texts.column(name))))
            self._keep_column(name)

    def _keep_column(self, name: str) -> None:
        """Write a column of the base beside the others, for the next time it is opened."""
        folder = self._base.folder
        if folder is None or (meta := read_meta(folder)) is None:
            return
        files, file = Files(folder, meta), f"column-{len(meta['columns'])}"
        try:
            while (folder / f"{file}.npy").exists():
                file += "-"
            files.save(f"{file}.npy", self._base.columns[name])
            files.save_texts(f"{file}.bin", self.texts.column(name))
            files.meta["columns"][name] = file
            files.finish()
        except OSError:
            log.warning("a column could not be kept in %s", folder, exc_info=True)

    def _made(self) -> View:
        whose = Whose(self._owners.now, self._owners.distinct)
        base = self._base
        moved, hidden = np.zeros(0, np.uint32), self._dead
        changed = (base.units != whose.now[: len(base.units)]) & base.lives
        if changed.any():
            found = np.empty(len(base), np.uint32)
            moved = found[: rows_of(base.key, changed, found)].copy()
            hidden = self._dead.copy() if len(self._dead) else np.zeros(len(base) // 8 + 1, np.uint8)
            set_bits(hidden, moved)
        return View(base, self._tail.rows(), whose, self._dead, hidden, moved)

    def _renew(self) -> None:
        """Build anew behind the scenes when much has come, gone or moved since."""
        if self._folder is None or self._worker is not None or self._stop.is_set():
            return
        if time.monotonic() < self._not_before:
            return
        fresh = len(self._tail) + self._gone + len(self._view.moved)
        limit = max(self._most_new, len(self._base) // 5) if len(self._base) else self._least
        if fresh > limit or self._anew:
            self._anew = False
            self._worker = threading.Thread(target=self._rebuild, name="histories-build", daemon=True)
            self._worker.start()

    def _rebuild(self) -> None:
        try:
            with self._facts.reading() as cursor:
                base = self._build(cursor)
            self._exchange(base)
        except Stopped:
            pass
        except (CallsheetError, OSError, duckdb.Error):
            log.exception("building histories failed; the present ones stay")
            self._not_before = time.monotonic() + _PAUSE
        finally:
            self._worker = None

    def _exchange(self, base: Base) -> None:
        """Take a base that was built beside, unless rows changed where they stand since it read them."""
        with self._lock:
            if base.stamp.endswith(f"-{self._rewritten}"):
                self._take(base)
            elif self._folder is not None:
                clear(self._folder, self._base.folder)

    def _build(self, cursor: duckdb.DuckDBPyConnection) -> Base:
        with heavy_work():
            return self._built(cursor)

    def _built(self, cursor: duckdb.DuckDBPyConnection) -> Base:
        assert self._folder is not None  # noqa: S101 - asked by the callers
        self._folder.mkdir(parents=True, exist_ok=True)
        last = _one(cursor.execute("SELECT coalesce(max(seq), 0) FROM events"))
        names = [name for (name,) in cursor.execute(_NAMES, [_SAMPLED, MOST_PROPERTIES]).fetchall() if name]
        kept = [one for one in self.texts.properties if len(self.texts.column(PROPERTY + one)) <= MOST_TEXTS]
        names = list(dict.fromkeys([*kept, *names]))
        stamp = self._stamp(cursor, last)
        owners = Owners(self.texts.ids)

        def whose() -> NDArray[np.uint32]:
            owners.read(cursor)
            return owners.now

        reader: Any = cursor.sql(f"{ROWS} AND seq <= ?", params=[last]).to_arrow_reader(_BATCH)
        return Build(self._folder, self.texts, names, self._zone).run(self._unless_stopped(reader), whose, last, stamp)

    def _unless_stopped(self, reader: Any) -> Iterator[pa.RecordBatch]:
        for batch in reader:
            if self._stop.is_set():
                raise Stopped
            if batch.num_rows:
                yield batch

    def forget(self) -> None:
        """Remove the files now and build others."""
        self.settle()
        with self._lock:
            if self._folder is not None:
                clear(self._folder)
            self._tail, self._upto, self._token = self._tail.after(NEVER), self._base.last, None
            self._anew = len(self._base) > 0
        self.view()

    def settle(self) -> None:
        """Wait for a build under way."""
        worker = self._worker
        if worker is not None:
            worker.join()

    def close(self) -> None:
        """Stop building."""
        self._stop.set()
        self.settle()


def _one(cursor: Any) -> int:
    return int(cursor.fetchall()[0][0] or 0)
