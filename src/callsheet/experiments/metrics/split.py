"""Whether the split that was planned happened: overall, by segment, by day, and where the gap is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from callsheet.base.text import joined, short_day
from callsheet.experiments.metrics.data import Cell
from callsheet.stats.srm import SampleRatio, sample_ratio
from callsheet.stats.tails import p_text


@dataclass(frozen=True, slots=True)
class Split:
    """The split of all units, of each segment and of each day; `cause` says in words where the gap is."""

    overall: SampleRatio
    segments: dict[str, SampleRatio]
    days: dict[date, SampleRatio]
    cause: str


def split_of(cells: Sequence[Cell], arms: Sequence[str], weights: Sequence[float], limit: float) -> Split:
    """Test the split by chi-square or exactly; slices against the limit divided by their number."""

    def ratio(some: Sequence[Cell], tests: int = 1) -> SampleRatio:
        sizes = [sum(cell.n for cell in some if cell.arm == arm) for arm in arms]
        return sample_ratio(sizes, weights, limit / max(1, tests))

    overall = ratio(cells)
    by_segment, by_day = _by(cells, lambda cell: cell.segment), _by(cells, lambda cell: cell.day)
    segments = {key: ratio(some, len(by_segment)) for key, some in by_segment.items()}
    days = {key: ratio(some, len(by_day)) for key, some in by_day.items() if key is not None}
    cause = "" if overall.ok else _cause(cells, segments, days, ratio)
    return Split(overall, segments, days, cause)


def _by(cells: Sequence[Cell], key: Callable[[Cell], Any]) -> dict[Any, list[Cell]]:
    found: dict[Any, list[Cell]] = {}
    for cell in cells:
        found.setdefault(key(cell), []).append(cell)
    return dict(sorted(found.items(), key=lambda item: (item[0] is None, item[0])))


def _cause(
    cells: Sequence[Cell], segments: dict[str, SampleRatio], days: dict[date, SampleRatio],
    ratio: Callable[..., SampleRatio],
) -> str:  # fmt: skip
    bad = [name for name, one in segments.items() if not one.ok]
    if bad and len(segments) > 1 and len(bad) < len(segments):
        inside = [cell for cell in cells if cell.segment in bad]
        rest = ratio([cell for cell in cells if cell.segment not in bad])
        by_day = _by(inside, lambda cell: cell.day)
        off = [key for key, some in by_day.items() if key is not None and not ratio(some, len(by_day)).ok]
        seen = " against ".join(f"{n:,}" for n in ratio(inside).observed)
        share = "All of the gap is" if rest.ok else "Most of the gap is"
        names = joined([name or "no segment" for name in bad])
        tail = f"; without it the split is as planned ({p_text(rest.log_p)})." if rest.ok else "."
        return f"{share} on {names}{_when(off, list(days))}: {seen}{tail}"
    off = [key for key, one in days.items() if not one.ok]
    if off and len(off) < len(days):
        return f"The gap shows{_when(off, list(days))}."
    return "No single segment or day explains it: look at redirects, filters of robots and late logging."


def _when(off: Sequence[date], days: Sequence[date]) -> str:
    """` of the last 5 days`, ` since 17 November`, ` on 3 November and 5 November`, or nothing."""
    if not off:
        return ""
    if len(off) > 1 and list(off) == list(days)[-len(off) :]:
        return f" of the last {len(off)} days"
    if off[-1] == days[-1] and len(off) > 1:
        return f" since {short_day(off[0])}"
    return f" on {joined([short_day(one) for one in off])}"
