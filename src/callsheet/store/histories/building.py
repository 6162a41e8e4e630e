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

from callsheet.store.histories.base import (
    BUILDING,
    Base,
    Files,
    narrow,
    open_base,
    published,
    read_meta,
    seq_type,
)
from callsheet.store.histories.coding import Dictionaries, code
from callsheet.store.histories.kernels import group_rows, note, picked
from callsheet.store.histories.ordering import PIECE, Stored, rows_in_order
from callsheet.store.histories.rollup import write
from callsheet.store.histories.scanning import Scanner

MOST_PROPERTIES = 24
MOST_TEXTS = 2_000_000
MOST_BYTES = 1 << 27
"""A property with more different values than this is not kept in the base."""


class Build:
    """One build. `whose(ids)` gives the unit of each key once all keys are known."""

    def __init__(self, folder: Path, dictionaries: Dictionaries, names: list[str], zone: str = "UTC") -> None:
        self._root = folder
        self._folder = folder / f"{BUILDING}{os.getpid()}-{os.urandom(4).hex()}"
        self._into, self._zone = dictionaries, zone
        self._scanner = Scanner(names)
        self._raws: dict[str, Path] = {}
        self._types: dict[str, Any] = dict.fromkeys(("key", "event", "account"), np.uint32)
        self._types |= dict.fromkeys(("moment", "seq"), np.int64)
        self._count = 0

    def run(
        self, batches: Iterator[pa.RecordBatch], whose: Callable[[], NDArray[np.uint32]], last: int, stamp: str
    ) -> Base:
        """Build, publish and open the base. What is half done is left in a folder of its own, to be cleared."""
        self._folder.mkdir(parents=True)
        self._spill(batches)
        files = Files(self._folder)
        order = self._order(whose, files, seq_type(last))
        kinds = self._types | {"seq": seq_type(last), "event": narrow(max(len(self._into.events), 0x100))}
        for name in ("key", "account", "event"):
            self._save(files, name, name, order, kinds[name])
        self._columns(files, order)
        order.file.unlink()
        pa.default_memory_pool().release_unused()
        self._post(files)
        self._by_account(files, kinds)
        self._dictionaries(files)
        names = ("moment", "key", "event", "account", "units", "by_account")
        files.let_go()
        sorted_rows = Base(**{name: files.load(f"{name}.npy") for name in names})
        sorted_rows.align()
        for name in ("bounds", "account_bounds"):
            files.save(f"{name}.npy", getattr(sorted_rows, name))
        files.let_go()
        write(files, sorted_rows, len(self._into.events), len(self._into.accounts), self._zone)
        files.let_go()
        files.finish(last=last, stamp=stamp, rows=self._count, zone=self._zone)
        return self._publish()

    def _post(self, files: Files) -> None:
        """Write the rows of each event, and beside them what they hold."""
        starts, postings = group_rows(files.load("event.npy"), len(self._into.events))
        files.let_go()
        files.save("postings.npy", postings)
        files.save("starts.npy", starts)
        files.meta["posted"] = files.meta["columns"] | {"account": "account"}
        wanted = {f"posted_{one}.npy": one for one in ("moment", "key")}
        wanted |= {f"posted-{file}.npy": file for file in files.meta["posted"].values()}
        for name, file in wanted.items():
            column = files.load(f"{file}.npy")
            kind = narrow(len(self._into.accounts)) if file == "account" else column.dtype
            files.save_pieces(name, kind, self._count, self._posted(files, postings, column))

    def _posted(self, files: Files, postings: NDArray[np.uint32], column: NDArray[Any]) -> Iterator[NDArray[Any]]:
        for at in range(0, self._count, PIECE // 4):
            yield picked(postings[at : at + PIECE // 4], column)
            files.let_go()

    def _spill(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Write the codes of all rows into files, in the order in which the engine gives them."""
        with ExitStack() as stack:
            out: dict[str, BinaryIO] = {}
            for batch in batches:
                rows = code(batch, self._into, self._scanner)
                given = {
                    name: getattr(rows, name) for name in ("moment", "seq", "key", "event", "account")
                } | rows.columns
                for name in given.keys() - out.keys():
                    out[name] = stack.enter_context((self._folder / f"raw-{len(out)}").open("wb"))
                for name, values in given.items():
                    self._types[name] = values.dtype
                    values.tofile(out[name])
                self._count += batch.num_rows
            self._raws = {name: Path(file.name) for name, file in out.items()}

    def _raw(self, name: str) -> Stored:
        return Stored(self._raws.get(name, self._folder), self._types[name], self._count)

    def _order(self, whose: Callable[[], NDArray[np.uint32]], files: Files, seq_kind: Any) -> Stored:
        """Find the order of rows by unit, moment, arrival; write moments and numbers in it."""
        units = whose()
        files.save("units.npy", units)
        key, moment, seq = (self._raw(name) for name in ("key", "moment", "seq"))
        names = ("order", "moment", "seq")
        sorted_ = {name: self._folder / f"raw-{name}-sorted" for name in names}
        with ExitStack() as stack:
            outs = [stack.enter_context(file.open("wb")) for file in sorted_.values()]
            for columns in rows_in_order(lambda at: units[key.piece(at)], len(units), moment, seq):
                for place, out in enumerate(outs):
                    columns[place].tofile(out)
        for name in names[1:]:
            self._raws.pop(name, self._folder / "none").unlink(missing_ok=True)
            kind = np.int64 if name == "moment" else seq_kind
            stored = Stored(sorted_[name], np.int64, self._count)
            pieces = (stored.piece(at) for at in range(0, self._count, PIECE))
            files.save_pieces(f"{name}.npy", kind, self._count, pieces)
            sorted_[name].unlink()
        return Stored(sorted_["order"], np.uint32, self._count)

    def _save(self, files: Files, name: str, file: str, order: Stored, kind: Any) -> None:
        """Write a column in order, piece by piece, and remove what it came from."""
        stored = self._raw(name)
        raw = stored.piece(0, self._count).astype(kind, copy=False)
        pieces = (picked(order.piece(at), raw) for at in range(0, self._count, PIECE))
        files.save_pieces(f"{file}.npy", kind, self._count, pieces)
        if name in self._raws:
            self._raws.pop(name).unlink()

    def _by_account(self, files: Files, kinds: dict[str, Any]) -> None:
        account, moment, seq = (
            Stored(self._folder / f"{name}.npy", kinds[name], self._count) for name in ("account", "moment", "seq")
        )
        rows = rows_in_order(account.piece, len(self._into.accounts), moment, seq)
        files.save_pieces("by_account.npy", np.uint32, self._count, (one for one, _, _ in rows))

    def _columns(self, files: Files, order: Stored) -> None:
        for place, (name, texts) in enumerate(list(self._into.columns.items())):
            if len(texts) > MOST_TEXTS or texts.size > MOST_BYTES:
                continue
            if self._count and name not in self._raws:
                continue  # asked for since the rows were read: it is read from them when it is asked for again
            file, kind = f"column-{place}", narrow(len(texts))
            if name in self._raws:
                self._save(files, name, file, order, kind)
            else:
                files.save(f"{file}.npy", np.zeros(self._count, kind))
            files.meta["columns"][name] = file
            files.save_texts(f"{file}.bin", texts, _used(files.load(f"{file}.npy"), len(texts)))
            files.let_go()

    def _dictionaries(self, files: Files) -> None:
        """Write the dictionaries without texts that no row has any more: deleted people leave nothing behind."""
        units = files.load("units.npy")
        used = _used(files.load("key.npy"), len(units))
        files.save("lives.npy", used)
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


def _used(codes: NDArray[Any], size: int) -> NDArray[np.bool_]:
    found = np.zeros(size, bool)
    found[0] = True
    note(codes, found)
    return found
