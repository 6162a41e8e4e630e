"""Tails too small for a float."""

import itertools
import math

import pytest
from scipy import stats

from callsheet.stats.tails import log_chi_square, log_two_sided, log_two_sided_t, p_of, p_text


@pytest.mark.parametrize("x", [0.0, 0.5, 3.84, 40.0, 1400.0, 1e5, 1e8])
def test_two_degrees_of_freedom_have_a_closed_form(x: float) -> None:
    # chi-square with 2 df is exponential: survival exp(-x / 2); with 4 df it is exp(-x / 2) (1 + x / 2).
    assert log_chi_square(x, 2) == pytest.approx(-x / 2, rel=1e-12, abs=1e-14)
    assert log_chi_square(x, 4) == pytest.approx(-x / 2 + math.log1p(x / 2), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("x", [0.5, 40.0, 1300.0, 1400.0, 1e6])
def test_one_degree_of_freedom_is_the_normal_squared(x: float) -> None:
    assert log_chi_square(x, 1) == pytest.approx(log_two_sided(math.sqrt(x)), rel=1e-11)


@pytest.mark.parametrize(("t", "df"), [(0, 5), (2.5, 3), (10, 40), (-30, 900), (35, 1e5)])
def test_student_tail_against_scipy(t: float, df: float) -> None:
    assert log_two_sided_t(t, df) == pytest.approx(math.log(2 * stats.t.sf(abs(t), df)), rel=1e-9, abs=1e-12)


def test_student_tail_goes_on_where_floats_end() -> None:
    # Student's tail is the normal one in the limit, heavier by exp(t^4 / (4 df)) to first order.
    assert log_two_sided_t(45, 1e9) == pytest.approx(log_two_sided(45) + 45**4 / 4e9, abs=1e-4)
    # 2 df has the closed form 1 - t / sqrt(2 + t^2), which is 1 / t^2 for a large t.
    assert log_two_sided_t(1e150, 2) == pytest.approx(-300 * math.log(10), rel=1e-12)


def test_student_tail_has_no_step_where_the_formula_changes() -> None:
    steps = [log_two_sided_t(t / 100, 1e4) for t in range(3700, 3800)]
    slopes = [a - b for a, b in itertools.pairwise(steps)]
    assert min(slopes) > 0
    assert max(slopes) < 1.1 * min(slopes)
    assert steps[0] > -667 > steps[-1]  # log(1e-290) lies between: both formulas were used


def test_p_is_never_a_silent_zero() -> None:
    assert 0 < p_of(-1e6) < 1e-300
    assert p_of(0.5) == 1
    assert p_text(-1e4 * math.log(10)) == "p = 1e-10000"
    assert p_text(math.log(0.0016)) == "p = 0.0016"
    assert p_text(math.log(9.96e-12)) == "p = 1e-11"
