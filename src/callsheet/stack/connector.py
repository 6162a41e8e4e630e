"""What a connector is, and the registry of them by kind.

A connector is one file in `connectors/`: `fetch(cursor)` does the input (pages, retries, a cursor to go on
from), `parse(page)` is pure. What it needs of the world it is given in its `Setting`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from callsheet.base.config import Source, filled_path
from callsheet.base.errors import ConfigError
from callsheet.store.warehouse import Rows


@dataclass(frozen=True, slots=True)
class Setting:
    """What a connector is given: its source, the folder that paths are relative to, zone, now, landing folder."""

    source: Source
    folder: Path
    zone: str
    now: datetime
    landing: Path


@dataclass(frozen=True, slots=True)
class Page:
    """One raw page as it came. `text` is what landing keeps (None: nothing to keep beside the file itself)."""

    kind: str
    number: int
    text: str | None
    given: Any = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """Raw pages, and the cursor that stands for having read them and all before them."""

    pages: Iterable[Page]
    cursor: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be used as it is. `fatal` rows are set aside; the others land, with this said of them."""

    line: int
    raw: str
    error: str
    fatal: bool = True


@dataclass(slots=True)
class Parsed:
    """Facts by table, and what is wrong with rows. `rows` counts the raw rows read."""

    facts: dict[str, list[Rows]] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    def add(self, table: str, rows: Rows) -> None:
        """Add rows of a table; no rows add nothing."""
        if len(rows):
            self.facts.setdefault(table, []).append(rows)

    def everything(self) -> Iterator[tuple[str, Rows]]:
        """Yield (table, rows), the links last."""
        for table, parts in self.facts.items():
            for rows in parts:
                yield table, rows
        if self.links:
            yield "links", self.links


class Connector(Protocol):
    """Reads one kind of source."""

    def __init__(self, setting: Setting) -> None: ...

    def fetch(self, cursor: str) -> Iterator[Fetched]:
        """Yield raw pages after the cursor; nothing when nothing is new. SourceFailed says what went wrong."""

    def parse(self, raw: Page) -> Parsed:
        """Return the facts of a page. Pure."""

    def finish(self) -> Parsed:
        """Return facts that only the whole of the pages tells."""


CONNECTORS: dict[str, type[Connector]] = {}


def connector(*kinds: str) -> Callable[[type[Connector]], type[Connector]]:
    """Register a connector under the kinds that `[[source]]` names."""

    def declare(found: type[Connector]) -> type[Connector]:
        CONNECTORS.update(dict.fromkeys(kinds, found))
        return found

    return declare


def connector_for(source: Source) -> type[Connector]:
    """Return the connector of a source; ConfigError names the kinds there are."""
    if source.kind not in CONNECTORS:
        known = ", ".join(sorted(CONNECTORS))
        raise ConfigError(f"Source {source.name!r} has the unknown kind {source.kind!r}.", f"Kinds: {known}.")
    return CONNECTORS[source.kind]


def source_path(source: Source, folder: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return a source's path: `${NAME}` read from the environment, relative to the workspace folder."""
    return filled_path(source.path, folder, f"source {source.name!r}", environ)


def tool_of(source: Source) -> str:
    """Return the tool that a source's freshness is kept under."""
    return str(source.options.get("tool") or source.name)
