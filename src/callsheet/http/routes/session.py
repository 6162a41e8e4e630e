"""Signing in and out; who is signed in."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from callsheet.base.errors import BadInput, NotSignedIn
from callsheet.http import members
from callsheet.http.context import COOKIE, Context, Ctx, services_of
from callsheet.http.records import Member
from callsheet.metrics.cache import cached

router = APIRouter(prefix="/api/session", tags=["access"])
public = APIRouter(prefix="/api/session", tags=["access"])
MOST_NAMES = 2000


class SignIn(BaseModel):
    """E-mail address and password."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)


class PasswordChange(BaseModel):
    """One's own new password, with the one that holds now."""

    current: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


class Who(BaseModel):
    """The one who is signed in."""

    id: str
    name: str
    email: str
    role: Literal["owner", "member", "viewer"]


class WorkspaceInfo(BaseModel):
    """The workspace, as the shell shows it."""

    name: str
    today: str
    zone: str
    currency: str
    demo: bool


class SessionInfo(BaseModel):
    """The session: who, the token that changes need, the workspace, the rail's counters, colleagues' names by id."""

    actor: Who
    csrf: str
    workspace: WorkspaceInfo
    rail: dict[str, int | str | None]
    names: dict[str, str]


@router.get("", response_model=SessionInfo)
def session(ctx: Ctx) -> SessionInfo:
    """Return who is signed in, and what the shell needs."""
    settings = ctx.ws.config.workspace
    rail = {name: badge(ctx.reader) for name, badge in ctx.services.badges.items()}
    return SessionInfo(
        actor=Who(id=ctx.actor.id, name=ctx.actor.name, email=ctx.actor.email, role=ctx.actor.role),
        csrf=ctx.session.csrf if ctx.session else "",
        workspace=WorkspaceInfo(
            name=settings.name, today=ctx.ws.now().date().isoformat(), zone=settings.time_zone,
            currency=settings.currency, demo=ctx.ws.config.signin.demo,
        ),
        rail={name: count for name, count in rail.items() if count is not None}, names=_names(ctx),
    )  # fmt: skip


def _names(ctx: Context) -> dict[str, str]:
    """Names of at most MOST_NAMES colleagues by person id, so that pages say who owns what."""
    facts = ctx.ws.facts
    persons = facts.tables()["persons"]
    here = persons.account_id.isnull() | (persons.account_id == "")
    wanted = persons.filter(here & persons.name.notnull()).select("person_id", "name")

    def ask() -> dict[str, str]:
        return {row["person_id"]: row["name"] for row in facts.run(wanted, MOST_NAMES).to_pylist()}

    return cached(ctx.ws.cache, ("names", facts.version), ask)


@public.post("", status_code=204)
def sign_in(request: Request, response: Response, given: SignIn) -> None:
    """Start a session; the answer sets its cookie."""
    services = services_of(request)
    settings = services.workspace.config.signin
    address = request.client.host if request.client else "unknown"
    try:
        with services.workspace.books.read() as book:  # the slow hash holds nobody else up
            members.check_tries(book, address, settings.tries_per_minute)
            members.check_tries(book, given.email.lower(), settings.tries_per_minute)
            member = members.verified(book, given.email, given.password)
        with services.workspace.books.change() as book:
            token, _ = members.sign_in(book, member, settings.session_days)
    except NotSignedIn:
        with services.workspace.books.change() as book:
            members.note_failure(book, address, given.email.lower())
        raise
    set_cookie(response, token, settings.session_days, settings.secure_cookies)


@public.post("/demo", status_code=204)
def sign_in_demo(request: Request, response: Response) -> None:
    """Sign in as the sample company's owner. Only where the project file says `[signin] demo = true`."""
    services = services_of(request)
    settings = services.workspace.config.signin
    if not settings.demo:
        raise NotSignedIn("This workspace has no demo user.", "Sign in with your e-mail address and password.")
    with services.workspace.books.change() as book:
        member = book.get(Member, "demo")
        token, _ = members.sign_in(book, member, settings.session_days)
    set_cookie(response, token, settings.session_days, settings.secure_cookies)


@router.delete("", status_code=204)
def sign_out(ctx: Ctx, request: Request, response: Response) -> None:
    """End the session."""
    with ctx.change() as book:
        members.sign_out(book, request.cookies.get(COOKIE, ""), ctx.actor)
    response.delete_cookie(COOKIE, path="/")


@router.put("/password", status_code=204)
def change_password(ctx: Ctx, given: PasswordChange) -> None:
    """Change one's own password; every other session of theirs ends. Wrong tries count as failed sign-ins."""
    session = ctx.session
    if session is None:
        raise BadInput("An API key has no password.", "Sign in to change your own.")
    with ctx.read() as book:
        members.check_tries(book, ctx.actor.email, ctx.ws.config.signin.tries_per_minute)
    try:
        with ctx.change() as book:
            members.change_password(book, session, given.current, given.new, ctx.actor)
    except BadInput:
        with ctx.change() as book:
            members.note_failure(book, ctx.actor.email)
        raise


def set_cookie(response: Response, token: str, days: int, secure: bool) -> None:
    """Put the session's token into a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(COOKIE, token, max_age=days * 86400, httponly=True, samesite="lax", secure=secure, path="/")


__all__ = ["Context", "public", "router"]
