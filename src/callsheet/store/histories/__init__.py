"""Histories: events as arrays sorted by unit and moment, whatever engine keeps them.

`indexed` keeps sorted columns beside the embedded warehouse, up to date with it; `expressed` asks any engine
through Ibis. Both give the same rows for the same ask.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from callsheet.model.history import Activity, Ask, History, Mark, Moments, Seen, Where

T = TypeVar("T")


class Histories(Protocol):
    """Where walks get their rows from. Codes of units are the same in all answers of one object."""

    def read(self, ask: Ask) -> History:
        """Return the rows asked for. BadInput for an unknown field or operator."""

    def walked(self, ask: Ask, walk: Callable[[History], T]) -> list[T]:
        """Return what `walk` makes of the rows asked for, piece by piece: no unit is in two pieces, which come in order of
        units and have the same `labels`, also such as do not occur. Pieces may be walked at the same time, by threads."""

    def activity(
        self, mark: Mark, since: datetime, until: datetime, zone: str, unit: str = "person",
        where: tuple[Where, ...] = (), together: bool = False,
    ) -> Activity:  # fmt: skip
        """Return on which local days units carried the mark; from the rollup where no condition on properties
        forbids it. `since` and `until` are starts of local days. `together`: all units as one, of code 0."""

    def days_walked(
        self, mark: Mark, since: datetime, until: datetime, zone: str, walk: Callable[[Activity], T],
        unit: str = "person", where: tuple[Where, ...] = (),
    ) -> list[T]:  # fmt: skip
        """Return what `walk` makes of `activity`, piece by piece: no unit is in two pieces, which come in order of units
        and may be walked at the same time, by threads."""

    def created(self, unit: str = "person") -> Moments:
        """Return for each code when the unit came into being: its `created_at` where known, else its first event."""

    def timeline(self, unit: str, key: str, before: datetime | None = None, limit: int = 100) -> list[Seen]:
        """Return the newest rows of one unit, newest first."""

    def events(self) -> list[tuple[str, int]]:
        """Return event names with their numbers of rows, most frequent first."""

    def values(self, field: str, limit: int = 100) -> list[str]:
        """Return values seen in a field, most frequent first."""

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever an answer may change."""

    def close(self) -> None:
        """Stop what goes on behind the scenes and let go of files."""
