"""Pure rules: statuses of a request, who counts as one requester, and which request a text is like."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STATUSES = ("open", "planned", "started", "released", "declined")
WAITING = ("open", "planned", "started")
"""Statuses whose requesters still wait."""
CHANNELS = ("support", "portal", "interview", "survey", "mail", "call", "meeting")
KINDS = ("idea", "bug", "praise", "question")
LEAST_LIKE = 0.15
"""A suggestion below this likeness is noise and is not shown."""
STEPS = ("later", "next", "now", "done")

_WORD = re.compile(r"[a-z0-9]+")
_COMMON = (
    "a about after all also an and any are as at be because been but by can cannot could do does don for from get "
    "had has have how i if in into is it its just like make me more my need no not now of on one only or our out "
    "please possible really so some that the their them then there they this to too up us very want was way we "
    "were what when where which who will with would you your"
)
_STOP = frozenset(_COMMON.split())
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ers", "er", "ed", "es", "s")


def tokens(text: str) -> list[str]:
    """Return the words that carry meaning, lower case, without common endings (imports, importing -> import)."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP and len(word) > 1]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


class Index:
    """Finds the texts most like another: cosine of TF-IDF weights over words.

    Term weight: (1 + log tf) * (log((1 + N) / (1 + df)) + 1). Source: Manning, Raghavan & Schuetze (2008), 6.2 to
    6.4, with the usual smoothing of df. Scores lie between 0 (no word in common) and 1 (the same words).
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        words = {key: Counter(tokens(text)) for key, text in texts.items()}
        spread = Counter(word for found in words.values() for word in found)
        self._rarity = {word: math.log((1 + len(texts)) / (1 + n)) + 1 for word, n in spread.items()}
        self._holders: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for key, found in words.items():
            for word, weight in self._weights(found).items():
                self._holders[word].append((key, weight))

    def _weights(self, found: Counter[str]) -> dict[str, float]:
        raw = {word: (1 + math.log(n)) * self._rarity.get(word, 0.0) for word, n in found.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values()))
        return {word: weight / length for word, weight in raw.items() if weight} if length else {}

    def like(self, text: str, most: int = 3, least: float = LEAST_LIKE) -> list[tuple[str, float]]:
        """Return up to `most` keys with their score, best first; ties in order of the key."""
        scores: dict[str, float] = defaultdict(float)
        for word, weight in self._weights(Counter(tokens(text))).items():
            for key, other in self._holders[word]:
                scores[key] += weight * other
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(key, min(score, 1.0)) for key, score in ranked[:most] if score >= least]


@dataclass(frozen=True, slots=True)
class Demand:
    """Who stands behind a set of feedback, each person and each account counted once.

    `anonymous` items name neither; they count for nobody. `revenue` is the sum over distinct accounts, a year.
    """

    requesters: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    revenue: float = 0.0
    segments: dict[str, int] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None
    messages: int = 0
    anonymous: int = 0


def requester(item: Mapping[str, Any]) -> str:
    """Return who asked: the person, else the account; empty when neither is known."""
    return str(item.get("person_id") or item.get("account_id") or "")


def demand(items: Iterable[Mapping[str, Any]], accounts: Mapping[str, Mapping[str, Any]]) -> Demand:
    """Add up feedback by unique requester and by account, never by message."""
    found = list(items)
    behind = {str(item["account_id"]) for item in found if item.get("account_id")}
    known = [accounts[key] for key in behind if key in accounts]
    moments = [item["given_at"] for item in found if item.get("given_at")]
    segments = Counter(str(account.get("segment") or "unknown") for account in known)
    return Demand(
        requesters=frozenset(who for who in map(requester, found) if who),
        accounts=frozenset(behind),
        revenue=float(sum(account.get("revenue") or 0.0 for account in known)),
        segments=dict(sorted(segments.items())),
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
        messages=len(found),
        anonymous=sum(not requester(item) for item in found),
    )


def furthest(stages: Iterable[str]) -> str:
    """Return the stage nearest to done; empty when none is known."""
    known = [stage for stage in stages if stage in STEPS]
    return max(known, key=STEPS.index, default="")
