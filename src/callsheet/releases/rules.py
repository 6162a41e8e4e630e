"""Rules of releases: notes in plain words, checklists by tier, and what an incident is tied to. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from callsheet.base import time
from callsheet.base.errors import BadInput
from callsheet.base.text import sentence
from callsheet.model.changelog import conventional
from callsheet.model.link import KINDS

AUDIENCES = ("customers", "support", "sales", "engineering")
TIERS = {1: "major", 2: "notable", 3: "routine", 4: "silent"}
GROUPS = {
    "added": "New", "changed": "Better", "fixed": "Fixed", "removed": "No longer there", "security": "Security",
    "internal": "Behind the scenes",
}  # fmt: skip
"""Kind of entry -> its heading in notes, in the order of the notes."""
_SHOWN = {
    "customers": ("added", "changed", "fixed", "removed", "security"),
    "support": ("removed", "changed", "added", "fixed", "security"),
    "sales": ("added", "changed"),
    "engineering": tuple(GROUPS),
}
_OPENING = {
    "support": "What people may write to us about.",
    "sales": "What you can show from today.",
    "engineering": "Everything in this release, with its work items and changes.",
}
WITHIN_DAYS = 7
"""Days after a release in which an incident may be tied to it."""
_HALF_LIFE_DAYS, _SURE_AT_FIRST = 2.0, 0.8


def plain(text: str) -> str:
    """Return an entry as a reader outside engineering would want it.

    A commit's `type(scope):`, ticket keys, pull request numbers, commit links and `@names` are dropped.
    """
    commit = conventional(text)
    words = commit.description if commit else text
    words = re.sub(r"\[(`?[0-9a-f]{7,40}`?|#\d+)\]\([^)]*\)", "", words)
    words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", words)
    words = re.sub(
        r"^(?:[A-Z][A-Z0-9]+-\d+[\s:,]*)+|[(\[](?:(?:issue|PR|pull)?\s*#?\d+|[A-Z][A-Z0-9]+-\d+)[)\]]", "", words
    )
    words = re.sub(r"<[^>]+>|\((?:thanks|by) @[^)]*\)|\bThanks @[\w-]+!?", "", words, flags=re.IGNORECASE)
    words = re.sub(r"\(\s*\)", "", words)
    words = re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\s{2,}", " ", words)).strip(" ,;-–")
    return sentence(words) if words else ""


def draft(title: str, items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return a first version of the notes, audience -> Markdown, from a release's items.

    An audience that nothing in the release is for gets an empty text.
    """
    entries = list(items)
    return {audience: _draft(audience, title, entries) for audience in AUDIENCES}


def _draft(audience: str, title: str, items: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for kind in _SHOWN[audience]:
        lines = [_line(item, audience) for item in items if (item.get("kind") or "changed") == kind]
        kept = list(dict.fromkeys(line for line in lines if line))
        if kept:
            parts.append(f"### {GROUPS[kind]}\n\n" + "\n".join(f"- {line}" for line in kept))
    if not parts:
        return ""
    opening = _OPENING.get(audience, "")
    return "\n\n".join([f"## {title}", *([opening] if opening else []), *parts]) + "\n"


def _line(item: Mapping[str, Any], audience: str) -> str:
    words = plain(str(item.get("text") or ""))
    if audience == "engineering":
        tags = [str(item[key]) for key in ("item_id", "change_id") if item.get(key)]
        return f"{words} ({', '.join(tags)})" if tags and words else words
    return words


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a checklist: `days` from the release, negative before it."""

    track: str
    title: str
    days: int


_STEPS: tuple[tuple[int, Step], ...] = (
    (1, Step("marketing", "The story is written: for whom, what it replaces, why now", -30)),
    (1, Step("sales", "Sales was shown it and can show it", -14)),
    (2, Step("sales", "The one-page summary for sales is up to date", -7)),
    (1, Step("legal", "Terms, privacy and licences were looked at", -14)),
    (2, Step("legal", "New processing of data was recorded, or there is none", -10)),
    (2, Step("engineering", "The acceptance criteria are met", -5)),
    (3, Step("engineering", "It can be switched off or rolled back", -3)),
    (2, Step("engineering", "Speed and errors are within their limits", -3)),
    (2, Step("docs", "The help pages describe what changed", -3)),
    (3, Step("docs", "The notes for customers are written and were read by someone else", -1)),
    (2, Step("support", "Support knows what people will ask, and the answer", -3)),
    (2, Step("support", "Canned answers that no longer hold were changed", -2)),
    (2, Step("marketing", "The announcement is ready and says who it is for", -2)),
    (3, Step("operations", "Someone watches the first day", 0)),
    (2, Step("operations", "Adoption is measured and a first number is expected", 1)),
    (1, Step("marketing", "The requesters' answers were read", 3)),
    (1, Step("operations", "The look back is held and its lessons are written down", 7)),
)


def steps(tier: int) -> list[Step]:
    """Return the checklist of a tier, by day. Tier 4 (silent) has none."""
    if tier not in TIERS:
        raise BadInput(f"There is no tier {tier}.", "Use 1 (major), 2 (notable), 3 (routine) or 4 (silent).")
    return sorted((step for least, step in _STEPS if tier <= least), key=lambda step: step.days)


def check_evidence(text: str) -> str:
    """Return evidence that can be looked at: a link, a ref, or a measured number. BadInput for anything else."""
    words = text.strip()
    linked = re.match(r"https?://\S+$", words) or (words.partition(":")[0] in KINDS and ":" in words)
    if not words or not (linked or re.search(r"\d", words)):
        raise BadInput(
            "Done needs evidence that others can look at.",
            "Give a link, a ref such as work:checklist-3, or what was measured, e.g. “p95 212 ms, limit 300 ms”.",
        )
    return words


def is_green(tier: int, done_at: datetime | None, evidence: str, checked_by: str) -> bool:
    """Whether a line counts as ready: done with evidence, and in tier 1 checked by a second person."""
    return bool(done_at and evidence and (tier > 1 or checked_by))


@dataclass(frozen=True, slots=True)
class Out:
    """A release with its product and moment."""

    id: str
    product: str
    released_at: datetime


OTHER_PRODUCT = 0.25
"""How much of the confidence is left when the incident is of another product."""


def confidence(days: float) -> float:
    """Return how much an incident `days` after a release is tied to it: 0.8 at once, half every two days.

    A judgement, not a measurement: most faults of a release show in its first hours.
    """
    return float(round(_SURE_AT_FIRST * 0.5 ** (days / _HALF_LIFE_DAYS), 2))


def last_before(releases: Sequence[Out], product: str, moment: datetime) -> tuple[Out, float] | None:
    """Return the last release of the product before the moment and the days between, within WITHIN_DAYS.

    An incident or release without a product matches any. `releases` are in order of time.
    """
    index = bisect_right([release.released_at for release in releases], moment)
    for release in reversed(releases[:index]):
        gap = moment - release.released_at
        if gap > timedelta(days=WITHIN_DAYS):
            return None
        if not product or not release.product or release.product == product:
            return release, gap.total_seconds() / 86400
    return None


def month_after(moment: datetime, months: int) -> datetime:
    """Return the first day of the calendar month `months` after that of the moment."""
    return datetime.combine(time.month_after(moment, months), datetime.min.time())
