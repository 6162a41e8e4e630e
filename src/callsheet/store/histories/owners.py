"""Whose a key is now: merges and their undoing change this table, and no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.coding import split_keys
from callsheet.store.histories.texts import Codes, Texts

if TYPE_CHECKING:
    import duckdb

_SETTLED = """SELECT distinct_id, person_id FROM person_ids WHERE person_id IS NOT NULL
AND distinct_id IN (SELECT from_id FROM merges UNION SELECT into_id FROM merges)"""
_TABLES = (
    "SELECT count(*) FROM duckdb_tables() WHERE NOT temporary AND table_name IN ('person_ids', 'merges')"
    " AND database_name = current_database()"
)


class Owners:
    """`now[key]` is the unit of a key, `distinct[key]` the code of its distinct id. Arrays are replaced, never
    changed, so that whoever holds one may go on."""

    def __init__(self, ids: Texts) -> None:
        self._ids = ids
        self._looked_at = 0
        self._pairs: list[tuple[int, str, str]] = []
        self._merged = (np.zeros(0, np.uint32), np.zeros(0, np.uint32))
        self.now: Codes = np.zeros(0, np.uint32)
        self.distinct: Codes = np.zeros(0, np.uint32)

    def read(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read what the settled merges say."""
        if cursor.execute(_TABLES).fetchall() == [(2,)]:
            told: Any = cursor.sql(_SETTLED).to_arrow_table()
            self._merged = (self._ids.codes(told["distinct_id"]), self._ids.codes(told["person_id"]))
        self.refresh()

    def refresh(self) -> None:
        """Take in keys that are new."""
        count = len(self._ids)
        if count > self._looked_at:
            fresh = split_keys(self._ids.texts(self._looked_at), self._looked_at)
            self._ids.add([one for _, *pair in fresh for one in pair])
            self._pairs += fresh
            self._looked_at = count
        self.distinct, self.now = self._tables()

    def _tables(self) -> tuple[Codes, Codes]:
        distinct = np.arange(len(self._ids), dtype=np.uint32)
        now = distinct.copy()
        if self._pairs:
            places = np.array([place for place, _, _ in self._pairs], np.int64)
            distinct[places] = self._ids.find([one for _, one, _ in self._pairs])
            now[places] = self._ids.find([person for _, _, person in self._pairs])
        said: NDArray[np.int64] = np.full(len(now), -1, np.int64)
        said[self._merged[0]] = self._merged[1]
        owner = said[distinct]
        now = np.where(owner >= 0, owner, now).astype(np.uint32)
        now[0] = 0
        return distinct, now
