"""Paths: what units do after one another, step by step, from or to a place.

A path is the run of a unit's events without a pause of `gap` minutes; the same stop several times in a row is one.
Edges are counted as PostHog counts them: once for each path, by place in the path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from callsheet import charts
from callsheet.base.errors import BadInput, Conflict
from callsheet.charts import Option
from callsheet.model.history import Ask, History, Mark
from callsheet.usage.questions import common
from callsheet.usage.questions.buckets import Buckets
from callsheet.usage.questions.common import Asked, Clean, Column, Desk, Name, Strict, Table, Units
from callsheet.usage.questions.conditions import wheres
from callsheet.usage.questions.paths_along import Along
from callsheet.usage.questions.paths_flow import OTHER, Flow, flow, key_of
from callsheet.usage.questions.paths_names import bare, kept, renamed
from callsheet.usage.questions.reading import TRIES
from callsheet.usage.questions.spans import span_of
from callsheet.usage.questions.visits import same_rows

if TYPE_CHECKING:
    from callsheet.stats.walks.paths import Stops

PAGES = ("properties.$pathname", "properties.path", "properties.$current_url")
ENDS = "stops here"
"""Where a path goes that goes no further."""
SCREENS = ("properties.$screen_name", "properties.name")


class Question(Asked):
    """Which ways are taken. Stops are events by name, page views by the first of `pages` that they have, screens
    by the first of `screens`.

    `start_at` keeps paths that pass it, from its first time on; `end_at` those that pass it, up to its first time
    (the last `steps` stops). `clean` replaces parts of names by patterns, `groups` are wildcards ("/item/*") that
    take the names together that fit; both come before `exclude`, `start_at` and `end_at`. Of the edges that `least` to
    `most` paths took, the `limit` most frequent are shown, the rest as `other`. `along` tells only what lies around a
    step of a funnel; a path then goes on until a pause of the funnel's window.
    """

    kind: Literal["paths"] = "paths"
    events: tuple[Name, ...] = Field(default=(), max_length=100)
    exclude: tuple[Name, ...] = Field(default=(), max_length=200)
    pages: tuple[Name, ...] = Field(default=PAGES, max_length=4)
    screens: tuple[Name, ...] = Field(default=SCREENS, max_length=4)
    clean: tuple[Clean, ...] = Field(default=(), max_length=30)
    groups: tuple[Name, ...] = Field(default=(), max_length=50)
    start_at: Name = ""
    end_at: Name = ""
    steps: int = Field(default=5, ge=2, le=20)
    gap: int = Field(default=30, ge=1, le=1440)
    limit: int = Field(default=50, ge=1, le=500)
    least: int = Field(default=1, ge=1)
    most: int | None = Field(default=None, ge=1)
    along: Along | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.breakdown is not None:
            raise ValueError("paths have no breakdown; narrow them with where instead")
        if self.compare:
            raise ValueError("paths are not compared with the period before; ask for the earlier span itself")
        if self.most is not None and self.most < self.least:
            raise ValueError("most must not be below least")
        return self

    @property
    def pause(self) -> int:
        """The pause that begins a new path, in seconds."""
        return self.along.window.seconds if self.along else self.gap * 60


class Node(BaseModel):
    """A stop at one place of the paths: `key` is "<step>_<name>". `count` paths came by; `ended` of them, of
    `ended_units` units, went no further (not told of the last step, nor of the end asked for); `other` stands for all
    stops of the step that are not shown, and a stop named `...` for what was left out of the middle between start and
    end."""

    key: str
    step: int
    name: str
    count: int
    ended: int = 0
    ended_units: int = 0
    other: bool = False


class Edge(BaseModel):
    """From one stop to the next: how many paths, of how many units, in how many seconds in the mean; `share` is of
    the paths that came by the source."""

    source: str
    target: str
    count: int
    units: int
    mean_seconds: float | None = None
    share: float | None = None
    other: bool = False


class PathsAnswer(common.Answer):
    """The stops and ways between them. `paths` were walked by `units`. `hidden` ways are not shown; those from or to a
    stop that is not shown stand together as other."""

    kind: str = "paths"
    paths: int = 0
    units: int = 0
    hidden: int = 0
    nodes: list[Node] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)


class Cell(Strict):
    """Who went from `source` to `target` (keys of nodes). Without a target: whose path ended at the source; with
    `any`: who came by the source at all."""

    source: str = Field(max_length=4000)
    target: str = Field(default="", max_length=4000)
    any: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """The ways that units took; `sample` is how many rows were read, `names` gives units their names."""

    span: Buckets
    sample: int
    left_out: int
    names: Callable[[Iterable[int]], list[str]]
    flow: Flow


def _found(question: Question, desk: Desk) -> _Found:
    from callsheet.usage.questions.paths_pieces import Way

    span = span_of(question, desk)
    if question.along or _of_pages(question, desk):
        history, stop, names = _stops(question, span, desk)
        desk.cancelled()
        if question.along:
            stop[question.along.outside(question, history, desk)] = -1
        found = Way.of(question, names).whole(history, stop)
        del history, stop  # what is walked is as large again
    else:
        found = Way.pieces(question, _ask(question, span, desk, question.events, "event"), desk)
    desk.cancelled()
    times = (question.least, question.most or found.sample)
    ways = flow(found.pieces, found.names, question.limit, times)
    return _Found(span, found.sample, found.left_out, found.ids, ways)


def _of_pages(question: Question, desk: Desk) -> bool:
    """Whether there may be rows whose stops are named by their properties."""
    named = {event for event, fields in (("$pageview", question.pages), ("$screen", question.screens)) if fields}
    asked = named & set(question.events) if question.events else named
    return bool(asked) and any(name in asked for name, _ in desk.histories.events())


def _read(question: Question, span: Buckets, desk: Desk, events: tuple[str, ...], label: str) -> History:
    return desk.histories.read(_ask(question, span, desk, events, label))


def _ask(question: Question, span: Buckets, desk: Desk, events: tuple[str, ...], label: str) -> Ask:
    where = wheres(question.where, desk.near(span.since, span.until))
    return Ask((Mark(events),), span.since, span.until, question.unit, where, label)


def _stops(question: Question, span: Buckets, desk: Desk) -> tuple[History, NDArray[np.int32], list[str]]:
    """Return the rows, the stop of each (-1 where it is excluded) and the names of the stops.

    Names of pages take a reading of their own; where events arrived in between, all is read again.
    """
    for _ in range(TRIES):
        history = _read(question, span, desk, question.events, "event")
        desk.cancelled()
        places = {name: place for place, name in enumerate(history.labels)}
        stop = np.full(len(history), -1, np.int32) if history.label is None else history.label.copy()
        if all(
            _name(question, span, desk, event, fields, history, stop, places)
            for event, fields in (("$pageview", question.pages), ("$screen", question.screens))
            if event in history.labels
        ):
            stop, names = renamed(stop, list(places), question.clean, question.groups)
            return history, kept(names, question.exclude)[stop], names
    raise Conflict("Events arrive faster than they can be read.", "Ask again, or ask for a span that is over.")


def _name(
    question: Question, span: Buckets, desk: Desk, event: str, fields: tuple[str, ...], history: History,
    stop: NDArray[np.int32], places: dict[str, int],
) -> bool:  # fmt: skip
    """Name the stops of one event by the first of the fields that they have. False if the rows are not the same."""
    rows = np.flatnonzero(history.label == places[event])
    unnamed = np.ones(len(rows), np.bool_)
    for field in fields:
        told = _read(question, span, desk, (event,), field)
        desk.cancelled()
        if told.label is None or not same_rows(told, history, rows):
            return False
        named = np.array([places.setdefault(bare(one), len(places)) for one in told.labels], np.int32)
        fits = (told.label >= 0) & unnamed
        stop[rows[fits]] = named[told.label[fits]]
        unnamed &= ~fits
    return True


def answer(question: Question, desk: Desk) -> PathsAnswer:
    """Answer a question about paths. Only events inside the span are read."""
    found = _found(question, desk)
    ways, tally = found.flow, found.flow.tally
    nodes = [
        Node(key=key_of(key), step=key[0], name="other" if key[1] == OTHER else key[1], count=int(tally.counts[i]),
             ended=int(tally.ended[i]), ended_units=int(tally.quitters[i]), other=key[1] == OTHER)
        for i, key in enumerate(ways.keys)
    ]  # fmt: skip
    left_out = found.left_out
    return PathsAnswer(
        unit=question.unit, since=found.span.since, until=found.span.until, sample=found.sample,
        left_out=left_out,
        left_out_why=common.without(question.unit, left_out),
        notes=[_note(question)],
        paths=int(tally.paths), units=int(tally.units), hidden=ways.hidden,
        nodes=sorted(nodes, key=lambda node: (node.step, node.other, -node.count, node.name)),
        edges=_edges(ways, nodes),
    )  # fmt: skip


def _note(question: Question) -> str:
    if question.along:
        return "A path begins anew after a pause as long as the funnel's window."
    return f"A pause of {question.gap} minutes begins a new path."


def _edges(flow: Flow, nodes: list[Node]) -> list[Edge]:
    found = []
    for source, target, count, units, took in zip(*(column.tolist() for column in flow.ways), strict=True):
        one, two = nodes[source], nodes[target]
        if not (one.other or two.other or (source, target) in flow.shown):
            continue
        found.append(Edge(
            source=one.key, target=two.key, count=count, units=units, mean_seconds=took / count / 1e6,
            share=count / one.count, other=one.other or two.other,
        ))  # fmt: skip
    return sorted(found, key=lambda edge: (edge.other, -edge.count, edge.source, edge.target))


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units behind a way, a stop or an end; BadInput for a stop that is not in the answer."""
    found = _found(question, desk)
    ways = found.flow
    places = {key_of(key): place for place, key in enumerate(ways.keys)}
    for key in filter(None, (cell.source, cell.target)):
        if key not in places:
            raise BadInput(f"There is no stop {key!r} in the answer.", "Use the key of a node of the answer.")
    codes = [_behind(stops, ways.table[stops.node], cell, places) for stops in ways.pieces]
    return Units(question.unit, found.names(int(code) for code in np.concatenate(codes)))


