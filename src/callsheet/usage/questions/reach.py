"""Who a feature reached: those who could use it, who saw it, who used it; by account or by person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callsheet.base.errors import BadInput
from callsheet.metrics import Facts
from callsheet.model.history import Either, Where
from callsheet.model.link import Ref
from callsheet.store.histories.conditions import Truths, check, holds, number
from callsheet.usage.questions.catalogue import catalogue, events_of, with_feature
from callsheet.usage.rules import KEPT_AFTER, Entry, Use

FLAG_EVENT = "$feature_flag_called"
"""What flag clients send when they ask for a flag; its answer stands in the properties."""
CONTROLS = ("control", "baseline", "original", "holdout", "off", "false")
"""What people call the arm that shows nothing new."""
ACCOUNT_FIELDS = ("account.segment", "account.plan", "account.owner", "account.revenue", "account.name")
PERSON_FIELDS = ("person.role", "person.segment", "person.name", *ACCOUNT_FIELDS)
COMPARED = ("gt", "gte", "lt", "lte", "between", "not_between")


@dataclass(frozen=True, slots=True)
class Reach:
    """One feature's units. `able` could use it: a row each with `unit_id` and what is known of it. `uses` are theirs;
    `exposed` those of them who are known to have seen it, None when nothing tells of any. `outside` used it though
    they were not among those who could. `watched`: events are known from the release on, or from a week after.
    """

    feature: Entry
    able: pa.Table
    uses: list[Use]
    exposed: frozenset[str] | None
    outside: int
    watched: bool = True

    @property
    def could_use(self) -> dict[str, int]:
        """Units by segment; "" where the segment is not known."""
        return {str(one["values"]): int(one["counts"]) for one in self.able["segment"].value_counts().to_pylist()}

    @property
    def revenue(self) -> float | None:
        """What the accounts pay a year together; None when nothing is known, or for persons."""
        total = pc.sum(self.able["revenue"]).as_py()
        return None if total is None else float(total)


def reached(
    facts: Facts, features: Sequence[Entry], now: datetime, unit: str = "account", where: tuple[Where, ...] = ()
) -> dict[str, Reach]:
    """Return by feature who could use it up to `now`, and what they did: units active since its release that
    satisfy its own condition and `where`."""
    if not features:
        return {}
    everybody = crowd(facts, now, unit)
    used = _uses(facts, features, now, unit)
    begins = facts.once("usage.begins", lambda: facts.scalar(events_of(facts).occurred_at.min()))
    found = {}
    for feature in features:
        own = tuple(map(_where, feature.could_use))
        able = everybody.filter(pc.greater_equal(everybody["last_at"], pa.scalar(feature.released_at)))
        able = able.filter(fits(able, (*own, *where), unit)) if own or where else able
        watched = begins is not None and begins <= feature.released_at + KEPT_AFTER
        found[feature.id] = _reach(feature, able, used.get(feature.id), _exposed(facts, feature, now, unit), watched)
    return found


def _reach(feature: Entry, able: pa.Table, used: pa.Table | None, exposed: pa.Array | None, watched: bool) -> Reach:
    uses, outside = [], 0
    if used is not None:
        place = pc.index_in(used["unit_id"], able["unit_id"].combine_chunks())
        own = used.filter(pc.is_valid(place))
        outside = used.num_rows - own.num_rows
        about = able.select(["segment", "revenue"]).take(place.drop_null())
        columns = (*(own[name].to_pylist() for name in ("unit_id", "first_at", "last_at", "uses")),
                   *(about[name].to_pylist() for name in about.column_names))  # fmt: skip
        uses = [Use(*row) for row in zip(*columns, strict=True)]
    seen = None
    if exposed is not None:
        seen = frozenset(able["unit_id"].filter(pc.is_in(able["unit_id"], exposed)).to_pylist()) or None
    return Reach(feature, able, uses, seen, outside, watched)


def crowd(facts: Facts, now: datetime, unit: str) -> pa.Table:
    """Return everybody who did anything before `now`: when last, since when they are there, what is known of them. A
    person's account is that of their newest event with one."""
    return facts.once(f"usage.crowd.{unit}.{now.isoformat()}", lambda: facts.run(_crowd(facts, now, unit)))


