"""Walking funnels: what runs there are (one for each unit, or for each unit and label), and all of them walked."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from callsheet.model.history import History
from callsheet.stats.compiled import compiled
from callsheet.stats.walks.funnel import ALWAYS, NONE, Chains, Ints, Rules, Runs, event, fresh
from callsheet.stats.walks.funnel_calm import calm, easy
from callsheet.stats.walks.funnel_ties import mixed, tie
from callsheet.stats.walks.funnel_unordered import queues, unordered

Attribution = Literal["", "first", "last", "all", "step"]
SPOILED = -1
"""In place of steps: an exclusion came, and the chain went on."""


class Rows(NamedTuple):
    """What is walked: rows in the order of runs. `label` is -1 where a row has none."""

    unit: Ints
    moment: Ints
    marks: Ints
    label: Ints


class Reached(NamedTuple):
    """How far each run got: `bits` has bit k-1 set for step k, `times` the moments of the steps (NONE: not taken).

    Runs that count nowhere (never begun, or excluded) are left out. `bucket` is that of the entry, 0 without any.
    """

    unit: Ints
    label: Ints
    bits: Ints
    times: Ints
    bucket: Ints


def walk(
    history: History,
    rules: Rules,
    attribution: Attribution = "",
    *,
    any_order: bool = False,
    bounds: Ints | None = None,
) -> Reached:
    """Return how far each unit got, once for each label it counts under, and for each interval it entered in.

    Linear in the rows; with `bounds` (starts of intervals and the end of the last) each interval in which a unit
    takes step 1 is walked until its window has passed. Who went on in spite of an exclusion in one of them counts in
    the others only where they converted.
    """
    rows, runs = _runs(_rows(history, rules), rules, attribution, any_order)
    bucket = np.zeros(len(runs.lo), np.int64)
    if bounds is not None:
        runs, bucket = _entries(rows, runs, bounds, (1 << rules.steps) - 1 if any_order else 1)
    bits = np.zeros(len(runs.lo), np.int64)
    times = np.full((len(runs.lo), rules.steps), NONE, np.int64)
    if any_order:
        unordered(rows.moment, rows.marks, rows.label, runs, rules, queues(rules, len(history)), bits, times)
    else:
        hard = np.ones(len(runs.lo), np.bool_)
        if bounds is None and not rules.strict and not rules.optional and not rules.named:
            hard = easy(rows.moment, rows.marks, runs.lo, runs.hi, rules.steps, rules.window, bits, times)
        which = np.flatnonzero(hard)
        _walk(rows.moment, rows.marks, rows.label, which, runs, rules, fresh(rules.steps), bits, times)
    if bounds is not None:
        _withhold(rows.unit[runs.lo], runs.label, bits, rules.steps)
    kept = np.flatnonzero(bits > 0)
    return Reached(
        rows.unit[runs.lo[kept]], runs.label[kept], bits[kept], times[kept], bucket[kept],
    )  # fmt: skip


def _withhold(unit: Ints, label: Ints, bits: Ints, steps: int) -> None:
    """Clear the entries that did not convert of whoever, in any interval, took another step on a spoiled chain. As
    PostHog does."""
    if not (bits == SPOILED).any():
        return
    key = unit * (label.max(initial=0) + 2) + label + 1
    bits[np.isin(key, key[bits == SPOILED]) & ((bits < 0) | (bits >> (steps - 1) == 0))] = 0


def _rows(history: History, rules: Rules) -> Rows:
    """Return the rows; of their marks only those that steps and exclusions go by."""
    kept = (1 << rules.steps) - 1
    for e, places in enumerate(rules.spoils.tolist()):
        kept |= 1 << (rules.steps + e) if places else 0
    label = np.full(len(history), -1, np.int64) if history.label is None else history.label.astype(np.int64)
    return Rows(
        history.unit.astype(np.int64), history.moment, (history.marks & np.uint64(kept)).astype(np.int64), label
    )


def _runs(rows: Rows, rules: Rules, attribution: Attribution, any_order: bool) -> tuple[Rows, Runs]:
    """Return the runs, and the rows in their order."""
    if attribution == "all":
        order = np.lexsort((rows.label, rows.unit))
        rows = Rows(rows.unit[order], rows.moment[order], rows.marks[order], rows.label[order])
        lo, hi = _bounds(rows.unit * (rows.label.max(initial=0) + 2) + rows.label)
        return rows, _run(lo, hi, rows.label[lo])
    lo, hi = _bounds(rows.unit)
    if attribution == "step":
        wanted = (1 << rules.steps) - 1 if any_order else 1 << (rules.named - 1)
        place, label = _named(rows, lo, wanted)
        return rows, _run(lo[place], hi[place], label)
    if attribution:
        return rows, _run(lo, hi, _touched(rows.label, lo, hi, attribution == "last"))
    return rows, _run(lo, hi, np.full(len(lo), -1, np.int64))


def _run(lo: Ints, hi: Ints, label: Ints) -> Runs:
    return Runs(lo, hi, label, np.full(len(lo), ALWAYS, np.int64))


def _bounds(key: Ints) -> tuple[Ints, Ints]:
    """Return where stretches of the same key begin and end."""
    if not len(key):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    cuts = np.flatnonzero(key[1:] != key[:-1]).astype(np.int64) + 1
    return np.concatenate([np.zeros(1, np.int64), cuts]), np.append(cuts, len(key))


def _named(rows: Rows, lo: Ints, wanted: int) -> tuple[Ints, Ints]:
    """Return each pair of a unit (its place) and a label that the unit has on a row with a wanted mark."""
    fits = np.flatnonzero(rows.marks & wanted)
    width = int(rows.label.max(initial=0)) + 2
    place = np.searchsorted(lo, fits, side="right") - 1
    pairs = np.unique(place * width + rows.label[fits] + 1)
    return pairs // width, pairs % width - 1


@compiled
def _touched(label: Ints, lo: Ints, hi: Ints, last: bool) -> Ints:
    """Return the first (or last) label that each run has, -1 for none."""
    found = np.full(len(lo), -1, np.int64)
    for i in range(len(lo)):
        for j in range(hi[i] - lo[i]):
            row = hi[i] - 1 - j if last else lo[i] + j
            if label[row] >= 0:
                found[i] = label[row]
                break
    return found


def _entries(rows: Rows, runs: Runs, bounds: Ints, begins: int) -> tuple[Runs, Ints]:
    """Return each run once for each interval in which it has an event that begins a chain, from that event on."""
    found = _split(rows.moment, rows.marks, runs, bounds, begins)
    run, row, bucket = found[:, 0], found[:, 1], found[:, 2]
    return Runs(row, runs.hi[run], runs.label[run], bounds[bucket + 1]), bucket


@compiled
def _split(moment: Ints, marks: Ints, runs: Runs, bounds: Ints, begins: int) -> Ints:
    """Return (run, row, interval) of the first beginning in each interval of each run."""
    most = 0
    for i in range(len(runs.lo)):
        most += min(runs.hi[i] - runs.lo[i], len(bounds) - 1)
    found, n = np.empty((most, 3), np.int64), 0
    for i in range(len(runs.lo)):
        until = NONE
        for row in range(runs.lo[i], runs.hi[i]):
            if moment[row] < until or not marks[row] & begins:
                continue
            bucket = np.searchsorted(bounds, moment[row], side="right") - 1
            if bucket < 0 or bucket >= len(bounds) - 1:
                continue
            until = bounds[bucket + 1]
            found[n, 0], found[n, 1], found[n, 2] = i, _back(moment, row, runs.lo[i]), bucket
            n += 1
    return found[:n]


@compiled
def _walk(
    moment: Ints,
    marks: Ints,
    label: Ints,
    which: Ints,
    runs: Runs,
    rules: Rules,
    chains: Chains,
    bits: Ints,
    times: Ints,
) -> None:
    """Walk these runs; write their steps and moments; SPOILED for those whose spoiled chain took another step."""
    last = rules.steps + 1
    for i in which:
        for k in range(last + 1):
            chains.start[k], chains.spoiled[k] = NONE, False
        chains.furthest[0] = chains.furthest[1] = 0
        _one(moment, marks, label, i, runs, rules, chains)
        if chains.furthest[0] and chains.spoiled[last]:
            bits[i] = SPOILED if chains.furthest[1] else 0
        elif chains.furthest[0]:
            bits[i] = chains.bits[last]
            for k in range(rules.steps):
                times[i, k] = chains.times[last, k] if (bits[i] >> k) & 1 else NONE


@compiled
def _one(moment: Ints, marks: Ints, label: Ints, i: int, runs: Runs, rules: Rules, chains: Chains) -> None:
    hi, own, until = runs.hi[i], runs.label[i], runs.until[i]
    row, careful = _first(moment, marks, runs.lo[i], hi), rules.optional != 0
    while row < hi and chains.start[rules.steps] == NONE:
        if not careful:
            row = calm(moment, marks, label, row, hi, own, until, rules, chains)
            if row == hi or chains.start[rules.steps] != NONE:
                return
        if moment[row] - rules.window > until:
            return
        first = row
        row = _moment(moment, marks, label, row, hi, own, until, rules, chains)
        careful = careful or _any_excluded(marks, first, row, rules.steps)


@compiled
def _any_excluded(marks: Ints, lo: int, hi: int, steps: int) -> bool:
    found = False
    for row in range(lo, hi):
        found = found or marks[row] >> steps != 0
    return found


@compiled
def _first(moment: Ints, marks: Ints, lo: int, hi: int) -> int:
    """Return the first row of the first moment that has a step 1; nothing before it counts."""
    row = lo
    while row < hi and not marks[row] & 1:
        row += 1
    return _back(moment, row, lo) if row < hi else hi


@compiled
def _back(moment: Ints, row: int, lo: int) -> int:
    """Return the first row of the same moment."""
    while row > lo and moment[row - 1] == moment[row]:
        row -= 1
    return row


@compiled
def _moment(
    moment: Ints, marks: Ints, label: Ints, row: int, hi: int, own: int, until: int, rules: Rules, chains: Chains
) -> int:
    """Walk the rows of one moment, from `row` on; return the row after them."""
    now, end = moment[row], row + 1
    while end < hi and moment[end] == now:
        end += 1
    chains.start[0] = now if now < until else NONE
    if end - row > 1 and mixed(marks, row, end):
        tie(marks, label, row, end, now, own, rules, chains)
        return end
    for one in range(row, end):
        event(marks[one], now, label[one] == own, rules, chains)
    return end
