"""The warehouse: facts, merged by natural key, every batch of them undoable.

Callers see Ibis expressions over unbound tables (`tables()`), `run(expr)`, and a `Batch` to land facts in.
The engine compiles the expression to its own dialect. A batch is one transaction: it lands whole or not
at all, keeps the raw lines it came from, and what it replaced is kept so that `undo` restores it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import pyarrow as pa

Rows: TypeAlias = pa.Table | list[dict[str, Any]]


@dataclass(slots=True)
class Counts:
    """What a batch did to one table."""

    rows: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0


@dataclass(slots=True)
class BatchInfo:
    """The record of a batch: an import, a sync page, or one group commit."""

    id: str
    source: str
    kind: str
    file: str = ""
    actor: str = ""
    state: str = "landed"
    landed_at: datetime | None = None
    counts: dict[str, Counts] = field(default_factory=dict)
    quarantined: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    def total(self, what: str) -> int:
        """Sum of one count (`rows`, `inserted`, `updated`, `unchanged`, `duplicates`) over the tables."""
        return sum(getattr(counts, what) for counts in self.counts.values())


class Batch(Protocol):
    """Facts on their way in. Everything given to it lands together when its `with` block ends well."""

    info: BatchInfo

    def merge(self, table: str, rows: Rows) -> None:
        """Stage rows for `table`. A column that is not given keeps the value it has."""

    def raw(self, kind: str, lines: Iterable[tuple[int, str]]) -> None:
        """Keep raw lines `(line number, text)` as they came."""

    def quarantine(self, line: int, raw: str, error: str) -> None:
        """Set a row aside with its line and what is wrong with it."""

    def finish(self) -> None:
        """Merge what is staged now, so that `info.counts` is known; the block's end does it else."""


class Warehouse(Protocol):
    """Facts, whatever the engine."""

    def tables(self) -> Mapping[str, Any]:
        """Name -> unbound Ibis table."""

    def run(self, expr: Any, limit: int | None = None) -> pa.Table:
        """Run an Ibis expression."""

    def batch(self, source: str, kind: str, **details: Any) -> AbstractContextManager[Batch]:
        """Open a batch; its facts are visible when the block ends without an error, else none is. Other writers
        wait only while the batch is merged, at its end."""

    def landing(self) -> AbstractContextManager[None]:
        """Keep the removal of a person waiting, as a batch does, before something is held that it needs: whoever opens
        a batch while the book is being changed enters this before the book."""

    def undo(self, batch: str) -> BatchInfo:
        """Take back what a batch brought, and restore what it replaced."""

    def batches(self, batch: str | None = None) -> list[BatchInfo]:
        """Batches, newest first; or the one asked for."""

    def quarantined(self, batch: str) -> list[dict[str, Any]]:
        """Rows set aside by a batch: line, raw, error."""

    @property
    def version(self) -> int:
        """Grows with every batch and undo, and at most once a minute for the stream of events: what is expensive
        to find out again, such as findings, is kept by it."""

    @property
    def moved(self) -> int:
        """Grows with every change of the facts, also of the stream: answers about events are kept by it."""

    def counts(self) -> dict[str, int]:
        """Rows of each table."""

    def close(self) -> None:
        """Let go of the files."""
