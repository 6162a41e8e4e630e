"""HTTP of usage: one module a noun; each is found here and gives `router`, `public` where strangers may call, and
`search` where the palette finds something of it. `front` takes the events of SDKs before all that."""

from __future__ import annotations

from fastapi import APIRouter

from callsheet.base.parts import walk
from callsheet.http.context import Hit
from callsheet.metrics import Reader
from callsheet.usage.api.entrance import Front as front  # noqa: N813 - found by its name

router, public = APIRouter(), APIRouter()
_PARTS = list(walk(__name__))
for _part in _PARTS:
    if hasattr(_part, "router"):
        router.include_router(_part.router)
    if hasattr(_part, "public"):
        public.include_router(_part.public)


def search(reader: Reader, words: str) -> list[Hit]:
    """Find what usage knows by its names."""
    return [hit for part in _PARTS if hasattr(part, "search") for hit in part.search(reader, words)]


__all__ = ["front", "public", "router", "search"]
