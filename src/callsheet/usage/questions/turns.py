"""Whose turn it is: so many at once, and among those who wait the one whose kind was served longest ago."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callsheet.base.errors import TooManyTries

MOST_REMEMBERED = 1000
"""Groups of which is known when they were served; those served longest ago go first, as those that never were."""


@dataclass(frozen=True, slots=True)
class Group:
    """Those who share something, such as a link or an address: `most` of them may wait or be under way at once."""

    name: str
    most: int


@dataclass(slots=True, eq=False)
class Place:
    """A place in the queue. `begin` is called when its turn has come. Nobody waits for the answer of a `leisurely` one."""

    begin: Callable[[], object]
    groups: tuple[Group, ...]
    number: int
    leisurely: bool = False
    under_way: bool = False


class Turns:
    """A queue with `at_once` places in front. Of those who wait, the one goes first whose first group was served longest
    ago, then by its second, and so on; among equals who came first. So nobody with many questions keeps others waiting
    for more than one of them. Leisurely ones go after all others, and leave one place free for them."""

    def __init__(self, at_once: int) -> None:
        self._at_once, self._lock, self._number = at_once, threading.Lock(), 0
        self._places: list[Place] = []
        self._served: dict[str, int] = {}

    def join(self, begin: Callable[[], object], groups: Iterable[Group] = (), *, leisurely: bool = False) -> Place:
        """Queue up; `begin` may be called at once, and must not wait. TooManyTries when a group has no room."""
        with self._lock:
            self._number += 1
            place = Place(begin, tuple(groups), self._number, leisurely)
            for group in place.groups:
                if sum(group in one.groups for one in self._places) >= group.most:
                    raise TooManyTries(
                        "Too many questions from here are waiting for an answer.", "Try again in a moment."
                    )
            self._places.append(place)
            self._go_on()
        return place

    def leave(self, place: Place) -> None:
        """Its work is over, or it waits no longer."""
        with self._lock:
            self._leave(place)

    def give_up(self, place: Place) -> bool:
        """Leave unless the turn has come; whether it had not."""
        with self._lock:
            waited = place in self._places and not place.under_way
            if waited:
                self._leave(place)
        return waited

    def _leave(self, place: Place) -> None:
        self._places.remove(place)
        if not self._places:
            self._served.clear()
        self._go_on()

    def _go_on(self) -> None:
        while waiting := [one for one in self._places if not one.under_way and self._room(one)]:
            first = min(waiting, key=self._rank)
            self._number += 1
            self._note(first.groups)
            first.under_way = True
            first.begin()

    def _note(self, groups: tuple[Group, ...]) -> None:
        for group in groups:
            self._served.pop(group.name, None)
            self._served[group.name] = self._number
        while len(self._served) > MOST_REMEMBERED:
            del self._served[next(iter(self._served))]

    def _room(self, place: Place) -> bool:
        under_way = [one for one in self._places if one.under_way]
        leisurely = sum(one.leisurely for one in under_way)
        return len(under_way) < self._at_once and not (place.leisurely and leisurely >= max(1, self._at_once - 1))

    def _rank(self, place: Place) -> tuple[int, ...]:
        return (int(place.leisurely), *(self._served.get(group.name, 0) for group in place.groups), place.number)
