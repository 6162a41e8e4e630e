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
    "after, in any notation": (("after", "2025-01-02"), ["2025-01-02T00:00:01Z", 1735862400, "x"], [True, True, False]),
    "lists compare as compact JSON": (("is", '["a",1]'), [LIST, "a"], [True, False]),
    "not a number": (("gt", 1), ["nan", "inf", "1_000"], [False, False, False]),
    "what is no number is between none": (("between", 1, 3), ["2 days", True, [2]], [False, False, False]),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_known_answers(case: str) -> None:
    (op, *values), given, expected = KNOWN[case]
    assert holds(Where("properties.x", op, tuple(values)), given).tolist() == expected  # type: ignore[arg-type]


BAD = {
    "no such field": Where("propertys.x", "is", ("a",)),
    "a property without a name": Where("properties.", "is", ("a",)),
    "no such operator": Where("event", "like", ("a",)),
    "one end of two": Where("properties.x", "between", (1,)),
    "a value too many": Where("properties.x", "set", (1,)),
    "a pattern that cannot be read": Where("properties.x", "regex", ("(",)),
    "not a date": Where("properties.x", "before", ("soon",)),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_asked(case: str) -> None:
    with pytest.raises(BadInput):
        check(BAD[case])


def test_no_pattern_holds_up_a_query() -> None:
    begun = time.monotonic()
    holds(Where("properties.x", "regex", ("^(a+)+$",)), ["a" * 5000 + "!"])
    assert time.monotonic() - begun < 2


def test_words_of_values() -> None:
    assert [text(one) for one in (1.0, 1.5, 10**20, True, {"a": [1]})] == ["1", "1.5", str(10**20), "true", '{"a":[1]}']
