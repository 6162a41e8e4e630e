"""Values of breakdowns as people read them: what is told of sessions in times and words, all else as it is."""

from __future__ import annotations

import re
from datetime import datetime

from callsheet.store.histories.conditions import amount

_SIZES = ((86_400, "d"), (3600, "h"), (60, "min"))
_RANGE = re.compile(r"\[([^,\]]+),([^,\]]+)\]")
_BOUNCED = {"0": "did not bounce", "1": "bounced"}


def worded(field: str, value: str) -> str:
    """Return a value of a field, or a range of its values, in words that no other value of it has."""
    if field == "session.bounced":
        return _BOUNCED.get(value, value)
    if field in ("session.began", "session.ended"):
        return _moment(value)
    if field not in ("session.duration", "session.events", "session.pageviews"):
        return value
    shown = _length if field == "session.duration" else str
    ends = _RANGE.fullmatch(value)
    return " to ".join(map(shown, _rounded(ends[1], ends[2]))) if ends else shown(value)


def _moment(value: str) -> str:
    """Return a day or an hour as "2 Nov 2026", "2 Nov 2026, 13:00"."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{found.day} {found:%b %Y}" + (f", {found:%H:%M}" if ":" in value else "")


def _rounded(least: str, most: str) -> tuple[str, str]:
    """Return the ends of a range, without decimals where it is wide enough to be the only one with such ends."""
    wide = amount(most) - amount(least) >= _SIZES[-1][0]
    return (f"{amount(least):.0f}", f"{amount(most):.0f}") if wide else (least, most)


def _length(seconds: str) -> str:
    """Return seconds as "1 h 2 min 3 s", exactly; what is no number of them as it is."""
    left = amount(seconds)
    if not left >= 0 or left == float("inf"):
        return seconds
    parts = []
    for size, unit in _SIZES:
        count, left = divmod(left, size)
        parts += [f"{count:.0f} {unit}"] if count else []
    rest = f"{left:.6f}".rstrip("0").rstrip(".")
    return " ".join([*parts, f"{rest} s"] if rest != "0" or not parts else parts)
