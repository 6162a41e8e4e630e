"""Cumulative flow: how many items stand in each state, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callsheet.charts import parts
from callsheet.charts.parts import Note, Option
from callsheet.charts.points import Lines, drawable, points
from callsheet.charts.stacked_area import layered

FLOW = ("@ink-3/22", "@accent/22", "@accent/42", "@accent/62", "@accent/82", "@violet/60")


def cfd(
    states: Lines,
    *,
    title: str,
    unit: str = "items",
    notes: Sequence[Note] = (),
    done: str = "",
    tones: Mapping[str, str] | None = None,
) -> Option:
    """States in the order of work (first to last), name -> points of the items in it at the day's end.

    The last state lies at the bottom, so that the top edge is what arrived and each edge below is what had
    come at least so far: the height of a band is its work in progress, the width between edges its time.
    `done` names the finished state (default: the last), drawn quietly.
    """
    read = {name: points(raw, unit) for name, raw in reversed(list(states.items()))}
    if not drawable(read):
        return parts.empty("cfd", title)
    finished = done or next(iter(read))
    active = [name for name in read if name != finished]
    colours = {finished: "@good/28"}
    for i, name in enumerate(reversed(active)):
        colours[name] = FLOW[min(i, len(FLOW) - 1)]
    return layered("cfd", read, colours | dict(tones or {}), title=title, unit=unit, notes=notes)
