"""Actions on members, sessions and keys."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from callsheet.base.errors import BadInput, Conflict, NotFound, NotSignedIn, TooManyTries
from callsheet.base.ids import new_id, slug_id
from callsheet.base.time import utc_now
from callsheet.http.records import Attempt, KeyRow, Member, SessionRow
from callsheet.model.actor import ROLES, Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require

if TYPE_CHECKING:
    from pwdlib import PasswordHash

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")
SHORTEST_PASSWORD = 10
RESERVED = frozenset({"system", "workspace"})
"""Ids under which Callsheet itself and the commands of this machine stand in the log."""


@cache
def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


def digest(secret: str) -> str:
    """Return the hash under which a random token is kept (tokens have 256 bits, so no salt is needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_member(book: Book, name: str, email: str, role: str, password: str, actor: Actor) -> Member:
    """Add someone who may sign in."""
    require(actor, "manage_members", Ref("member", email))
    if role not in ROLES:
        raise BadInput(f"There is no role {role!r}.", f"Use one of {', '.join(ROLES)}.")
    if not name.strip() or not _EMAIL.match(email):
        raise BadInput("A member needs a name and an e-mail address.")
    _check_length(password)
    if by_email(book, email) is not None:
        raise Conflict(f"{email} is a member already.", "Change that member instead.")
    key = slug_id(name, lambda taken: taken in RESERVED or book.exists(Member, taken))
    member = Member(
        id=key, name=name.strip(), email=email.lower(), role=role, password_hash=_hasher().hash(password),
        created_at=book.now,
    )  # fmt: skip
    book.add(member)
    book.log("member.added", Ref("member", key), actor, name=name, role=role)
    return member


def change_role(book: Book, member_id: str, role: str, actor: Actor) -> Member:
    """Give a member another role; the last owner stays one."""
    require(actor, "manage_members", Ref("member", member_id))
    if role not in ROLES:
        raise BadInput(f"There is no role {role!r}.", f"Use one of {', '.join(ROLES)}.")
    member = book.get(Member, member_id)
    _keep_an_owner(book, member, role)
    before, member.role = member.role, role
    book.log("member.role_changed", Ref("member", member_id), actor, before=before, role=role)
    return member


def set_password(book: Book, member_id: str, password: str, actor: Actor) -> Member:
    """Give a member another password, as an owner; every session of theirs ends."""
    require(actor, "manage_members", Ref("member", member_id))
    member = book.get(Member, member_id)
    if member.removed_at is not None:
        raise NotFound(f"There is no member {member_id}.")
    _put_password(book, member, password, "", actor)
    return member


def change_password(book: Book, session: SessionRow, current: str, new: str, actor: Actor) -> None:
    """Change one's own password; every other session of theirs ends. BadInput when `current` is not right."""
    require(actor, "change_password", Ref("member", actor.id))
    member = book.get(Member, session.member_id)
    if not member.password_hash or not _hasher().verify(current, member.password_hash):
        raise BadInput("The current password is not right.", "Try again, or ask an owner to set a new one.")
    _put_password(book, member, new, session.id, actor)


def _put_password(book: Book, member: Member, password: str, kept_session: str, actor: Actor) -> None:
    _check_length(password)
    member.password_hash = _hasher().hash(password)
    ended = delete(SessionRow).where(SessionRow.member_id == member.id, SessionRow.id != kept_session)
    book.session.execute(ended)
    book.log("member.password_changed", Ref("member", member.id), actor)


def _check_length(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"The password is shorter than {SHORTEST_PASSWORD} characters.", "Choose a longer one.")


def remove_member(book: Book, member_id: str, actor: Actor) -> None:
    """End a member's access at once; what they did stays in the log."""
    require(actor, "manage_members", Ref("member", member_id))
    member = book.get(Member, member_id)
    if member.removed_at is not None:
        raise NotFound(f"There is no member {member_id}.")
    _keep_an_owner(book, member, "")
    member.removed_at = book.now
    member.email = f"removed:{member.id}:{member.email}"  # so that the address may be given to a new member
    book.session.execute(delete(SessionRow).where(SessionRow.member_id == member_id))
    book.log("member.removed", Ref("member", member_id), actor, name=member.name)


def _keep_an_owner(book: Book, member: Member, role: str) -> None:
    owners = book.count(select(Member).where(Member.role == "owner", Member.removed_at.is_(None)))
    if member.role == "owner" and role != "owner" and owners == 1:
        raise Conflict(f"{member.name} is the last owner.", "Make someone else an owner first.")


def by_email(book: Book, email: str) -> Member | None:
    """Return the member with this address who has not been removed."""
    found = book.all(select(Member).where(func.lower(Member.email) == email.lower(), Member.removed_at.is_(None)))
    return found[0] if found else None


def check_tries(book: Book, who: str, limit: int) -> None:
    """Raise TooManyTries after `limit` failures in the last minute."""
    minute, now = timedelta(minutes=1), utc_now()
    lately = Attempt.tried_at.between(now - minute, now + minute)  # a clock set back must not lock out for long
    if book.count(select(Attempt).where(Attempt.who == digest(who), lately)) >= limit:
        raise TooManyTries("Too many failed sign-ins in the last minute.")


def note_failure(book: Book, *whos: str) -> None:
    """Remember a failed sign-in for the limit, and forget old ones."""
    book.session.execute(delete(Attempt).where(Attempt.tried_at < utc_now() - timedelta(hours=1)))
    for who in whos:
        book.add(Attempt(id=new_id("try"), who=digest(who), tried_at=utc_now()))


def verified(book: Book, email: str, password: str) -> Member:
    """Return the member with this address and password; takes as long for an unknown address."""
    member = by_email(book, email)
    kept = member.password_hash if member and member.password_hash else _stand_in()
    if not _hasher().verify(password, kept) or member is None or not member.password_hash:
        raise NotSignedIn("The e-mail address or the password is not right.", "Try again, or ask an owner to reset it.")
    return member


@cache
def _stand_in() -> str:
    return _hasher().hash(secrets.token_hex(8))


def sign_in(book: Book, member: Member, days: int) -> tuple[str, SessionRow]:
    """Start a session; returns the token for the cookie, which is kept as a hash only."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    session = SessionRow(
        id=digest(token), member_id=member.id, csrf=secrets.token_urlsafe(24), created_at=now,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    book.session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
    book.add(session)
    book.log("session.started", Ref("member", member.id), member.actor())
    return token, session


def sign_out(book: Book, token: str, actor: Actor) -> None:
    """End the session that the cookie's token names."""
    require(actor, "sign_out", Ref("session", "own"))
    session = book.find(SessionRow, digest(token))
    if session is not None:
        book.remove(session)
        book.log("session.ended", Ref("member", actor.id), actor)


def make_key(book: Book, name: str, role: str, actor: Actor) -> tuple[str, KeyRow]:
    """Make an API key; returns the key itself, which is shown once."""
    require(actor, "manage_keys", Ref("key", name))
    if not name.strip() or role not in ROLES:
        raise BadInput("A key needs a name and a role.", f"Roles: {', '.join(ROLES)}.")
    secret = f"cs_{secrets.token_urlsafe(32)}"
    row = KeyRow(
        id=new_id("key"), name=name.strip(), role=role, secret_hash=digest(secret), hint=secret[-4:],
        created_by=actor.id, created_at=book.now,
    )  # fmt: skip
    book.add(row)
    book.log("key.made", Ref("key", row.id), actor, name=name, role=role)
    return secret, row


def revoke_key(book: Book, key_id: str, actor: Actor) -> None:
    """End a key at once."""
    require(actor, "manage_keys", Ref("key", key_id))
    book.update(KeyRow, key_id, revoked_at=book.now)
    book.log("key.revoked", Ref("key", key_id), actor)
