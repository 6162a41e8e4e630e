"""Unordered funnels: how many of the steps are taken within one window, in whatever order.

Each step keeps its events of the current window, oldest first. An event goes to that of its steps that has waited
longest. Before an event outside of the window comes in, what was complete is noted and the oldest is dropped.
The times are those of the first event of each step. An exclusion forgets all events before it; the unit still
counts at step 1, by its first event.

Source: the behaviour of PostHog's `aggregate_funnel`, where a unit with nothing after the exclusion drops out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from callsheet.stats.compiled import compiled
from callsheet.stats.walks.funnel import NONE, Ints, Rules, Runs


class Queues(NamedTuple):
    """For each step the rows that wait, as linked lists; `filled[0]` is the number of steps that have any."""

    head: Ints
    tail: Ints
    following: Ints
    filled: Ints


def queues(rules: Rules, rows: int) -> Queues:
    """Return queues in which nothing waits."""
    none, following = np.full((2, rules.steps), -1, np.int64), np.full(rows, -1, np.int64)
    return Queues(none[0], none[1], following, np.zeros(1, np.int64))


@compiled
def unordered(
    moment: Ints, marks: Ints, label: Ints, runs: Runs, rules: Rules, queues: Queues, bits: Ints, times: Ints
) -> None:
    """Write for each run the steps reached (bits 0 to k-1 for any k steps) and the moments they were, in order."""
    for i in range(len(runs.lo)):
        _forget(queues)
        bits[i] = _one(moment, marks, label, i, runs, rules, queues, times[i])


@compiled
def _one(moment: Ints, marks: Ints, label: Ints, i: int, runs: Runs, rules: Rules, queues: Queues, times: Ints) -> int:
    """Walk one run; return its bits."""
    every, most = (1 << rules.steps) - 1, 0
    for row in range(runs.lo[i], runs.hi[i]):
        most = _leave(moment, moment[row] - rules.window, most, queues, times)
        oldest = _oldest(moment, queues)
        if (oldest < 0 and moment[row] >= runs.until[i]) or (oldest >= 0 and moment[oldest] >= runs.until[i]):
            return (1 << most) - 1
        wanted = marks[row] & every
        if not wanted:
            if _is_excluded(marks[row] >> rules.steps, rules):
                most = _exclude(moment, most, queues, times)
            continue
        if rules.named and queues.filled[0] == rules.named - 1 and label[row] != runs.label[i]:
            continue
        _join(row, wanted, moment, queues)
        if queues.filled[0] == rules.steps:
            break
    return (1 << _note(moment, most, queues, times)) - 1


@compiled
def _is_excluded(exclusions: int, rules: Rules) -> bool:
    found = False
    for e in range(len(rules.spoils)):
        found = found or ((exclusions >> e) & 1 and rules.spoils[e]) != 0
    return found


@compiled
def _exclude(moment: Ints, most: int, queues: Queues, times: Ints) -> int:
    """Forget what waits; what has begun stays at step 1."""
    oldest = _oldest(moment, queues)
    if most == 0 and oldest >= 0:
        times[0] = moment[oldest]
        most = 1
    _forget(queues)
    return most


@compiled
def _forget(queues: Queues) -> None:
    for step in range(len(queues.head)):
        queues.head[step] = queues.tail[step] = -1
    queues.filled[0] = 0


@compiled
def _oldest(moment: Ints, queues: Queues) -> int:
    """Return the row that has waited longest, -1 for none."""
    found = -1
    for row in queues.head:
        if row >= 0 and (found < 0 or moment[row] < moment[found]):
            found = row
    return found


@compiled
def _leave(moment: Ints, since: int, most: int, queues: Queues, times: Ints) -> int:
    """Drop rows before `since`, one by one, having noted what was complete before each."""
    row = _oldest(moment, queues)
    while row >= 0 and moment[row] < since:
        most = _note(moment, most, queues, times)
        _drop(row, queues)
        row = _oldest(moment, queues)
    return most


@compiled
def _drop(row: int, queues: Queues) -> None:
    """Take a row, the first of its step, out of what waits."""
    for step in range(len(queues.head)):
        if queues.head[step] != row:
            continue
        queues.head[step] = queues.following[row]
        if queues.head[step] < 0:
            queues.tail[step] = -1
            queues.filled[0] -= 1


@compiled
def _note(moment: Ints, most: int, queues: Queues, times: Ints) -> int:
    """Keep the moments of what is complete now, if it is more than before."""
    if queues.filled[0] <= most:
        return most
    n = 0
    for row in queues.head:
        if row < 0:
            continue
        k = n
        while k > 0 and times[k - 1] > moment[row]:
            times[k] = times[k - 1]
            k -= 1
        times[k] = moment[row]
        n += 1
    return n


@compiled
def _join(row: int, wanted: int, moment: Ints, queues: Queues) -> None:
    """Let the row wait at that of its steps whose last event is the longest ago."""
    best, since = -1, 0
    for step in range(len(queues.head)):
        if not (wanted >> step) & 1:
            continue
        latest = moment[queues.tail[step]] if queues.tail[step] >= 0 else NONE
        if best < 0 or latest < since:
            best, since = step, latest
    queues.following[row] = -1
    if queues.tail[best] < 0:
        queues.head[best] = row
        queues.filled[0] += 1
    else:
        queues.following[queues.tail[best]] = row
    queues.tail[best] = row
