"""Tail probabilities that stay true when too small for a float: work in logarithms, never 1 - cdf."""

import math
import sys

LEAST = sys.float_info.min
"""The smallest p that is reported as a float; below it the logarithm tells."""


def p_of(log_p: float) -> float:
    """exp(log p), at most 1, and never a silent 0: floored at the smallest normal float (2.2e-308)."""
    return min(1.0, max(math.exp(max(log_p, -800.0)), LEAST))


def p_text(log_p: float) -> str:
    """A p-value for people, from its natural logarithm: 'p = 0.0016', 'p = 3e-12', 'p = 1e-1234'."""
    if log_p > math.log(1e-4):
        return f"p = {p_of(log_p):.2g}"
    ten = log_p / math.log(10)
    power = math.floor(ten)
    lead = round(10 ** (ten - power))
    return f"p = {1 if lead == 10 else lead}e{power + (lead == 10)}"


def log_two_sided(z: float) -> float:
    """Log of the two-sided normal tail beyond |z|."""
    from scipy.special import log_ndtr

    return min(0.0, math.log(2) + float(log_ndtr(-abs(z))))


def log_two_sided_t(t: float, df: float) -> float:
    """Log of the two-sided Student tail beyond |t|, through the incomplete beta function.

    Where that underflows (only with many degrees of freedom) the tail is bounded from above by its leading
    term.
    """
    from scipy.special import betainc, betaln

    x = df / (df + t * t)
    p = float(betainc(df / 2, 0.5, x))
    if p > 1e-290:
        return min(0.0, math.log(p))
    a = df / 2
    # I_x(a, 1/2) = x^a sqrt(1-x) / (a B(a, 1/2)) * (1 + sum of positive terms); the series is geometric in x.
    term, total, k = 1.0, 1.0, 0
    while term > 1e-17 * total and k < 200_000:
        term *= x * (a + 0.5 + k) / (a + 1 + k)
        total += term
        k += 1
    log_x = math.log(df) - math.log(df + t * t)
    return a * log_x + 0.5 * math.log1p(-x) - math.log(a) - float(betaln(a, 0.5)) + math.log(total)


def log_chi_square(x: float, df: int) -> float:
    """Log of the chi-square survival function, by a continued fraction where the plain one underflows.

    Source: Abramowitz & Stegun 6.5.31 (Legendre's fraction for the upper incomplete gamma function).
    """
    from scipy.special import chdtrc, gammaln

    plain = float(chdtrc(df, x))
    if plain > 1e-290:
        return math.log(plain)
    a, z = df / 2, x / 2
    b = z + 1 - a
    c, d = 1e300, 1 / b
    h = d
    for k in range(1, 500):
        step = -k * (k - a)
        b += 2
        d = 1 / (step * d + b)
        c = b + step / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return -z + a * math.log(z) - float(gammaln(a)) + math.log(h)
