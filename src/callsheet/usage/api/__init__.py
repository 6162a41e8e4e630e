"""HTTP of usage: one module a noun; each is found here and gives `router`, and `public` where strangers may call."""

from __future__ import annotations

from fastapi import APIRouter

from callsheet.base.parts import walk

router, public = APIRouter(), APIRouter()
for _part in walk(__name__):
    if hasattr(_part, "router"):
        router.include_router(_part.router)
    if hasattr(_part, "public"):
        public.include_router(_part.public)

from callsheet.usage.api.features import search  # noqa: E402 - the palette's source

__all__ = ["public", "router", "search"]
