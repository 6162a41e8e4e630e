"""What conditions mean, value by value. The answers follow from the words of `model.history.Where`."""

from __future__ import annotations

import time

import pytest

from callsheet.base.errors import BadInput
from callsheet.model.history import Where
from callsheet.store.histories.conditions import check, holds, text

LIST: list[object] = ["a", 1]
KNOWN = {
    "text is text": (("is", "a"), ["a", "A", None, ""], [True, False, False, False]),
    "any of several": (("is", "a", "b"), ["a", "b", "c"], [True, True, False]),
    "a number written as text is the number": (("is", 10), [10, "10", 10.0, "10.0", "1e1", "ten"], [True] * 5 + [False]),
    "true is the text true": (("is", True), [True, "true", 1, "True"], [True, True, False, False]),
    "the text true is true": (("is", "true"), [True, "true", False], [True, True, False]),
    "1 is not true": (("is", 1), [True, 1, "1"], [False, True, True]),
    "big whole numbers stay apart": (("is", "9007199254740993"), [9007199254740992, 9007199254740993], [False, True]),
    "a missing value satisfies is_not": (("is_not", "a"), ["a", "b", None], [False, True, True]),
    "contains looks past case": (("contains", "PRO"), ["pro", "apropos", "p ro", None], [True, True, False, False]),
    "contains past case in other scripts": (("contains", "straße"), ["STRASSE", "Straße"], [True, True]),
    "missing satisfies not_contains": (("not_contains", "x"), ["x", "y", None], [False, True, True]),
    "regex searches": (("regex", "^a.c$"), ["abc", "xabc", None], [True, False, False]),
    "missing satisfies not_regex": (("not_regex", "^a"), ["abc", "b", None], [False, True, True]),
    "numbers in order as numbers": (("gt", 9), [10, "10", 9, 8.5, "x", None], [True, True, False, False, False, False]),
    "texts in order of code points": (("lt", "b"), ["a", "B", "b", "é"], [True, True, False, False]),
    "between includes both ends": (("between", 1, 3), [0, 1, 2, 3, 4, "2"], [False, True, True, True, False, True]),
    "gte and lte include": (("gte", 2), [1, 2, 3], [False, True, True]),
    "lte": (("lte", "2"), [1, 2, 3], [True, True, False]),
    "set": (("set",), [None, "", 0, False, "x"], [False, True, True, True, True]),
    "not set": (("not_set",), [None, 0], [True, False]),
    "before a day begins": (("before", "2025-01-02"), ["2025-01-01T23:59:59Z", "2025-01-02", "x"], [True, False, False]),
    "after a day is over": (("after", "2025-01-02"), ["2025-01-02T23:59:59.9Z", 1735862400, "x"], [False, True, False]),
    "after a second": (("after", "2025-01-02 10:00:00"), ["2025-01-02 10:00:00.9", "2025-01-02 10:00:01"], [False, True]),
    "on a day": (("on", "2025-01-02"), ["2025-01-02", "2025-01-02 23:59:59.9", "2025-01-03", None], [True, True, False, False]),
    "on a second": (("on", "2025-01-02 10:00:00"), ["02/01/2025 10:00:00.012", "02/01/2025 10:00:01"], [True, False]),
    "dates in any notation": (("on", "2025-02-01"), [
        "01/02/2025", "01-02-2025 10:11:12", "2025/02/01 10:11:12", "Sat, 01 Feb 2025 23:00:00 +0200", "2025-02-01T10:11:12",
        1738404000, 1738404000.5, 1738404000000, "1738404000", "1738404000.25", "2025-02-01 10:11:12+00:00",
    ], [True] * 11),
    "a day of another clock": (("on", "2025-01-02", "Asia/Tokyo"), [
        "2025-01-01T15:00:00Z", "2025-01-02T15:00:00Z", "2025-01-02", "2025-01-02 23:00:00", 1735743600,
        "2025-01-02T01:00+09:00",
    ], [True, False, True, True, True, True]),
    "after a day of another clock": (
        ("after", "2025-01-02", "Asia/Tokyo"), ["2025-01-02T15:00:00Z", "2025-01-02T23:00"], [True, False],
    ),
    "before a moment that says its clock": (
        ("before", "2025-01-02T00:00Z", "Asia/Tokyo"), ["2025-01-01T23:59:59Z", "2025-01-02T00:00Z"], [True, False],
    ),
    "what is no date": (("before", "2030-01-01"), [7840800, 5, True, "soon", "1e400", [1]], [False] * 6),
    "nine digits are a date": (("before", "1990-01-01"), [323460000, 1323460000], [True, False]),
    "one of several parts": (("contains", "est", "PRO"), ["rest", "apron", "pay"], [True, True, False]),
    "none of several parts": (("not_contains", "est", "PRO"), ["rest", "apron", "pay", None], [False, False, True, True]),
    "one of several patterns": (("regex", "^a", "b$"), ["ax", "xb", "x", None], [True, True, False, False]),
    "none of several patterns": (("not_regex", "^a", "b$"), ["ax", "xb", "x", None], [False, False, True, True]),
    "outside of a range": (("not_between", 1, 3), [0, 1, 3, 4, "x", None], [True, False, False, True, False, False]),
    "versions number by number": (("version_gt", "9.0.0"), ["10.0.0", "9.0.0", "8.99.99", "app 9.0.1-beta", "x", 11, None],
                                  [True, False, False, True, False, False, False]),
    "versions, the same included": (("version_gte", "1.2"), ["1.2.0", "1.2.3", "1.1.9"], [True, True, False]),
    "older versions": (("version_lt", "1.2.5"), ["1.0.0", "1.2.3", "1.2.5", "1.10.0"], [True, True, False, False]),
    "older versions, the same included": (("version_lte", "1.2.5"), ["1.2.5", "1.3.0"], [True, False]),
    "whole numbers beside decimals": (("lt", 2.3), [1.4, 1.3, 2, 2.5], [True, True, True, False]),
    "objects compare as compact JSON": (("is", '{"a":"b"}'), [{"a": "b"}, {"a": "c"}], [True, False]),
    "objects compare however they are spaced": (("is", '{ "a": [1, 2] }', "[["), [{"a": [1, 2]}, "[["], [True, True]),
    "lists compare as compact JSON": (("is", '["a",1]'), [LIST, "a"], [True, False]),
    "not a number": (("gt", 1), ["nan", "inf", "1_000"], [False, False, False]),
    "what is no number is between none": (("between", 1, 3), ["2 days", True, [2]], [False, False, False]),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_known_answers(case: str) -> None:
    (op, *values), given, expected = KNOWN[case]
    assert holds(Where("properties.x", op, tuple(values)), given).tolist() == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["person_id", "account_id", "event", "properties.$session_id"])
