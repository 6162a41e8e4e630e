"""Published experiments: their known conclusions must come out of our formulas."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from callsheet.stats.moments import from_values
from callsheet.stats.readout import Arm, decide, read_means, read_proportions

pytestmark = pytest.mark.data


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with or without byte-order mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mean_arm(name: str, values: list[float]) -> Arm:
    """An arm of centred sums, as the warehouse would give them."""
    centre = float(round(sum(values) / len(values)))
    away = [v - centre for v in values]
    return Arm(name, len(values), sum(away), sum(a * a for a in away), centre)


def test_cookie_cats_day_7_retention(public_data: Path) -> None:
    """Conclusion as published with the data set: a later gate keeps fewer players after a week."""
    table = rows(public_data / "cookie_cats" / "cookie_cats.csv")
    n = Counter(r["version"] for r in table)
    kept = Counter(r["version"] for r in table if r["retention_7"] == "TRUE")
    control, treatment = (Arm(v, n[v], kept[v]) for v in ("gate_30", "gate_40"))
    found = read_proportions(control, [treatment], method="wald")
    gap = found.of("gate_40").difference
    assert found.control_value == pytest.approx(0.1902, abs=5e-5)
    assert found.of("gate_40").value == pytest.approx(0.1820, abs=5e-5)
    assert (gap.amount, gap.low, gap.high) == pytest.approx((-0.0082, -0.0133, -0.0031), abs=5e-5)
    assert gap.p == pytest.approx(0.0016, abs=5e-5)
    assert found.srm.p == pytest.approx(0.0086, abs=5e-5)
    assert found.refused is None
    assert decide(found, "gate_40", smallest=0).verdict == "roll back"
    strict = read_proportions(control, [treatment], srm_limit=0.01)
    assert strict.refused is not None
    newcombe = strict.of("gate_40").difference
    assert (newcombe.low, newcombe.high) == pytest.approx((gap.low, gap.high), abs=2e-5)


def test_hillstrom_visits_and_spend(public_data: Path) -> None:
    table = rows(public_data / "hillstrom" / "hillstrom.csv")
    spend: dict[str, list[float]] = defaultdict(list)
    visits: Counter[str] = Counter()
    for row in table:
        spend[row["segment"]].append(float(row["spend"]))
        visits[row["segment"]] += int(row["visit"])
    names = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
    found = read_proportions(*_split([Arm(s, len(spend[s]), visits[s]) for s in names]))
    values = (found.control_value, *(c.value for c in found.comparisons))
    assert values == pytest.approx((0.1062, 0.1828, 0.1514), abs=5e-5)
    assert found.refused is None
    assert [decide(found, name, smallest=0.02).verdict for name in names[1:]] == ["ship", "ship"]

    money = read_means(*_split([mean_arm(s, spend[s]) for s in names]))
    values = (money.control_value, *(c.value for c in money.comparisons))
    assert values == pytest.approx((0.65, 1.42, 1.08), abs=5e-3)
    gap = money.of("Mens E-Mail").difference
    oracle = CompareMeans(DescrStatsW(spend["Mens E-Mail"]), DescrStatsW(spend["No E-Mail"]))
    limits = oracle.tconfint_diff(alpha=1 - money.level, usevar="unequal")
    assert (gap.low, gap.high) == pytest.approx(limits, rel=1e-9)
    assert from_values(spend["No E-Mail"]).mean == pytest.approx(money.control_value)


def _split(arms: list[Arm]) -> tuple[Arm, list[Arm]]:
    return arms[0], arms[1:]
