"""The app factory: routes, errors, headers and the built UI, put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from callsheet import __version__
from callsheet.http import described, errors
from callsheet.http.bodies import Limited
from callsheet.http.context import Services, context
from callsheet.http.hosts import LocalOnly
from callsheet.http.routes import access, live, readings, session

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none';"
        " frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
}


def create_app(
    services: Services,
    routers: Iterable[APIRouter] = (),
    public: Iterable[APIRouter] = (),
    lifespan: object = None,
    fronts: Iterable[Callable[[ASGIApp], ASGIApp]] = (),
) -> FastAPI:
    """Return the app. Every route of `routers` asks who is there first; those of `public` do not.

    `fronts` are ASGI middlewares that see a request before everything else, and answer it or pass it on.
    """
    app = _App(
        fronts, title="Callsheet", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        lifespan=lifespan, generate_unique_id_function=_operations(),
    )  # fmt: skip
    app.state.services = services
    errors.install(app)
    app.add_middleware(Limited)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(LocalOnly)
    app.middleware("http")(_headers)
    for router in (session.public, *public):
        app.include_router(router)
    for router in (session.router, access.router, readings.router, live.router, *routers):
        app.include_router(router, dependencies=[Depends(context)])
    app.add_api_route("/api/health", _health, methods=["GET"], tags=["access"])
    app.add_api_route("/{path:path}", _page, methods=["GET"], include_in_schema=False)
    described.install(app)
    return app


class _App(FastAPI):
    """FastAPI behind the fronts, so that what they answer goes through nothing else."""

    def __init__(self, fronts: Iterable[Callable[[ASGIApp], ASGIApp]], **given: Any) -> None:
        super().__init__(**given)
        self._first: ASGIApp = super().__call__
        for front in fronts:
            self._first = front(self._first)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await self._first(scope, receive, send)


def _operations() -> Callable[[Any], str]:
    """Name operations by their functions; the second function of a name gets its tag before it."""
    known: dict[str, object] = {}

    def named(route: Any) -> str:
        name = str(route.name)
        if known.setdefault(name, route.endpoint) is route.endpoint:
            return name
        return f"{(route.tags or ['other'])[0]}_{name}"

    return named


async def _headers(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await proceed(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _health() -> dict[str, str]:
    """Answer when the server is up; says nothing about the workspace."""
    return {"status": "up", "version": __version__}


def _page(path: str) -> Response:
    """Send a file of the built UI, or its page for any address of the UI."""
    if path.startswith("api/"):
        return JSONResponse(
            {"error": "not_found", "message": f"There is no /{path}.", "mend": "See /api/openapi.json."}, 404
        )
    file = _file(path)
    if file is not None:
        immutable = "/assets/" in f"/{path}" and file.suffix in (".js", ".css", ".woff2")
        kept = "public, max-age=31536000, immutable" if immutable else "no-cache"
        return FileResponse(file, headers={"Cache-Control": kept})
    index = STATIC / "index.html"
    if not index.exists():
        return Response("The UI has not been built. Run `make setup`.", 503, media_type="text/plain")
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


def _file(path: str) -> Path | None:
    """Return the file of the built UI at this address, never one outside of it."""
    try:
        file = (STATIC / path).resolve()
        found = file.is_relative_to(STATIC.resolve()) and file.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return None
    return file if found else None
