"""Numbers for names: every unit gets a code, the same as long as the process lives."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Codebook:
    """Names and their codes from 0 up, in order of first sight; names are only ever added. Any thread may use it."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names: list[str] = list(names)
        self._codes = {name: code for code, name in enumerate(self.names)}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.names)

    def of(self, names: Sequence[str]) -> NDArray[np.uint32]:
        """Return codes, giving new ones to names not seen before."""
        codes = self._codes
        with self._lock:
            for name in names:
                if name not in codes:
                    codes[name] = len(self.names)
                    self.names.append(name)
        return np.fromiter((codes[name] for name in names), np.uint32, len(names))

    def find(self, name: str) -> int | None:
        """Return the code of a name, if it has one."""
        return self._codes.get(name)

    def name(self, codes: Iterable[int]) -> list[str]:
        """Return the names of codes."""
        names = self.names
        return [names[int(code)] for code in codes]


def spread(column: Any) -> tuple[NDArray[np.int64], list[Any]]:
    """Return (place of each row's value, the distinct values) of an Arrow column; nothing and "" are place 0, None."""
    chunks = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(chunks, pa.ChunkedArray):
        chunks = pa.concat_arrays(chunks.chunks)
    if not pa.types.is_dictionary(chunks.type):
        chunks = chunks.dictionary_encode()
    values: list[Any] = [None]
    places = np.zeros(len(chunks.dictionary) + 1, np.int64)
    for place, value in enumerate(chunks.dictionary.to_pylist()):
        if value is not None and value != "":
            places[place] = len(values)
            values.append(value)
    indices = chunks.indices.fill_null(len(chunks.dictionary)).to_numpy(zero_copy_only=False)
    return places[indices.astype(np.int64)], values
