"""Persons who were deleted: what is said of them later is not taken in. Only salted hashes of their ids are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from callsheet.model.intake import Parcel, Refused
from callsheet.store.identity import keep, state

if TYPE_CHECKING:
    import duckdb

CODE = "deleted_person"
REASON = "This person was deleted on request; nothing more is taken in of them."
_COLUMNS = ("event_id", "moment", "event", "distinct_id", "account_id", "session_id", "properties")
_SALT = "deleted:salt"


class Deleted:
    """Ids of deleted persons. Asking takes a microsecond, and nothing while nobody was deleted."""

    def __init__(self) -> None:
        self._salt = b""
        self._hashes: frozenset[str] = frozenset()

    def load(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read the hashes; make the salt at the first use."""
        if not state(cursor, _SALT):
            keep(cursor, _SALT, secrets.token_hex(16))
        self._salt = state(cursor, _SALT).encode()
        self._hashes = frozenset(str(one) for (one,) in cursor.execute("SELECT hash FROM deleted_persons").fetchall())

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def __len__(self) -> int:
        return len(self._hashes)

    def __contains__(self, distinct_id: str) -> bool:
        return self.hash_of(distinct_id) in self._hashes

    def hash_of(self, distinct_id: str) -> str:
        """Return the salted hash of an id: 64 hexadecimal characters."""
        return hashlib.sha256(self._salt + distinct_id.encode("utf-8", "surrogatepass")).hexdigest()

    def add(self, cursor: duckdb.DuckDBPyConnection, ids: Iterable[str], now: datetime) -> list[str]:
        """Take in nothing more of these ids from now on; return their hashes."""
        hashes = [self.hash_of(one) for one in ids]
        new = [one for one in hashes if one not in self._hashes]
        if new:
            cursor.executemany("INSERT INTO deleted_persons VALUES (?, ?)", [[one, now] for one in new])
        self._hashes |= frozenset(new)
        return hashes

    def without(self, parcel: Parcel) -> Parcel:
        """Return a parcel without what it says of deleted persons: such events are refused, and not kept as they came,
        since that would bring back what was deleted."""
        gone = {one for one in {*parcel.distinct_id} if one in self}
        named = {end for merge in parcel.merges for end in (merge.from_id, merge.into_id)}
        named |= {trait.unit_id for trait in parcel.traits if trait.unit == "person"}
        gone |= {one for one in named - gone if one in self}
        if not gone:
            return parcel
        kept = [place for place, one in enumerate(parcel.distinct_id) if one not in gone]
        follows = set(parcel.follows)
        refused = [Refused("", CODE, REASON)] * (len(parcel) - len(kept))
        columns: dict[str, Any] = {name: [getattr(parcel, name)[place] for place in kept] for name in _COLUMNS}
        return replace(
            parcel,
            **columns,
            follows=[new for new, place in enumerate(kept) if place in follows],
            merges=[one for one in parcel.merges if not {one.from_id, one.into_id} & gone],
            traits=[one for one in parcel.traits if one.unit != "person" or one.unit_id not in gone],
            refused=[*parcel.refused, *refused],
        )