def _crowd(facts: Facts, now: datetime, unit: str) -> Any:
    events, accounts = events_of(facts), facts.accounts
    key = f"{unit}_id"
    seen = events.filter(events[key].notnull() & (events.occurred_at < now))
    newest = seen.account_id.argmax(seen.occurred_at, where=seen.account_id.notnull())
    last = seen.group_by(unit_id=seen[key]).agg(last_at=seen.occurred_at.max(), of_account=newest)
    known = accounts.select(
        "account_id", a_segment=accounts.segment, a_plan=accounts.plan, a_owner=accounts.owner,
        a_revenue=accounts.revenue, a_name=accounts.name, a_created=accounts.created_at, a_left=accounts.churned_at,
    )  # fmt: skip
    both = last.left_join(known, last.of_account == known.account_id)
    of_account = {f"account.{name}": both[f"a_{name}"] for name in ("segment", "plan", "owner", "revenue", "name")}
    if unit == "account":
        return both.select(
            "unit_id", "last_at", "of_account", segment=both.a_segment.coalesce(""), revenue=both.a_revenue,
            since=both.a_created, until=both.a_left, **of_account,
        )  # fmt: skip
    persons = facts.persons
    people = persons.select(
        p_id=persons.person_id, p_role=persons.role, p_segment=persons.segment, p_name=persons.name,
        p_created=persons.created_at, p_left=persons.left_at,
    )  # fmt: skip
    all_three = both.left_join(people, both.unit_id == people.p_id)
    of_account = {name: all_three[column.get_name()] for name, column in of_account.items()}
    of_person = {f"person.{name}": all_three[f"p_{name}"] for name in ("role", "segment", "name")}
    segment = all_three.p_segment.coalesce(all_three.a_segment, "")
    return all_three.select(
        "unit_id", "last_at", "of_account", segment=segment, revenue=_nothing(), since=all_three.p_created,
        until=all_three.p_left.coalesce(all_three.a_left), **of_account, **of_person,
    )  # fmt: skip


def _nothing() -> Any:
    import ibis

    return ibis.null("float64")


def _uses(facts: Facts, features: Sequence[Entry], now: datetime, unit: str) -> dict[str, pa.Table]:
    """First and last use and number of uses, by feature and unit, since each feature's release."""
    import ibis

    events, key = with_feature(events_of(facts), catalogue(facts)), f"{unit}_id"
    since = ibis.cases(*((events.used == feature.id, feature.released_at) for feature in features))
    used = events.filter(
        events.used.isin([feature.id for feature in features])
        & events[key].notnull() & (events.occurred_at >= since) & (events.occurred_at < now)
    )  # fmt: skip
    first, last = used.occurred_at.min(), used.occurred_at.max()
    by = used.group_by("used", unit_id=used[key]).agg(first_at=first, last_at=last, uses=used.count())
    rows = facts.run(by)
    return {feature.id: rows.filter(pc.equal(rows["used"], feature.id)) for feature in features}


def _exposed(facts: Facts, feature: Entry, now: datetime, unit: str) -> pa.Array | None:
    """Ids of units known to have seen a feature; None when no event, flag or experiment could tell."""
    found = []
    if feature.exposed_by or feature.flag:
        events, key = events_of(facts), f"{unit}_id"
        shown = _shown(events, feature)
        seen = events.filter(shown & events[key].notnull() & (events.occurred_at < now))
        seen = seen.filter(seen.occurred_at >= feature.released_at)
        found.append(facts.run(seen.select(unit_id=seen[key]).distinct())["unit_id"])
    experiments = facts.once(f"usage.joints.{feature.id}", lambda: joints(facts, feature.id))["experiment"]
    if experiments:
        shown = facts.once(
            f"usage.exposed.{unit}.{','.join(experiments)}",
            lambda: facts.run(_in_experiments(facts, experiments, unit)),
        )
        found.append(shown.filter(pc.less(shown["exposed_at"], pa.scalar(now)))["unit_id"])
    told = [chunk for column in found for chunk in column.cast(pa.string()).chunks if len(chunk)]
    return pa.concat_arrays(told) if told else None


def _shown(events: Any, feature: Entry) -> Any:
    """Events that show it: named in the catalogue, or its flag answered with anything but off or control."""
    named = events.event.isin(list(feature.exposed_by))
    if not feature.flag:
        return named
    asked = rf'"\$feature_flag"\s*:\s*"{re.escape(feature.flag)}"'
    off = r'"\$feature_flag_response"\s*:\s*(false|null|"control"|"false")'
    called = (events.event == FLAG_EVENT) & events.properties.re_search(asked) & ~events.properties.re_search(off)
    return named | called


def _in_experiments(facts: Facts, experiments: list[str], unit: str) -> Any:
    """Units in a treatment arm; assignments of persons count for their account, and the other way round."""
    shown, persons = facts.exposures, facts.persons
    shown = shown.filter(shown.experiment.isin(experiments) & shown.exposed_at.notnull())
    for experiment, controls in _controls(facts, shown, experiments).items():
        shown = shown.filter((shown.experiment != experiment) | ~shown.arm.isin(controls))
    known = persons.filter(persons.account_id.notnull()).select(p_id=persons.person_id, p_account=persons.account_id)
    if unit == "account":
        both = shown.left_join(known, shown.unit_id == known.p_id)
        return both.select("exposed_at", unit_id=both.p_account.coalesce(both.unit_id)).distinct()
    both = shown.left_join(known, shown.unit_id == known.p_account)
    return both.select("exposed_at", unit_id=both.p_id.coalesce(both.unit_id)).distinct()


