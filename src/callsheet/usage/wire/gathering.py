"""Events of one request, gathered into a parcel: checked, ruled, with the merges and traits that they tell of.

Whatever the protocol, the special events and properties have PostHog's names here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from callsheet.model.identity import forbidden
from callsheet.model.intake import Merge, Parcel, Refused, Trait
from callsheet.usage.wire import ids, moments
from callsheet.usage.wire.decoding import MOST_DEPTH, deeper, encoded
from callsheet.usage.wire.masking import masked
from callsheet.usage.wire.ruling import Ruled, Ruling

MOST_NAME = 400
MOST_PROPERTIES = 1_000_000
"""Bytes of an event's properties as JSON."""
MOST_RAW = 64_000
"""Characters that are kept of a refused event; a longer one cannot be tried again."""
ACCOUNTS = ("company", "account", "organization", "organisation")
"""Group types that mean the account, before any other."""
_TOO_DEEP = ("too_deep", f"The properties are nested deeper than {MOST_DEPTH} levels.")
MOST_PLAIN_ID = 200
_ODD = frozenset({
    "$set", "$set_once", "$unset", "$ignore_sent_at", "distinct_id", "token", "api_key", "$token",
})  # fmt: skip
"""Properties that mean something for how an event is taken."""
_BESIDE = frozenset({"$set", "$set_once", "$unset", "sent_at", "offset"})
"""What means something for it beside the properties."""
_SPECIAL = frozenset({"$identify", "$create_alias", "$merge_dangerously", "$groupidentify"})
_MOST_NAMES = 5_000
_plain_names: set[str] = set()
Row: TypeAlias = tuple[str, int, str, str, str, str, str]
"""Columns of one event: id, moment, name, person, account, session, properties."""


@dataclass(slots=True)
class Sent:
    """One event as its client sent it, in our words. `sent` is the client's clock when it sent the request.

    With `nobodys` it says something of a group only, in a made-up name: nobody was active, nor was the account.
    """

    name: Any
    distinct_id: str
    properties: dict[str, Any]
    event_id: Any = None
    timestamp: Any = None
    sent: int | None = None
    account_id: str = ""
    session_id: str = ""
    nobodys: bool = False


@dataclass(frozen=True, slots=True)
class From:
    """The source that events come from, as far as protocols need it. `mapping` is that of a webhook."""

    id: str
    kind: str = "any"
    keys: tuple[str, ...] = ()
    product: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    ruling: Ruling = field(default_factory=Ruling)


