"""Formulas: results worked by hand, and the same as Python's own arithmetic on random ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.usage.questions.formula import Formula, letter

KNOWN: dict[str, tuple[str, dict[str, Any], float | None]] = {
    "a share in per cent": ("100 * B / (A + B)", {"A": 3.0, "B": 1.0}, 25.0),
    "times before plus": ("A + B * 2", {"A": 1.0, "B": 3.0}, 7.0),
    "minus from the left": ("A - B - 1", {"A": 5.0, "B": 3.0}, 1.0),
    "division from the left": ("A / B / 2", {"A": 12.0, "B": 3.0}, 2.0),
    "signs before numbers and parentheses": ("-(A - -2) * +.5", {"A": 4.0}, -3.0),
    "small letters": ("a+b", {"A": 1.0, "B": 2.0}, 3.0),
    "division by zero has no amount": ("A / B", {"A": 1.0, "B": 0.0}, None),
    "nothing divided by nothing": ("A / B", {"A": 0.0, "B": 0.0}, None),
    "no amount makes no amount": ("A + B", {"A": None, "B": 1.0}, None),
    "beyond a float": ("A * 1e308 * 10", {"A": 1.0}, None),
    "a number alone": ("1.5e1", {}, 15.0),
}


@pytest.mark.parametrize("case", KNOWN)
def test_known(case: str) -> None:
    text, amounts, wanted = KNOWN[case]
    assert Formula(text, 2).of(amounts) == wanted


WRONG = {
    "empty": "", "a series that is not there": "A + C", "open": "(A + B", "closed twice": "A + B)", "two signs": "A * / B",
    "nothing after": "A +", "two series side by side": "A B", "a call": "__import__('os')", "a power": "A ** 2",
    "an attribute": "A.real", "deep": "(" * 200 + "A" + ")" * 200, "long": "A" + "+A" * 300, "a semicolon": "A; B",
    "no ASCII": "A × B", "only a sign": "-", "a number beyond a float": "1e999",
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_formulas_are_refused(case: str) -> None:
    with pytest.raises(BadInput):
        Formula(WRONG[case], 2)


def test_letters_go_on_after_z() -> None:
    assert [letter(i) for i in (0, 25, 26, 29)] == ["A", "Z", "AA", "AD"]
    assert Formula("AD - A", 30).names == ["A", "AD"]


numbers = st.integers(0, 50).map(float)
texts = st.recursive(
    st.one_of(st.sampled_from(("A", "B")), numbers.map(str)),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner), inner.map("-{}".format)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(texts, numbers, numbers)
def test_the_same_as_python(text: str, a: float, b: float) -> None:
    try:
        wanted: float | None = float(eval(text, {"__builtins__": {}}, {"A": a, "B": b}))  # noqa: S307
    except ZeroDivisionError:
        wanted = None
    assert Formula(text, 2).of({"A": a, "B": b}) == (None if wanted is None else pytest.approx(wanted))
