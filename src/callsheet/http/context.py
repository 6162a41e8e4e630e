"""What a route is given: the workspace, who asks, a reader, and transactions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from callsheet.base.errors import NotAllowed, NotSignedIn
from callsheet.base.time import utc_now
from callsheet.http.members import digest
from callsheet.http.records import KeyRow, Member, SessionRow
from callsheet.metrics.reader import Reader
from callsheet.model.actor import Actor
from callsheet.store.book import Book
from callsheet.store.workspace import Workspace

COOKIE = "callsheet_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WORKSPACE_ACTOR = Actor("workspace", "This machine", "owner", kind="key")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that the search found."""

    ref: str
    title: str
    kind: str
    href: str
    note: str = ""


@dataclass(slots=True)
class Services:
    """What the server assembled for its routes: workspace, jobs, searches and rail counters by domain.

    `parts` are what domains keep for as long as the server runs, by name.
    """

    workspace: Workspace
    jobs: Any = None
    searches: list[Callable[[Reader, str], list[Hit]]] = field(default_factory=list)
    badges: dict[str, Callable[[Reader], int | str | None]] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    parts: dict[str, Any] = field(default_factory=dict)


class Context:
    """One request: `ws`, `actor`, `reader`, `read()` and `change()`."""

    def __init__(self, services: Services, actor: Actor, stack: ExitStack, session: SessionRow | None = None) -> None:
        self.services = services
        self.ws = services.workspace
        self.actor = actor
        self.session = session
        self._stack = stack
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        """Metrics and reports; one view of the book for the whole request."""
        if self._reader is None:
            self._reader = Reader(self.ws, self._stack)
        return self._reader

    def read(self) -> AbstractContextManager[Book]:
        """Open a view of the book."""
        return self.ws.books.read(self.ws.now())

    def change(self) -> AbstractContextManager[Book]:
        """Open one transaction on the book; afterwards the worker is woken."""
        return _waking(self.ws.books.change(self.ws.now()), self.services.wake)


class _waking(AbstractContextManager[Book]):  # noqa: N801 - used as a function
    def __init__(self, inner: AbstractContextManager[Book], wake: Callable[[], None]) -> None:
        self._inner, self._wake = inner, wake

    def __enter__(self) -> Book:
        return self._inner.__enter__()

    def __exit__(self, *error: Any) -> bool | None:
        handled = self._inner.__exit__(*error)
        if error[0] is None:
            self._wake()
        return handled


def services_of(request: Request) -> Services:
    """Return what the server assembled."""
    return request.app.state.services  # type: ignore[no-any-return]


def context(request: Request) -> Iterator[Context]:
    """Find out who asks; NotSignedIn for strangers, before anything else happens."""
    services = services_of(request)
    with ExitStack() as stack:
        key = _given_key(request)
        if key:
            yield Context(services, _key_actor(services, key), stack)
            return
        member, session = _session(services, request)
        if request.method not in SAFE:
            _check_csrf(request, session)
        yield Context(services, member.actor(), stack, session)


def still_in(services: Services, request: Request) -> bool:
    """Whether the session or the key of a request that goes on for long still holds."""
    try:
        key = _given_key(request)
        _key_actor(services, key) if key else _session(services, request)
    except NotSignedIn:
        return False
    return True


def _given_key(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def _key_actor(services: Services, key: str) -> Actor:
    if secrets.compare_digest(key.encode(), services.workspace.key.encode()):
        return WORKSPACE_ACTOR
    from sqlalchemy import select

    with services.workspace.books.read() as book:
        found = book.all(select(KeyRow).where(KeyRow.secret_hash == digest(key), KeyRow.revoked_at.is_(None)))
    if not found:
        raise NotSignedIn("This API key is not known or was revoked.", "Make a new key under Settings, API keys.")
    return Actor(found[0].id, found[0].name, found[0].role, kind="key")


def _session(services: Services, request: Request) -> tuple[Member, SessionRow]:
    token = request.cookies.get(COOKIE, "")
    if not token:
        raise NotSignedIn("Nobody is signed in.")
    with services.workspace.books.read() as book:
        session = book.find(SessionRow, digest(token))
        if session is None or session.expires_at < utc_now():
            raise NotSignedIn("The session has ended.", "Sign in again.")
        member = book.find(Member, session.member_id)
    if member is None or member.removed_at is not None:
        raise NotSignedIn("This member was removed.", "Ask an owner.")
    return member, session


def _check_csrf(request: Request, session: SessionRow) -> None:
    given = request.headers.get("x-csrf-token", "")
    if not secrets.compare_digest(given.encode(), session.csrf.encode()):
        raise NotAllowed("The request lacks this session's X-CSRF-Token.", "Reload the page and try again.")


Ctx = Annotated[Context, Depends(context)]
