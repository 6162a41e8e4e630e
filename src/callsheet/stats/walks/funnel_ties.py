"""Events of one moment in a funnel: the best order of them counts, each serving one step.

Where each event is of one step, taking them in step order is best. Where an event could serve several, the steps
that follow a chain are given events by augmenting paths: as many in a row as can be had by distinct events.
Source: Kuhn (1955), the assignment of rows to columns one by one.
"""

from __future__ import annotations

import numpy as np

from callsheet.stats.compiled import compiled
from callsheet.stats.walks.funnel import NONE, Chains, Ints, Rules, advance, event, grow


@compiled
def mixed(marks: Ints, lo: int, hi: int) -> bool:
    """Whether the events `[lo, hi)` differ in what they are."""
    found = False
    for row in range(lo + 1, hi):
        found = found or marks[row] != marks[lo]
    return found


@compiled
def tie(marks: Ints, label: Ints, lo: int, hi: int, now: int, own: int, rules: Rules, chains: Chains) -> None:
    """Walk events `[lo, hi)` of one moment that differ. Exclusions and strictness do not count within a moment,
    except that exclusions without any step beside them do."""
    wants, any_step, several = _wants(marks, label, lo, hi, own, rules)
    if not any_step:
        for row in range(lo, hi):
            event(marks[row], now, True, rules, chains)
    elif several:
        _assign(wants, now, rules, chains)
    else:
        every = 0
        for wanted in wants:
            every |= wanted
        for step in range(1, rules.steps + 1):
            if (every >> (step - 1)) & 1:
                advance(step, now, True, rules, chains)


@compiled
def _wants(marks: Ints, label: Ints, lo: int, hi: int, own: int, rules: Rules) -> tuple[Ints, bool, bool]:
    """Return the steps that each event may serve; whether any is a step at all; whether any may serve several."""
    wants, any_step, several = np.zeros(hi - lo, np.int64), False, False
    for i in range(hi - lo):
        wanted = marks[lo + i] & ((1 << rules.steps) - 1)
        any_step = any_step or wanted != 0
        if rules.named and label[lo + i] != own:
            wanted &= ~(1 << (rules.named - 1))
        wants[i] = wanted
        several = several or (wanted & (wanted - 1)) != 0
    return wants, any_step, several


@compiled
def _assign(wants: Ints, now: int, rules: Rules, chains: Chains) -> None:
    """Let every chain go as far as distinct events take it; the one that started last is preferred. A spoiled chain is
    followed only where no fresh one takes its place."""
    size = rules.steps + 1
    base, taken = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    for spoiled in (False, True):
        for back in range(rules.steps):
            begun = chains.start[back] != NONE and now - chains.start[back] <= rules.window
            renewed = spoiled and base[back] >= 0
            if begun and not renewed and chains.spoiled[back] == spoiled:
                _follow(back, wants, rules, base, taken)
    for step in range(rules.steps, 0, -1):
        back = base[step]
        if back >= 0 and chains.start[step] != chains.start[back]:
            grow(step, back, taken[step], now, chains)


@compiled
def _follow(back: int, wants: Ints, rules: Rules, base: Ints, taken: Ints) -> None:
    """Note for each step that can be reached from step `back` that it can, and by which steps."""
    owner, seat = np.zeros(len(wants), np.int64), np.full(rules.steps + 1, -1, np.int64)
    steps = 0
    for step in range(back + 1, rules.steps + 1):
        if _seat(step, wants, owner, seat):
            steps |= 1 << (step - 1)
            if base[step] < 0:
                base[step], taken[step] = back, steps
        elif not (rules.optional >> (step - 1)) & 1:
            return


@compiled
def _seat(step: int, wants: Ints, owner: Ints, seat: Ints) -> bool:
    """Give the step an event of its own, moving other steps to other events; False if there is no way."""
    came = np.zeros(len(wants), np.int64)
    queue, head, tail = np.zeros(len(seat) + 1, np.int64), 0, 1
    queue[0] = step
    while head < tail:
        current = queue[head]
        head += 1
        for i in range(len(wants)):
            if came[i] or not (wants[i] >> (current - 1)) & 1:
                continue
            came[i] = current
            if owner[i] == 0:
                _move(i, step, came, owner, seat)
                return True
            queue[tail] = owner[i]
            tail += 1
    return False


@compiled
def _move(i: int, step: int, came: Ints, owner: Ints, seat: Ints) -> None:
    while True:
        current = came[i]
        freed = seat[current]
        owner[i], seat[current] = current, i
        if current == step:
            return
        i = freed
