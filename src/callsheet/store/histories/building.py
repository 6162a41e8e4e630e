"""Building a base out of core: the engine streams rows, each column goes to a file, then is put in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.store.histories.base import BUILDING, Base, Files, narrow, open_base, published, read_meta, seq_type
from callsheet.store.histories.coding import Dictionaries, code
from callsheet.store.histories.kernels import group_rows, pick, sort_groups
from callsheet.store.histories.scanning import Scanner

MOST_PROPERTIES = 24
MOST_TEXTS = 2_000_000
MOST_BYTES = 1 << 27
"""A property with more different values than this is not kept in the base."""


class Build:
    """One build. `whose(ids)` gives the unit of each key once all keys are known."""

    def __init__(self, folder: Path, dictionaries: Dictionaries, names: list[str]) -> None:
        self._root = folder
        self._folder = folder / f"{BUILDING}{os.getpid()}-{os.urandom(4).hex()}"
        self._into = dictionaries
        self._scanner = Scanner(names)
        self._types: dict[str, Any] = {}
        self._count = 0

    def run(
        self, batches: Iterator[pa.RecordBatch], whose: Callable[[], NDArray[np.uint32]], last: int, stamp: str
    ) -> Base:
        """Build, publish and open the base. What is half done is left in a folder of its own, to be cleared."""
        self._folder.mkdir(parents=True)
        self._spill(batches)
        files = Files(self._folder)
        order = self._order(whose, files, last)
        for name in ("moment", "seq", "account"):
            files.save(f"{name}.npy", self._sorted(name, order, self._types[name]))
        event = self._sorted("event", order, narrow(max(len(self._into.events), 0x100)))
        files.save("event.npy", event)
        starts, postings = group_rows(event, len(self._into.events))
        del event
        files.save("postings.npy", postings)
        files.save("starts.npy", starts)
        del postings
        self._by_account(files)
        self._columns(files, order)
        self._dictionaries(files)
        files.finish(last=last, stamp=stamp, rows=self._count)
        return self._publish()

    def _spill(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Write the codes of all rows into files, in the order in which the engine gives them."""
        with ExitStack() as stack:
            out: dict[str, BinaryIO] = {}
            for batch in batches:
                rows = code(batch, self._into, self._scanner)
                given = {name: getattr(rows, name) for name in ("moment", "seq", "key", "event", "account")}
                for name, values in (given | rows.columns).items():
                    if name not in out:
                        file = self._folder / f"raw-{len(out)}"
                        out[name] = stack.enter_context(file.open("wb"))
                        self._types[name] = values.dtype
                    values.tofile(out[name])
                self._count += batch.num_rows
            self._raws = {name: Path(file.name) for name, file in out.items()}
        for name in ("moment", "seq", "key", "event", "account"):
            self._types.setdefault(name, np.int64 if name in ("moment", "seq") else np.uint32)

    def _raw(self, name: str) -> NDArray[Any]:
        if name not in self._raws:
            return np.zeros(0, self._types[name])
        return np.fromfile(self._raws[name], self._types[name])

    def _order(self, whose: Callable[[], NDArray[np.uint32]], files: Files, last: int) -> NDArray[np.uint32]:
        """Return the rows in order of unit, moment, arrival."""
        units = whose()
        key = self._raw("key")
        starts, order = group_rows(units[key], len(units))
        moment, seq = self._raw("moment"), self._raw("seq").astype(seq_type(last))
        self._types["seq"] = seq.dtype
        if len(seq):
            seq.tofile(self._raws["seq"])
        sort_groups(order, starts, moment, seq)
        del moment, seq
        files.save("units.npy", units)
        files.save("key.npy", _picked(order, key))
        self._raws.pop("key", self._folder / "raw").unlink(missing_ok=True)
        return order

    def _sorted(self, name: str, order: NDArray[np.uint32], kind: Any) -> NDArray[Any]:
        found = _picked(order, self._raw(name).astype(kind, copy=False))
        if name in self._raws:
            self._raws[name].unlink()
        return found

    def _by_account(self, files: Files) -> None:
        account = files.load("account.npy")
        starts, order = group_rows(account, len(self._into.accounts))
        sort_groups(order, starts, files.load("moment.npy"), files.load("seq.npy"))
        files.save("by_account.npy", order)

    def _columns(self, files: Files, order: NDArray[np.uint32]) -> None:
        for place, (name, texts) in enumerate(list(self._into.columns.items())):
            if len(texts) > MOST_TEXTS or texts.size > MOST_BYTES:
                continue
            codes = np.zeros(self._count, np.uint8)
            if name in self._raws:
                codes = self._sorted(name, order, narrow(len(texts)))
            files.meta["columns"][name] = f"column-{place}"
            files.save(f"column-{place}.npy", codes)
            files.save_texts(f"column-{place}.bin", texts, _used(codes, len(texts)))

    def _dictionaries(self, files: Files) -> None:
        """Write the dictionaries without texts that no row has any more: deleted people leave nothing behind."""
        units = files.load("units.npy")
        used = _used(files.load("key.npy"), len(units))
        used[units[used]] = True
        files.save_texts("ids.bin", self._into.ids, used)
        account = files.load("account.npy")
        files.save_texts("accounts.bin", self._into.accounts, _used(account, len(self._into.accounts)))
        event = files.load("event.npy")
        files.save_texts("events.bin", self._into.events, _used(event, len(self._into.events)))

    def _publish(self) -> Base:
        number = max((int(one.name) for one in published(self._root)), default=0) + 1
        final = self._root / str(number)
        self._folder.rename(final)
        meta = read_meta(final)
        if meta is None:
            raise OSError(f"{final} is not whole.")
        return open_base(final, meta)


def _picked(order: NDArray[np.uint32], column: NDArray[Any]) -> NDArray[Any]:
    found = np.empty(len(order), column.dtype)
    pick(order, column, found)
    return found


def _used(codes: NDArray[Any], size: int) -> NDArray[np.bool_]:
    found = np.zeros(size, bool)
    found[0] = True
    found[codes] = True
    return found
