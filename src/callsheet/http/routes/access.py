"""Members, API keys and the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select

from callsheet.http import members
from callsheet.http.context import Ctx
from callsheet.http.pages import Page, Paged
from callsheet.http.records import KeyRow, Member
from callsheet.model.link import Ref
from callsheet.store.book import LogEntry
from callsheet.store.permissions import require

router = APIRouter(prefix="/api", tags=["access"])


class MemberOut(BaseModel):
    """A member, without anything secret."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    email: str
    role: str
    created_at: datetime


class MemberIn(BaseModel):
    """A new member."""

    name: str = Field(max_length=200)
    email: str = Field(max_length=320)
    role: str = "viewer"
    password: str = Field(max_length=1000)


class RoleIn(BaseModel):
    """A member's new role."""

    role: str


class PasswordIn(BaseModel):
    """A member's new password."""

    password: str = Field(max_length=1000)


class KeyOut(BaseModel):
    """An API key, without the key itself."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    role: str
    hint: str
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


class KeyIn(BaseModel):
    """A new API key."""

    name: str = Field(max_length=200)
    role: str = "viewer"


class NewKey(KeyOut):
    """A key just made, with the key itself: shown once."""

    key: str


class AuditOut(BaseModel):
    """An entry of the log."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    done_at: datetime
    verb: str
    ref: str
    actor_id: str
    actor_name: str
    details: dict[str, Any]


@router.get("/members", response_model=Page[MemberOut])
def list_members(ctx: Ctx, paged: Paged) -> Page[MemberOut]:
    """Return the members."""
    with ctx.read() as book:
        found = book.all(select(Member).where(Member.removed_at.is_(None)).order_by(Member.name))
    return paged.of([MemberOut.model_validate(row) for row in found], lambda row: f"{row.name} {row.email} {row.role}")


@router.post("/members", response_model=MemberOut, status_code=201)
def add_member(ctx: Ctx, given: MemberIn) -> MemberOut:
    """Add a member."""
    with ctx.change() as book:
        row = members.add_member(book, given.name, given.email, given.role, given.password, ctx.actor)
        return MemberOut.model_validate(row)


@router.put("/members/{member_id}/role", response_model=MemberOut)
def change_role(ctx: Ctx, member_id: str, given: RoleIn) -> MemberOut:
    """Change a member's role."""
    with ctx.change() as book:
        return MemberOut.model_validate(members.change_role(book, member_id, given.role, ctx.actor))


@router.put("/members/{member_id}/password", status_code=204)
def set_password(ctx: Ctx, member_id: str, given: PasswordIn) -> None:
    """Give a member another password; they are signed out everywhere."""
    with ctx.change() as book:
        members.set_password(book, member_id, given.password, ctx.actor)


@router.delete("/members/{member_id}", status_code=204)
def remove_member(ctx: Ctx, member_id: str) -> None:
    """End a member's access."""
    with ctx.change() as book:
        members.remove_member(book, member_id, ctx.actor)


@router.get("/keys", response_model=Page[KeyOut])
def list_keys(ctx: Ctx, paged: Paged) -> Page[KeyOut]:
    """Return the API keys."""
    require(ctx.actor, "manage_keys", Ref("key", "all"))
    with ctx.read() as book:
        found = book.all(select(KeyRow).order_by(KeyRow.created_at.desc()))
    return paged.of([KeyOut.model_validate(row) for row in found], lambda row: row.name)


@router.post("/keys", response_model=NewKey, status_code=201)
def make_key(ctx: Ctx, given: KeyIn) -> NewKey:
    """Make an API key; the answer is the only place where it stands."""
    with ctx.change() as book:
        secret, row = members.make_key(book, given.name, given.role, ctx.actor)
        return NewKey(key=secret, **KeyOut.model_validate(row).model_dump())


@router.delete("/keys/{key_id}", status_code=204)
def revoke_key(ctx: Ctx, key_id: str) -> None:
    """Revoke an API key."""
    with ctx.change() as book:
        members.revoke_key(book, key_id, ctx.actor)


@router.get("/audit", response_model=Page[AuditOut])
def audit(ctx: Ctx, paged: Paged, ref: str = "") -> Page[AuditOut]:
    """Return the log, newest first; `q` searches verb, object and actor."""
    require(ctx.actor, "read_audit", Ref("workspace", "log"))
    query = select(LogEntry).order_by(LogEntry.id.desc())
    if ref:
        query = query.where(LogEntry.ref == ref)
    for word in paged.q.split():
        like = f"%{word}%"
        query = query.where(or_(LogEntry.verb.ilike(like), LogEntry.ref.ilike(like), LogEntry.actor_name.ilike(like)))
    with ctx.read() as book:
        total = book.count(query)
        found = book.all(query.offset((paged.page - 1) * paged.size).limit(paged.size))
    items = [AuditOut.model_validate(row) for row in found]
    return Page(items=items, total=total, page=paged.page, size=paged.size)
