"""Ridge logistic regression against hand-worked cases and a general optimiser."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from statsmodels.discrete.discrete_model import Logit

from callsheet.base.errors import BadInput
from callsheet.stats.logistic import fit


def drawn(seed: int, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Measures of any scale and outcomes that hang on them, with some of each."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, k)) * rng.uniform(0.1, 50, k) + rng.uniform(-20, 20, k)
    odds = (x - x.mean(0)) / x.std(0) @ rng.normal(size=k) - 0.5
    y = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(float)
    y[:2] = 0, 1
    return x, y


def test_without_a_difference_the_chance_is_the_base_rate() -> None:
    """A measure that does not vary says nothing: 1 of 4."""
    found = fit([[3.0]] * 4, [1, 0, 0, 0])
    assert found.coefficients == pytest.approx([0])
    assert found.chances([[3.0]])[0] == pytest.approx([0.25])


def test_two_groups_by_hand() -> None:
    """With next to no penalty the chances are the shares of the two groups: 3 of 10 and 8 of 10."""
    x = [[0.0]] * 10 + [[1.0]] * 10
    y = [1] * 3 + [0] * 7 + [1] * 8 + [0] * 2
    chance, low, high = fit(x, y, penalty=1e-9).chances([[0.0], [1.0]])
    assert chance == pytest.approx([0.3, 0.8], abs=1e-6)
    # Wald in log odds for one group: logit(.3) -+ 1.96 / sqrt(10 x .3 x .7).
    reach = 1.959964 / np.sqrt(2.1)
    assert low[0] == pytest.approx(1 / (1 + np.exp(-(np.log(0.3 / 0.7) - reach))), abs=1e-5)
    assert high[0] == pytest.approx(1 / (1 + np.exp(-(np.log(0.3 / 0.7) + reach))), abs=1e-5)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(20, 200), st.integers(1, 5), st.sampled_from([0.1, 1.0, 10.0]))
def test_against_a_general_optimiser(seed: int, n: int, k: int, penalty: float) -> None:
    x, y = drawn(seed, n, k)
    found = fit(x, y, penalty)
    z = np.column_stack([np.ones(n), found.scaled(x)])

    def loss(beta: np.ndarray) -> float:
        odds = z @ beta
        return float(np.logaddexp(0, odds).sum() - y @ odds + penalty * (beta[1:] ** 2).sum() / 2)

    best = minimize(loss, np.zeros(k + 1), method="BFGS", options={"gtol": 1e-8})
    ours = np.concatenate([[found.intercept], found.coefficients])
    assert loss(ours) <= best.fun + 1e-9
    assert ours == pytest.approx(best.x, abs=2e-4)


def test_with_next_to_no_penalty_it_is_statsmodels() -> None:
    x, y = drawn(3, 400, 3)
    found = fit(x, y, penalty=1e-10)
    oracle = Logit(y, np.column_stack([np.ones(400), found.scaled(x)])).fit(disp=0)
    assert [found.intercept, *found.coefficients] == pytest.approx(list(oracle.params), abs=1e-6)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(list(oracle.bse), abs=1e-6)


def test_complete_separation_has_an_answer() -> None:
    found = fit([[float(n)] for n in range(10)], [0] * 5 + [1] * 5)
    chance = found.chances([[0.0], [9.0]])[0]
    assert 0 < chance[0] < 0.2
    assert 0.8 < chance[1] < 1


def test_contributions_add_up_to_the_log_odds() -> None:
    x, y = drawn(5, 60, 3)
    found = fit(x, y)
    odds = found.intercept + found.contributions(x).sum(axis=1)
    assert found.chances(x)[0] == pytest.approx(1 / (1 + np.exp(-odds)))


@pytest.mark.parametrize(
    ("x", "y", "penalty"),
    [
        ([[1.0], [2.0]], [1, 1], 1), ([[1.0], [2.0]], [0, 0], 1), ([[1.0]], [1, 0], 1), ([1.0, 2.0], [1, 0], 1),
        ([[float("nan")], [2.0]], [1, 0], 1), ([[1.0], [2.0]], [1, 0], 0),
    ],
)  # fmt: skip
def test_bad_input(x: list[list[float]], y: list[int], penalty: float) -> None:
    with pytest.raises(BadInput):
        fit(x, y, penalty)
