"""Many parcels made one group: columns for the engine, what is new in them, and the account of every event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.base.ids import new_id
from callsheet.model.intake import Merge, Parcel, Refused, Taken, Trait
from callsheet.store.seen import Hashes, hashes_of

_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
_TEXTS = ("event_id", "event", "distinct_id", "account_id", "session_id", "properties")
_LISTS = (*_TEXTS, "moment")
_MOMENT = pa.timestamp("us")
_Said = TypeVar("_Said", Merge, Trait)


@dataclass(slots=True)
class Group:
    """What one transaction stores. `ids` and `hashes` are of the new events, whose columns are in `events`.

    `merges` and `traits` come with their source, without those of events that were taken before.
    """

    events: pa.Table
    ids: list[str]
    hashes: Hashes
    distinct_ids: list[str]
    merges: list[tuple[str, Merge]]
    traits: list[tuple[str, Trait]]
    refused: list[tuple[Parcel, Refused]]
    counts: Counter[tuple[str, datetime, str]]
    taken: list[Taken]


def check(parcel: Parcel) -> None:
    """ValueError for a parcel whose columns are of different lengths: the rows of others would be mixed up."""
    if len({len(getattr(parcel, name)) for name in _LISTS}) > 1:
        raise ValueError("the columns of a parcel are of different lengths")


def gather(parcels: list[Parcel], new: Callable[[Hashes], NDArray[np.bool_]]) -> Group:
    """Return the group of these parcels; `new` says which hashes were not taken before. ValueError (UnicodeError
    included), TypeError or OverflowError when a value does not fit its column."""
    sizes = np.fromiter(map(len, parcels), dtype=np.int64, count=len(parcels))
    ids = list(chain.from_iterable(parcel.event_id for parcel in parcels))
    hashes = hashes_of(ids)
    fresh = new(hashes)
    distinct_ids = list(chain.from_iterable(parcel.distinct_id for parcel in parcels))
    events = _columns(parcels, sizes, ids, distinct_ids)
    known: set[str] = set()
    if not fresh.all():
        known = {ids[place] for place in np.flatnonzero(~fresh)}
        kept = np.flatnonzero(fresh).tolist()
        events, hashes = events.filter(pa.array(fresh)), hashes[fresh]
        ids, distinct_ids = [ids[place] for place in kept], [distinct_ids[place] for place in kept]
        known -= set(ids)
    stored = np.diff(np.concatenate(([0], np.cumsum(fresh)))[np.concatenate(([0], np.cumsum(sizes)))])
    taken = [
        Taken(kept, size - kept, len(parcel.refused))
        for kept, size, parcel in zip(stored.tolist(), sizes.tolist(), parcels, strict=True)
    ]
    return Group(
        events, ids, hashes, distinct_ids,
        list(_unknown(known, ((parcel.source, merge) for parcel in parcels for merge in parcel.merges))),
        list(_unknown(known, ((parcel.source, trait) for parcel in parcels for trait in parcel.traits))),
        [(parcel, refused) for parcel in parcels for refused in parcel.refused],
        _counts(parcels, taken), taken,
    )  # fmt: skip


def _columns(parcels: list[Parcel], sizes: NDArray[np.int64], ids: list[str], distinct_ids: list[str]) -> pa.Table:
    joined = {"event_id": ids, "distinct_id": distinct_ids}
    columns = {
        name: pa.array(
            joined.get(name) or list(chain.from_iterable(getattr(one, name) for one in parcels)), pa.string()
        )
        for name in _TEXTS
    }
    places = pa.array(np.repeat(np.arange(len(parcels), dtype=np.int32), sizes))
    received = [(parcel.received_at - _EPOCH) // _MICROSECOND for parcel in parcels]
    return pa.table(columns | {
        "occurred_at": pa.array(list(chain.from_iterable(one.moment for one in parcels)), _MOMENT),
        "received_at": pa.array(np.repeat(np.array(received, dtype="datetime64[us]"), sizes)),
        "source": pa.DictionaryArray.from_arrays(places, pa.array([parcel.source for parcel in parcels], pa.string())),
        "follows": pa.array(_follows(parcels, sizes)),
        "product": pa.DictionaryArray.from_arrays(places, pa.array([one.product or None for one in parcels], pa.string())),
    })  # fmt: skip


def _follows(parcels: list[Parcel], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which events are of their person's account where they name none."""
    found = np.zeros(int(sizes.sum()), np.bool_)
    for parcel, begin in zip(parcels, (np.cumsum(sizes) - sizes).tolist(), strict=True):
        if parcel.follows:
            found[begin + np.array(parcel.follows, np.int64)] = True
    return found


def _unknown(known: set[str], said: Iterable[tuple[str, _Said]]) -> Iterator[tuple[str, _Said]]:
    """Return what was said by events that are new, each thing once."""
    return iter(dict.fromkeys(one for one in said if one[1].event_id not in known))


def _counts(parcels: list[Parcel], taken: list[Taken]) -> Counter[tuple[str, datetime, str]]:
    """Add up what became of every event, by source, hour and outcome: `received` is the sum of the others."""
    counts: Counter[tuple[str, datetime, str]] = Counter()
    for parcel, one in zip(parcels, taken, strict=True):
        source, hour = parcel.source, parcel.received_at.replace(minute=0, second=0, microsecond=0)
        aside = sum(parcel.set_aside.values())
        counts[source, hour, "received"] += len(parcel) + len(parcel.refused) + aside
        counts[source, hour, "stored"] += one.stored
        counts[source, hour, "duplicate"] += one.duplicates
        for refused in parcel.refused:
            counts[source, hour, f"refused:{refused.code}"] += 1
        for outcome, amount in parcel.set_aside.items():
            counts[source, hour, outcome] += amount
    return +counts


def refused_table(refused: list[tuple[Parcel, Refused]]) -> pa.Table:
    """Return the rows of refused events; what is no text in them is replaced, so that nothing refused is lost."""
    prefix = new_id("ref")
    return pa.table({
        "refused_id": pa.array([f"{prefix}{number}" for number in range(len(refused))], pa.string()),
        "source": pa.array([parcel.source for parcel, _ in refused], pa.string()),
        "received_at": pa.array([parcel.received_at for parcel, _ in refused], _MOMENT),
        "code": pa.array([one.code for _, one in refused], pa.string()),
        "reason": pa.array([_text(one.reason) for _, one in refused], pa.string()),
        "raw": pa.array([_text(one.raw) for _, one in refused], pa.string()),
    })  # fmt: skip


def trait_table(traits: list[tuple[str, Trait]]) -> pa.Table:
    """Return the rows of traits."""
    texts = {
        name: pa.array([getattr(trait, name) for _, trait in traits], pa.string())
        for name in ("unit", "unit_id", "name", "value")
    }
    return pa.table(texts | {
        "since_at": pa.array([trait.since_at for _, trait in traits], _MOMENT),
        "source": pa.array([source for source, _ in traits], pa.string()),
        "once": pa.array([trait.once for _, trait in traits], pa.bool_()),
    })  # fmt: skip


def count_table(counts: Counter[tuple[str, datetime, str]]) -> pa.Table:
    """Return the rows of counts."""
    sources, hours, outcomes = zip(*counts, strict=True)
    return pa.table({
        "source": pa.array(sources, pa.string()), "hour": pa.array(hours, _MOMENT),
        "outcome": pa.array(outcomes, pa.string()), "amount": pa.array(list(counts.values()), pa.int64()),
    })  # fmt: skip


def _text(given: str) -> str:
    return given.encode("utf-8", "replace").decode("utf-8")
