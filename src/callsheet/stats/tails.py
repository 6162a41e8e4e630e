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
    """Log of the two-sided Student tail beyond |t|, by a continued fraction where the plain one underflows.

    Source: DLMF 8.17.22, the fraction for the incomplete beta I_x(df / 2, 1 / 2) with x = df / (df + t^2).
    """
    from scipy.special import betainc, betaln

    a, b = df / 2, 0.5
    x = df / (df + t * t)
    p = float(betainc(a, b, x))
    if p > 1e-290:
        return min(0.0, math.log(p))
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d, c = 1 / (1 + step * d), 1 + step / c
            h *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    log_rest = b * math.log(t * t / (df + t * t)) - math.log(a) - float(betaln(a, b))
    return -a * math.log1p(t * t / df) + log_rest + math.log(h)


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