class Gathering:
    """A parcel under construction. `refusals` are (event id as sent, code, reason), `warnings` (id, words),
    `sent_ids` the ids in the order they came, where the protocol answers by them.
    `closed` is the code and the sentence by which every event is refused that nothing else is wrong with. `stem` begins
    the ids of events that have none: a request that is read again with the same stem gives the same ids."""

    def __init__(
        self, source: From, received_at: datetime, closed: tuple[str, str] | None = None, stem: str = ""
    ) -> None:
        self.stem = stem or ids.new_stem()
        self._closed = closed
        self._careful = closed is not None or bool(source.ruling.rules)
        self.source, self.received = source, moments.of(received_at)
        self.parcel = Parcel(source.id, received_at, product=source.product)
        self.refusals: list[tuple[str, str, str]] = []
        self.warnings: list[tuple[str, str]] = []
        self.sent_ids: list[str] = []
        self.seen = 0

    def refuse(self, raw: Any, code: str, reason: str, event_id: Any = None) -> None:
        """Set an event aside, as it came but for write keys."""
        self.seen += 1
        try:
            text = raw if isinstance(raw, str) else encoded(raw)
        except RecursionError:
            text = "(nested too deep to be kept)"
        self.parcel.refused.append(Refused(masked(text)[:MOST_RAW], code, masked(reason)))
        self.refusals.append((ids.text_of(event_id), code, reason))

    def quick(self, event: Sent) -> bool:
        """Put a plain event into the parcel as `take` would; False, and nothing is done, if it needs a closer look."""
        if self._careful:
            return False
        skew = 0 if event.sent is None else self.received - event.sent
        row = _row(
            event.name, event.distinct_id, event.event_id, event.timestamp, skew, self.received + moments.AHEAD,
            event.properties, event.account_id, event.session_id,
        )  # fmt: skip
        if row is not None:
            self._extend([row])
        return row is not None

    def many(self, events: list[Any], sent: int | None, other: Callable[[Any], None]) -> None:
        """Put events of PostHog's form into the parcel, in their order; `other` takes those that need a closer look.

        `sent` is the client's clock when it sent them.
        """
        skew, latest = 0 if sent is None else self.received - sent, self.received + moments.AHEAD
        rows: list[Row] = []
        for event in events:
            row = None if self._careful else _of_posthog(event, skew, latest)
            if row is not None:
                rows.append(row)
                continue
            self._extend(rows)
            rows.clear()
            other(event)
        self._extend(rows)

    def take(self, event: Sent, raw: Callable[[], Any]) -> None:
        """Put an event into the parcel, unless something is wrong with it or a rule keeps it out."""
        wrong = _wrong(event) or self._closed
        if wrong:
            self.refuse(raw(), *wrong, event.event_id)
            return
        properties = event.properties
        moment, lost = moments.placed(event.timestamp, event.sent, self.received)
        if lost:
            properties["$sent_timestamp"] = ids.text_of(event.timestamp)
        name = event.name
        ruling = self.source.ruling
        if ruling.rules and ruling.touches(name):
            ruled = Ruled(name, event.distinct_id, properties)
            ruling.apply(ruled)
            if ruled.aside:
                self._set_aside(ruled.aside)
                return
            name = ruled.name
        text, wrong = _written(properties)
        if wrong:
            self.refuse(raw(), *wrong, event.event_id)
            return
        self._put(event, name, moment, text)

    def _set_aside(self, outcome: str) -> None:
        self.seen += 1
        self.parcel.set_aside[outcome] = self.parcel.set_aside.get(outcome, 0) + 1

    def _extend(self, rows: list[Row]) -> None:
        if not rows:
            return
        self.seen += len(rows)
        parcel = self.parcel
        columns: tuple[list[Any], ...] = (
            parcel.event_id, parcel.moment, parcel.event, parcel.distinct_id, parcel.account_id, parcel.session_id,
            parcel.properties,
        )  # fmt: skip
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)

    def _put(self, event: Sent, name: str, moment: int, text: str) -> None:
        properties = event.properties
        key = ids.event_id(event.event_id, self.source.id, self.stem, self.seen)
        account = event.account_id or account_of(properties.get("$groups"))
        session = event.session_id or ids.text_of(properties.get("$session_id"))
        whom = "" if event.nobodys else event.distinct_id
        self._extend([(key, moment, name, whom, account, session[: ids.MOST_ID], text)])
        if name in _SPECIAL:
            self._special(event, name, key, moment)
        if event.nobodys:
            return
        if "$set" in properties or "$set_once" in properties or "$unset" in properties:
            self._said(event, key, moment)

    def _special(self, event: Sent, name: str, key: str, moment: int) -> None:
        properties, parcel = event.properties, self.parcel
        if name == "$groupidentify":
            account = ids.text_of(properties.get("$group_key"))
            given = properties.get("$group_set")
            if account and len(account) <= ids.MOST_ID:
                if not event.nobodys:
                    parcel.account_id[-1] = parcel.account_id[-1] or account
                self._traits("account", account, given, key, moment)
            return
        identify = name == "$identify"
        other = ids.text_of(properties.get("$anon_distinct_id" if identify else "alias"))
        if not other or other == event.distinct_id or len(other) > ids.MOST_ID:
            return
        how = "identify" if identify else "alias"
        parcel.merges.append(Merge(other, event.distinct_id, how, key, moments.to(moment)))
        if forbidden(other) or forbidden(event.distinct_id):
            words = f"{other!r} and {event.distinct_id!r} are not merged: one is a placeholder that many people share."
            self.warnings.append((ids.text_of(event.event_id), words))

    def _said(self, event: Sent, key: str, moment: int) -> None:
        """Take what an event says of its person, unless it asks that no profile be made of it."""
        properties = event.properties
        if properties.get("$process_person_profile") is False:
            return
        self._traits("person", event.distinct_id, properties.get("$set"), key, moment)
        self._traits("person", event.distinct_id, properties.get("$set_once"), key, moment, True)
        gone = properties.get("$unset")
        if isinstance(gone, list | dict):
            self._traits("person", event.distinct_id, dict.fromkeys(map(ids.text_of, gone)), key, moment)

    def _traits(self, unit: str, unit_id: str, given: Any, key: str, moment: int, once: bool = False) -> None:
        if not isinstance(given, dict) or not given:
            return
        since, put = moments.to(moment), self.parcel.traits.append
        for name, value in given.items():
            if name and len(name) <= MOST_NAME:
                put(Trait(unit, unit_id, name, encoded(value), since, once, key))


