"""Lists in pages: one shape and one set of parameters everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from callsheet.base.time import Period, last, parse_moment

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """A page of a list; `total` counts all pages."""

    items: list[T]
    total: int
    page: int
    size: int


class Paging(BaseModel):
    """`page` from 1, `size` up to 500, `sort` a column with `-` before it for descending, `q` words."""

    page: int = 1
    size: int = 50
    sort: str = ""
    q: str = ""

    def of(self, items: Sequence[T], words: Callable[[T], str] | None = None) -> Page[T]:
        """Search, sort and cut a list that is in memory. Empty cells sort last."""
        found = list(items)
        if self.q and words is not None:
            wanted = self.q.lower().split()
            found = [item for item in found if all(word in words(item).lower() for word in wanted)]
        if self.sort:
            name = self.sort.lstrip("-")
            filled = [item for item in found if _cell(item, name) is not None]
            empty = [item for item in found if _cell(item, name) is None]
            filled.sort(key=lambda item: _sortable(_cell(item, name)), reverse=self.sort.startswith("-"))
            found = filled + empty
        begin = (self.page - 1) * self.size
        return Page(items=found[begin : begin + self.size], total=len(found), page=self.page, size=self.size)


def _cell(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else getattr(item, name, None)


def _sortable(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool | int | float):
        return (0, value)
    return (1, str(value).lower())


def paging(
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 50,
    sort: Annotated[str, Query(max_length=60)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Paging:
    """Read the paging parameters."""
    return Paging(page=page, size=size, sort=sort, q=q)


Paged = Annotated[Paging, Depends(paging)]


def asked_period(reader: Any, since: str | None, until: str | None, days: int = 28) -> Period:
    """Return the period that `since` and `until` name, or the last `days` days."""
    if not since and not until:
        return last(days, reader.now, reader.zone)
    end = parse_moment(until, reader.zone) if until else reader.now
    begin = parse_moment(since, reader.zone) if since else last(days, end, reader.zone).since
    return Period(begin, end, f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}")
