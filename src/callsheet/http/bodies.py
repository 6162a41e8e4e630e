"""How large a request may be.

What is not an upload is read into memory whole, and before anybody has been asked who they are.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callsheet.http import errors

MOST = 16_000_000
"""Bytes of a body that are taken, but for the upload of a file, which has a limit of its own."""
UPLOAD = "/api/imports"
_WORDS = f"The request is larger than {MOST // 1_000_000} MB."


class Limited:
    """ASGI middleware that refuses larger bodies: at once where they say their size, else while they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http" or _is_upload(scope):
            await self.app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "")
        if said.isdigit() and int(said) > MOST:
            answer = errors.answer(413, "too_large", _WORDS, "Send less at once, or import it as a file.")
            await answer(scope, receive, send)
            return
        await self.app(scope, _counting(receive), send)


def _is_upload(scope: Scope) -> bool:
    kind = Headers(scope=scope).get("content-type", "")
    return bool(scope["path"] == UPLOAD) and kind.startswith("multipart/form-data")


def _counting(receive: Receive) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST:
            raise HTTPException(413, _WORDS)
        return message

    return counted
