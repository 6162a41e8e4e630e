"""What a metric sees: fact tables narrowed to a scope, the book to read, and other metrics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from callsheet.metrics.cache import cached
from callsheet.metrics.registry import Report, Value
from callsheet.store.book import Book
from callsheet.store.links import Links
from callsheet.store.schema import TABLES
from callsheet.store.workspace import Workspace

if TYPE_CHECKING:
    from callsheet.metrics.reader import Reader

T = TypeVar("T")
Scalar = Any
"""An Ibis scalar expression, or a plain number or None."""


class Facts:
    """Fact tables as attributes (`facts.work`), narrowed to the scope where a table has its column."""

    def __init__(self, workspace: Workspace, reader: Reader, scope: dict[str, str]) -> None:
        self.workspace = workspace
        self.read = reader
        self.scope = scope
        self.now: datetime = workspace.now()
        self.zone = workspace.config.zone
        self.currency = workspace.config.workspace.currency
        self.thresholds = workspace.config.thresholds

    def __getattr__(self, name: str) -> Any:
        if name in TABLES:
            return self.table(name)
        raise AttributeError(f"There is no fact table {name!r}.")

    def table(self, name: str) -> Any:
        """Return the unbound Ibis table, narrowed to the scope."""
        table = self.workspace.facts.tables()[name]
        for key, wanted in self.scope.items():
            if key in TABLES[name].scopes:
                table = table.filter(table[key] == wanted)
        return table

    @property
    def book(self) -> Book:
        """The book, to read."""
        return self.read.book

    @property
    def links(self) -> Links:
        """The joints of the loop, of both stores."""
        return Links(self.workspace.facts, self.book)

    def run(self, expr: Any, limit: int | None = None) -> pa.Table:
        """Run an Ibis table expression."""
        return self.workspace.facts.run(expr, limit)

    def records(self, expr: Any, limit: int | None = None) -> list[dict[str, Any]]:
        """Run an Ibis table expression and return plain rows."""
        rows: list[dict[str, Any]] = self.run(expr, limit).to_pylist()
        return rows

    def scalar(self, given: Scalar) -> Any:
        """Return the number behind an Ibis scalar; a plain number stays what it is."""
        if given is None or isinstance(given, int | float | str | datetime):
            return given
        return _plain(self.run(given.name("amount").as_table())["amount"][0].as_py())

    def scalars(self, *given: Scalar) -> list[Any]:
        """Return the numbers behind several scalars; those over one table are asked for in one query."""
        known: dict[int, Any] = {}
        over: dict[Any, dict[str, Any]] = {}
        for place, one in enumerate(given):
            relations = one.op().relations if hasattr(one, "op") else frozenset()
            if len(relations) == 1:
                over.setdefault(next(iter(relations)), {})[f"n{place}"] = one
            else:
                known[place] = self.scalar(one)
        for relation, wanted in over.items():
            row = self.records(relation.to_expr().aggregate(**wanted))[0]
            known |= {int(name[1:]): _plain(amount) for name, amount in row.items()}
        return [known[place] for place in range(len(given))]

    def once(self, name: str, compute: Callable[[], T]) -> T:
        """Return what `compute` gives, kept under `name` and this scope for as long as the data do not change.

        For what several periods of a metric's course rest on alike.
        """
        key = ("once", name, tuple(sorted(self.scope.items())), self.read.version)
        return cached(self.workspace.cache, key, compute)

    def value(
        self, amount: Scalar, *, sample: Scalar, left_out: Scalar = 0, why: str = "", rows: Any = None,
        interval: tuple[float, float] | None = None, note: str = "",
    ) -> Value:  # fmt: skip
        """Return a Value; a sample of 0 makes the amount None only when the amount itself is not a number."""
        number, size, missing = self.scalars(amount, sample, left_out)
        missing = int(missing or 0)
        return Value(
            amount=None if number is None or number != number else float(number),
            sample=int(size or 0), left_out=missing, left_out_why=why if missing else "",
            interval=interval, rows=rows, note=note,
        )  # fmt: skip

    def report(
        self, rows: list[dict[str, Any]], *, sample: Scalar = None, left_out: Scalar = 0, why: str = "", note: str = ""
    ) -> Report:
        """Return a Report; the sample is the number of rows unless given."""
        size = len(rows) if sample is None else int(self.scalar(sample) or 0)
        missing = int(self.scalar(left_out) or 0)
        return Report(rows, size, missing, why if missing else "", note)


def _plain(amount: Any) -> Any:
    """A sum of whole numbers arrives as a Decimal."""
    if isinstance(amount, Decimal):
        return int(amount) if amount == amount.to_integral_value() else float(amount)
    return amount