def _of_posthog(event: Any, skew: int, latest: int) -> Row | None:
    if event.__class__ is not dict or not _BESIDE.isdisjoint(event):
        return None
    get = event.get
    properties = get("properties")
    if properties.__class__ is not dict:
        return None
    return _row(get("event"), get("distinct_id"), get("uuid"), get("timestamp"), skew, latest, properties, "", "")


def _row(
    name: Any, whom: Any, key: Any, when: Any, skew: int, latest: int, properties: dict[str, Any], account: str, session: str
) -> Row | None:  # fmt: skip
    """Return the columns of a plain event; None for one that needs a closer look. `skew` is how far the client's clock
    is behind, `latest` the last moment that is taken."""
    if (
        name.__class__ is not str or (name not in _plain_names and not _is_plain(name))
        or whom.__class__ is not str or not 0 < len(whom) <= MOST_PLAIN_ID or whom.isspace()
        or key.__class__ is not str or not ids.LONG_ENOUGH <= len(key) <= MOST_PLAIN_ID
        or when.__class__ is not str or not _ODD.isdisjoint(properties) or len(account) > ids.MOST_ID
    ):  # fmt: skip
        return None
    moment = moments.read_text(when)
    if moment is None or not 0 <= moment + skew <= latest:
        return None
    try:
        text = encoded(properties)
    except RecursionError:
        return None
    size = len(text)
    if size > MOST_PROPERTIES or (size > MOST_DEPTH and text.count("{") + text.count("[") > MOST_DEPTH):
        return None
    if not account and "$groups" in properties:
        account = account_of(properties["$groups"])
    if not session and "$session_id" in properties:
        session = ids.text_of(properties["$session_id"])
    return key, moment + skew, name, whom, account, session[: ids.MOST_ID], text


def _is_plain(name: str) -> bool:
    """Whether an event may be called so without any consequence; yes is remembered for a while."""
    if not 0 < len(name) <= MOST_NAME or name in _SPECIAL or name.isspace():
        return False
    if len(_plain_names) >= _MOST_NAMES:
        _plain_names.clear()
    _plain_names.add(name)
    return True


def _wrong(event: Sent) -> tuple[str, str] | None:
    """Return the code and the sentence of what is wrong with an event, if anything."""
    name, whom = event.name, event.distinct_id
    if name.__class__ is not str or not name.strip():
        return "no_event", "The event has no name."
    if len(name) > MOST_NAME:
        return "long_name", f"The name of the event has more than {MOST_NAME} characters."
    if not whom or whom.isspace():
        return "no_user", "The event does not say whose it is."
    if len(whom) > ids.MOST_ID or len(event.account_id) > ids.MOST_ID:
        return "long_id", f"The id of the person or account has more than {ids.MOST_ID:,} characters."
    return None


def _written(properties: dict[str, Any]) -> tuple[str, tuple[str, str] | None]:
    """Return properties as JSON text, and what is wrong with them, if anything."""
    try:
        text = encoded(properties)
    except RecursionError:
        return "", _TOO_DEEP
    if len(text) > MOST_PROPERTIES:
        return "", ("too_large", f"The properties take more than {MOST_PROPERTIES // 1000:,} kB.")
    if text.count("{") + text.count("[") > MOST_DEPTH and deeper(properties):
        return "", _TOO_DEEP
    return text, None


def account_of(groups: Any) -> str:
    """Return the account among an event's groups: that of a type that means an account, else the first."""
    if not isinstance(groups, dict):
        return ""
    company = groups.get("company")
    if isinstance(company, str) and 0 < len(company) <= ids.MOST_ID:
        return company
    for kind in (*ACCOUNTS, *groups):
        found = ids.text_of(groups.get(kind))
        if found and len(found) <= ids.MOST_ID:
            return found
    return ""
