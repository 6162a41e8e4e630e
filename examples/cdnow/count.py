"""Count what docs/usage-on-real-data.md says of CDNOW, with nothing of Callsheet: python count.py FOLDER."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Purchase = tuple[datetime, int, float]
LATER = 16


def purchases(folder: Path) -> dict[str, list[Purchase]]:
    """Read the purchases of each customer, in the order of days and, within a day, of the file."""
    found: dict[str, list[Purchase]] = defaultdict(list)
    for line in (folder / "CDNOW_master.txt").read_text(encoding="ascii").splitlines()[1:]:
        who, day, discs, dollars = line.split()
        found[who].append((datetime.strptime(day, "%Y%m%d"), int(discs), float(dollars)))
    return {who: sorted(each, key=lambda one: one[0]) for who, each in found.items()}


def month(when: datetime) -> int:
    """Number a month, January 1997 being 0."""
    return (when.year - 1997) * 12 + when.month - 1


def report(folder: Path) -> dict[str, Any]:
    """Return all counts by name."""
    people = purchases(folder)
    every = [one for each in people.values() for one in each]
    months = {who: {month(one[0]) for one in each} for who, each in people.items()}
    cohorts: dict[int, list[int]] = {}
    for start in range(3):
        mine = [one for one in months.values() if min(one) == start]
        cohorts[start] = [sum(start + later in one for one in mine) for later in range(LATER)]
    return {
        "customers": len(people), "purchases": len(every), "discs": sum(one[1] for one in every),
        "dollars": round(sum(one[2] for one in every), 2),
        "purchases by month": [sum(month(one[0]) == k for one in every) for k in range(18)],
        "buyers by month": [sum(k in one for one in months.values()) for k in range(18)],
        "dollars by month": [round(sum(one[2] for one in every if month(one[0]) == k), 2) for k in range(18)],
        "retention": cohorts, "lifecycle": lifecycle(months),
        "months active": dict(sorted(Counter(map(len, months.values())).items())),
        "bought once": sum(len(each) == 1 for each in people.values()),
        "no other day in 39 weeks": _no_repeat(people), "twice, thrice within 90 days": _again(people),
    }  # fmt: skip


def lifecycle(months: dict[str, set[int]]) -> dict[str, list[int]]:
    """Count states by month; a customer is new in the month of the first purchase."""
    found = {state: [0] * 18 for state in ("new", "returning", "resurrecting", "dormant")}
    for mine in months.values():
        for one in mine:
            state = "new" if one == min(mine) else "returning" if one - 1 in mine else "resurrecting"
            found[state][one] += 1
            if one + 1 not in mine and one < 17:
                found["dormant"][one + 1] -= 1
    return found


def _no_repeat(people: dict[str, list[Purchase]]) -> int:
    end = datetime(1997, 10, 1)
    return sum(len({day for day, _, _ in each if day < end}) == 1 for each in people.values())


def _again(people: dict[str, list[Purchase]]) -> list[int]:
    window, reached = timedelta(days=90), [len(people), 0, 0]
    for each in people.values():
        days = [one[0] for one in each]
        for more in (1, 2):
            reached[more] += any(later - first <= window for first, later in zip(days, days[more:], strict=False))
    return reached


if __name__ == "__main__":
    for name, value in report(Path(sys.argv[1])).items():
        print(f"{name}: {value}")
