"""Rows of the table of events out of numbers: ids, names, visits, and properties as JSON text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from callsheet.model.sample import PRODUCT, Company
from callsheet.usage.demo.launches import launches
from callsheet.usage.demo.words import DEVICES, EVENTS, KINDS, MOBILE, PLACE, POOL, heads, tails

Ints = NDArray[np.int64]
_IDENTIFY = PLACE["$identify", ""]
_SITE = tuple(place for (name, _), place in PLACE.items() if name == "$pageview")
_ELSEWHERE = 0.2
"""How often somebody comes with a phone instead of what they mainly use."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Events: who (below 0: a visitor who never signed up), at which second, of which kind, in which visit."""

    who: Ints
    second: Ints
    kind: Ints
    visit: Ints

    def where(self, which: NDArray[np.bool_]) -> Rows:
        """Return some of them."""
        return Rows(self.who[which], self.second[which], self.kind[which], self.visit[which])

    def first(self, amount: int) -> Rows:
        """Return the first so many."""
        return Rows(self.who[:amount], self.second[:amount], self.kind[:amount], self.visit[:amount])

    def by_visit(self) -> Rows:
        """Return them visit by visit, in order of time."""
        order = np.lexsort((self.second, self.visit))
        return Rows(self.who[order], self.second[order], self.kind[order], self.visit[order])


class Writing:
    """Writes rows down, numbering events and visits as it goes."""

    def __init__(self, company: Company, account_of: Ints) -> None:
        self.rng = company.rng("usage words")
        self.begins, self.account_of = company.begins, account_of
        persons = [row["person_id"] for row in company.users]
        self.persons = pa.array(persons)
        self.addresses = pa.array([row["email"] for row in company.users])
        self.nameless = pa.array([_nameless(number) for number in range(len(persons))])
        self.accounts = pa.array([row["account_id"] for row in company.accounts])
        plans = sorted({row["plan"] for row in company.accounts})
        self.plan_of: Ints = 1 + np.array([plans.index(row["plan"]) for row in company.accounts])
        self.versions = [version for version, _ in company.releases]
        self.released: Ints = np.array([int((at - self.begins).total_seconds()) for _, at in company.releases])
        self.heads, self.tails = heads(plans, self.versions), tails(self.rng)
        self.plans = 1 + len(plans)
        shares = np.array([share for share, _ in DEVICES])
        self.device_of: Ints = self.rng.choice(len(DEVICES), len(persons), p=shares / shares.sum())
        features = dict(EVENTS) | {fate.event: feature for feature, fate in launches(company).items()}
        self.names = pa.array([name for name, _ in KINDS])
        self.features = pa.array([features.get(name) for name, _ in KINDS], pa.string())
        self.made = self.visits = 0

    def table(self, rows: Rows) -> pa.Table:
        """Return the rows as a table of facts."""
        size, known = rows.who.size, rows.who >= 0
        numbers = np.arange(self.made, self.made + size)
        before = self._before(rows, known)
        visits = self.visits + np.unique(rows.visit, return_inverse=True)[1]
        sessions = _joined("s-", visits)
        who = np.where(known, rows.who, 0)
        persons = self.persons.take(pa.array(who))
        nameless = pc.if_else(pa.array(known), self.nameless.take(pa.array(who)), _joined("visitor-", -rows.who))
        account = pa.array(np.where(before, -1, self.account_of[who]), mask=before)
        self.made += size
        self.visits = int(visits.max(initial=self.visits - 1)) + 1
        return pa.table({
            "event_id": _joined("evt-", numbers),
            "occurred_at": pa.array(np.datetime64(self.begins, "us") + rows.second.astype("timedelta64[s]")),
            "event": self.names.take(pa.array(rows.kind)),
            "person_id": pc.if_else(pa.array(known), persons, nameless),
            "account_id": self.accounts.take(account), "feature": self.features.take(pa.array(rows.kind)),
            "product": pa.repeat(PRODUCT, size), "properties": self._properties(rows, before, sessions),
            "distinct_id": pc.if_else(pa.array(before), nameless, persons), "session_id": sessions,
        })  # fmt: skip

    def _before(self, rows: Rows, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether nobody knew at this moment who it was."""
        return ~known | np.isin(rows.kind, _SITE)

    def _properties(self, rows: Rows, before: NDArray[np.bool_], sessions: pa.Array) -> pa.Array:
        who = np.where(rows.who >= 0, rows.who, -rows.who % len(self.device_of))
        phone = self.rng.random(int(rows.visit.max(initial=0)) + 1) < _ELSEWHERE
        device = np.where(phone[rows.visit] & (rows.who >= 0), MOBILE[0] + who % len(MOBILE), self.device_of[who])
        site = np.isin(rows.kind, (*_SITE, _IDENTIFY, PLACE["signed_up", "asked"], PLACE["signed_up", "invited"]))
        device = np.where(site | before, device % MOBILE[0], device)
        plan = np.where(before, 0, self.plan_of[self.account_of[who]])
        version = np.maximum(np.searchsorted(self.released, rows.second, side="right") - 1, 0)
        head = self.heads.take(pa.array((device * self.plans + plan) * len(self.versions) + version))
        tail = self.tails.take(pa.array(rows.kind * POOL + self.rng.integers(0, POOL, rows.kind.size)))
        session = pc.binary_join_element_wise(',"$session_id":"', sessions, '"', "")
        told = pc.binary_join_element_wise(head, session, tail, "")
        identify = rows.kind == _IDENTIFY
        if not identify.any():
            return told
        plain = pc.binary_join_element_wise(head, session, "")
        return pc.if_else(pa.array(identify), self._identified(plain, rows), told)

    def _identified(self, plain: pa.Array, rows: Rows) -> pa.Array:
        who = pa.array(np.where(rows.who >= 0, rows.who, 0))
        nameless, address = self.nameless.take(who), self.addresses.take(who)
        return pc.binary_join_element_wise(
            plain, ',"$anon_distinct_id":"', nameless, '","$set":{"email":"', address, '"}}', ""
        )


def _nameless(number: int) -> str:
    """The id of a device before anybody signed in on it."""
    return f"anon-{number * 2654435761 % 2**32:08x}"


def _joined(prefix: str, numbers: Ints) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(numbers), pa.string()), "")
