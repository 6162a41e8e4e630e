"""The one place where error classes become HTTP answers."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from callsheet.base.errors import Busy, CallsheetError
from callsheet.base.wording import in_words

log = logging.getLogger("callsheet")


def answer(status: int, code: str, message: str, mend: str, wait: int = 60) -> JSONResponse:
    """Return `{"error", "message", "mend"}`; `wait` is for those who come too often or too early, in seconds."""
    headers = {"Retry-After": str(wait)} if status in (429, 503) else None
    return JSONResponse({"error": code, "message": message, "mend": mend}, status, headers=headers)


def install(app: FastAPI) -> None:
    """Teach the app to answer with our errors; nothing of the inside is told."""

    @app.exception_handler(CallsheetError)
    async def ours(_request: Request, error: CallsheetError) -> JSONResponse:
        wait = error.wait if isinstance(error, Busy) else 60
        return answer(error.status, error.code, str(error), error.mend, wait)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        message, mend = in_words(error.errors())
        return answer(422, "bad_input", message, mend)

    @app.exception_handler(HTTPException)
    async def plain(_request: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, "http", str(error.detail), "Check the address and the method.")

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.exception("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
        return answer(500, "unexpected", "Something broke inside Callsheet.", "The server's log says what; report it.")
