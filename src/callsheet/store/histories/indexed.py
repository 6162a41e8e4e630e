"""Histories of the embedded engine: sorted columns beside the warehouse, kept up to date with it.

The *base* holds most rows, sorted, in memory-mapped files; the *tail* the newer ones. Both are caches: rows that
were taken back are left out by their numbers, merges of persons change only whose a key is, and when too much has
come or gone, a new base is built behind the scenes and takes the place of the old one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import CallsheetError
from callsheet.model.history import UNITS, Activity, Ask, History, Mark, Moments, Seen, Where
from callsheet.store.histories.alternatives import folded, unfolded
from callsheet.store.histories.asking import SEEN, active, as_one, check_ask, check_unit, fields_of, most_frequent, seen
from callsheet.store.histories.base import Base
from callsheet.store.histories.conditions import PROPERTY, check_field, text
from callsheet.store.histories.daily import Daily
from callsheet.store.histories.fields import Fields
from callsheet.store.histories.keeping import Keeper
from callsheet.store.histories.kernels import earliest, tally
from callsheet.store.histories.rows import EPOCH, NEVER, micros, moments_of
from callsheet.store.histories.traits import split, traits
from callsheet.store.histories.view import NONE, Drawing, View

if TYPE_CHECKING:
    from callsheet.store.engines.duck import DuckWarehouse

log = logging.getLogger("callsheet.histories")
T = TypeVar("T")
_AT_ONCE = 1 << 22
_SEEN = (
    f"SELECT {', '.join(SEEN)} FROM events WHERE seq IN (SELECT unnest(?::BIGINT[]))"
    " ORDER BY occurred_at DESC, seq DESC"
).replace(" distinct_id", " coalesce(distinct_id, person_id) AS distinct_id")


class IndexedHistories:
    """`Histories` over the embedded warehouse. `folder` is where the base is kept; None keeps all rows in memory.

    No base is made below `least` rows. A new one is made when more than `most_new` rows and a fifth of the base came.
    Local days are rolled up in `zone`.
    """

    def __init__(
        self, folder: Path | None, facts: DuckWarehouse, least: int = 50_000, most_new: int = 300_000, zone: str = "UTC"
    ) -> None:
        self._facts, self._zone = facts, zone
        self._keeper = Keeper(folder, facts, least, most_new, zone)
        self._fields = Fields(self._keeper.texts, self._trait)
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], Any] = {}

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever an answer may change."""
        return self._facts.version, self._facts.moved

    def prepare(self) -> None:
        """Bring everything up to date behind the scenes, and have the machine code ready, so that the first question
        need not wait for either."""
        threading.Thread(target=self._prepare, name="histories-prepare", daemon=True).start()

    def _prepare(self) -> None:
        try:
            for unit in UNITS:
                everybody = Mark((), (Where(f"{unit}_id", "set"),))
                self.read(Ask((Mark(), everybody), EPOCH, EPOCH, unit, label="event"))
                self.activity(Mark(), EPOCH, EPOCH, self._zone, unit)
        except (CallsheetError, OSError):
            log.exception("preparing histories failed")

    def forget(self) -> None:
        """Remove all files at once and build them anew: after people were deleted, no file names them any more."""
        self._keeper.forget()

    def settle(self) -> None:
        """Wait for a build under way."""
        self._keeper.settle()

    def close(self) -> None:
        """Stop building and let go of the files."""
        self._keeper.close()

    def read(self, ask: Ask) -> History:
        """Return the rows asked for; see `Histories.read`."""
        plain, places = unfolded(ask)
        return folded(self._drawing(plain).history(), places)

    def walked(self, ask: Ask, walk: Callable[[History], T]) -> list[T]:
        """Return what `walk` makes of the rows, piece by piece; see `Histories.walked`."""
        plain, places = unfolded(ask)
        return self._drawing(plain).walked(lambda piece: walk(folded(piece, places)))

    def activity(
        self, mark: Mark, since: datetime, until: datetime, zone: str, unit: str = "person",
        where: tuple[Where, ...] = (), together: bool = False,
    ) -> Activity:  # fmt: skip
        """Return active local days; see `Histories.activity`. From the rollup, where it can tell; else they are counted
        from the rows."""
        ask, places = unfolded(Ask((mark,), since, until, unit, where))
        if places:
            found = active(self._drawing(ask).history(), zone, since, until)
            return as_one(found) if together else found
        daily = Daily(self._drawing(ask), zone)
        return daily.as_one() if together else daily.whole()

    def days_walked(
        self, mark: Mark, since: datetime, until: datetime, zone: str, walk: Callable[[Activity], T],
        unit: str = "person", where: tuple[Where, ...] = (),
    ) -> list[T]:  # fmt: skip
        """Return what `walk` makes of active local days, piece by piece; see `Histories.days_walked`."""
        ask, places = unfolded(Ask((mark,), since, until, unit, where))
        if places:
            return [walk(self.activity(mark, since, until, zone, unit, where))]
        return Daily(self._drawing(ask), zone).walked(walk)

    def _drawing(self, ask: Ask) -> Drawing:
        check_ask(ask)
        view = self._keeper.view({one for one in fields_of(ask) if one.startswith(PROPERTY)})
        return Drawing(view, ask, self._fields, self._keeper.texts)

    def _trait(self, unit: str, name: str) -> dict[str, object]:
        found: dict[str, object] = self._remember(
            ("trait", unit, name), lambda: traits(self._facts.tables(), self._facts.run, unit, name)
        )
        return found

    def _remember(self, key: tuple[object, ...], find: Any) -> Any:
        """Return what was found at this version of the facts, or find it."""
        key = (self.version, *key)
        if key not in self._kept:
            found = find()
            with self._lock:
                self._kept = {one: value for one, value in self._kept.items() if one[0] == key[0]} | {key: found}
            return found
        return self._kept[key]

    def created(self, unit: str = "person") -> Moments:
        """Return when units came into being; see `Histories.created`. A unit without any event: the latest moment."""
        check_unit(unit)
        found: Moments = self._remember(("created", unit), lambda: self._created(self._keeper.view(), unit))
        return found

    def _created(self, view: View, unit: str) -> Moments:
        texts = self._keeper.texts
        names, now = (texts.ids, view.whose.now)
        if unit == "account":
            names, now = texts.accounts, np.arange(len(texts.accounts), dtype=np.uint32)
        found = np.full(len(now), NEVER, np.int64)
        for store, dead in ((view.base, view.dead), (view.tail, NONE)):
            keys = store.key if unit == "person" else store.account
            for at in range(0, len(store), _AT_ONCE):
                rows = slice(at, at + _AT_ONCE)
                earliest(keys[rows], store.moment[rows], now, dead[at >> 3 :], found)
                store.release()
        known = self._facts.tables()[f"{unit}s"]
        key = f"{unit}_id"
        told = self._facts.run(
            known.filter(known.created_at.notnull() & known[key].notnull()).select(key, "created_at")
        )
        codes = names.find(told[key].to_pylist())
        fits = (codes > 0) & (codes < len(found))
        found[codes[fits]] = moments_of(told["created_at"])[fits]
        return found

    def timeline(self, unit: str, key: str, before: datetime | None = None, limit: int = 100) -> list[Seen]:
        """Return the newest rows of one unit, newest first. Which they are is known here; the engine is asked for
        them by their numbers."""
        check_unit(unit)
        newest = self._newest(unit, key, NEVER if before is None else micros(before), limit)
        if not newest:
            return []
        with self._facts.reading() as cursor:
            return seen(cursor.sql(_SEEN, params=[newest]).to_arrow_table())

    def _newest(self, unit: str, key: str, before: int, limit: int) -> list[int]:
        """Return the numbers of the newest rows of a unit."""
        view, texts = self._keeper.view(), self._keeper.texts
        code = int((texts.ids if unit == "person" else texts.accounts).find([key])[0])
        if code <= 0 or limit < 1:
            return []
        parts = [
            (store.moment[rows], store.seq[rows].astype(np.int64))
            for store, rows in ((view.base, _base_rows(view, unit, code)), (view.tail, _tail_rows(view, unit, code)))
        ]
        moment, seq = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        early = np.flatnonzero(moment < before)
        return [int(one) for one in seq[early[np.lexsort((seq[early], moment[early]))[-limit:]]]]

    def events(self) -> list[tuple[str, int]]:
        """Return event names with their numbers of rows, most frequent first."""
        view, texts = self._keeper.view(), self._keeper.texts.events
        counts = self._counts("event", len(texts), view)
        named = zip(texts.of(np.flatnonzero(counts)), counts[counts > 0].tolist(), strict=True)
        return sorted(((name, count) for name, count in named if name), key=lambda one: (-one[1], one[0]))

    def values(self, field: str, limit: int = 100) -> list[str]:
        """Return values seen in a field, most frequent first."""
        check_field(field)
        trait = split(field)
        if trait is not None:
            return most_frequent([text(one) for one in self._trait(*trait).values()], limit)
        view = self._keeper.view({field} if field.startswith(PROPERTY) else set())
        found = self._fields.field(field, view.whose)
        counts = self._counts(found.column, len(found.table) if found.table is not None else found.size, view)
        if found.table is not None:
            counts = np.bincount(found.table, counts, found.size).astype(np.int64)
        places = np.flatnonzero(counts)
        told = [(text(one), int(counts[place])) for place, one in zip(places, found.values(places.tolist()), strict=True)
                if one is not None]  # fmt: skip
        return most_frequent([name for name, _ in told], limit, [count for _, count in told])

    def _counts(self, column: str, size: int, view: View) -> NDArray[np.int64]:
        """Return how many rows have each code of a column."""
        counts = np.zeros(size, np.int64)
        for store in (view.base, view.tail):
            codes = getattr(store, column) if column in ("key", "account", "event") else store.column(column)
            tally(codes, counts)
        if len(view.dead):
            gone = np.flatnonzero(np.unpackbits(view.dead, bitorder="little", count=len(view.base)))
            codes = getattr(view.base, column) if column in ("key", "account", "event") else view.base.column(column)
            counts -= np.bincount(codes[gone], minlength=size)
        return counts


