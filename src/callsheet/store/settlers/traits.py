"""Brings facts of people and accounts up to date with new traits; see `store.traits`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callsheet.store.traits import bring_up, said

if TYPE_CHECKING:
    import duckdb

FOLLOWS = "traits"


def settle(cursor: duckdb.DuckDBPyConnection, since: int, until: int) -> None:
    """Look at the units of which something new was said."""
    said(cursor, since, until)
    bring_up(cursor)
