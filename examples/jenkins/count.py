"""Count the share of installs that ran a version 1, 3 and 6 months after its release: python count.py FOLDER [VERSION ...].

Nothing of Callsheet; compare with the report `releases.uptake`.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

MONTHS = (1, 3, 6)


def report(folder: Path) -> dict[str, list[float | None]]:
    """Return the shares in percent by version; None after the last month counted."""
    counts: dict[str, dict[str, float]] = defaultdict(dict)
    totals: dict[str, float] = defaultdict(float)
    with (folder / "installs_by_core_version.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts[row["core_version"]][row["month"]] = float(row["installs"])
            totals[row["month"]] += float(row["installs"])
    with (folder / "releases.csv").open(encoding="utf-8", newline="") as file:
        released = {row["version"]: _month(row["created_at"]) for row in csv.DictReader(file)}
    return {
        version: [_share(counts[version], totals, _later(month, months)) for months in MONTHS]
        for version, month in released.items()
        if version in counts
    }


def _month(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m")


def _later(month: str, months: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{number // 12}-{number % 12 + 1:02d}"


def _share(counts: dict[str, float], totals: dict[str, float], month: str) -> float | None:
    return round(100 * counts.get(month, 0) / totals[month], 2) if month in totals else None


if __name__ == "__main__":
    found = report(Path(sys.argv[1]))
    for version in sys.argv[2:] or found:
        print(version, found[version])