def test_ids_and_names_are_texts(field: str) -> None:
    given = ["7", "007", "7.0", "1e2", "100", None]
    assert holds(Where(field, "is", (7, "1e2")), given).tolist() == [True, False, False, True, False, False]
    assert holds(Where(field, "is_not", (7, "1e2")), given).tolist() == [False, True, True, False, True, True]


BAD = {
    "no such field": Where("propertys.x", "is", ("a",)),
    "a property without a name": Where("properties.", "is", ("a",)),
    "no such operator": Where("event", "like", ("a",)),
    "one end of two": Where("properties.x", "between", (1,)),
    "a value too many": Where("properties.x", "set", (1,)),
    "a pattern that cannot be read": Where("properties.x", "regex", ("(",)),
    "not a date": Where("properties.x", "before", ("soon",)),
    "not a version": Where("properties.x", "version_gt", ("new",)),
    "nothing to look for": Where("properties.x", "contains"),
    "a pattern among others that cannot be read": Where("properties.x", "not_regex", ("a", "?*")),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_asked(case: str) -> None:
    with pytest.raises(BadInput):
        check(BAD[case])


def test_no_pattern_holds_up_a_query() -> None:
    begun = time.process_time()
    holds(Where("properties.x", "regex", ("^(a+)+$",)), ["a" * 5000 + "!"])
    assert time.process_time() - begun < 2


def test_words_of_values() -> None:
    assert [text(one) for one in (1.0, 1.5, 10**20, True, {"a": [1]})] == ["1", "1.5", str(10**20), "true", '{"a":[1]}']
