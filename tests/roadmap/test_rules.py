"""Stages, promises and chances, worked by hand."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.roadmap.rules import (
    between,
    chance,
    confidence_from,
    direction,
    kept,
    moved_days,
    progress,
    promise_end,
    stage_of,
    why,
)  # fmt: skip

NOW = datetime(2026, 11, 22, 16)
STATES = {
    "the public roadmap's own words": (("near-term", None), "next"),
    "case and underscores do not matter": (("In_Progress", None), "now"),
    "a preview is being worked on": (("preview", None), "now"),
    "removed is dropped": (("REMOVED", None), "dropped"),
    "an unknown word goes by its category": (("Kneading", "doing"), "now"),
    "nothing known is later": ((None, None), "later"),
}


@pytest.mark.parametrize(("state", "stage"), STATES.values(), ids=STATES)
def test_a_state_stands_for_a_stage(state: tuple[str | None, str | None], stage: str) -> None:
    assert stage_of(*state) == stage


TURNS = {
    "first": ((None, "current"), "new"),
    "on": (("future", "current"), "forward"),
    "back by a stage": (("current", "near-term"), "back"),
    "back within now": (("preview", "current"), "back"),
    "back from released": (("released", "preview"), "back"),
    "removed": (("current", "REMOVED"), "dropped"),
    "taken up again": (("removed", "future"), "forward"),
    "another word for the same": (("planned", "next"), "same"),
    "unknown words": (("kneading", "baking"), "same"),
}


@pytest.mark.parametrize(("states", "turn"), TURNS.values(), ids=TURNS)
def test_which_way_a_change_points(states: tuple[str | None, str], turn: str) -> None:
    assert direction(*states) == turn


def test_a_promise_lasts_to_the_end_of_its_local_day() -> None:
    """4 December 2026 in Madrid (UTC+1) ends at 23:00 UTC."""
    promised = datetime(2026, 12, 4, 10)
    assert promise_end(promised, "Europe/Madrid") == datetime(2026, 12, 4, 23)
    assert kept(promised, datetime(2026, 12, 4, 22, 59), "Europe/Madrid")
    assert not kept(promised, datetime(2026, 12, 4, 23), "Europe/Madrid")
    assert not kept(promised, None, "UTC")


# From 22 November 16:00 the end of 24 November is 2 days and 8 hours away: 2.33 days.
CHANCES = {
    "no forecast": ([], None),
    "half of four": ([1, 2, 3, 4], 0.5),
    "all": ([1, 2], 1.0),
    "none": ([3, 4], 0.0),
    "beyond the horizon is never": ([1, None], 0.5),
}


@pytest.mark.parametrize(("days", "wanted"), CHANCES.values(), ids=CHANCES)
def test_chance_is_the_share_of_outcomes_in_time(days: list[float | None], wanted: float | None) -> None:
    assert chance(days, datetime(2026, 11, 24, 9), NOW, "UTC") == wanted


def test_a_promise_of_the_past_has_no_chance() -> None:
    assert chance([1, 2], datetime(2026, 11, 20), NOW, "UTC") == 0.0


PROGRESS = {
    "half way up": ((20, 40, 30.0), 0.5),
    "half way down": ((40, 20, 30.0), 0.5),
    "the wrong way": ((20, 40, 10.0), -0.5),
    "past the target": ((0, 10, 12.0), 1.2),
    "no data": ((0, 10, None), None),
    "no way to go": ((10, 10, 10.0), None),
}


@pytest.mark.parametrize(("given_", "wanted"), PROGRESS.values(), ids=PROGRESS)
def test_progress(given_: tuple[float, float, float | None], wanted: float | None) -> None:
    assert progress(*given_) == wanted


def test_confidence_levels_of_intercom() -> None:
    assert [confidence_from(n) for n in (0, 7, 8, 19, 20)] == [0.5, 0.5, 0.8, 0.8, 1.0]


def test_moved_days() -> None:
    assert moved_days(datetime(2026, 11, 1), datetime(2026, 11, 15)) == 14
    assert moved_days(datetime(2026, 11, 15), datetime(2026, 11, 1)) == -14
    assert moved_days(None, NOW) is None


WHY = {
    "all at once": ((0.3, 0.61, 4, 2), "review wait 61%; scope +4 this month; moved twice"),
    "on pace says no more": ((0.9, 0.61, 4, 2), "on pace"),
    "nothing to blame": ((0.3, 0.2, 0, 0), "less work done than planned"),
    "never promised": ((None, None, None, 0), "no promise"),
}


@pytest.mark.parametrize(("given_", "words"), WHY.values(), ids=WHY)
def test_why(given_: tuple[float | None, float | None, int | None, int], words: str) -> None:
    assert why(*given_, bottleneck=0.5) == words


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_between_lies_between(below: float, gap: float) -> None:
    above = below + gap
    assert below < between(below, above) < above
    assert between(below, None) > below > between(None, below)
