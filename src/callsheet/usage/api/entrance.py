"""The way in of events, before everything else: raw ASGI, because each request of an SDK should cost little.

The write key is the only check here: no session is looked at, and none is made.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from callsheet.http.context import Services
from callsheet.usage.intake import intake_of
from callsheet.usage.wire.asking import asked
from callsheet.usage.wire.calls import Answer, Call, Speaks
from callsheet.usage.wire.protocols import protocol_at
from callsheet.usage.wire.turned import Turned
from callsheet.usage.wire.unpacking import MOST_SENT

SNIPPET = Path(__file__).parent / "callsheet.js"
MOST_HELD = 96 * 2**20
"""Bytes of bodies that are held at once, by all requests together."""
HEAD = 64 * 1024
"""Bytes that are kept of a body that is too large."""
_TOO_LARGE = f"A request may take {MOST_SENT // 2**20} MB."
Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
)
_ALLOWED = (
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-max-age", b"86400"),
)
_JSON = ((b"content-type", b"application/json"), *_CORS)
_FRESH = (b"cache-control", b"no-store")
_SCRIPT = (
    (b"content-type", b"text/javascript; charset=utf-8"),
    (b"cache-control", b"public, max-age=3600"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    *_CORS,
)


class Front:
    """ASGI middleware that takes the requests of SDKs and passes on all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at the addresses of the protocols and the snippet, else pass the request on."""
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        speaks = protocol_at(path) if path else None
        if speaks is not None:
            await self._spoken(speaks, path, scope, receive, send)
        elif path == "/callsheet.js" and scope["method"] in ("GET", "HEAD"):
            await _send(send, 200, _snippet() if scope["method"] == "GET" else b"", _SCRIPT)
        else:
            await self.app(scope, receive, send)

    async def _spoken(self, speaks: Speaks, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await _send(send, 204, b"", (*_CORS, *_ALLOWED, *_asked(scope)))
        elif method == "POST":
            await self._taken(speaks, _call(scope, path), scope, receive, send)
        elif method == "GET" and (body := asked(path, (call := _call(scope, path)).query)) is not None:
            await _answered(send, await intake_of(_services(scope)).take(replace(call, body=body), speaks))
        else:
            told = speaks.turn(Turned(405, "method_not_allowed", "Events are sent by POST."))
            await _send(send, 405, told.body if method != "HEAD" else b"", (*_JSON, (b"allow", b"POST, OPTIONS")))

    async def _taken(self, speaks: Speaks, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        intake = intake_of(_services(scope))
        body = bytearray()
        try:
            await self._receive(body, scope, receive)
            answer = await intake.take(replace(call, body=bytes(body)), speaks)
        except Turned as why:
            answer = await intake.not_taken(replace(call, body=bytes(body[:HEAD])), speaks, why)
        except ClientDisconnect:
            return
        finally:
            self._held -= len(body)
        await _answered(send, answer)

    async def _receive(self, body: bytearray, scope: Scope, receive: Receive) -> None:
        """Read the body, as long as it is small enough and there is room for it; Turned 413 or 503 else. Of one that
        is said to be too large only the beginning is read: its key may stand there."""
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        most = HEAD if told.isdigit() and int(told) > MOST_SENT else MOST_SENT
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            body += part
            self._held += len(part)
            if len(body) > most:
                raise Turned(413, "too_large", _TOO_LARGE)
            if self._held > MOST_HELD:
                raise Turned(503, "busy", "More is being sent than can be held now.", 1)
            more = message.get("more_body", False)


@cache
def _snippet() -> bytes:
    """Return the script without its indentation and the comment at its top."""
    text = SNIPPET.read_text(encoding="utf-8").partition("*/")[2]
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()).encode()


def _services(scope: Scope) -> Services:
    found: Services = scope["app"].state.services
    return found


async def _answered(send: Send, answer: Answer) -> None:
    waiting = ((b"retry-after", str(answer.wait).encode()),) if answer.wait else ()
    kind = (b"content-type", answer.kind.encode())
    await _send(send, answer.status, answer.body, (kind, _FRESH, *_CORS, *waiting))


def _call(scope: Scope, path: str) -> Call:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"))) if scope["query_string"] else {}
    return Call(path, b"", headers, query)


def _asked(scope: Scope) -> Headers:
    """Return the headers that a browser asks leave to send: all of them have it."""
    asked = [value for name, value in scope["headers"] if name == b"access-control-request-headers"]
    return ((b"access-control-allow-headers", asked[0] if asked else b"content-type, authorization"),)


async def _send(send: Send, status: int, body: bytes, headers: Headers) -> None:
    length = () if status == 204 else ((b"content-length", str(len(body)).encode()),)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body})
