"""Counting requesters, and likeness of texts."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.feedback.rules import Index, demand, furthest, tokens

DAY = datetime(2026, 11, 1)
ACCOUNTS: dict[str, dict[str, Any]] = {
    "a": {"revenue": 100.0, "segment": "mid"},
    "b": {"revenue": 40.0, "segment": "small"},
    "c": {"revenue": None, "segment": None},
}


def said(person: str | None, account: str | None) -> dict[str, Any]:
    return {"person_id": person, "account_id": account, "given_at": DAY}


# items -> (people, accounts, revenue, anonymous), counted by hand
DEMAND = {
    "nobody": ([], (0, 0, 0.0, 0)),
    "one who wrote three times is one": ([said("p", "a")] * 3, (1, 1, 100.0, 0)),
    "two of one account: its revenue once": ([said("p", "a"), said("q", "a")], (2, 1, 100.0, 0)),
    "two accounts add up": ([said("p", "a"), said("q", "b")], (2, 2, 140.0, 0)),
    "an account without a person is one requester": ([said(None, "b")], (1, 1, 40.0, 0)),
    "neither known counts for nobody": ([said(None, None), said("p", "a")], (1, 1, 100.0, 1)),
    "unknown revenue adds nothing": ([said("p", "c"), said("q", "unheard of")], (2, 2, 0.0, 0)),
}


@pytest.mark.parametrize(("items", "wanted"), DEMAND.values(), ids=DEMAND)
def test_each_person_and_account_counts_once(items: list[dict[str, Any]], wanted: tuple[Any, ...]) -> None:
    found = demand(items, ACCOUNTS)
    assert (len(found.requesters), len(found.accounts), found.revenue, found.anonymous) == wanted
    assert found.messages == len(items)


WORDS = {
    "common words go": ("Can we please have the board", ["board"]),
    "endings go": ("importing imports imported", ["import", "import", "import"]),
    "short words stay whole": ("his bed is red", ["his", "bed", "red"]),
    "nothing left": ("to be or not to be", []),
}


@pytest.mark.parametrize(("text", "wanted"), WORDS.values(), ids=WORDS)
def test_words_that_carry_meaning(text: str, wanted: list[str]) -> None:
    assert tokens(text) == wanted


def test_likeness_by_hand() -> None:
    """Two texts: x = {import, file}, y = {board}. N = 2, every df = 1, so every idf is equal and cancels:
    `import board` has a weight of 1/sqrt(2) on each word; with x: 1/sqrt(2) * 1/sqrt(2) = 1/2, with y: 1/sqrt(2)."""
    found = dict(Index({"x": "import file", "y": "board"}).like("import board"))
    assert found["x"] == pytest.approx(1 / 2)
    assert found["y"] == pytest.approx(1 / math.sqrt(2))


def test_rare_words_weigh_more() -> None:
    index = Index({"x": "large import", "y": "large board", "z": "large search"})
    assert index.like("large import")[0][0] == "x"


def test_nothing_in_common_suggests_nothing() -> None:
    assert Index({"x": "import file"}).like("weather") == []
    assert Index({}).like("import") == []


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=40))
def test_scores_lie_between_0_and_1_in_order(texts: list[str], text: str) -> None:
    scores = [score for _, score in Index(dict(enumerate(texts))).like(text, most=9, least=0)]  # type: ignore[arg-type]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)


@given(st.text(alphabet="abcdefgh ", min_size=4, max_size=40).filter(tokens))
def test_the_same_words_score_1(text: str) -> None:
    key, score = Index({"x": text, "y": "quite another"}).like(text)[0]
    assert key == "x"
    assert score == pytest.approx(1.0)


def test_the_stage_furthest_along() -> None:
    assert furthest(["later", "done", "now"]) == "done"
    assert furthest(["dropped", ""]) == ""
