"""Reading and deciding experiments."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.intervals import proportion_difference, welch
from callsheet.stats.moments import from_values
from callsheet.stats.readout import Arm, Decision, Readout, decide, holm, read_means, read_proportions


def shares(control: int, treatment: int, n: int = 10_000) -> Readout:
    """A two-arm readout of hits among n each."""
    return read_proportions(Arm("old", n, control), [Arm("new", n, treatment)])


def test_two_arms_are_the_plain_interval() -> None:
    found = shares(1000, 1100).of("new")
    assert found.difference == proportion_difference(1100, 10_000, 1000, 10_000)
    assert found.p_holm == found.difference.p
    assert found.value == 0.11
    assert found.relative.amount == pytest.approx(0.1)


def test_means_from_centred_sums() -> None:
    old, new = [1.0, 2.0, 4.0, 9.0], [2.0, 5.0, 7.0, 8.0]

    def arm(name: str, values: list[float], centre: float) -> Arm:
        away = [v - centre for v in values]
        return Arm(name, len(values), sum(away), sum(a * a for a in away), centre)

    found = read_means(arm("old", old, 4), [arm("new", new, 5)]).of("new").difference
    expected = welch(from_values(new), from_values(old))
    assert (found.low, found.high, found.p) == pytest.approx((expected.low, expected.high, expected.p))


def test_several_treatments_share_the_doubt() -> None:
    arms = [Arm("a", 10_000, 1100), Arm("b", 10_000, 1080)]
    found = read_proportions(Arm("old", 10_000, 1000), arms)
    assert found.level == 0.975
    assert found.of("a").difference == proportion_difference(1100, 10_000, 1000, 10_000, 0.975)
    plain = [c.difference.p or 0 for c in found.comparisons]
    assert [c.p_holm for c in found.comparisons] == pytest.approx(closed(plain))


def closed(ps: list[float]) -> list[float]:
    """Holm's adjustment from what it is: the closed test that takes Bonferroni's for each set of hypotheses. The p of one
    is the greatest of the sets that hold it (Marcus, Peritz and Gabriel, 1976)."""
    every = range(len(ps))
    sets = [one for size in every for one in combinations(every, size + 1)]
    found = {one: min(1.0, len(one) * min(ps[i] for i in one)) for one in sets}
    return [max(p for one, p in found.items() if i in one) for i in every]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_the_closed_test_of_bonferroni(ps: list[float]) -> None:
    assert list(holm(ps)) == pytest.approx(closed(ps))


def test_holm_of_a_table() -> None:
    """Holm's example as R's p.adjust and statsmodels give it."""
    assert list(holm([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_broken_split_names_no_winner_but_keeps_the_numbers() -> None:
    found = read_proportions(Arm("old", 10_000, 1000), [Arm("new", 9_000, 1500)])
    assert found.refused is not None
    assert "10,000 / 9,000 units where 9,500 / 9,500 were planned" in found.refused
    assert found.of("new").difference.low is not None
    assert decide(found, "new", smallest=0) == Decision(None, found.refused)
    planned = read_proportions(Arm("old", 10_000, 1000), [Arm("new", 9_000, 1500)], allocation=[10, 9])
    assert planned.refused is None
    assert decide(planned, "new", smallest=0).verdict == "ship"


# 10,000 an arm, 1,000 hits in control: the difference is known to about +/- .0085.
VERDICTS = {
    "well above what is worth having": (1200, 0.005, "higher", False, "ship"),
    "above nothing, not surely worth it": (1100, 0.005, "higher", False, "keep running"),
    "the same with the sample complete": (1100, 0.005, "higher", True, "inconclusive"),
    "worth having is ruled out": (1000, 0.02, "higher", False, "roll back"),
    "harm": (900, 0.0, "higher", False, "roll back"),
    "fewer is better": (800, 0.005, "lower", False, "ship"),
    "fewer is better, and there are more": (1200, 0.005, "lower", False, "roll back"),
    "any proven gain is enough": (1100, 0.0, "higher", False, "ship"),
    "nothing known yet": (1000, 0.0, "higher", False, "keep running"),
}


@pytest.mark.parametrize(("hits", "smallest", "better", "complete", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_the_rule(hits: int, smallest: float, better: str, complete: bool, verdict: str) -> None:
    found = decide(shares(1000, hits), "new", smallest=smallest, better=better, complete=complete)  # type: ignore[arg-type]
    assert found.verdict == verdict


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0, 0.2))
def test_both_directions_mirror(old: int, new: int, smallest: float) -> None:
    """What is a gain when more is better is a gain when fewer is better with hits and misses swapped."""
    more = decide(shares(old, new, 500), "new", smallest=smallest)
    fewer = decide(shares(500 - old, 500 - new, 500), "new", smallest=smallest, better="lower")
    assert more.verdict == fewer.verdict


def test_an_arm_with_nobody_keeps_running() -> None:
    found = read_means(Arm("old", 0, 0, 0), [Arm("new", 0, 0, 0)])
    assert found.control_value is None
    assert decide(found, "new", smallest=0).verdict == "keep running"


@pytest.mark.parametrize(("arm", "says"), [(Arm("new", 10, 2.5), "2.5 hits"), (Arm("new", 10, 11), "11 hits of 10")])
def test_bad_shares(arm: Arm, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_proportions(Arm("old", 10, 2), [arm])


def test_other_bad_input() -> None:
    with pytest.raises(BadInput, match="no sum of squares"):
        read_means(Arm("old", 10, 2), [Arm("new", 10, 2)])
    with pytest.raises(BadInput, match="only a control"):
        read_proportions(Arm("old", 10, 2), [])
    with pytest.raises(BadInput, match="no treatment arm 'x'"):
        shares(1, 2).of("x")
    with pytest.raises(BadInput, match="smallest effect"):
        decide(shares(1, 2), "new", smallest=-1)
