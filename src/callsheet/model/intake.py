"""Events on their way in: what one request of an SDK brought, already in our words, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """Two distinct ids that are one person. Merging is symmetric; `how` is identify, alias or manual.

    `into_id` is the id that an SDK calls the user's own, where it says so.
    """

    from_id: str
    into_id: str
    how: str
    event_id: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class Trait:
    """Something said of a person (by distinct id) or an account, as JSON text; `once` keeps an earlier value.

    `event_id` is the event that said it: what a repeated event says is not taken a second time.
    """

    unit: str
    unit_id: str
    name: str
    value: str
    since_at: datetime
    once: bool = False
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that was not taken: as it came, a code such as `no_user`, and a sentence."""

    raw: str
    code: str
    reason: str


@dataclass(slots=True)
class Parcel:
    """One request's events. The lists of one event stand at the same place; moments are microseconds since 1970.

    `account_id` and `session_id` are empty where there is none. `properties` are JSON objects as text.
    `set_aside` counts events that a rule kept out or sampling left out, by `blocked:<rule>` or `sampled:<rule>`, and
    those of requests that came too often, as `refused:rate_limited`. An empty `distinct_id` is nobody's: the event only
    describes an account, which was not active either. `product` is the one that the source belongs to. `follows` are
    the places of events that are of their person's account where they name none.
    """

    source: str
    received_at: datetime
    event_id: list[str] = field(default_factory=list)
    moment: list[int] = field(default_factory=list)
    event: list[str] = field(default_factory=list)
    distinct_id: list[str] = field(default_factory=list)
    account_id: list[str] = field(default_factory=list)
    session_id: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    traits: list[Trait] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    set_aside: dict[str, int] = field(default_factory=dict)
    product: str = ""
    follows: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.event_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a parcel after its commit: events stored, and how many were known already."""

    stored: int
    duplicates: int
    refused: int
