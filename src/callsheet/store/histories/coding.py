"""Events of the embedded engine on their way into arrays: every text becomes a code.

A row's *key* says whose it is: the distinct id, together with the person where the two differ. Merging persons and
undoing it changes what a key means and never the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.store.histories.conditions import PROPERTY
from callsheet.store.histories.scanning import Scanner
from callsheet.store.histories.texts import Codes, Texts

PLAIN = ("feature", "source", "product")
"""Plain columns that are kept as codes beside event, key and account."""
SEPARATOR = "\x1f\x1e\x1f"
_KEY = (
    "CASE WHEN coalesce(person_id, '') = '' THEN NULL WHEN distinct_id IS NULL OR distinct_id = person_id THEN person_id"
    " ELSE distinct_id || chr(31) || chr(30) || chr(31) || person_id END"
)
_PROPERTIES = "CASE WHEN json_valid(properties) THEN properties END AS properties"
ROWS = (
    f"SELECT epoch_us(occurred_at) AS moment, seq, {_KEY} AS key, event, account_id, {', '.join(PLAIN)}, {_PROPERTIES}"
    " FROM events WHERE occurred_at IS NOT NULL"
)
OBJECTS = f"SELECT seq, {_PROPERTIES} FROM events WHERE occurred_at IS NOT NULL"
TALLY = "SELECT count(*) FROM events WHERE occurred_at IS NOT NULL"


@dataclass(slots=True)
class Dictionaries:
    """All dictionaries of one store of histories. `columns` are by field: plain columns and `properties.<name>`."""

    ids: Texts = field(default_factory=Texts)
    accounts: Texts = field(default_factory=Texts)
    events: Texts = field(default_factory=Texts)
    columns: dict[str, Texts] = field(default_factory=lambda: {name: Texts() for name in PLAIN})

    @property
    def properties(self) -> list[str]:
        """Names of the properties that are kept as codes."""
        return [name.removeprefix(PROPERTY) for name in self.columns if name.startswith(PROPERTY)]

    def column(self, name: str) -> Texts:
        """Return the dictionary of a field, begun when there is none."""
        return self.columns.setdefault(name, Texts())


@dataclass(slots=True)
class Coded:
    """Rows as arrays."""

    moment: NDArray[np.int64]
    seq: NDArray[np.int64]
    key: Codes
    event: Codes
    account: Codes
    columns: dict[str, Codes]


def code(batch: pa.RecordBatch, into: Dictionaries, scanner: Scanner) -> Coded:
    """Return a batch of ROWS as codes, adding to the dictionaries what is new."""
    columns = {name: into.column(name).codes(batch.column(name)) for name in PLAIN}
    columns |= properties(batch.column("properties"), into, scanner)
    return Coded(
        whole(batch.column("moment")), whole(batch.column("seq")), into.ids.codes(batch.column("key")),
        into.events.codes(batch.column("event")), into.accounts.codes(batch.column("account_id")), columns,
    )  # fmt: skip


def properties(column: Any, into: Dictionaries, scanner: Scanner) -> dict[str, Codes]:
    """Return the codes of the scanner's properties by field."""
    if not scanner.names:
        return {}
    return {
        PROPERTY + name: into.column(PROPERTY + name).codes_at(data, starts, sizes)
        for name, data, starts, sizes in scanner.spans(column)
    }


def whole(column: Any) -> NDArray[np.int64]:
    """Return an Arrow column of whole numbers."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.ascontiguousarray(array.to_numpy(zero_copy_only=False), np.int64)


def split_keys(texts: Iterable[str], first: int) -> list[tuple[int, str, str]]:
    """Return (code, distinct id, person) of the keys that name both; the texts have codes from `first` on."""
    return [
        (place, *text.split(SEPARATOR, 1))  # type: ignore[misc]
        for place, text in enumerate(texts, first)
        if SEPARATOR in text
    ]
