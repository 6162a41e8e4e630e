"""Scores, and how sure their order is."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from callsheet.base.errors import BadInput
from callsheet.stats.rank import Range, ice, rank, rice, wsjf


def idea(
    reach: float | Range, effort: float | Range = 2.0, impact: float = 1, confidence: float = 0.8
) -> dict[str, float | Range]:
    """Inputs of RICE; the test names what it is about."""
    return {"reach": reach, "impact": impact, "confidence": confidence, "effort": effort}


def test_scores_by_hand() -> None:
    assert rice(500, 2, 0.8, 4) == 200
    assert ice(8, 5, 3) == 120
    assert ice(8, 5, 3, "mean") == pytest.approx(16 / 3)
    assert wsjf(8, 5, 3, 4) == 4


def test_product_and_mean_can_order_differently() -> None:
    uneven, even = (10.0, 10.0, 1.0), (6.0, 6.0, 6.0)
    assert ice(*uneven) < ice(*even)
    assert ice(*uneven, "mean") > ice(*even, "mean")


REFUSED = {
    "effort 0": (lambda: rice(1, 1, 1, 0), "effort is 0"),
    "size 0": (lambda: wsjf(1, 1, 1, 0), "size is 0"),
    "percent": (lambda: rice(1, 1, 80, 1), "confidence of 80"),
    "negative": (lambda: ice(-1, 1, 1), "impact is -1"),
    "not a number": (lambda: rice(math.nan, 1, 1, 1), "reach is nan"),
    "range from 0": (lambda: Range(0, 5), "no 90% range"),
    "range upside down": (lambda: Range(5, 1), "no 90% range"),
    "effort 0 in a ranking": (lambda: rank({"a": idea(1, effort=0.0)}), "effort is 0"),
    "field missing": (lambda: rank({"a": {"reach": 1}}), "needs exactly: reach, impact"),
    "no ideas": (lambda: rank({}), "nothing to rank"),
}


@pytest.mark.parametrize(("call", "says"), REFUSED.values(), ids=REFUSED)
def test_bad_input(call: "object", says: str) -> None:
    assert callable(call)
    with pytest.raises(BadInput, match=says):
        call()


def test_a_range_is_a_lognormal_with_90_percent_inside() -> None:
    found = rank({"a": idea(Range(100, 400), effort=1.0, confidence=1.0)}, trials=200_000)
    assert found.score["a"] == pytest.approx(200, rel=0.01)  # the geometric middle of 100 and 400
    assert found.low["a"] == pytest.approx(100, rel=0.01)
    assert found.high["a"] == pytest.approx(400, rel=0.01)


@settings(max_examples=12, deadline=None)
@given(st.floats(1.05, 3), st.floats(1.2, 8), st.floats(1.2, 8))
def test_chance_to_rank_above_has_a_closed_form(lead: float, a: float, b: float) -> None:
    """Two lognormal scores: P(A > B) = Phi((mu_a - mu_b) / hypot(sigma_a, sigma_b))."""
    one, other = Range(100 * lead / a, 100 * lead * a), Range(100 / b, 100 * b)
    found = rank({"a": idea(one), "b": idea(other)}, trials=40_000)
    exact = norm.cdf(math.log(lead) / math.hypot(one.sigma, other.sigma))
    assert found.above["a"]["b"] == pytest.approx(exact, abs=0.012)
    assert found.above["b"]["a"] == pytest.approx(1 - exact, abs=0.012)


def test_a_lead_of_a_third_can_be_nearly_a_toss() -> None:
    # Reach and effort each known within a factor of two: sigma = ln 2 / 1.645 for each of four ranges;
    # Phi(ln(4/3) / (2 x .4214)) = Phi(.3413) = .634.
    wide = {"a": idea(Range(200 / 1.5, 800 / 1.5), Range(1, 4)), "b": idea(Range(100, 400), Range(1, 4))}
    found = rank(wide, trials=100_000)
    assert found.order == ("a", "b")
    assert found.score["a"] / found.score["b"] == pytest.approx(4 / 3, rel=0.02)
    assert found.above["a"]["b"] == pytest.approx(0.634, abs=0.01)
    assert found.first == found.held["a"] == found.above["a"]["b"]


def test_certain_inputs_have_a_certain_order_and_ties_are_even() -> None:
    found = rank({"low": idea(10), "high": idea(30), "also high": idea(30)})
    assert found.order[2] == "low"
    assert found.held["low"] == 1
    assert found.above["high"]["low"] == 1
    assert found.above["high"]["also high"] == 0.5
    assert found.places["high"][0] == pytest.approx(0.5, abs=0.03)


def test_places_share_out_every_trial() -> None:
    ideas = {name: idea(Range(50 + i, 300 + 9 * i)) for i, name in enumerate("abcde")}
    found = rank(ideas, seed=3)
    for i in range(5):
        assert sum(found.places[name][i] for name in ideas) == pytest.approx(1)
    assert all(sum(shares) == pytest.approx(1) for shares in found.places.values())
    assert rank(ideas, seed=3) == found


def test_wsjf_and_ice_rank_too() -> None:
    found = rank(
        {
            "a": {"value": 8, "urgency": 5, "risk": 1, "size": Range(1, 4)},
            "b": {"value": 1, "urgency": 1, "risk": 1, "size": 5.0},
        },
        "wsjf",
    )
    assert found.order == ("a", "b")
    uneven = {
        "a": {"impact": 10.0, "confidence": 10.0, "ease": 1.0},
        "b": {"impact": 6.0, "confidence": 6.0, "ease": 6.0},
    }
    assert rank(uneven, "ice").order == ("b", "a")
    assert rank(uneven, "ice mean").order == ("a", "b")
