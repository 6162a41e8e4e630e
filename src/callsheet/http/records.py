"""Members, their sessions and keys, in the book. Secrets are kept as hashes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.model.actor import Actor
from callsheet.store.book import Base


class Member(Base):
    """Someone who may sign in. `role` is viewer, member or owner."""

    __tablename__ = "member"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    person_id: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    def actor(self) -> Actor:
        """The member as one who acts."""
        return Actor(self.id, self.name, self.role, self.email)


class SessionRow(Base):
    """A sign-in. `id` is the hash of the cookie's token."""

    __tablename__ = "session"
    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class KeyRow(Base):
    """An API key. `secret_hash` is the hash of the key; `hint` its last four characters."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(index=True)
    hint: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Attempt(Base):
    """A failed sign-in, for the limit. `who` is an address or an e-mail, hashed."""

    __tablename__ = "signin_attempt"
    id: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(index=True)
    tried_at: Mapped[datetime]