def _behind(stops: Stops, node: NDArray[np.int32], cell: Cell, places: dict[str, int]) -> NDArray[np.uint32]:
    """Return the units of these stops that are meant by the cell; `node` is the place of each stop."""
    here = node == places[cell.source]
    if cell.target:
        came = np.zeros(len(here), np.bool_)
        came[1:] = here[:-1] & (stops.place[1:] > 0) & (node[1:] == places[cell.target])
        here = came
    elif not cell.any:
        here = here & stops.ended
    return np.unique(stops.unit[here])


def table(question: Question, answer: PathsAnswer) -> Table:
    """Return a row for each way, and for each stop where paths end (to ENDS); the most frequent first, other last."""
    who = common.plural(question.unit)
    columns = [
        Column(key="source", label="From"), Column(key="target", label="To"),
        Column(key="count", label="Paths"), Column(key="units", label=who.capitalize(), unit=who),
        Column(key="share", label="Of those at the stop", unit="share"),
        Column(key="mean_seconds", label="Mean time", unit="seconds"),
    ]  # fmt: skip
    keys = [column.key for column in columns]
    rows = [(edge.other, {key: getattr(edge, key) for key in keys}) for edge in answer.edges]
    rows += [
        (node.other, {"source": node.key, "target": ENDS, "count": node.ended, "units": node.ended_units,
                      "share": node.ended / node.count, "mean_seconds": None})
        for node in answer.nodes if node.ended
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[0], -row[1]["count"]))
    return Table(columns=columns, rows=[row for _, row in rows])


def chart(question: Question, answer: PathsAnswer) -> Option:  # noqa: ARG001
    """Draw the ways as bands."""
    nodes = [
        {"key": one.key, "name": one.name, "step": one.step, "count": one.count, "quiet": one.other}
        for one in answer.nodes
    ]
    return charts.sankey(nodes, [edge.model_dump() for edge in answer.edges], title="Paths")
