"""What a detector is and what it states.

A detector reads named metrics and reports and yields one `Signal` for each thing that hurts. Words in
`[[double brackets]]` of a lead become links to the finding (`[[words|id]]` names which).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from callsheet.base.errors import UnknownName
from callsheet.metrics.reader import Reader

Severity: TypeAlias = Literal["bad", "warn", "info", "good"]
SEVERITIES: tuple[Severity, ...] = ("bad", "warn", "info", "good")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact that the finding rests on, and where its rows are."""

    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Something a person can do about it, in place. `method` empty: go to `href`."""

    label: str
    href: str
    method: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    primary: bool = False
    needs_reason: bool = False
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that hurts (or, severity `good`, went well). `weight` orders signals of one severity."""

    subject: str
    title: str
    sentence: str
    severity: Severity
    pill: str
    evidence: tuple[Evidence, ...]
    clause: str = ""
    owner: str = ""
    team: str = ""
    since: datetime | None = None
    answers: tuple[Answer, ...] = ()
    weight: float = 0.0
    decide: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The signal as JSON-ready values."""
        return asdict(self) | {"since": self.since.isoformat() if self.since else None}


class Found(Protocol):
    """A finding as the phrases of the sheet read it."""

    id: str
    title: str
    subject: str
    clause: str
    facts: dict[str, Any]


Phrase: TypeAlias = Callable[[Sequence[Found]], str]


@dataclass(frozen=True, slots=True)
class Detector:
    """A declared detector. `needs` are the reports and metrics it reads; without them it is not run."""

    name: str
    title: str
    threshold: str
    try_this: str
    definition: str
    needs: tuple[str, ...]
    rank: int
    detect: Callable[[Reader], Iterable[Signal]]
    headline: Phrase
    lead: Phrase


DETECTORS: dict[str, Detector] = {}


def detector(
    name: str, *, title: str, threshold: str, try_this: str, needs: tuple[str, ...], rank: int, headline: Phrase,
    lead: Phrase | None = None,
) -> Callable[[Callable[[Reader], Iterable[Signal]]], Callable[[Reader], Iterable[Signal]]]:  # fmt: skip
    """Declare a detector; the docstring is its definition. A lower `rank` comes first on the sheet."""

    def declare(detect: Callable[[Reader], Iterable[Signal]]) -> Callable[[Reader], Iterable[Signal]]:
        words = inspect.cleandoc(detect.__doc__ or "")
        DETECTORS[name] = Detector(
            name, title, threshold, try_this, words, needs, rank, detect, headline, lead or clauses
        )
        return detect

    return declare


def clauses(found: Sequence[Found]) -> str:
    """The usual lead: each finding's own clause, linked, joined by semicolons."""
    return "; ".join(linked(one) for one in found[:3])


def linked(one: Found) -> str:
    """Return a finding's clause with its id in the link."""
    text = one.clause or f"[[{one.title}]]"
    return text.replace("]]", f"|{one.id}]]")


def detector_named(name: str) -> Detector:
    """Return the detector."""
    if name not in DETECTORS:
        raise UnknownName(f"There is no detector {name!r}.", f"Detectors: {', '.join(sorted(DETECTORS))}.")
    return DETECTORS[name]


def runnable(reader: Reader) -> list[Detector]:
    """Return the detectors whose needs are registered, in rank order."""
    known = sorted(DETECTORS.values(), key=lambda one: (one.rank, one.name))
    return [one for one in known if all(reader.has(need) for need in one.needs)]
