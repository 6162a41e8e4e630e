"""Persons as a function of merges: the same for every order of arrival, and undoing is as if it had never been."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.model.identity import Edge, Graph, forbidden, merge_key
from callsheet.model.intake import Merge

DAY = datetime(2026, 11, 1)
MOST = 4
IDS = st.sampled_from(["a", "b", "c", "d", "e", "u1", "u2", "u3", "null"])
MERGES = st.lists(
    st.builds(
        lambda from_id, into_id, how, hour: merge(from_id, into_id, how, hour),
        IDS, IDS, st.sampled_from(["identify", "alias", "manual"]), st.integers(0, 6),
    ),
    max_size=12, unique_by=lambda one: (one.from_id, one.into_id, one.how),
)  # fmt: skip


def merge(from_id: str, into_id: str, how: str = "identify", hour: int = 0) -> Merge:
    return Merge(from_id, into_id, how, f"e-{from_id}-{into_id}-{hour}", DAY + timedelta(hours=hour))


def edge(one: Merge, undone: bool = False) -> Edge:
    return Edge(merge_key(one), one.from_id, one.into_id, one.how, one.merged_at, undone)


def graph(merges: list[Merge], most: int = MOST) -> Graph:
    made = Graph(most)
    for one in merges:
        made.add(edge(one))
    return made


def written_out(merges: list[Merge]) -> tuple[dict[str, str], dict[str, str]]:
    """The rules of model/identity.py in the plainest words: sets of ids, gone through in order of time."""
    persons: list[set[str]] = []
    named: dict[str, tuple[int, datetime, str]] = {}
    users: set[str] = set()
    refused = {}
    for one in sorted(map(edge, merges), key=lambda each: each.key):
        if one.from_id == one.into_id:
            continue
        if one.how != "manual" and (forbidden(one.from_id) or forbidden(one.into_id)):
            refused[one.id] = "forbidden_id"
            continue
        mine, other = ({end}.union(*(p for p in persons if end in p)) for end in (one.from_id, one.into_id))
        if mine != other and one.how == "identify" and mine & users:
            refused[one.id] = "both_identified"
        elif mine != other and len(mine | other) > MOST:
            refused[one.id] = "too_many_ids"
            continue
        else:
            persons = [p for p in persons if not p & (mine | other)] + [mine | other]
        rank = (int(one.how == "manual"), one.merged_at, one.into_id)
        named[one.into_id] = min(rank, named.get(one.into_id, rank))
        if one.how != "manual":
            users.add(one.into_id)
    whose = {member: min(named[i] for i in p if i in named)[2] for p in persons for member in p}
    return {member: person for member, person in whose.items() if member != person}, refused


@settings(max_examples=100, deadline=None)
@given(MERGES, st.randoms())
def test_persons_do_not_depend_on_the_order_of_arrival(merges: list[Merge], random: object) -> None:
    shuffled = list(merges)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    mapping, refused = written_out(merges)
    made = graph(shuffled)
    assert dict(made.mapping) == mapping
    assert {one.id: one.refused for one in made.edges.values() if one.refused} == refused


@settings(max_examples=100, deadline=None)
@given(MERGES, st.data())
def test_undoing_is_as_if_it_had_never_been(merges: list[Merge], data: st.DataObject) -> None:
    made = graph(merges)
    known = [one for one in merges if one.from_id != one.into_id]
    undone = data.draw(st.lists(st.sampled_from(known), unique=True, max_size=4)) if known else []
    before = dict(made.mapping)
    for one in undone:
        said = made.mark(merge_key(one), True)
        after = dict(made.mapping)
        assert said == {i for i in {*before, *after} if before.get(i, i) != after.get(i, i)}
        before = after
    assert before == written_out([one for one in merges if one not in undone])[0]
    for one in undone:
        made.mark(merge_key(one), False)
    assert dict(made.mapping) == written_out(merges)[0]


@settings(max_examples=100, deadline=None)
@given(MERGES)
def test_what_changed_is_told_merge_by_merge(merges: list[Merge]) -> None:
    made = Graph(MOST)
    told: dict[str, str] = {}
    for one in merges:
        for changed in made.add(edge(one)):
            told[changed] = made.person_of(changed)
    assert {i: person for i, person in told.items() if i != person} == dict(made.mapping)


@settings(max_examples=60, deadline=None)
@given(MERGES, IDS)
def test_a_forgotten_id_is_nowhere(merges: list[Merge], gone: str) -> None:
    made = graph(merges)
    made.forget([gone])
    rest = [one for one in merges if gone not in (one.from_id, one.into_id)]
    assert dict(made.mapping) == written_out(rest)[0]
    assert not [one for one in made.edges.values() if gone in (one.from_id, one.into_id)]


KNOWN = {
    "a visitor signs in": ([merge("anon", "ann")], {"anon": "ann"}, []),
    "two devices, one user": ([merge("phone", "ann"), merge("laptop", "ann", hour=1)], {"phone": "ann", "laptop": "ann"}, []),
    "alias the other way round": (
        [merge("anon", "ann"), merge("ann", "anon", "alias", 1)], {"anon": "ann"}, [],
    ),
    "one browser, two users": (
        [merge("anon", "ann"), merge("anon", "ben", hour=1)], {"anon": "ann"}, ["both_identified"],
    ),
    "two users by alias": (
        [merge("anon", "ann"), merge("ann", "ann@example.org", "alias", 1)], {"anon": "ann", "ann@example.org": "ann"}, [],
    ),
    "a placeholder": ([merge("undefined", "ann"), merge("anon", '"null"')], {}, ["forbidden_id", "forbidden_id"]),
    "merged by hand, then named by an SDK": (
        [merge("b", "a", "manual"), merge("a", "ann", hour=1)], {"a": "ann", "b": "ann"}, [],
    ),
    "too many for one person": (
        [merge(f"d{n}", "kiosk", hour=n) for n in range(4)], {f"d{n}": "kiosk" for n in range(3)}, ["too_many_ids"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("merges", "mapping", "refused"), KNOWN.values(), ids=KNOWN)
def test_known_persons(merges: list[Merge], mapping: dict[str, str], refused: list[str]) -> None:
    """Worked by hand from the rules in usage.md and PostHog's refusal of merges of two identified users."""
    made = graph(merges)
    assert dict(made.mapping) == mapping
    assert [one.refused for one in made.edges.values() if one.refused] == refused


def test_a_repeated_merge_counts_once_at_its_earliest_time() -> None:
    made = graph([merge("anon", "ben", hour=5), merge("anon", "ann", hour=3)])
    assert made.person_of("anon") == "ann"
    made.add(edge(merge("anon", "ben", hour=1)))
    assert made.person_of("anon") == "ben"
    assert len(made.edges) == 2


def test_an_undone_merge_stays_undone_when_the_sdk_repeats_it() -> None:
    made = graph([merge("anon", "ann")])
    made.mark(merge_key(merge("anon", "ann")), True)
    made.add(edge(merge("anon", "ann", hour=4)))
    assert not made.mapping
    made.add(edge(merge("anon", "ann", "manual", 5)))
    assert dict(made.mapping) == {"anon": "ann"}
