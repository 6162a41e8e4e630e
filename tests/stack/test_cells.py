"""Cells as values: dates in many notations, numbers with separators, what is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from callsheet.base.errors import BadInput
from callsheet.stack.files import cells
from callsheet.store.schema import MOMENT, NUMBER, TEXT, TRUTH, WHOLE

DAY = datetime(2026, 11, 22)
DATES: dict[str, tuple[Any, datetime]] = {
    "ISO": ("2026-11-22", DAY),
    "ISO with zone": ("2026-11-22T01:00:00+01:00", DAY),
    "German": ("22.11.2026", DAY),
    "American": ("11/22/2026", DAY),
    "day first is unambiguous": ("22/11/2026", DAY),
    "words": ("22 Nov 2026", DAY),
    "seconds since 1970": (1795305600, DAY),
    "milliseconds since 1970": (1795305600000, DAY),
    "month only": ("2026-11", datetime(2026, 11, 1)),
}


@pytest.mark.parametrize(("given", "wanted"), DATES.values(), ids=DATES)
def test_a_moment_is_read_in_any_usual_notation(given: Any, wanted: datetime) -> None:
    assert cells.reader(MOMENT)(given) == wanted


ORDERS = {
    "an unambiguous day decides": (["03/04/2026", "25/04/2026"], True),
    "an unambiguous month decides": (["03/04/2026", "04/25/2026"], False),
    "nothing decides": (["03/04/2026"], False),
}


@pytest.mark.parametrize(("values", "first"), ORDERS.values(), ids=ORDERS)
def test_a_column_tells_the_order_of_day_and_month(values: list[str], first: bool) -> None:
    assert cells.day_first_of(values) is first


NUMBERS: dict[str, tuple[Any, float | None]] = {
    "plain": ("1234.5", 1234.5),
    "English": ("1,234.5", 1234.5),
    "German": ("1.234,5", 1234.5),
    "Swiss": ("1'234.5", 1234.5),
    "French": ("1 234,5", 1234.5),
    "thousands only": ("1,234,567", 1234567.0),
    "decimal comma": ("3,5", 3.5),
    "money": ("€12", 12.0),
    "accounting": ("(12)", -12.0),
    "nothing": ("n/a", None),
}


@pytest.mark.parametrize(("given", "wanted"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_is_read_with_its_separators(given: Any, wanted: float | None) -> None:
    assert cells.reader(NUMBER)(given) == wanted


REFUSED = [
    (MOMENT, "soon"),
    (MOMENT, "2026-13-45"),
    (NUMBER, "many"),
    (NUMBER, "1-2"),
    (WHOLE, "6142.5"),
    (TRUTH, "maybe"),
]


@pytest.mark.parametrize(("kind", "given"), REFUSED)
def test_what_is_no_value_is_refused(kind: str, given: str) -> None:
    with pytest.raises((ValueError, BadInput)):
        cells.reader(kind)(given)


def test_a_formula_loses_the_apostrophe_that_disarmed_it() -> None:
    assert cells.text("'=1+1") == "=1+1"
    assert cells.text("'tis") == "'tis"


def test_the_rest() -> None:
    assert cells.reader(WHOLE)("6142.0") == 6142
    assert cells.reader(TRUTH)("Yes") is True
    assert cells.reader(TEXT)(["a", "b"]) == "a, b"
    assert cells.reader(TEXT)("   ") is None
