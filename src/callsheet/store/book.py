"""The book: decisions, in one relational database, each change with its log entry.

`Books` owns the engine. `change()` opens one transaction and gives a `Book`; the edge (route, command,
job) calls it, actions only use the `Book` they are given. SQLite and Postgres run the same code.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import JSON, Engine, MetaData, Select, create_engine, event, func, select, text
from sqlalchemy import inspect as sqlalchemy_inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from callsheet.base.errors import Conflict, NotFound
from callsheet.base.time import utc_now
from callsheet.model.actor import Actor
from callsheet.model.link import Link, Ref
from callsheet.store.failures import told

T = TypeVar("T", bound="Base")
_MOST = 80  # 40 threads of the server may each hold a view and a change
_VIEW = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Base(DeclarativeBase):
    """Parent of every table of the book. Its rule of names lets later migrations find every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON, list[str]: JSON}  # noqa: RUF012


class LogEntry(Base):
    """One thing that was done: the audit, the feed, and what the worker turns into consequences."""

    __tablename__ = "log"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    done_at: Mapped[datetime]
    verb: Mapped[str]
    ref: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    details: Mapped[dict[str, Any]]


class LinkRow(Base):
    """A joint of the loop drawn here by a person or a reaction."""

    __tablename__ = "link"
    from_ref: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    to_ref: Mapped[str] = mapped_column(primary_key=True, index=True)
    confidence: Mapped[float] = mapped_column(default=1.0)
    why: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class CursorRow(Base):
    """How far a reader of the log, or of a source, has come."""

    __tablename__ = "cursor"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class ReactionDone(Base):
    """A consequence that was carried out, so that a second try does nothing."""

    __tablename__ = "reaction_done"
    entry_id: Mapped[int] = mapped_column(primary_key=True)
    reaction: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(default="")


class Book:
    """One unit of work on the book. Nothing here commits; the edge does."""

    def __init__(self, session: Session, now: datetime | None = None) -> None:
        self.session = session
        self._now = now

    @property
    def now(self) -> datetime:
        """The moment this unit of work writes down."""
        return self._now or utc_now()

    def find(self, kind: type[T], key: Any) -> T | None:
        """Return the row, or None."""
        return self.session.get(kind, key)

    def get(self, kind: type[T], key: Any) -> T:
        """Return the row; NotFound says what was looked for."""
        row = self.session.get(kind, key)
        if row is None:
            raise NotFound(f"There is no {kind.__tablename__.replace('_', ' ')} {key}.")
        return row

    def all(self, query: Select[T]) -> list[T]:
        """Return the rows of a query over one kind."""
        return list(self.session.scalars(query))

    def rows(self, query: Select[*tuple[Any, ...]]) -> list[Any]:
        """Return the tuples of a query."""
        return list(self.session.execute(query))

    def count(self, query: Select[*tuple[Any, ...]]) -> int:
        """Return the number of rows that a query gives."""
        return int(self.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0)

    def exists(self, kind: type[Base], key: Any) -> bool:
        """Whether there is such a row."""
        return self.session.get(kind, key) is not None

    def add(self, row: T) -> T:
        """Add a row; Conflict when its key is taken."""
        key = tuple(getattr(row, str(column.key)) for column in sqlalchemy_inspect(type(row)).primary_key)
        if all(part is not None for part in key) and self.session.get(type(row), key) is not None:
            name = type(row).__tablename__.replace("_", " ")
            raise Conflict(f"There is already a {name} {' '.join(map(str, key))}.", "Choose another name.")
        self.session.add(row)
        self.session.flush()
        return row

    def update(self, kind: type[T], key: Any, **changes: Any) -> T:
        """Change columns of a row and return it."""
        row = self.get(kind, key)
        for name, value in changes.items():
            setattr(row, name, value)
        self.session.flush()
        return row

    def remove(self, row: Base) -> None:
        """Delete a row."""
        self.session.delete(row)
        self.session.flush()

    def log(self, verb: str, ref: Ref, actor: Actor, **details: Any) -> LogEntry:
        """Write what was done, in the same transaction as the change itself."""
        if self.session.get_bind().dialect.name == "postgresql":
            # Numbers must appear in commit order, or the worker could step over one still uncommitted.
            self.session.execute(text("SELECT pg_advisory_xact_lock(7209)"))
        plain = json.loads(json.dumps(details, default=str))
        entry = LogEntry(
            done_at=self.now, verb=verb, ref=str(ref), actor_id=actor.id, actor_name=actor.name, details=plain
        )
        self.session.add(entry)
        self.session.flush()
        return entry

    def link(self, link: Link, actor: Actor) -> None:
        """Draw a joint of the loop; drawing it again changes its confidence and why."""
        key = (str(link.from_ref), link.kind, str(link.to_ref))
        row = self.session.get(LinkRow, key)
        if row is None:
            row = LinkRow(from_ref=key[0], kind=key[1], to_ref=key[2], made_at=self.now, made_by=actor.id)
            self.session.add(row)
        row.confidence, row.why = link.confidence, link.why
        self.session.flush()

    def unlink(self, from_ref: Ref, kind: str, to_ref: Ref) -> bool:
        """Remove a joint drawn here; False when there was none."""
        row = self.session.get(LinkRow, (str(from_ref), kind, str(to_ref)))
        if row is None:
            return False
        self.remove(row)
        return True


class Books:
    """The book's database. `url` is `sqlite:///file` or `postgresql+psycopg://...`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def change(self, now: datetime | None = None) -> Iterator[Book]:
        """Open one transaction; commit when the block ends well, else roll back."""
        with told(), self._sessions() as session, session.begin():
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN IMMEDIATE"))
            yield Book(session, now)

    @contextmanager
    def read(self, now: datetime | None = None) -> Iterator[Book]:
        """Open a view that writes nothing: all of it as at one moment, whatever others commit meanwhile."""
        with told(), self._sessions(autoflush=False) as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN"))
            else:
                session.connection(execution_options=_VIEW)
            yield Book(session, now)
            session.expunge_all()  # rows stay readable after the view is closed
            session.rollback()

    @property
    def version(self) -> int:
        """Number of the newest log entry: grows with every decision."""
        with told(), self._sessions() as session:
            return int(session.scalar(select(func.max(LogEntry.id))) or 0)

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()


def sqlite_url(path: Path) -> str:
    """Return the address of a SQLite file."""
    return f"sqlite:///{path}"


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=_MOST)
    engine = create_engine(
        url, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=10, max_overflow=_MOST
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, so that they begin as writers
        connection.execute("PRAGMA busy_timeout = 30000")
        _write_ahead(connection)
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _write_ahead(connection: Any, patience: float = 30) -> None:
    """Have a log written ahead. SQLite does not wait for others here, so processes that begin a file at once would
    refuse each other."""
    end = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
