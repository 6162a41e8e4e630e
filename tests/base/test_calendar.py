"""Days off, and what the project file may say of teams."""

from __future__ import annotations

from datetime import date

import pytest

from callsheet.base.config import parse
from callsheet.base.errors import ConfigError


def test_weekends_and_holidays_are_off() -> None:
    calendar = parse({"calendar": {"holidays": ["2026-12-25"]}}).calendar
    days = [date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28)]
    assert [calendar.off(day) for day in days] == [False, True, True, False]


def test_another_week() -> None:
    calendar = parse({"calendar": {"workdays": ["sunday", "monday"]}}).calendar
    assert not calendar.off(date(2026, 11, 22))
    assert calendar.off(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ({"calendar": {"holidays": ["25.12.2026"]}}, "not a date"),
        ({"calendar": {"workdays": ["funday"]}}, "no day 'funday'"),
        ({"team": [{"title": "Data"}]}, "lacks its id"),
        ({"team": [{"id": "data", "colour": "red"}]}, "no setting 'colour'"),
        ({"team": [{"id": "data", "members": "ada"}]}, "members must be a list"),
    ],
)
def test_what_is_wrong_is_named(file: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse(file)
