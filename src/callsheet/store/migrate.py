"""Bringing a book to the present schema with Alembic, from inside the package."""

from __future__ import annotations

from pathlib import Path

from callsheet.store.book import Books


def upgrade(books: Books) -> None:
    """Run the migrations that this book lacks, in one transaction on each engine."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    head = script.get_current_head()
    with books.engine.connect() as connection:
        from alembic.runtime.migration import MigrationContext

        if MigrationContext.configure(connection).get_current_revision() == head:
            return
        environment = EnvironmentContext(config, script, fn=lambda revision, _: script._upgrade_revs("head", revision))
        environment.configure(connection=connection, target_metadata=None, transactional_ddl=True)
        with connection.begin() if not connection.in_transaction() else connection.begin_nested():
            environment.run_migrations()
        connection.commit()
