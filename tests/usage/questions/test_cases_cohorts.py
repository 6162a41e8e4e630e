"""Cohorts by what people did, worked by hand: swimmers of a pool. Today is Sunday 22 November 2026, 16:00."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.usage.questions.asking import funnelled
from callsheet.usage.questions.cohort_shapes import Described
from callsheet.usage.questions.cohorts import Census
from callsheet.usage.questions.common import Desk
from tests.usage.questions.desks import desk

SWIMS = """2026-11-21T09 ann swim {"lane": "fast"}
    2026-11-19T09 ann swim {"lane": "slow"}
    2026-11-12T09 ann sauna
    2026-11-02T09 ben swim {"lane": "fast"}
    2026-11-21T20 ben swim {"lane": "slow"}
    2026-11-02T09 cid swim
    2026-11-17T09 cid swim
    2026-11-21T09 cid swim
    2026-11-12T09 dan swim {"lane": "fast"}
    2026-11-15T15 eve swim
    2026-11-22T18 fay swim
    2026-11-10T09 gil sauna
    2026-11-11T09 gil swim
    2026-11-14T10 gil sauna"""
PERSONS: dict[str, dict[str, Any]] = {"ann": {"age": 30, "town": "Turku"}, "ben": {"age": 41}, "dan": {"town": "Oulu"}}
SWIM: dict[str, Any] = {"events": ["swim"]}
FAST = [{"field": "properties.lane", "values": ["fast"]}]


@cache
def pool(lines: str, zone: str) -> Desk:
    return desk(lines, zone, persons=PERSONS, cohorts={"regulars": ("ann", "cid"), "nobody": ()})


def who(condition: dict[str, Any], lines: str = SWIMS, zone: str = "UTC") -> str:
    at = pool(lines, zone)
    described = Described.model_validate({"condition": condition})
    return " ".join(sorted(Census(at, described.unit, funnelled).ids(described.condition)))


def did(**more: Any) -> dict[str, Any]:
    return SWIM | {"kind": "did"} | more


def together(kind: str, *of: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "of": list(of)}


def no(one: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "not", "one": one}


DID: dict[str, tuple[dict[str, Any], str]] = {
    "in the last week, today being its last day": (did(days=7), "ann ben cid fay"),
    "since the day a week ago began": (did(since="-7d"), "ann ben cid eve fay"),
    "since a week ago, told in weeks": (did(since="-1w"), "ann ben cid eve fay"),
    "since a moment": (did(since="2026-11-21T10:00"), "ben fay"),
    "until a moment": (did(since="2026-11-21", until="2026-11-21T10:00"), "ann cid"),
    "between two days, both in": (did(since="2026-11-12", until="2026-11-17"), "cid dan eve"),
    "between days told from now": (did(since="-2w", until="-1w"), "dan eve gil"),
    "this month, before yesterday": (did(since="mStart", until="-2d"), "ann ben cid dan eve gil"),
    "twice at least": (did(times=2), "ann ben cid"),
    "twice at most, but once": (did(times=2, compare="at_most"), "ann ben dan eve fay gil"),
    "once at most in the last week, but once": (did(times=1, compare="at_most", days=7), "ben fay"),
    "once or twice": (
        together("any", did(times=1, compare="exactly"), did(times=2, compare="exactly")), "ann ben dan eve fay gil",
    ),
    "what is counted has a property": (did(where=FAST, since="-3d"), "ann"),
    "what is counted has two properties": (did(where=[*FAST, {"field": "properties.lane", "op": "contains", "values": ["F"]}]),
                                           "ann ben dan"),
    "not, of those who did another thing": (
        together("all", {"kind": "did", "events": ["sauna"]}, no(did(since="-1w"))), "gil",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DID)
def test_who_did_it(case: str) -> None:
    condition, wanted = DID[case]
    assert who(condition) == wanted


FIRST = {"kind": "did_first", **SWIM}
LATELY: dict[str, tuple[dict[str, Any], str]] = {
    "for the first time in the last week": (FIRST | {"days": 7}, "ann fay"),
    "for the first time in a window": (FIRST | {"since": "2026-11-10", "until": "2026-11-15"}, "dan eve gil"),
    "for the first time with a property": (FIRST | {"where": FAST, "since": "-1w"}, "ann"),
    "for the first time ever": (FIRST, "ann ben cid dan eve fay gil"),
    "stopped a week ago": ({"kind": "stopped", **SWIM, "days": 14, "recent": 7}, "dan eve gil"),
    "stopped three days ago": ({"kind": "stopped", **SWIM, "days": 7, "recent": 2}, ""),
    "stopped another thing": ({"kind": "stopped", "events": ["sauna"], "days": 14, "recent": 8}, "ann gil"),
    "started again after five days without": ({"kind": "restarted", **SWIM, "days": 7, "recent": 2}, "ben"),
    "started again after four days without": ({"kind": "restarted", **SWIM, "days": 5, "recent": 2}, "ben cid"),
}  # fmt: skip


@pytest.mark.parametrize("case", LATELY)
def test_who_began_and_ceased(case: str) -> None:
    condition, wanted = LATELY[case]
    assert who(condition) == wanted


LAPS = "\n".join(
    f"{day} {name} lap"
    for name, days in (
        ("ivo", "2026-11-21T09 2026-11-18T09 2026-11-18T10 2026-11-15T09 2026-11-15T10"),
        ("jon", "2026-11-22T09 2026-11-18T09 2026-11-15T09 2026-11-15T10"),
        ("kim", "2026-11-21T09 2026-11-20T09 2025-10-19T09 2025-10-18T09"),
        ("lea", "2026-11-21T09 2026-11-20T09 2025-10-19T09"),
    )
    for day in days.split()
)
OFTEN: dict[str, tuple[dict[str, Any], str]] = {
    "twice in each of two stretches of three days": ({"every": 3, "periods": 3, "least": 2, "times": 2}, "ivo"),
    "once in each of two stretches": ({"every": 3, "periods": 3, "least": 2}, "ivo jon"),
    "once in each of three, today being in none": ({"every": 3, "periods": 3, "least": 3}, "ivo"),
    "at most once in a stretch is once": ({"every": 3, "periods": 3, "least": 1, "compare": "at_most"}, "ivo jon"),
    "twice in each of two years": ({"interval": "month", "every": 12, "periods": 2, "least": 2, "times": 2}, "kim"),
    "exactly twice on a day of the last week": ({"periods": 7, "least": 2, "times": 2, "compare": "exactly"}, "ivo"),
    "in two calendar weeks": ({"interval": "week", "periods": 2, "least": 2}, "ivo jon"),
}  # fmt: skip


@pytest.mark.parametrize("case", OFTEN)
def test_who_does_it_regularly(case: str) -> None:
    asked, wanted = OFTEN[case]
    assert who({"kind": "regularly", "events": ["lap"]} | asked, LAPS) == wanted


def then(first: str, second: str, within: int, **more: Any) -> dict[str, Any]:
    return {"kind": "sequence", "steps": [{"events": [first]}, {"events": [second]}], "within_days": within, **more}


def has(field: str, *values: Any, op: str = "is") -> dict[str, Any]:
    return {"kind": "trait", "field": field, "op": op, "values": list(values)}


MORE: dict[str, tuple[dict[str, Any], str]] = {
    "again within two days": (then("swim", "swim", 2), "ann"),
    "again within four days": (then("swim", "swim", 4), "ann cid"),
    "one swim is no sequence of two": (together("all", then("swim", "swim", 30), has("person.town", "Oulu")), ""),
    "a sequence long ago": (then("swim", "sauna", 5, days=7), ""),
    "a sequence in a window": (then("sauna", "swim", 5, since="-2w", until="-8d"), "gil"),
    "no such sequence": (together("all", did(days=4), no(then("swim", "swim", 4))), "ben fay"),
    "a trait, and something done": (together("all", has("person.age", 40, op="gt"), did(days=2)), "ben"),
    "a trait or something done": (together("any", has("person.town", "Oulu"), did(since="2026-11-22")), "dan fay"),
    "a trait that is one of several": (has("person.town", "Oulu", "Turku"), "ann dan"),
    "a trait that contains one of several": (has("person.town", "ou", "kU", op="contains"), "ann dan"),
    "a trait that is a number written as text": (has("person.age", "30"), "ann"),
    "not of a trait, among the rest": (together("all", did(days=7), no(has("person.town", "Turku"))), "ben cid fay"),
    "of another cohort": (together("all", {"kind": "in", "cohort": "regulars"}, did(since="-3d", where=FAST)), "ann"),
    "not of another cohort": (together("all", did(days=7), no({"kind": "in", "cohort": "regulars"})), "ben fay"),
    "of a cohort without anybody, or not": (
        together("any", {"kind": "in", "cohort": "nobody"}, no({"kind": "in", "cohort": "nobody"})),
        "ann ben cid dan eve fay gil",
    ),
    "three layers deep": (
        together("all", did(), together("any", together("all", has("person.age", 30), did(days=7)), no(did(days=14)))),
        "ann",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MORE)
def test_who_fits_several_conditions(case: str) -> None:
    condition, wanted = MORE[case]
    assert who(condition) == wanted


def test_days_are_those_of_the_local_clock() -> None:
    """eve's swim, at 15:00 UTC on the 15th, was on the 16th in Tokyo, where it is the 23rd by now."""
    assert "eve" in who(did(since="-7d"), zone="Asia/Tokyo").split()
    assert "eve" not in who(did(since="-6d"), zone="Asia/Tokyo").split()


@pytest.mark.parametrize("wrong", [
    {"kind": "stopped", "days": 7, "recent": 7}, {"kind": "restarted", "days": 1, "recent": 2},
    {"kind": "regularly", "periods": 2, "least": 3}, {"kind": "regularly", "times": 0},
    {"kind": "did", "days": 7, "since": "-7d"}, {"kind": "did", "times": -1}, {"kind": "stopped", "days": 0},
])  # fmt: skip
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Described.model_validate({"condition": wrong})


def test_a_window_that_ends_before_it_begins() -> None:
    with pytest.raises(BadInput, match="ends before it begins"):
        who(did(since="-1d", until="-3d"))
