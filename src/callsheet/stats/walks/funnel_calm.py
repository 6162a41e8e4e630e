"""The quick way through a funnel's ordinary rows: each alone in its moment, with steps only, none optional.

The same rules as `funnel.event`, in one loop over plain arrays: calls and the counting of references would cost
ten times the work itself.
"""

from __future__ import annotations

from callsheet.stats.compiled import compiled
from callsheet.stats.walks.funnel import NONE, Chains, Ints, Rules


@compiled
def calm(
    moment: Ints, marks: Ints, label: Ints, row: int, hi: int, own: int, until: int, rules: Rules, chains: Chains
) -> int:
    """Walk rows from `row` on, up to the first that needs care or the end of the run; return where that is.

    Not for optional steps, nor once a chain of the run was spoiled.
    """
    start, bits, times, steps, window = chains.start, chains.bits, chains.times, rules.steps, rules.window
    every, named, furthest = (1 << steps) - 1, rules.named, chains.furthest[0]
    while row < hi and start[steps] == NONE:
        now, wanted = moment[row], marks[row]
        if wanted > every or (row + 1 < hi and moment[row + 1] == now):
            break
        if now - window > until:
            row = hi
            break
        start[0] = now if now < until else NONE
        for step in range(steps, 0, -1):
            since = start[step - 1]
            if not (wanted >> (step - 1)) & 1 or since == NONE or now - since > window or start[step] == since:
                continue
            if step == named and label[row] != own:
                continue
            start[step], bits[step] = since, (1 << step) - 1
            _follow(times, step, step, now)
            if step > furthest:
                furthest = step
                start[steps + 1], bits[steps + 1] = since, bits[step]
                _follow(times, step, steps + 1, now)
        if rules.strict:
            _clear(start, wanted, steps)
        row += 1
    chains.furthest[0] = furthest
    return row


@compiled
def _follow(times: Ints, step: int, into: int, now: int) -> None:
    for k in range(step - 1):
        times[into, k] = times[step - 1, k]
    times[into, step - 1] = now


@compiled
def _clear(start: Ints, wanted: int, steps: int) -> None:
    for step in range(1, steps + 1):
        if not (wanted >> (step - 1)) & 1:
            start[step] = NONE
