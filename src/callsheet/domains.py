"""The domains, in menu order, and how their parts are found."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from callsheet.base.parts import optional, plugins, walk

DOMAINS = ("roadmap", "experiments", "feedback", "usage", "delivery", "releases", "people", "stack")
ABOVE = ("findings", "loop", "sheet")
"""Packages above the domains that have routes and commands of their own."""


def load() -> None:
    """Import everything that registers itself: metrics, detectors, connectors, channels, plugins."""
    for name in (*DOMAINS, *ABOVE):
        for part in ("metrics", "detectors", "connectors", "channels", "sections"):
            for _ in walk(f"callsheet.{name}.{part}"):
                pass
    for _ in plugins():
        pass


def parts(part: str) -> dict[str, ModuleType]:
    """Return the module `part` of each package that has one, by package name."""
    found = {name: optional(f"callsheet.{name}.{part}") for name in (*DOMAINS, *ABOVE)}
    return {name: module for name, module in found.items() if module is not None}


def records() -> None:
    """Import every table of the book."""
    from callsheet.http import records as _access  # noqa: F401

    parts("records")


def routers() -> list[Any]:
    """Return the routers of all domains."""
    return [module.router for module in parts("api").values()]


def publics() -> list[Any]:
    """Return the routers that strangers may call (feeds, unsubscribe links), each with its own check."""
    return [module.public for module in parts("api").values() if hasattr(module, "public")]


def fronts() -> list[Any]:
    """Return the ASGI middlewares that see requests before everything else (events from SDKs)."""
    return [module.front for module in parts("api").values() if hasattr(module, "front")]


def searches() -> list[Any]:
    """Return the domains' searches."""
    return [module.search for module in parts("api").values() if hasattr(module, "search")]


def badges() -> dict[str, Any]:
    """Return the counters of the rail, by domain."""
    return {name: module.badge for name, module in parts("api").items() if hasattr(module, "badge")}
