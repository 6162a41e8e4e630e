"""Rules of people: who owns a thing, how concentrated knowledge is, what an address may be. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from callsheet.base.errors import BadInput
from callsheet.base.time import CADENCES
from callsheet.model.link import KINDS, Ref

ROLES = ("accountable", "responsible", "consulted", "informed")
CHANNELS = ("mail", "webhook", "feed")
SUBSCRIPTION_CADENCES = ("at once", *CADENCES)
STATES = ("queued", "held", "sending", "sent", "failed", "bounced", "read")
WAITING = ("queued", "held", "failed")
OWNED_KINDS = ("initiative", "feature", "component", "tool")
_EMAIL = re.compile(r"[^@\s<>,;:\"\\()\[\]]+@[^@\s<>,;:\"\\()\[\]]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """That a person has a role for an object from `since` to `until` (None: open). `decided` here, or imported."""

    person: str
    since: datetime | None
    until: datetime | None
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Who owns an object now: `state` is owned, none, gone (the owner left) or many."""

    state: str
    owners: tuple[str, ...]
    since: datetime | None
    source: str
    last_owner: str = ""


def standing(claims: Iterable[Claim], now: datetime, left: Mapping[str, datetime]) -> Standing:
    """Return who is accountable now. What was decided here outweighs what tools say.

    `left` is person -> when they left. An owner who left makes the state `gone`, since when they left.
    Nobody at present: `none`, since the last one ended.
    """
    known = [claim for claim in claims if claim.since is None or claim.since <= now]
    decided = [claim for claim in known if claim.decided]
    valid = decided or known
    current = [claim for claim in valid if claim.person and (claim.until is None or claim.until > now)]
    here = {claim.person: claim for claim in current if left.get(claim.person, now) >= now}
    source = "decided here" if decided else "imported" if known else ""
    if len(here) == 1:
        ((person, claim),) = here.items()
        return Standing("owned", (person,), claim.since, source)
    if here:
        return Standing("many", tuple(sorted(here)), _latest(claim.since for claim in here.values()), source)
    if current:
        gone = tuple(sorted({claim.person for claim in current}))
        return Standing("gone", gone, _latest(left.get(person) for person in gone), source, gone[-1])
    ended = [claim for claim in known if claim.until is not None and claim.until <= now]
    last = max(ended, key=lambda claim: claim.until or datetime.min, default=None)
    return Standing("none", (), last.until if last else None, source, last.person if last else "")


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def absence_factor(contributions: Mapping[str, int]) -> int | None:
    """Return the fewest contributors who together made at least half of all contributions; None for none.

    Source: CHAOSS, Contributor Absence Factor (the number whose loss would stall the work).
    """
    total = sum(contributions.values())
    if total <= 0:
        return None
    covered = 0
    for place, (_, amount) in enumerate(Counter(contributions).most_common(), 1):
        covered += amount
        if covered * 2 >= total:
            return place
    return len(contributions)


def check_role(role: str) -> str:
    """Return a role's name, or BadInput."""
    if role not in ROLES:
        raise BadInput(f"There is no role {role!r}.", f"Use {', '.join(ROLES)}.")
    return role


def check_email(text: str) -> str:
    """Return an address without anything that could add a header or a second recipient."""
    address = text.strip()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise BadInput(f"{text[:80]!r} is not an e-mail address.", "Write name@example.org.")
    return address


def check_topic(topic: str) -> str:
    """Return a topic: a kind, a ref, or `sheet:` with a cadence."""
    kind, _, rest = topic.partition(":")
    if (kind == "sheet" and rest in CADENCES) or topic in KINDS:
        return topic
    if rest:
        return str(Ref.parse(topic))
    raise BadInput(f"There is no topic {topic!r}.", "Use a kind (release), a ref (initiative:x) or sheet:weekly.")


def one_line(text: str, most: int = 200) -> str:
    """Return text for a header: no line breaks or control characters, not too long."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def token(key: str, subscription_id: str) -> str:
    """Return the secret of a subscription's unsubscribe link: its id, signed with the workspace key."""
    signature = hmac.new(key.encode(), f"unsubscribe:{subscription_id}".encode(), hashlib.sha256).hexdigest()
    return f"{subscription_id}.{signature[:32]}"


def subscription_of(key: str, text: str) -> str:
    """Return the id in an unsubscribe link's secret, or an empty text when the signature is wrong."""
    subscription_id = text.partition(".")[0]
    return subscription_id if hmac.compare_digest(token(key, subscription_id).encode(), text.encode()) else ""


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of a webhook message: HMAC-SHA256 of `stamp.body`, so that replays can be refused."""
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
