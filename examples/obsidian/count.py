"""Count what docs/usage-on-real-data.md says of Obsidian's plugins, with nothing of Callsheet: python count.py FOLDER.

Needs pyarrow, to read Parquet; everything is counted in plain Python.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from pyarrow import parquet

VERSIONS = ("0.5.56", "0.5.59", "0.5.61", "0.5.63", "0.5.64")
AFTER = (0, 7, 28)


def report(folder: Path) -> dict[str, Any]:
    """Return all counts by name."""
    plugins = _columns(folder / "plugin_downloads_daily.parquet", "day", "plugin", "downloads", "updated")
    missing = [at for at, row in enumerate(plugins, 1) if row[2] is None]
    return {
        "rows by plugin": len(plugins), "plugins": len({row[1] for row in plugins}), "without a count": len(missing),
        "the first of them": missing[:3],
        "never updated (0)": sum(row[3] == 0 for row in plugins), "no update known": sum(row[3] is None for row in plugins),
        "counts that fall": _falls(plugins), **_versions(folder),
    }  # fmt: skip


def _versions(folder: Path) -> dict[str, Any]:
    rows = _columns(folder / "top60_version_downloads_daily.parquet", "day", "plugin", "version", "downloads")
    weekly: dict[str, dict[str, int]] = defaultdict(dict)
    daily: dict[str, dict[date, int]] = {name: {} for name in VERSIONS}
    names, plugins = defaultdict(set), defaultdict(set)
    for day, plugin, version, downloads in rows:
        names[day[:7]].add(version)
        plugins[day[:7]].add(plugin)
        if plugin == "dataview" and version in VERSIONS:
            when = date.fromisoformat(day)
            daily[version][when] = downloads
            if day >= "2023-09-25":
                week = (when - timedelta(days=when.weekday())).isoformat()
                weekly[version][week] = max(weekly[version].get(week, 0), downloads)
    days = sorted({date.fromisoformat(row[0]) for row in rows})
    return {
        "rows by version": len(rows), "plugins and versions": len({row[1:3] for row in rows}),
        "days": len(days), "longest gap": max((b - a).days for a, b in pairwise(days)),
        "weekly": {name: weekly[name] for name in VERSIONS},
        "after days": {name: _after(counts) for name, counts in daily.items()},
        "versions by month": {month: len(found) for month, found in sorted(names.items())},
        "plugins by month": {month: len(found) for month, found in sorted(plugins.items())},
    }  # fmt: skip


def _after(counts: dict[date, int]) -> list[int | None]:
    """Return the count so many days after the first day; None where that day was not counted."""
    first = min(counts)
    return [counts.get(first + timedelta(days=days)) for days in AFTER]


def _falls(rows: list[tuple[Any, ...]]) -> int:
    last: dict[str, int] = {}
    found = 0
    for _, plugin, downloads, _ in sorted((row for row in rows if row[2] is not None), key=lambda row: row[0]):
        found += downloads < last.get(plugin, 0)
        last[plugin] = downloads
    return found


def _columns(file: Path, *names: str) -> list[tuple[Any, ...]]:
    table = parquet.read_table(file, columns=list(names))
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


if __name__ == "__main__":
    for name, value in report(Path(sys.argv[1])).items():
        print(f"{name}: {value}")