def _controls(facts: Facts, shown: Any, experiments: list[str]) -> dict[str, list[str]]:
    """The arms of each experiment that do not show the feature: those called so, else the first of its plan."""
    arms = facts.records(shown.select("experiment", "arm").distinct())
    controls = {key: [row["arm"] for row in arms if row["experiment"] == key and _is_control(row["arm"])]
                for key in experiments}  # fmt: skip
    unnamed = [key for key, found in controls.items() if not found]
    if unnamed and facts.read.has("experiments.running"):
        rows = facts.read.report("experiments.running").rows
        controls |= {row["experiment"]: [row["arms"][0]["name"]] for row in rows if row["experiment"] in unnamed}
    return controls


def _is_control(arm: str | None) -> bool:
    return (arm or "").strip().lower() in CONTROLS


def joints(facts: Facts, feature_id: str) -> dict[str, list[str]]:
    """Return the releases and initiatives that delivered a feature, and the experiments on it or on those
    initiatives, by kind."""
    here = Ref("feature", feature_id)
    found: dict[str, dict[str, None]] = {"release": {}, "initiative": {}, "experiment": {}}
    links = facts.links
    for link in links.touching([here], ("delivers", "tests")):
        other = link.to_ref if link.from_ref == here else link.from_ref
        if other.kind in found:
            found[other.kind][other.id] = None
    initiatives = [Ref("initiative", key) for key in found["initiative"]]
    for link in links.touching(initiatives, ("tests",)) if initiatives else []:
        if link.to_ref.kind == "experiment":
            found["experiment"][link.to_ref.id] = None
    return {kind: sorted(ids) for kind, ids in found.items()}


def fits(able: pa.Table, where: Sequence[Where], unit: str) -> pa.Array:
    """Return which rows satisfy all conditions, as rows of events would; see `model.history.Where`."""
    return pa.array(np.logical_and.reduce([np.ones(able.num_rows, bool), *(_fits(able, one, unit) for one in where)]))


def _fits(able: pa.Table, one: Where, unit: str) -> Truths:
    if isinstance(one, Either):
        either = [fits(able, each, unit).to_numpy(zero_copy_only=False) for each in one.of]
        return np.asarray(np.logical_or.reduce(either), bool)
    column = able[_field(one.field, unit)]
    check_values(one, pa.types.is_floating(column.type))
    if one.op in ("is", "is_not") and one.field.endswith("_id"):
        listed = pc.is_in(column, pa.array([str(value) for value in one.values], column.type))
        return np.asarray(listed.to_numpy(zero_copy_only=False) == (one.op == "is"), bool)
    coded = pa.array(column.to_pylist(), column.type).dictionary_encode()
    told = holds(one, [*coded.dictionary.to_pylist(), None])
    return np.asarray(told[coded.indices.fill_null(len(told) - 1).to_numpy(zero_copy_only=False)], bool)


def check_values(one: Where, amounts: bool) -> None:
    """Refuse a condition that has no value though it needs one, or none that an amount could be compared with."""
    if not one.values and one.op not in ("set", "not_set"):
        raise BadInput(f"The condition on {one.field} has no value.", "Give one, or use set and not_set.")
    if amounts and one.op in COMPARED and any(number(value) is None for value in one.values):
        raise BadInput(f"{one.op} of {one.field} needs a number.", "Give one such as 1000.")


def _field(field: str, unit: str) -> str:
    if field in ("person_id", "account_id") and (unit == "person" or field == "account_id"):
        return "unit_id" if field == f"{unit}_id" else "of_account"
    known = PERSON_FIELDS if unit == "person" else ACCOUNT_FIELDS
    if field not in known:
        raise BadInput(f"Who could use a feature cannot be told by {field!r}.", f"Use one of {', '.join(known)}.")
    return field


def _where(given: Mapping[str, Any]) -> Where:
    return Where(**{**given, "values": tuple(given.get("values", ()))})


def check_conditions(conditions: Sequence[dict[str, Any]]) -> None:
    """Refuse conditions on who could use a feature that could not be answered, whichever unit is asked for."""
    for one in conditions:
        if not isinstance(one, dict) or set(one) - {"field", "op", "values"} or "field" not in one:
            raise BadInput(
                "A condition has field, op and values.", 'Such as {"field": "account.plan", "values": ["team"]}.'
            )
        _field(str(one["field"]), "account")
        where = _where(one)
        check(where)
        check_values(where, one["field"] == "account.revenue")
