"""Reading named metrics and reports of one workspace, cached by data version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from callsheet.base.errors import BadInput
from callsheet.base.time import Period, last
from callsheet.metrics.cache import cached, note_book
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import METRICS, REPORTS, Report, Value, metric_named, report_named, with_unit
from callsheet.store.book import Book
from callsheet.store.workspace import Workspace


class Reader:
    """Reads metrics and reports by name. Open it with `reading(workspace)`; it holds one view of the book."""

    def __init__(self, workspace: Workspace, stack: ExitStack) -> None:
        self.workspace = workspace
        self._stack = stack
        self._book: Book | None = None
        self.version = (workspace.facts.version, workspace.books.version, workspace.now().strftime("%Y-%m-%dT%H"))

    @property
    def _facts_version(self) -> tuple[Any, Any]:
        return self.version[0], self.version[2]

    @property
    def book(self) -> Book:
        """The book, to read; opened at the first use."""
        note_book()
        if self._book is None:
            self._book = self._stack.enter_context(self.workspace.books.read(self.workspace.now()))
        return self._book

    @property
    def now(self) -> datetime:
        """The workspace's present moment."""
        return self.workspace.now()

    @property
    def zone(self) -> str:
        """The organisation's time zone."""
        return self.workspace.config.zone

    @property
    def thresholds(self) -> Any:
        """The thresholds of the project file."""
        return self.workspace.config.thresholds

    def value(self, name: str, period: Period | None = None, **scope: str) -> Value:
        """Return a metric's value over a period (default: the last 28 days)."""
        spec = metric_named(name)
        _check_scope(name, spec.scopes, scope)
        asked = period or last(28, self.now, self.zone)
        if spec.window:
            asked = Period(asked.until - timedelta(days=spec.window), asked.until, f"last {spec.window} days")
        key = ("metric", name, asked, tuple(sorted(scope.items())), *self._facts_version)
        return cached(
            self.workspace.cache, key, lambda: with_unit(spec.compute(self._facts(scope), asked), spec.unit),
            self.version[1],
        )  # fmt: skip

    def report(self, name: str, period: Period | None = None, **scope: str) -> Report:
        """Return a report over a period (default: the last 28 days)."""
        spec = report_named(name)
        _check_scope(name, spec.scopes, scope)
        asked = period or last(28, self.now, self.zone)
        key = ("report", name, asked, tuple(sorted(scope.items())), *self._facts_version)

        def compute() -> Report:
            found = spec.compute(self._facts(scope), asked)
            return replace(found, columns=found.columns or spec.columns, title=found.title or spec.title)

        return cached(self.workspace.cache, key, compute, self.version[1])

    def has(self, name: str) -> bool:
        """Whether there is a metric or report of this name."""
        return name in METRICS or name in REPORTS

    def has_data(self, name: str) -> bool:
        """Whether a metric is registered and has an amount for the last 28 days."""
        return name in METRICS and self.value(name).amount is not None

    def rows(self, name: str, period: Period | None = None, **scope: str) -> list[dict[str, Any]]:
        """Return the rows behind a metric's value."""
        behind = self.value(name, period, **scope).rows
        behind = behind() if callable(behind) else behind
        if behind is None:
            return []
        return behind if isinstance(behind, list) else self.workspace.facts.run(behind).to_pylist()

    def _facts(self, scope: dict[str, str]) -> Facts:
        return Facts(self.workspace, self, {key: value for key, value in scope.items() if value})


def _check_scope(name: str, allowed: tuple[str, ...], scope: dict[str, str]) -> None:
    refused = [key for key, value in scope.items() if value and key not in allowed]
    if refused:
        words = ", ".join(allowed) or "nothing"
        raise BadInput(f"{name} cannot be narrowed by {', '.join(refused)}.", f"It can be narrowed by: {words}.")


@contextmanager
def reading(workspace: Workspace) -> Iterator[Reader]:
    """Open a reader; its view of the book ends with the block."""
    with ExitStack() as stack:
        yield Reader(workspace, stack)
