"""Rules on events: what each action does, and that nothing they keep out is lost from the count."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from callsheet.usage.wire.ruling import Rule, person_place
from tests.usage.wire.sending import UUID, rows, send

EVENT: dict[str, Any] = {
    "event": "page viewed", "distinct_id": "ann", "uuid": UUID + "01",
    "properties": {"email": "ann@example.org", "plan": "pro", "$set": {"email": "ann@example.org"}},
}  # fmt: skip

CASES: dict[str, tuple[Rule, bool]] = {
    "the name": (Rule("r", "block", "page viewed"), True),
    "a pattern": (Rule("r", "block", "page*"), True),
    "another name": (Rule("r", "block", "page"), False),
    "a property that is there": (Rule("r", "block", property="plan"), True),
    "a property that is not there": (Rule("r", "block", property="other"), False),
    "not set": (Rule("r", "block", property="other", op="not_set"), True),
    "its value": (Rule("r", "block", property="plan", op="is", value="pro"), True),
    "another value": (Rule("r", "block", property="plan", op="is_not", value="pro"), False),
    "a part of it": (Rule("r", "block", property="email", op="contains", value="EXAMPLE"), True),
    "no part of it": (Rule("r", "block", property="email", op="not_contains", value="example"), False),
    "inside of another": (Rule("r", "block", property="$set.email", op="set"), True),
}


@pytest.mark.parametrize("case", CASES)
def test_conditions(case: str) -> None:
    rule, held = CASES[case]
    done, answer = send("/capture/", EVENT, (rule,))
    assert answer.status == 200
    assert done.parcel.set_aside == ({"blocked:r": 1} if held else {})
    assert (len(done.parcel), done.seen) == (0 if held else 1, 1)


def test_properties_are_dropped_hashed_and_set() -> None:
    rules = (
        Rule("1", "drop_property", target="plan"), Rule("2", "hash_property", target="email", salt="s"),
        Rule("3", "hash_property", target="$set.email", salt="s"), Rule("4", "set_property", target="team", argument=[1]),
    )  # fmt: skip
    [row] = rows(send("/capture/", EVENT, rules)[0])
    digest = hmac.new(b"s", b"ann@example.org", hashlib.sha256).hexdigest()[:32]
    assert row["properties"] == {"email": digest, "$set": {"email": digest}, "team": [1]}


def test_traits_are_those_after_the_rules() -> None:
    done, _ = send("/capture/", EVENT, (Rule("1", "drop_property", target="$set.email"),))
    assert done.parcel.traits == []


def test_a_blocked_identify_merges_nobody() -> None:
    given = {**EVENT, "event": "$identify", "properties": {"$anon_distinct_id": "anon"}}
    done, _ = send("/capture/", given, (Rule("1", "block", "$identify"),))
    assert done.parcel.merges == []


def test_a_renamed_event_meets_the_later_rules_under_its_new_name() -> None:
    rules = (Rule("1", "rename", "page viewed", argument="$pageview"), Rule("2", "block", "$pageview"))
    assert send("/capture/", EVENT, rules[:1])[0].parcel.event == ["$pageview"]
    assert send("/capture/", EVENT, rules)[0].parcel.set_aside == {"blocked:2": 1}


def test_a_sample_is_of_persons_always_the_same_and_counted() -> None:
    batch = [{**EVENT, "distinct_id": f"person {number % 500}", "uuid": ""} for number in range(1000)]
    done, _ = send("/batch/", {"batch": batch}, (Rule("half", "sample", share=0.5),))
    kept = set(done.parcel.distinct_id)
    assert kept == {f"person {number}" for number in range(500) if person_place(f"person {number}") < 0.5}
    assert done.parcel.set_aside == {"sampled:half": 1000 - 2 * len(kept)}
    assert 200 < len(kept) < 300
    smaller, _ = send("/batch/", {"batch": batch}, share=0.2)
    assert set(smaller.parcel.distinct_id) < kept
    assert set(smaller.parcel.set_aside) == {"sampled:source"}
