"""Work side by side comes back in order, and what goes wrong comes out."""

from __future__ import annotations

import time
from threading import get_ident

import pytest

from callsheet.store.histories.threads import WORKERS, in_order


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_results_are_in_order(count: int) -> None:
    """Also where later ones are done earlier."""

    def do(number: int) -> int:
        time.sleep(0.002 if number % 3 == 0 else 0)
        return number * number

    assert list(in_order(do, iter(range(count)))) == [number * number for number in range(count)]


def test_a_single_piece_is_done_here_and_many_are_not() -> None:
    assert list(in_order(lambda _: get_ident(), [0])) == [get_ident()]
    if WORKERS > 1:
        assert get_ident() not in set(in_order(lambda _: get_ident(), range(20)))


def test_what_goes_wrong_comes_out_and_the_next_work_is_done() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda number: 1 // (number - 7), range(40)))
    assert list(in_order(abs, range(-5, 0))) == [5, 4, 3, 2, 1]


def test_few_are_begun_ahead() -> None:
    begun: list[int] = []
    found = in_order(lambda number: begun.append(number), range(1000))
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert len(begun) <= 2 * WORKERS + 2