def _base_rows(view: View, unit: str, code: int) -> NDArray[np.int64]:
    """Return the rows of a unit in the base, those of persons that are the same one now included."""
    base, now = view.base, view.whose.now
    if unit == "account":
        low, high = (_first(base, lambda row: int(base.account[base.by_account[row]]), one) for one in (code, code + 1))
        rows = base.by_account[low:high].astype(np.int64)
    else:
        keys = np.flatnonzero(now[: len(base.units)] == code)
        built = np.unique(base.units[keys])
        spans = [
            [_first(base, lambda row: int(base.units[base.key[row]]), one) for one in (unit_then, unit_then + 1)]
            for unit_then in built.astype(np.int64)
        ]
        rows = np.concatenate([np.arange(low, high) for low, high in spans] or [np.zeros(0, np.int64)])
        rows = rows[now[base.key[rows]] == code]
    if len(view.dead):
        rows = rows[(view.dead[rows >> 3] >> (rows & 7).astype(np.uint8)) & 1 == 0]
    return rows


def _first(base: Base, unit_at: Any, unit: int) -> int:
    """Return the first row whose unit is not below this one."""
    low, high = 0, len(base)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if unit_at(middle) < unit else (low, middle)
    return low


def _tail_rows(view: View, unit: str, code: int) -> NDArray[np.int64]:
    tail = view.tail
    return np.flatnonzero((view.whose.now[tail.key] if unit == "person" else tail.account) == code)
