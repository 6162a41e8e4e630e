"""Values of breakdowns in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.usage.questions import kinds
from callsheet.usage.questions.common import Breakdown
from callsheet.usage.questions.slices import names
from callsheet.usage.questions.wording import worded
from tests.usage.questions.desks import desk


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("session.duration", "0", "0 s"),
        ("session.duration", "548.6", "9 min 8.6 s"),
        ("session.duration", "7200", "2 h"),
        ("session.duration", "90061", "1 d 1 h 1 min 1 s"),
        ("session.duration", "[0,548.6]", "0 s to 9 min 9 s"),
        ("session.duration", "[0,2.5]", "0 s to 2.5 s"),
        ("session.duration", "soon", "soon"),
        ("session.events", "[1,3.5]", "1 to 3.5"),
        ("session.bounced", "1", "bounced"),
        ("session.bounced", "0", "did not bounce"),
        ("session.entry", "https://a.example/[1,2]", "https://a.example/[1,2]"),
        ("properties.minutes", "[0,10]", "[0,10]"),
    ],
)
def test_what_is_told_of_sessions_has_words(field: str, value: str, words: str) -> None:
    assert worded(field, value) == words


@given(st.sets(st.integers(0, 10**6), min_size=2, max_size=20))
def test_lengths_that_differ_are_called_differently(lengths: set[int]) -> None:
    assert len({worded("session.duration", str(one)) for one in lengths}) == len(lengths)


def test_lines_are_named_in_the_words_of_their_field() -> None:
    lines = [("A", "opened", "value", "1", "current"), ("A", "opened", "none", "", "current")]
    assert names(lines, Breakdown(by="session.bounced")) == ["bounced", "none"]  # type: ignore[arg-type]
    assert names(lines, Breakdown(by="properties.bounced")) == ["1", "none"]  # type: ignore[arg-type]


def test_a_table_of_sessions_has_words_and_units_and_its_lines_keep_their_values() -> None:
    """One session of two minutes, one of a single page view."""
    views = (("12:00", "ann", "one"), ("12:02", "ann", "one"), ("13:00", "bob", "two"))
    here = desk(
        "\n".join(f'2026-11-02T{when}:00 {who} $pageview {{"$session_id": "{key}"}}' for when, who, key in views)
    )
    asked = kinds.parse(
        {
            "kind": "trends", "span": {"since": "2026-11-02", "until": "2026-11-02"}, "breakdown": {"by": "session.bounced"},
            "series": [{"math": "mean", "property": "session.duration"}],
        }
    )  # fmt: skip
    found = kinds.answer(asked, here)
    table = kinds.table(asked, found)
    told = {one.label: (one.unit, table.rows[-1][one.key]) for one in table.columns[1:]}
    assert told == {"did not bounce": ("seconds", 120), "bounced": ("seconds", 0)}
    assert {line.group for line in found.lines} == {"0", "1"}  # type: ignore[attr-defined]


def test_other_kinds_have_the_same_words() -> None:
    here = desk('2026-11-02T12:00:00 ann $pageview {"$session_id": "one"}')
    span = {"since": "2026-11-02", "until": "2026-11-02"}
    series = [{"events": ["$pageview"]}]
    for kind, own in (
        ("funnel", {"steps": series * 2}), ("retention", {"start": series[0], "back": {}}), ("sessions", {}),
        ("lifecycle", {"series": series[0]}), ("stickiness", {"series": series}),
    ):  # fmt: skip
        asked = kinds.parse({"kind": kind, "span": span, "breakdown": {"by": "session.bounced"}} | own)
        table = kinds.table(asked, kinds.answer(asked, here))
        told = [one.label for one in table.columns] + [str(one) for row in table.rows for one in row.values()]
        assert any(one.startswith("bounced") for one in told), kind
