"""Lines of a trend and who is behind them, worked by hand: tickets sold in a small theatre."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.base.errors import BadInput
from callsheet.usage.questions import kinds
from callsheet.usage.questions.alerts import Anomaly, Watched, check
from callsheet.usage.questions.common import Breakdown, Units
from callsheet.usage.questions.slices import Bins, Ranges
from tests.usage.questions.desks import desk

DAYS = {"since": "2026-11-02", "until": "2026-11-04"}
SALES = """2026-11-02T10 ann@opera sale {"row": 4, "price": 20, "door": "left"}
    2026-11-02T11 ann@opera sale {"row": 6, "price": 30, "door": "left"}
    2026-11-02T12 bob@choir sale {"row": 12, "price": 44, "door": "right"}
    2026-11-03T10 bob sale {"row": "14", "price": "20", "door": "left"}
    2026-11-03T11 bob@opera sale {"price": 60, "door": "right"}
    2026-11-03T12 cid@choir sale {"row": 4, "door": "right"}
    2026-11-04T10 ann@choir visit {"row": 1}"""
SALE = {"events": ["sale"]}


def ask(**asked: Any) -> Any:
    return kinds.answer(kinds.parse({"kind": "trends", "span": DAYS, "series": [SALE]} | asked), sales())


def sales() -> Any:
    return desk(SALES, cohorts={"staff": ("ann", "cid")})


def behind(cell: dict[str, Any], **asked: Any) -> dict[str, int]:
    found: Units = kinds.people(kinds.parse({"kind": "trends", "span": DAYS, "series": [SALE]} | asked), cell, sales())
    assert list(found.times) == sorted(found.times, reverse=True)
    return dict(zip(found.ids, found.times, strict=True))


def totals(found: Any) -> list[tuple[str, float | None]]:
    return [(line.group or line.part, line.total) for line in found.lines]


RANGED: dict[str, tuple[dict[str, Any], list[tuple[str, int]]]] = {
    "ranges first": (
        {"by": "properties.row", "bins": 2, "also": ["properties.door"]},
        [("[4,9] :: left", 2), ("[4,9] :: right", 1), ("[9,14.01] :: left", 1),
         ("[9,14.01] :: right", 1), ("none :: right", 1)],
    ),
    "ranges second": (
        {"by": "properties.door", "also": ["properties.row"], "also_bins": [2]},
        [("left :: [4,9]", 2), ("left :: [9,14.01]", 1), ("right :: [4,9]", 1),
         ("right :: [9,14.01]", 1), ("right :: none", 1)],
    ),
    "ranges of both": (
        {"by": "properties.row", "bins": 1, "also": ["properties.price"], "also_bins": [2]},
        [("[4,14.01] :: [20,40]", 3), ("[4,14.01] :: [40,60.01]", 1), ("[4,14.01] :: none", 1), ("none :: [40,60.01]", 1)],
    ),
    "of three, the last": (
        {"by": "event", "also": ["properties.door", "properties.price"], "also_bins": [0, 1], "limit": 2},
        [("sale :: left :: [20,60.01]", 3), ("sale :: right :: [20,60.01]", 2), ("other", 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RANGED)
def test_ranges_of_numbers_stand_beside_other_fields(case: str) -> None:
    by, wanted = RANGED[case]
    assert totals(ask(breakdown=by)) == wanted


def test_people_and_formulas_of_ranges_beside_other_fields() -> None:
    by = RANGED["ranges first"][0]
    assert behind({"part": "value", "group": "[4,9] :: left"}, breakdown=by) == {"ann": 2}
    share = ask(series=[SALE, SALE | {"math": "unique"}], formulas=["Each = A / B"], breakdown=by).lines[0]
    assert (share.label, share.group, share.total) == ("Each", "[4,9] :: left", 2)


def test_a_text_that_looks_like_several_is_left_whole() -> None:
    """Two numbers and a text between them, which holds what stands between fields itself."""
    ranges = Ranges((Bins(0, 10, 2), None, Bins(0, 4, 1)))
    assert ranges.named("7 :: a :: b :: 3") == "[5,10.01] :: a :: b :: [0,4.01]"
    assert ranges.named("none :: none :: none") == ""
    assert Ranges((None, Bins(0, 1, 1))).named("x :: y :: 1") == "x :: y :: [0,1.01]"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "cohorts beside fields": ({"by": "cohort", "cohorts": ["staff"], "also": ["properties.door"]}, "leave out also"),
    "ranges of no field": ({"by": "properties.row", "also_bins": [2]}, "for each field in also"),
    "cleaned ranges": (
        {"by": "event", "also": ["properties.row"], "also_bins": [2], "clean": [{"pattern": "a"}]}, "leave out clean",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_go_together_is_refused(case: str) -> None:
    by, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        Breakdown.model_validate(by)


def test_what_is_beyond_the_limit_may_be_left_out() -> None:
    by = {"by": "properties.price", "limit": 1}
    assert totals(ask(breakdown=by)) == [("20", 2), ("other", 3), ("none", 1)]
    alone = ask(breakdown=by | {"largest_only": True})
    assert totals(alone) == [("20", 2), ("none", 1)]
    assert (alone.sample, alone.notes) == (6, ["Values beyond the largest are not shown."])
    told = kinds.table(kinds.parse({"kind": "trends", "series": [SALE], "span": DAYS, "breakdown": by}), alone)
    assert [one.label for one in told.columns] == ["Interval", "20", "none"]
    steps = {"kind": "funnel", "span": DAYS, "steps": [SALE, SALE], "breakdown": by | {"largest_only": True}}
    funnel: Any = kinds.answer(kinds.parse(steps), sales())
    assert "other" not in [line.part for line in funnel.lines]


def test_a_formula_may_have_a_name() -> None:
    found = ask(series=[SALE, SALE | {"math": "unique"}], formulas=["Sales each = A / B", " B "]).lines
    assert [(one.label, one.series, one.total) for one in found] == [
        ("Sales each", "Sales each = A / B", 2),
        ("B", "B", 3),
    ]
    with pytest.raises(BadInput, match="ends too early"):
        ask(formulas=["Nothing ="])


def test_accounts_and_people_in_one_question() -> None:
    """opera and choir buy on the first day; on the second bob buys once for nobody."""
    both: list[dict[str, Any]] = [SALE | {"math": "unique_accounts"}, SALE | {"math": "unique_people"}]
    found = ask(series=both, formulas=["B / A"], show_series=True).lines
    assert [(one.amounts, one.total, one.unit) for one in found] == [
        ([2, 2, 0], 2, "accounts"), ([2, 2, 0], 3, "people"), ([1, 1, None], 1.5, ""),
    ]  # fmt: skip
    assert [one.amounts for one in ask(series=both, unit="account").lines] == [[2, 2, 0], [2, 2, 0]]
    assert [one.amounts for one in ask(series=both, cumulative=True).lines] == [[2, 2, 2], [2, 3, 3]]
    assert totals(ask(series=both[:1], breakdown={"by": "properties.door"})) == [("right", 2), ("left", 1)]
    assert behind({}, series=both[:1]) == {"ann": 2, "bob": 2, "cid": 1}


BEHIND: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, int]]] = {
    "an interval": ({"bucket": 1}, {}, {"bob": 2, "cid": 1}),
    "the whole span": ({}, {}, {"bob": 3, "ann": 2, "cid": 1}),
    "unique people": ({"bucket": 0}, {"series": [SALE | {"math": "unique"}]}, {"ann": 2, "bob": 1}),
    "those with a number": ({}, {"series": [SALE | {"math": "sum", "property": "price"}]}, {"bob": 3, "ann": 2}),
    "the others": ({"part": "other"}, {"breakdown": {"by": "properties.door", "limit": 1}}, {"bob": 2, "cid": 1}),
    "a cohort": (
        {"part": "value", "group": "STAFF"}, {"breakdown": {"by": "cohort", "cohorts": ["staff"]}}, {"ann": 2, "cid": 1},
    ),
    "the seven days that end here": (
        {"bucket": 2}, {"series": [SALE | {"math": "weekly_active"}]}, {"bob": 3, "ann": 2, "cid": 1},
    ),
    "first times": ({}, {"series": [SALE | {"math": "first_time"}]}, {"ann": 1, "bob": 1, "cid": 1}),
    "accounts": ({}, {"unit": "account"}, {"opera": 3, "choir": 2}),
}  # fmt: skip


@pytest.mark.parametrize("case", BEHIND)
def test_who_is_behind_a_number_and_how_often(case: str) -> None:
    cell, asked, wanted = BEHIND[case]
    found = behind(cell, **asked)
    assert found == wanted


def test_an_alert_does_not_watch_by_minutes() -> None:
    question = kinds.parse({"kind": "trends", "series": [SALE], "interval": "minute"})
    with pytest.raises(BadInput, match="does not watch by minutes"):
        check(question, Watched(series="A", rule=Anomaly(kind="anomaly")))
