"""Places in the queue of questions: who goes away leaves theirs, and not everybody is remembered."""

from __future__ import annotations

import threading
import time

import pytest

from callsheet.base.config import UsageSettings
from callsheet.base.errors import Stopped
from callsheet.usage.questions import turns
from callsheet.usage.questions.limits import Asks
from callsheet.usage.questions.turns import Group

LIMITS = UsageSettings()


def link(name: str, most: int = 4) -> Group:
    return Group(f"link {name}", most)


def test_who_goes_away_leaves_the_place_to_others_at_once() -> None:
    """Else somebody who asks again and again would wait behind all that nobody waits for any more."""
    asks, gate, order = Asks(1), threading.Event(), list[str]()
    first = asks.run(lambda _: gate.wait(10), "shared", LIMITS, "", (link("b"),))
    gone = [asks.run(lambda _: order.append("gone"), "shared", LIMITS, "", (link("a", 2),)) for _ in range(2)]
    for one in gone:
        one.give_up()
        with pytest.raises(Stopped, match="taken back"):
            one.future.result(0)
    asks.run(lambda _: order.append("stays"), "shared", LIMITS, "", (link("a", 2),))
    first.give_up()
    gate.set()
    assert first.future.result(10), "what is under way comes to its end"
    for _ in range(1000):
        if not asks.under_way():
            break
        time.sleep(0.01)
    assert order == ["stays"]
    assert asks._turns._places == []


def test_of_many_links_only_the_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_REMEMBERED", 3)
    queue, began = turns.Turns(1), list[str]()
    first = queue.join(lambda: None)
    for name in ("a", "b", "c", "d", "a", "e"):
        waiting = queue.join(lambda: None, (link(name),))
        queue.leave(first)
        first = waiting
    assert list(queue._served) == ["link d", "link a", "link e"]
    places = [queue.join(lambda name=name: began.append(name), (link(name),)) for name in ("e", "a", "b")]  # type: ignore[misc]
    for one in (first, places[2], places[1], places[0]):
        queue.leave(one)
    assert began == ["b", "a", "e"]
    assert queue._served == {}
