"""Bringing a book to the present schema with Alembic, from inside the package.

Migrations are files `migrations/NNNN_words.py` whose revision is their number. A book that is up to date
costs one query; Alembic is imported only when there is something to do. Two processes that open one book
at once take turns: the second finds the work done.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from callsheet.base.errors import ConfigError
from callsheet.store.book import Books
from callsheet.store.failures import told

FOLDER = Path(__file__).parent / "migrations"
_LOCK = "SELECT pg_advisory_xact_lock(7210)"


@cache
def revisions() -> tuple[str, ...]:
    """Return the numbers of all migrations, in order."""
    return tuple(sorted(path.name.partition("_")[0] for path in FOLDER.glob("[0-9]*_*.py")))


def current(connection: Connection) -> str | None:
    """Return the number of the migration that the book is at; None for an empty book."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade(books: Books) -> None:
    """Run the migrations that this book lacks, all in one transaction. A newer book is refused."""
    known = revisions()
    with told(), books.engine.connect() as connection:
        at = current(connection)
    if at == known[-1]:
        return
    if at is not None and at not in known:
        raise ConfigError(
            f"This book was written by a newer Callsheet (its schema is {at}, this version knows {known[-1]}).",
            "Install the newer version again, or restore a backup of the book.",
        )
    with told(), books.engine.connect() as connection, connection.begin():
        connection.execute(text("BEGIN IMMEDIATE" if books.engine.dialect.name == "sqlite" else _LOCK))
        if current(connection) != known[-1]:
            run(connection)


def run(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to one, in the caller's transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("version_locations", str(FOLDER))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    environment = EnvironmentContext(config, script, fn=lambda revision, _: script._upgrade_revs(to, revision))
    environment.configure(connection=connection, transactional_ddl=True)
    environment.run_migrations()
