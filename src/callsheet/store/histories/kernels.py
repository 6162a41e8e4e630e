"""The hot loops of indexed histories. Positions are places of rows in sorted columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.compiled import compiled

Positions = NDArray[np.uint32]
Codes = NDArray[np.uint32]
Moments = NDArray[np.int64]
Marks = NDArray[np.uint64]
Wholes = NDArray[np.int64]
_SHORT = 24


@compiled
def less(moment: Moments, seq: Wholes, one: Any, other: Any) -> bool:
    """Whether row `one` comes before row `other`: by moment, then by order of arrival."""
    if moment[one] != moment[other]:
        return bool(moment[one] < moment[other])
    return bool(seq[one] < seq[other])


@compiled
def _insert_sort(order: Positions, low: int, high: int, moment: Moments, seq: Wholes) -> None:
    for place in range(low + 1, high):
        row, hole = order[place], place
        while hole > low and less(moment, seq, row, order[hole - 1]):
            order[hole] = order[hole - 1]
            hole -= 1
        order[hole] = row


@compiled
def _merge_runs(
    order: Positions, low: int, middle: int, high: int, moment: Moments, seq: Wholes, spare: Positions
) -> None:
    """Merge the sorted runs `[low, middle)` and `[middle, high)`."""
    if not less(moment, seq, order[middle], order[middle - 1]):
        return
    size = middle - low
    spare[:size] = order[low:middle]
    left, right, out = 0, middle, low
    while left < size and right < high:
        if less(moment, seq, order[right], spare[left]):
            order[out] = order[right]
            right += 1
        else:
            order[out] = spare[left]
            left += 1
        out += 1
    order[out : out + size - left] = spare[left:size]


@compiled
def sort_groups(order: Positions, starts: Wholes, moment: Moments, seq: Wholes) -> None:
    """Sort the rows of each group, `order[starts[g]:starts[g + 1]]`, by moment and order of arrival."""
    spare = np.empty(0, np.uint32)
    for group in range(len(starts) - 1):
        low, high = starts[group], starts[group + 1]
        sorted_until = low + 1
        while sorted_until < high and not less(moment, seq, order[sorted_until], order[sorted_until - 1]):
            sorted_until += 1
        if sorted_until >= high:
            continue
        for begin in range(low, high, _SHORT):
            _insert_sort(order, begin, min(begin + _SHORT, high), moment, seq)
        if len(spare) < high - low:
            spare = np.empty(2 * (high - low), np.uint32)
        width = _SHORT
        while width < high - low:
            for begin in range(low, high - width, 2 * width):
                _merge_runs(order, begin, begin + width, min(begin + 2 * width, high), moment, seq, spare)
            width *= 2


@compiled
def group_rows(codes: Codes, size: int) -> tuple[Wholes, Positions]:
    """Return (where each code's rows begin, the rows by code), rows of one code in their present order."""
    starts = np.zeros(size + 1, np.int64)
    for code in codes:
        starts[code + 1] += 1
    for code in range(size):
        starts[code + 1] += starts[code]
    following = starts[:-1].copy()
    order = np.empty(len(codes), np.uint32)
    for row in range(len(codes)):
        code = codes[row]
        order[following[code]] = row
        following[code] += 1
    return starts, order


@compiled
def draw(
    candidates: Positions, event: Any, moment: Moments, owner: Codes, units: Codes, carries: Marks, since: int, until: int,
    dead: NDArray[np.uint8], found: Positions, marks: Marks, unit: Codes, when: Moments,
) -> int:  # fmt: skip
    """Keep candidates in the span whose event carries a mark, with their units and moments; return how many. `dead` has
    a bit for each row that is gone, and no bytes when none is. What is not kept is written over: guessing which are
    would cost more."""
    count, mortal = 0, len(dead) > 0
    for place in range(len(candidates)):
        row = candidates[place]
        bits, now = carries[event[row]], moment[row]
        found[count], marks[count], unit[count], when[count] = row, bits, units[owner[row]], now
        keeps = (bits != 0) & (now >= since) & (now < until)
        if mortal and (dead[row >> 3] >> (row & 7)) & 1:
            keeps = False
        count += keeps
    return count


@compiled
def draw_posted(
    places: Positions, lists: NDArray[np.uint16], carried: Marks, postings: Positions, moment: Moments, owner: Codes,
    units: Codes, since: int, until: int, dead: NDArray[np.uint8], found: Positions, marks: Marks, unit: Codes, when: Moments,
) -> int:  # fmt: skip
    """As `draw`, for places in the lists of events, of which each says what its rows carry: what belongs to a list
    lies together. Keeps places, not rows."""
    count, mortal = 0, len(dead) > 0
    for one in range(len(places)):
        place = places[one]
        now = moment[place]
        found[count], marks[count], unit[count], when[count] = place, carried[lists[one]], units[owner[place]], now
        keeps = (now >= since) & (now < until)
        if mortal:
            row = postings[place]
            if (dead[row >> 3] >> (row & 7)) & 1:
                keeps = False
        count += keeps
    return count


@compiled
def in_rows(
    postings: Positions, spans: Wholes, low: int, high: int, places: Positions, lists: NDArray[np.uint16]
) -> None:
    """Write the places of these spans of postings in order of their rows, which are in `[low, high)`, and the list
    (the number of the span) that each is from."""
    slots = np.zeros(high - low, np.uint32)
    tags = np.zeros(high - low, np.uint16)
    for one in range(len(spans)):
        for place in range(spans[one, 0], spans[one, 1]):
            slots[postings[place] - low] = place
            tags[postings[place] - low] = one + 1
    count, most = 0, len(places)
    for slot in range(len(tags)):
        if count == most:
            break
        places[count], lists[count] = slots[slot], tags[slot] - 1
        count += tags[slot] != 0


@compiled
def restrict(
    look: Positions, codes: Any, allowed: Marks, rows: Positions, marks: Marks, unit: Codes, when: Moments
) -> int:
    """Take from each row the marks that its code (at `look`) does not allow, drop rows without any; return how many are
    left."""
    count = 0
    for place in range(len(rows)):
        bits = marks[place] & allowed[codes[look[place]]]
        rows[count], marks[count], unit[count], when[count] = rows[place], bits, unit[place], when[place]
        count += bits != 0
    return count


@compiled
def pick(rows: Positions, column: Any, found: Any) -> None:
    """Fill `found` with what the column holds at the rows."""
    for place in range(len(rows)):
        found[place] = column[rows[place]]


def picked(rows: Positions, column: NDArray[Any]) -> NDArray[Any]:
    """Return what the column holds at the rows."""
    found = np.empty(len(rows), column.dtype)
    pick(rows, column, found)
    return found


@compiled
def look_up(rows: Positions, codes: Any, table: Any, found: Any) -> None:
    """Fill `found` with what `table` says of each row's code."""
    for place in range(len(rows)):
        found[place] = table[codes[rows[place]]]


@compiled
def rows_of(codes: Codes, wanted: NDArray[np.bool_], found: Positions) -> int:
    """Write the rows whose code is wanted, ascending; return how many."""
    count = 0
    for row in range(len(codes)):
        if wanted[codes[row]]:
            found[count] = row
            count += 1
    return count


def places_of(postings: Positions, spans: Wholes, low: int, high: int) -> tuple[Positions, NDArray[np.uint16]]:
    """Return places in order of their rows, and the list that each is from; see `in_rows`."""
    if len(spans) == 1:
        places = np.arange(spans[0, 0], spans[0, 1], dtype=np.uint32)
        return places, np.zeros(len(places), np.uint16)
    sizes = spans[:, 1] - spans[:, 0]
    total = int(sizes.sum())
    if total * 16 > high - low:
        places, lists = np.empty(total, np.uint32), np.empty(total, np.uint16)
        in_rows(postings, spans, low, high, places, lists)
        return places, lists
    places = np.concatenate([np.zeros(0, np.uint32), *(np.arange(*span, dtype=np.uint32) for span in spans.tolist())])
    order = np.argsort(postings[places], kind="stable")
    return places[order], np.repeat(np.arange(len(spans), dtype=np.uint16), sizes)[order]


@compiled
def set_bits(bits: NDArray[np.uint8], rows: Positions) -> None:
    """Set the bit of each row."""
    for row in rows:
        bits[row >> 3] |= np.uint8(1 << (row & 7))


@compiled
def with_bit(rows: Positions, bits: NDArray[np.uint8], found: Positions) -> int:
    """Keep the rows whose bit is set, in their order; return how many."""
    count = 0
    for row in rows:
        if (bits[row >> 3] >> (row & 7)) & 1:
            found[count] = row
            count += 1
    return count


@compiled
def interleave(
    unit: Codes, moment: Moments, seq: Wholes, unit_2: Codes, moment_2: Moments, seq_2: Wholes, order: Wholes
) -> None:
    """Fill `order` with the merge of two sorted lists of rows; rows of the second are numbered after the first's."""
    one, other = 0, 0
    first, second = len(unit), len(unit_2)
    for place in range(first + second):
        if one == first:
            later = True
        elif other == second:
            later = False
        elif unit[one] != unit_2[other]:
            later = unit_2[other] < unit[one]
        elif moment[one] != moment_2[other]:
            later = moment_2[other] < moment[one]
        else:
            later = seq_2[other] < seq[one]
        order[place] = first + other if later else one
        other += later
        one += not later


@compiled
def active_days(
    unit: Codes, moment: Moments, starts: Wholes, shifts: Wholes, found_unit: Codes, found_day: NDArray[np.int32],
    found_count: Codes,
) -> int:  # fmt: skip
    """Count rows by unit and local day; rows are sorted by unit and moment. Return the number of pairs.

    `starts` and `shifts` are the stretches of constant offset from UTC, in microseconds.
    """
    day_long = 86_400_000_000
    pairs, stretch, last_unit = -1, 0, np.int64(-1)
    day_end, day = np.int64(0), np.int64(0)
    for row in range(len(unit)):
        now = moment[row]
        same = unit[row] == last_unit
        if same and now < day_end:
            found_count[pairs] += 1
            continue
        if not same:
            stretch = 0
        while stretch + 1 < len(starts) and now >= starts[stretch + 1]:
            stretch += 1
        local = now + shifts[stretch]
        this = local // day_long
        day_end = (this + 1) * day_long - shifts[stretch]
        if stretch + 1 < len(starts):
            day_end = min(day_end, starts[stretch + 1])
        if same and this == day:
            found_count[pairs] += 1
            continue
        pairs, day, last_unit = pairs + 1, this, np.int64(unit[row])
        found_unit[pairs], found_day[pairs], found_count[pairs] = unit[row], this, 1
    return pairs + 1


@compiled
def earliest(keys: Codes, moment: Moments, now: Codes, dead: NDArray[np.uint8], found: Moments) -> None:
    """Lower `found[unit]` to the unit's first moment; `now` gives the unit of a key."""
    mortal = len(dead) > 0
    for row in range(len(keys)):
        if mortal and (dead[row >> 3] >> (row & 7)) & 1:
            continue
        unit = now[keys[row]]
        if moment[row] < found[unit]:
            found[unit] = moment[row]


@compiled
def note(codes: Any, found: NDArray[np.bool_]) -> None:
    """Mark the codes that occur."""
    for code in codes:
        found[code] = True


@compiled
def tally(codes: Any, counts: Wholes) -> None:
    """Add one to the count of each row's code."""
    for code in codes:
        counts[code] += 1
