"""Refs and links: how anything in Callsheet is named, and how the loop is joined.

A link runs in loop order, from the asking side to the telling side, so that walking forward answers
"what came of it" and walking back answers "who asked".
"""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.base.errors import BadInput

STAGES: dict[str, tuple[str, ...]] = {
    "asked": ("feedback", "request"),
    "decided": ("initiative", "goal", "decision"),
    "built": ("work", "change", "commit"),
    "tried": ("experiment",),
    "released": ("release", "deployment", "incident", "notice"),
    "used": ("feature",),
    "told": ("delivery",),
}
"""Stage of the loop -> kinds of object that stand in it, in the order of the trace page."""

OTHER_KINDS = (
    "person", "member", "account", "team", "component", "product", "tool", "finding", "import", "source", "key",
    "subscription", "outcome", "setting", "workspace", "event", "ownership", "link", "session", "note",
    "report", "board", "cohort", "annotation", "alert",
)  # fmt: skip
KINDS = tuple(kind for kinds in STAGES.values() for kind in kinds) + OTHER_KINDS
STAGE_OF = {kind: stage for stage, kinds in STAGES.items() for kind in kinds}

LINK_KINDS = (
    "asks_for", "answered_by", "serves", "built_by", "done_in", "ships_in", "delivers", "tests", "caused",
    "announced_by", "told_by", "blocks",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The name of an object: its kind and its id, written `kind:id`."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Return the ref written as `kind:id`; BadInput when the kind is unknown or the id empty."""
        kind, _, rest = text.partition(":")
        if kind not in KINDS or not rest:
            raise BadInput(
                f"{text!r} names no object.",
                "Write kind:id, for example initiative:bulk-import or release:2026.47.",
            )
        return cls(kind, rest)


@dataclass(frozen=True, slots=True)
class Link:
    """One joint of the loop. `confidence` is 1 for a stated link, less for an inferred one, with its `why`."""

    from_ref: Ref
    kind: str
    to_ref: Ref
    confidence: float = 1.0
    why: str = ""

    def __post_init__(self) -> None:
        if self.kind not in LINK_KINDS:
            raise BadInput(f"There is no link kind {self.kind!r}.", f"Use one of {', '.join(LINK_KINDS)}.")
        if not 0 < self.confidence <= 1:
            raise BadInput("A link's confidence lies above 0 and up to 1.")
