"""Migrations give exactly the tables in the code, on both engines, once, and say why."""

from __future__ import annotations

import ast
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, inspect, select, text

from callsheet.base.errors import ConfigError, StorageFailed
from callsheet.store import migrate
from callsheet.store.book import Base, Books
from callsheet.usage.records import Feature, Share

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


FEATURES: tuple[dict[str, Any], ...] = (
    {"id": "bulk", "name": "Bulk import", "events": ["import_done", "it's"], "released_at": datetime(2026, 9, 1),
     "predicted_share": 0.3, "predicted_low": 0.2, "predicted_high": 0.4, "predicted_by": "ada"},
    {"id": "dark", "name": "Dark mode ☾", "events": [], "released_at": None, "predicted_share": None,
     "predicted_low": None, "predicted_high": None, "predicted_by": ""},
)  # fmt: skip
"""What the catalogue held before migration 0002."""


def _at_the_first_version(connection: Connection) -> None:
    migrate.run(connection, "0001")
    assert migrate.current(connection) == "0001"
    feature = Table("feature", MetaData(), autoload_with=connection)
    assert not {"exposed_by", "could_use", "activation", "predicted_days"} & set(feature.columns.keys())
    rest = {
        "line": "",
        "owner": "ada",
        "stage": "live",
        "flag": "",
        "docs_url": "",
        "product": "boards",
        "retired_why": "",
    }
    for row in FEATURES:
        assert {one.name for one in feature.columns if not one.nullable} <= {*rest, *row}
        connection.execute(feature.insert().values(**rest, **row))


def test_a_book_of_the_first_version_keeps_its_features(url: str) -> None:
    """What was there stays, what is new begins empty, and both can be read and written as before."""
    with closing(Books(url)) as books:
        with books.engine.begin() as connection:
            _at_the_first_version(connection)
        migrate.upgrade(books)
        with books.engine.connect() as connection:
            assert migrate.current(connection) == migrate.revisions()[-1]
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        with books.read() as book:
            found: dict[str, Feature] = {row.id: row for row in book.all(select(Feature))}
        for given in FEATURES:
            row = found[given["id"]]
            assert {name: getattr(row, name) for name in given} == given
            assert (row.owner, row.stage, row.product) == ("ada", "live", "boards")
            assert (row.exposed_by, row.could_use, row.activation, row.predicted_days) == ([], [], None, None)
        with books.change() as book:
            book.update(Feature, "bulk", could_use=[{"field": "account.plan", "values": ["pro"]}], activation=1)
            book.add(Feature(id="new", name="New", events=["n"]))
        with books.read() as book:
            assert book.get(Feature, "bulk").activation == 1
            assert book.get(Feature, "new").exposed_by == []


def test_links_made_before_they_could_show_more_show_no_more(url: str) -> None:
    """Rows that were there when migration 0004 added the fields of a link have none, and can be given some."""
    with closing(Books(url)) as books:
        with books.engine.begin() as connection:
            migrate.run(connection, "0003")
            share = Table("share", MetaData(), autoload_with=connection)
            assert "fields" not in share.columns
            since, until = datetime(2026, 9, 1), datetime(2026, 12, 1)
            for one in ("one", "two ☾"):
                row = {"id": one, "token_hash": f"hash of {one}", "ref": "report:use", "made_by": "ada"}
                connection.execute(share.insert().values(**row, made_at=since, expires_at=until))
        migrate.upgrade(books)
        with books.read() as book:
            told = [(row.id, row.ref, row.expires_at, row.fields) for row in book.all(select(Share).order_by(Share.id))]
        assert told == [(one, "report:use", until, []) for one in ("one", "two ☾")]
        with books.change() as book:
            book.update(Share, "one", fields=["account_id"])
        with books.read() as book:
            assert [row.fields for row in book.all(select(Share).order_by(Share.id))] == [["account_id"], []]


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
