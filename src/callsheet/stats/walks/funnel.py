"""Ordered and strict funnels: how far each run of rows gets, and when.

The rows of a run are walked in time order. For each step there is one chain: the one with the latest start that
reached the step (a later start has more of its window left, so it is never worse). An event tries its steps from
the last to the first, so that it serves one step of a chain. What comes out is the furthest chain; of several the
one that got there first, and of these the one that started last.

- The window counts from step 1, its bound included.
- Events of one moment convert in whatever order is best (`funnel_ties`).
- Strict: an event that is neither the step just taken again nor the next one ends the chain. Events of one moment
  are not between one another.
- An optional step is taken where it comes; the next step may follow an earlier one instead.
- An exclusion spoils the chain that waits at one of its steps. If the furthest chain is spoiled, the whole run
  counts nowhere, unless a fresh chain gets as far. At the moment of a step an exclusion does not count.

Source: the behaviour of PostHog's `aggregate_funnel`, save that ties are searched completely, and that what is no
step counts as usual at a moment without any step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsheet.stats.compiled import compiled

NONE = np.iinfo(np.int64).min
"""No moment."""
ALWAYS = 2**62
"""Later than every moment."""
Ints = NDArray[np.int64]


class Rules(NamedTuple):
    """What makes a funnel. `marks` of a row: bit k-1 for step k, then a bit for each exclusion.

    `spoils[e]` has bit k-1 set where exclusion e spoils chains that wait at step k. `optional` is a mask of steps.
    `named` is the step whose event must carry the label of the run, 0 for none.
    """

    steps: int
    window: int
    strict: bool
    optional: int
    spoils: Ints
    named: int


class Runs(NamedTuple):
    """Rows `[lo, hi)` that are walked as one; chains may start before the moment `until`."""

    lo: Ints
    hi: Ints
    label: Ints
    until: Ints


class Chains(NamedTuple):
    """One chain for each step (0: none taken yet), and in the last place the furthest one (`furthest[0]`;
    `furthest[1]` tells whether it took that step when it was spoiled already)."""

    start: Ints
    spoiled: NDArray[np.bool_]
    bits: Ints
    times: Ints
    furthest: Ints


def fresh(steps: int) -> Chains:
    """Return chains that have not begun."""
    return Chains(
        np.full(steps + 2, NONE, np.int64),
        np.zeros(steps + 2, np.bool_),
        np.zeros(steps + 2, np.int64),
        np.full((steps + 2, steps), NONE, np.int64),
        np.zeros(2, np.int64),
    )


@compiled
def before(step: int, now: int, rules: Rules, chains: Chains) -> int:
    """Return the step whose chain this step can follow now: the one before, or one before optional steps; else -1."""
    back = step - 1
    while chains.start[back] == NONE or now - chains.start[back] > rules.window:
        if back == 0 or not (rules.optional >> (back - 1)) & 1:
            return -1
        back -= 1
    return back


@compiled
def grow(step: int, back: int, taken: int, now: int, chains: Chains) -> None:
    """Let the chain of step `back` reach `step` by the steps `taken` (a mask) now."""
    last = len(chains.start) - 1
    furthest = chains.furthest[0]
    if step > furthest or (step == furthest and chains.spoiled[last]):
        chains.furthest[0], chains.furthest[1] = step, chains.spoiled[back]
        _copy(last, back, taken, now, chains)
    if not chains.spoiled[back]:
        _copy(step, back, taken, now, chains)


@compiled
def _copy(into: int, back: int, taken: int, now: int, chains: Chains) -> None:
    chains.start[into] = chains.start[back]
    chains.spoiled[into] = chains.spoiled[back]
    chains.bits[into] = chains.bits[back] | taken
    for k in range(chains.times.shape[1]):
        chains.times[into, k] = now if (taken >> k) & 1 else chains.times[back, k]


@compiled
def advance(step: int, now: int, named: bool, rules: Rules, chains: Chains) -> None:
    """Take a step if a chain can; `named` tells whether the event carries the label of the run."""
    back = before(step, now, rules, chains)
    if back < 0 or chains.start[step] == chains.start[back]:
        return
    if back == rules.named - 1 and not named:
        return
    grow(step, back, 1 << (step - 1), now, chains)


@compiled
def _spoil(exclusions: int, now: int, rules: Rules, chains: Chains) -> None:
    """Spoil the chains that wait where any of the exclusions (a mask) applies."""
    places = 0
    for e in range(len(rules.spoils)):
        if (exclusions >> e) & 1:
            places |= rules.spoils[e]
    last = len(chains.start) - 1
    for step in range(rules.steps, 1, -1):
        if not (places >> (step - 2)) & 1:
            continue
        back = before(step, now, rules, chains)
        if back < 0 or chains.start[step] == chains.start[back]:
            continue
        chains.spoiled[back] = True
        if chains.furthest[0] == back and now - chains.start[last] <= rules.window:
            chains.spoiled[last] = True


@compiled
def event(marks: int, now: int, named: bool, rules: Rules, chains: Chains) -> None:
    """Walk one event."""
    exclusions = marks >> rules.steps
    if exclusions:
        _spoil(exclusions, now, rules, chains)
    for step in range(rules.steps, 0, -1):
        if (marks >> (step - 1)) & 1:
            advance(step, now, named, rules, chains)
    if rules.strict:
        for step in range(1, rules.steps + 1):
            if not (marks >> (step - 1)) & 1:
                chains.start[step] = NONE
