"""What a call sheet consists of, and how a section is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from callsheet.base.time import Period
from callsheet.findings.records import Finding
from callsheet.metrics.figure import Figure
from callsheet.metrics.reader import Reader
from callsheet.metrics.registry import Column

Kind: TypeAlias = Literal["figures", "findings", "table", "promises", "chart", "list"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the lead; with a finding it is a link to it."""

    text: str
    href: str = ""
    finding: str = ""


@dataclass(slots=True)
class Section:
    """A part of the sheet. What is empty is not shown."""

    key: str
    title: str
    kind: Kind
    note: str = ""
    href: str = ""
    figures: list[Figure] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    chart: dict[str, Any] | None = None
    caption: str = ""
    items: list[Piece] = field(default_factory=list)
    wide: bool = True

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.figures or self.findings or self.rows or self.chart or self.items)


@dataclass(slots=True)
class Sheet:
    """A composed call sheet; see docs/house.md for its JSON."""

    workspace: str
    cadence: str
    period: dict[str, str]
    compared_with: str
    headline: str
    lead: list[Piece]
    minutes: int
    sections: list[Section]
    left_out: list[str]
    currency: str = "€"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a section is composed from."""

    reader: Reader
    cadence: str
    period: Period
    before: Period
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """A declared section: where it stands, in which cadences, and how it is composed."""

    key: str
    place: int
    cadences: tuple[str, ...]
    compose: Callable[[Ask], Section]


SECTIONS: dict[str, SectionSpec] = {}


def section(
    key: str, *, place: int, cadences: tuple[str, ...] = ("daily", "weekly", "monthly")
) -> Callable[[Callable[[Ask], Section]], Callable[[Ask], Section]]:
    """Declare a section; a lower `place` comes first."""

    def declare(compose: Callable[[Ask], Section]) -> Callable[[Ask], Section]:
        SECTIONS[key] = SectionSpec(key, place, cadences, compose)
        return compose

    return declare
