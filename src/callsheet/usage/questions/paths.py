"""Paths: what units do after one another, step by step, from or to a place.

A path is the run of a unit's events without a pause of `gap` minutes; the same stop several times in a row is one.
Edges are counted as PostHog counts them: once for each path, by place in the path.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from callsheet.usage.questions import common
from callsheet.usage.questions.common import Asked, Name, Strict

PAGES = ("properties.$pathname", "properties.path", "properties.$current_url")
SCREENS = ("properties.$screen_name", "properties.name")


class Question(Asked):
    """Which ways are taken. Stops are events by name, page views by the first of `pages` that they have, screens
    by the first of `screens`.

    `start_at` keeps paths that pass it, from its first time on; `end_at` those that pass it, up to its first time
    (the last `steps` stops). Of the edges the `limit` most frequent are shown, the rest as `other`.
    """

    kind: Literal["paths"] = "paths"
    events: tuple[Name, ...] = Field(default=(), max_length=100)
    exclude: tuple[Name, ...] = Field(default=(), max_length=200)
    pages: tuple[Name, ...] = Field(default=PAGES, max_length=4)
    screens: tuple[Name, ...] = Field(default=SCREENS, max_length=4)
    start_at: Name = ""
    end_at: Name = ""
    steps: int = Field(default=5, ge=2, le=20)
    gap: int = Field(default=30, ge=1, le=1440)
    limit: int = Field(default=50, ge=1, le=500)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.breakdown is not None:
            raise ValueError("paths have no breakdown; narrow them with where instead")
        if self.compare:
            raise ValueError("paths are not compared with the period before; ask for the earlier span itself")
        return self


class Node(BaseModel):
    """A stop at one place of the paths: `key` is "<step>_<name>". `count` paths came by; `ended` of them went no
    further; `other` stands for all stops of the step that are not shown."""

    key: str
    step: int
    name: str
    count: int
    ended: int = 0
    other: bool = False


class Edge(BaseModel):
    """From one stop to the next: how many paths, of how many units, in how many seconds in the mean."""

    source: str
    target: str
    count: int
    units: int
    mean_seconds: float | None = None
    share: float | None = None
    other: bool = False


class PathsAnswer(common.Answer):
    """The stops and ways between them. `paths` were walked by `units`; `hidden` ways stand together as other."""

    kind: str = "paths"
    paths: int = 0
    units: int = 0
    hidden: int = 0
    nodes: list[Node] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)


class Cell(Strict):
    """Who went from `source` to `target` (keys of nodes). Without a target: whose path ended at the source; with
    `any`: who came by the source at all."""

    source: Name
    target: Name = ""
    any: bool = False
