"""Commands talk to Callsheet through its API: over HTTP when a server holds the workspace, else in process.

One path for page and command means the same numbers, the same permissions and the same errors.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from callsheet.base import errors
from callsheet.base.errors import CallsheetError, WorkspaceBusy

_BY_STATUS: dict[int, type[CallsheetError]] = {
    401: errors.NotSignedIn, 403: errors.NotAllowed, 404: errors.NotFound, 409: errors.Conflict,
    422: errors.BadInput, 429: errors.TooManyTries, 502: errors.SourceFailed,
}  # fmt: skip


class Client:
    """A client of one workspace's API. Answers are decoded JSON; errors are raised as our classes."""

    def __init__(self, base: str, key: str, app: Any = None) -> None:
        self._base, self._key, self._app = base, key, app

    def get(self, path: str, **params: Any) -> Any:
        """GET; `None` parameters are left out. A dict given as `params=` is used as it is."""
        return self.request("GET", path, params=params.pop("params", None) or params)

    def text(self, path: str, **params: Any) -> str:
        """GET an answer that is text, not JSON."""
        return str(self.request("GET", path, params=params, raw=True))

    def post(self, path: str, body: Any = None, **params: Any) -> Any:
        """POST a JSON body."""
        return self.request("POST", path, params=params, body=body)

    def put(self, path: str, body: Any = None, **params: Any) -> Any:
        """PUT a JSON body."""
        return self.request("PUT", path, params=params, body=body)

    def delete(self, path: str, **params: Any) -> Any:
        """DELETE."""
        return self.request("DELETE", path, params=params)

    def request(self, method: str, path: str, *, params: dict[str, Any], body: Any = None, raw: bool = False) -> Any:
        """Send a request and return its answer."""
        import httpx2

        given = {name: value for name, value in params.items() if value is not None}

        async def send() -> Any:
            transport = httpx2.ASGITransport(app=self._app) if self._app else None
            headers = {"Authorization": f"Bearer {self._key}"}
            async with httpx2.AsyncClient(
                transport=transport, base_url=self._base, headers=headers, timeout=3600, trust_env=False
            ) as http:
                return await http.request(method, path, params=given, json=body)

        try:
            answer = _finished(send)
        except httpx2.TransportError as why:
            words = f"The server at {self._base} stopped answering ({type(why).__name__})."
            raise WorkspaceBusy(
                words, "See its log; start it again with `callsheet serve`, then repeat the command."
            ) from why
        if answer.status_code >= 400:
            raise _error(answer)
        if raw:
            return answer.text
        return answer.json() if answer.content else None


def _finished(send: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run to the end, in a thread of its own where this one runs an event loop already (a notebook, a test)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(send())
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(send())).result()


def _error(answer: Any) -> CallsheetError:
    try:
        told = answer.json()
        message, mend = str(told["message"]), str(told["mend"])
    except (ValueError, KeyError, TypeError):
        message, mend = f"The server answered {answer.status_code}.", "See the server's log."
    error = _BY_STATUS.get(answer.status_code, CallsheetError)(message, mend)
    error.status = answer.status_code
    return error


def workspace_folder(given: Path | None) -> Path:
    """Return the workspace: the one given, CALLSHEET_DIR, or this folder or the nearest above that is one."""
    from callsheet.store.workspace import exists

    if given is not None or os.environ.get("CALLSHEET_DIR"):
        return Path(given or os.environ["CALLSHEET_DIR"]).expanduser().resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if exists(folder)), here)


@contextmanager
def connect(given: Path | None = None) -> Iterator[Client]:
    """Connect to a workspace: to the server that holds it, or open it in this process.

    In process, the consequences of what was changed are carried out before the block ends.
    """
    from callsheet.store.workspace import STATE, exists, running_server

    folder = workspace_folder(given)
    server = running_server(folder) if exists(folder) else None
    if server:
        yield Client(server, (folder / STATE / "key").read_text(encoding="utf-8").strip())
        return
    from callsheet.server import assemble

    with assemble(folder) as assembled:
        yield Client("http://localhost", assembled.workspace.key, assembled.app)
        assembled.settle()


def ask(question: dict[str, Any], folder: str | Path | None = None) -> dict[str, Any]:
    """Return the answer to a question about usage: `answer`, and `table` with the same as rows.

    `folder` is the workspace: by default CALLSHEET_DIR, or the nearest above. A server that holds it is asked over
    HTTP; otherwise it is opened here. Errors are those of `callsheet.base.errors`, for a wrong question too. See
    docs/usage.md for questions.
    """
    with connect(Path(folder) if folder else None) as api:
        found: dict[str, Any] = api.post("/api/usage/answers", question)
        return found
