"""Where every visitor is the demo owner, only names of this machine are answered.

Else a page elsewhere could point its own name at 127.0.0.1 and read and change everything (DNS rebinding).
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from callsheet.http import errors

# The caller's address says nothing: its browser is on this machine too.
HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PORT = re.compile(r":\d*$")


class LocalOnly:
    """ASGI middleware that answers 403 to requests of a demo for a name that is not this machine's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] != "http" or not _demo(scope) or _local(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
            return
        words = "The sample company is served on this machine only."
        answer = errors.answer(403, "not_allowed", words, "Open it as http://127.0.0.1 or http://localhost.")
        await answer(scope, receive, send)


def _demo(scope: Scope) -> bool:
    return bool(scope["app"].state.services.workspace.config.signin.demo)


def _local(host: str) -> bool:
    return _PORT.sub("", host.lower()) in HERE
