"""The account of events whose clients say only once to which account a person belongs.

Of each id that was ever seen with an account, the last one is known: 20 bytes an id in sorted arrays, by the hash of the
id (as in `seen`: another id has the same with a chance of 2^-64), and what is new since in a dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.store.identity import state
from callsheet.store.seen import Hashes, hashes_of

if TYPE_CHECKING:
    import duckdb

MOST = 50_000
"""Ids in the dictionary; when there are more, they go into the arrays."""
AT_ONCE = 200_000
_ALL = "SELECT distinct_id, account_id, epoch_us(account_at) AS moment FROM person_ids WHERE account_id IS NOT NULL"
_SINCE = """SELECT coalesce(distinct_id, person_id) AS distinct_id, arg_max(account_id, occurred_at) AS account_id,
  epoch_us(max(occurred_at)) AS moment
FROM events WHERE seq > ? AND account_id IS NOT NULL AND person_id IS NOT NULL AND occurred_at IS NOT NULL GROUP BY 1"""
"""What came since `person_ids` was brought up to date, which follows each commit a little later."""
_LONG_AGO = -(2**63)


class Belonging:
    """With which account each id was last seen: by its latest event that named one, as far as it came in by now. One
    thread's; after a transaction that failed, `forget`."""

    def __init__(self) -> None:
        self._accounts: list[str] = [""]
        self._codes: dict[str, int] = {"": 0}
        self._fresh: dict[str, tuple[str, int]] = {}
        self._hashes: Hashes | None = None
        self._log = ""
        self._whose: NDArray[np.int32] = np.zeros(0, np.int32)
        self._moments: NDArray[np.int64] = np.zeros(0, np.int64)

    def forget(self) -> None:
        """Look everybody up again."""
        self._fresh.clear()
        self._hashes = None

    def filled(self, cursor: duckdb.DuckDBPyConnection, events: pa.Table, ids: list[str]) -> pa.Table:
        """Return events with the account of their id where they `follow` it and name none. What they name themselves
        is remembered. `ids` are their distinct ids."""
        places = np.flatnonzero(events.column("follows").to_numpy()).tolist()
        if not places:
            return events
        if self._hashes is None or self._log != state(cursor, "ids.log"):  # an import landed or was undone
            self._load(cursor)
        accounts: list[str] = events.column("account_id").to_pylist()
        moments = events.column("occurred_at").cast(pa.int64()).to_pylist()
        asked = [ids[place] for place in places]
        for place, whom, code, since in zip(places, asked, *self._looked_up(asked), strict=True):
            account, last = self._fresh.get(whom) or (self._accounts[code], since)
            if not accounts[place]:
                accounts[place] = account
            elif whom and moments[place] >= last:
                self._fresh[whom] = (accounts[place], moments[place])
        if len(self._fresh) > MOST:
            self._settle()
        column = events.schema.get_field_index("account_id")
        return events.set_column(column, "account_id", pa.array(accounts, pa.string()))

    def _looked_up(self, ids: list[str]) -> tuple[list[int], list[int]]:
        """Return the account of each id as its place in the list of accounts, and since when; 0 and long ago where the
        arrays know none."""
        hashes, known = hashes_of(ids), self._hashes
        if known is None or not len(known):
            return [0] * len(ids), [_LONG_AGO] * len(ids)
        place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        there = known[place] == hashes
        return np.where(there, self._whose[place], 0).tolist(), np.where(
            there, self._moments[place], _LONG_AGO
        ).tolist()

    def _load(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._log = state(cursor, "ids.log")
        self._hashes = np.zeros(0, np.uint64)
        self._whose, self._moments = np.zeros(0, np.int32), np.zeros(0, np.int64)
        self._read(cursor.sql(_ALL))
        self._read(cursor.sql(_SINCE, params=[int(state(cursor, "ids.seq") or 0)]))

    def _read(self, told: Any) -> None:
        """Put ids into the arrays, those that are not known by a later moment."""
        parts = []
        for batch in told.to_arrow_reader(AT_ONCE):
            ids, moments = batch.column("distinct_id").to_pylist(), batch.column("moment").fill_null(_LONG_AGO)
            newer = np.flatnonzero(moments.to_numpy() >= np.array(self._looked_up(ids)[1]))
            whose = self._coded(batch.column("account_id").to_pylist())
            parts.append((hashes_of(ids)[newer], whose[newer], moments.to_numpy()[newer]))
        if parts:
            self._put(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _settle(self) -> None:
        accounts, moments = zip(*self._fresh.values(), strict=True)
        self._put(hashes_of(list(self._fresh)), self._coded(accounts), np.array(moments, np.int64))
        self._fresh.clear()

    def _coded(self, accounts: Sequence[str]) -> NDArray[np.int32]:
        """Return accounts as their places in the list of accounts."""
        for account in accounts:
            if account not in self._codes:
                self._codes[account] = len(self._accounts)
                self._accounts.append(account)
        return np.fromiter((self._codes[one] for one in accounts), np.int32, len(accounts))

    def _put(self, hashes: Hashes, whose: NDArray[np.int32], moments: NDArray[np.int64]) -> None:
        """Put ids into the arrays, in place of what is known of them."""
        known = self._hashes if self._hashes is not None else np.zeros(0, np.uint64)
        self._hashes, first = np.unique(np.concatenate([hashes, known]), return_index=True)
        self._whose = np.concatenate([whose, self._whose])[first]
        self._moments = np.concatenate([moments, self._moments])[first]
