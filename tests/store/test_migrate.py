"""Migrations give exactly the tables in the code, on both engines, once, and say why."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from callsheet.base.errors import ConfigError, StorageFailed
from callsheet.store import migrate
from callsheet.store.book import Base, Books

FILES = sorted(migrate.FOLDER.glob("[0-9]*_*.py"))
SRC = Path(__file__).resolve().parents[2] / "src"
OPEN = """
import sys
from callsheet.store.book import Books
from callsheet.store.migrate import upgrade
upgrade(Books(sys.argv[1]))
"""


def test_the_migrations_give_the_tables_in_the_code(books: Books) -> None:
    """When this fails: make migration WHY="what the change of the schema is for"."""
    with books.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert migrate.current(connection) == migrate.revisions()[-1]
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_a_second_upgrade_asks_only_for_the_version(books: Books) -> None:
    asked: list[str] = []
    from sqlalchemy import event

    event.listen(books.engine, "before_cursor_execute", lambda _c, _x, statement, *_: asked.append(statement))
    migrate.upgrade(books)
    told = [statement for statement in asked if "alembic_version" in statement and "SELECT version_num" in statement]
    assert len(told) == 1
    assert not [statement for statement in asked if statement.startswith(("CREATE", "ALTER", "BEGIN"))]


def test_processes_that_start_at_once_take_turns(url: str) -> None:
    command = [sys.executable, "-c", OPEN, url]
    started = [subprocess.Popen(command, env={"PYTHONPATH": str(SRC)}, stderr=subprocess.PIPE) for _ in range(4)]
    ends = [(process.communicate()[1].decode(), process.returncode) for process in started]
    assert ends == [("", 0)] * 4


def test_a_book_of_a_newer_version_is_refused(books: Books) -> None:
    with books.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="newer Callsheet") as raised:
        migrate.upgrade(books)
    assert "Install the newer version" in raised.value.mend


def test_a_migration_that_fails_leaves_the_book_as_it_was(url: str) -> None:
    """A table that is in the way makes the first migration fail in its middle."""
    books = Books(url)
    last = sorted(Base.metadata.tables)[-1]
    with books.engine.begin() as connection:
        connection.execute(text(f'CREATE TABLE "{last}" (id INTEGER)'))
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(books)
    with books.engine.connect() as connection:
        assert inspect(connection).get_table_names() == [last]
    books.close()


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    books = Books(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    with pytest.raises(StorageFailed, match="cannot be reached") as raised:
        _ = books.version
    assert "[store] book" in raised.value.mend


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_migration_says_why_and_follows_the_one_before(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    first = (ast.get_docstring(tree) or "").splitlines()[0]
    assert len(first.split()) >= 2
    assert first.endswith(".")
    named = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]
    place = FILES.index(path)
    assert named["revision"] == path.name[:4] == f"{place + 1:04}"
    assert named["down_revision"] == (None if place == 0 else FILES[place - 1].name[:4])
