"""Count what docs/usage-on-real-data.md says of Sparkify, with nothing of Callsheet: python count.py FOLDER."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

Row = dict[str, Any]
DAY = 86_400_000


def rows_of(folder: Path) -> list[Row]:
    """Read all events, in order of their files."""
    files = sorted(folder.glob("*-events.json"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def by_person(rows: list[Row]) -> dict[str, list[Row]]:
    """Group the rows of people who were logged in, in order of time."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["userId"]:
            found[row["userId"]].append(row)
    return {who: sorted(each, key=lambda row: row["ts"]) for who, each in found.items()}


def funnel(people: dict[str, list[Row]], steps: list[dict[str, str]], days: int) -> list[int]:
    """Count who reaches each step: from every start on, always the next event that fits, within so many days."""
    reached = Counter[int]()
    for rows in people.values():
        starts = [at for at, row in enumerate(rows) if fits(row, steps[0])]
        best = max((_chain(rows, at, steps, days * DAY) for at in starts), default=0)
        reached.update(range(1, best + 1))
    return [reached[step] for step in range(1, len(steps) + 1)]


def _chain(rows: list[Row], start: int, steps: list[dict[str, str]], window: int) -> int:
    taken, limit = 1, rows[start]["ts"] + window
    for row in rows[start + 1 :]:
        if taken == len(steps) or row["ts"] > limit:
            break
        taken += fits(row, steps[taken])
    return taken


def fits(row: Row, wanted: dict[str, str]) -> bool:
    """Whether a row has these values."""
    return all(row[name] == value for name, value in wanted.items())


def day(row: Row) -> date:
    """The day (UTC) of a row."""
    return datetime.fromtimestamp(row["ts"] / 1000, UTC).date()


def monday(day_: date) -> date:
    """The first day of a day's week."""
    return day_ - timedelta(days=day_.weekday())


def songs(people: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Only the songs that people listened to."""
    return {who: [row for row in rows if row["page"] == "NextSong"] for who, rows in people.items()}


def retention(people: dict[str, list[Row]]) -> dict[str, list[int]]:
    """Count who listened in a week, and how many of them so many weeks later."""
    weeks = {who: {monday(day(row)) for row in rows} for who, rows in songs(people).items()}
    found = {}
    for start in sorted(set().union(*weeks.values())):
        later = [start + timedelta(weeks=k) for k in range(5)]
        found[start.isoformat()] = [sum({start, week} <= one for one in weeks.values()) for week in later]
    return found


def lifecycle(people: dict[str, list[Row]]) -> dict[str, Counter[str]]:
    """Count states by week; new is whoever registered in it."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    week = timedelta(weeks=1)
    for who, rows in songs(people).items():
        born = monday(datetime.fromtimestamp(people[who][0]["registration"] / 1000, UTC).date())
        active = {monday(day(row)) for row in rows}
        for one in active:
            state = "new" if one == born else "returning" if one - week in active else "resurrecting"
            found[one.isoformat()][state] += 1
            if one + week not in active:
                found[(one + week).isoformat()]["dormant"] -= 1
    return dict(sorted(found.items()))


def visits(people: dict[str, list[Row]]) -> tuple[int, int]:
    """Count visits told apart by half an hour's pause, and those of a single event."""
    lengths: list[int] = []
    for rows in people.values():
        before = -DAY
        for row in rows:
            if row["ts"] - before >= 1_800_000:
                lengths.append(0)
            lengths[-1] += 1
            before = row["ts"]
    return len(lengths), lengths.count(1)


def paths(people: dict[str, list[Row]]) -> Counter[str]:
    """Count what follows the first Upgrade of each run of pages without half an hour's pause; repeats are one."""
    found = Counter[str]()
    for rows in people.values():
        runs: list[list[str]] = []
        before = -DAY
        for row in rows:
            if row["ts"] - before >= 1_800_000:
                runs.append([])
            if not runs[-1] or runs[-1][-1] != row["page"]:
                runs[-1].append(row["page"])
            before = row["ts"]
        for run in runs:
            if "Upgrade" in run:
                rest = run[run.index("Upgrade") + 1 :]
                found[rest[0] if rest else "(end)"] += 1
    return found


def report(folder: Path) -> dict[str, Any]:
    """Return all counts by name."""
    rows = rows_of(folder)
    people = by_person(rows)
    known = [row for each in people.values() for row in each]
    played = [row for row in known if row["page"] == "NextSong"]
    levels = {level: [row for row in played if row["level"] == level] for level in ("free", "paid")}
    sessions: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in known:
        sessions[row["userId"], row["sessionId"]].append(row["ts"])
    lengths = [(max(moments) - min(moments)) / 1000 for moments in sessions.values()]
    pages = ["Home", "NextSong", "Upgrade", "Submit Upgrade"]
    leaving = [{"page": "NextSong", "level": "paid"}, {"page": "Downgrade"}, {"page": "Submit Downgrade"}]
    return {
        "rows": len(rows), "without a person": len(rows) - len(known), "people": len(people), "songs": len(played),
        "songs, paid": len(levels["paid"]), "songs, free": len(levels["free"]),
        "listeners, paid": len({row["userId"] for row in levels["paid"]}),
        "listeners, free": len({row["userId"] for row in levels["free"]}),
        "upgrade": funnel(people, [{"page": page} for page in pages], 14),
        "free to paid": funnel(people, [{"level": "free"}, {"level": "paid"}], 30),
        "downgrade": funnel(people, leaving, 30), "retention": retention(people),
        "lifecycle": {week: dict(states) for week, states in lifecycle(people).items()},
        "stickiness": _days_active(people), "sessions": len(sessions),
        "bounces": sum(len(moments) == 1 for moments in sessions.values()),
        "median seconds": median(lengths),
        "visits": visits(people), "after Upgrade": dict(paths(people).most_common()),
    }  # fmt: skip


def _days_active(people: dict[str, list[Row]]) -> dict[int, int]:
    days = Counter(len({day(row) for row in rows}) for rows in songs(people).values() if rows)
    return dict(sorted(days.items()))


if __name__ == "__main__":
    for name, value in report(Path(sys.argv[1])).items():
        print(f"{name}: {value}")
