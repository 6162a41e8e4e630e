"""Uptake and releases of a real product, against sums made another way."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from callsheet.base.time import Period, parse_moment
from callsheet.metrics.reader import reading
from callsheet.store.workspace import Workspace

DATA = Path(__file__).parents[3] / "shared" / "data" / "jenkins"
EVER = Period(datetime(2000, 1, 1), datetime(2022, 1, 1))


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the public data set is not here")
def test_uptake_of_a_real_product(workspace: Workspace) -> None:
    """2.176.2 came out in July 2019; its share of August, October and January by plain sums over the file."""
    counts: dict[tuple[str, str], float] = defaultdict(float)
    totals: dict[str, float] = defaultdict(float)
    for row in rows("installs_by_core_version.csv"):
        counts[row["core_version"], row["month"]] += float(row["installs"])
        totals[row["month"]] += float(row["installs"])
    expected = [100 * counts["2.176.2", month] / totals[month] for month in ("2019-08", "2019-10", "2020-01")]
    with workspace.facts.batch("test", "rows") as batch:
        batch.merge("releases", [
            {"release_id": f"{row['line']}-{row['version']}", "version": row["version"], "line": row["line"],
             "released_at": parse_moment(row["created_at"])}
            for row in rows("releases.csv")
        ])  # fmt: skip
        batch.merge("measures", [
            {"series": "installs_by_core_version", "item": row["core_version"], "amount": float(row["installs"]),
             "measured_at": parse_moment(row["month"])}
            for row in rows("installs_by_core_version.csv")
        ])  # fmt: skip
    with reading(workspace) as reader:
        found = reader.report("releases.uptake", EVER)
        lead = reader.value("releases.lead", EVER)
    row = next(row for row in found.rows if row["version"] == "2.176.2")
    assert [row["month1"], row["month3"], row["month6"]] == pytest.approx(expected, abs=0.006)
    assert found.sample + found.left_out == 713
    assert lead.amount is not None
    assert 5 < lead.amount < 9  # a weekly line makes most of the gaps
