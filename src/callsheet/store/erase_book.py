"""Removing one person from the book: what was sent to them, lists they stand on, and words about them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import JSON, Column, Table, delete, select, update

from callsheet.model.erasing import Terms
from callsheet.store.book import Base, Book, Books

KEPT = frozenset({"person_deletion", "member", "session", "api_key"})
"""Not looked at: the record of the deletion itself, which forgets by itself, and the people of the workspace."""
_WHOSE = ("person_id", "unit_id")
_ADDRESS = ("email",)


def counted(book: Book, terms: Terms) -> dict[str, int]:
    """Return how many rows of each table are the person's, or name them; tables without any are left out."""
    found = {table.name: len(_rows(book, table, terms)) for table in _tables()}
    return {f"book {name}": number for name, number in found.items() if number}


def rows_of(book: Book, terms: Terms) -> dict[str, list[dict[str, Any]]]:
    """Return the person's own rows by table."""
    found = {
        table.name: [dict(row._mapping) for row in _rows(book, table, terms) if _own(row, table, terms)]
        for table in _tables()
    }
    return {name: rows for name, rows in found.items() if rows}


def erase(book: Book, terms: Terms) -> None:
    """Remove the person's rows, and the person from the texts of others."""
    for table in reversed(_tables()):
        for row in _rows(book, table, terms):
            keys = list(table.primary_key.columns)
            this = [column == row._mapping[column] for column in keys]
            if _own(row, table, terms) or any(_names(row, column, terms) for column in keys):
                book.session.execute(delete(table).where(*this))
                continue
            changed = {column.name: _redacted(row, column, terms) for column in _texts(table)}
            book.session.execute(update(table).where(*this).values(**changed))


def alike(book: Book, terms: Terms) -> dict[str, int]:
    """Return how many rows of each table hold a number that equals an id and means something else, or perhaps: rows
    that were left as they are. To be asked after `erase`."""
    if not terms.numbers:
        return {}
    found = {table.name: sum(_equals(row, table, terms) for row in _all(book, table)) for table in _tables()}
    return {f"book {name}": number for name, number in found.items() if number}


def _equals(row: Any, table: Table, terms: Terms) -> bool:
    texts = (row._mapping[column] for column in _texts(table) if isinstance(column.type, JSON) or _in_words(column))
    return any(terms.numbers_in(one if isinstance(one, str) else json.dumps(one)) for one in texts if one is not None)


def _all(book: Book, table: Table) -> Any:
    return book.session.execute(select(table)).yield_per(1000)


def compact(books: Books) -> None:
    """Write the book's file anew, so that nothing deleted is left in unused parts of it. On a server the database
    does so by its own rules."""
    with books.engine.connect() as connection:
        if books.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in KEPT]


def _texts(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, JSON) or column.type.python_type is str]


def _rows(book: Book, table: Table, terms: Terms) -> list[Any]:
    columns = _texts(table)
    return [
        row for row in _all(book, table) if _own(row, table, terms) or any(_names(row, one, terms) for one in columns)
    ]


def _own(row: Any, table: Table, terms: Terms) -> bool:
    ids = (row._mapping[table.c[name]] in terms.ids for name in _WHOSE if name in table.c)
    known = {one.lower() for one in terms.addresses}
    addresses = (str(row._mapping[table.c[name]]).lower() in known for name in _ADDRESS if name in table.c)
    return any(ids) or any(addresses)


def _names(row: Any, column: Column[Any], terms: Terms) -> bool:
    value = row._mapping[column]
    return value is not None and _redacted(row, column, terms) != value


def _redacted(row: Any, column: Column[Any], terms: Terms) -> Any:
    value = row._mapping[column]
    if isinstance(column.type, JSON):
        return terms.without(value, person=str(row._mapping.get("ref", "")).startswith("person:"))
    if not isinstance(value, str):
        return value
    return terms.redacted(value) if _in_words(column) else terms.redacted_key(value)


def _in_words(column: Column[Any]) -> bool:
    """Whether a number in a column may mean a person: not in a key of another thing or a ref to one."""
    is_key = column.primary_key or column.foreign_keys or column.name == "id" or column.name.endswith("_id")
    return not (is_key or column.name in ("key", "scope", "subject") or column.name.endswith("ref"))
