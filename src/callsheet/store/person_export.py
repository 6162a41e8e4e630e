"""Everything that is kept of one person, as files of JSON lines."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

from callsheet.model.erasing import Terms
from callsheet.store import erase_book
from callsheet.store.engines.duck_erase import deletions
from callsheet.store.persons import people_of, sink_of
from callsheet.store.workspace import Workspace

_SKIPPED = ("unsettled", "traits_filled")
_BATCH = 2_000
_READ_ME = """What Callsheet keeps of one person.

person.json   the ids and addresses that this is about
*.jsonl       one row a line; events, traits, merges and facts as they are now, `old_` what imports replaced,
              landing, refused and quarantine raw input that names the person, `book_` what was sent to them
              and the lists they stand on.
"""


def export(workspace: Workspace, terms: Terms, into: IO[bytes]) -> dict[str, int]:
    """Write a ZIP of everything that is kept of a person; return how many rows each file has."""
    people_of(workspace)
    found: dict[str, int] = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _READ_ME)
        archive.writestr("person.json", json.dumps({"ids": terms.ids, "addresses": terms.addresses}, indent=1))
        for name, rows in _all(workspace, terms):
            with archive.open(f"{name}.jsonl", "w") as file:
                found[name] = sum(file.write(_line(row)) > 0 for row in rows)
    return found


def _all(workspace: Workspace, terms: Terms) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    statements = deletions(terms) | {"feedback": ("feedback WHERE person_id IN (FROM gone)", {})}
    for name, (where, given) in statements.items():
        if name not in _SKIPPED:
            yield name, _rows(workspace, terms, where, given, "occurred_at" if name == "events" else "")
    with workspace.books.read() as book:
        for table, rows in erase_book.rows_of(book, terms).items():
            yield f"book_{table}", iter(rows)


def _rows(
    workspace: Workspace, terms: Terms, where: str, given: dict[str, str], order: str
) -> Iterator[dict[str, Any]]:
    with sink_of(workspace).reading() as cursor:
        gone = pa.table({"id": pa.array(terms.ids, pa.string())})  # noqa: F841 - the statement names it
        found = cursor.execute(f"SELECT * FROM {where}{f' ORDER BY {order}' if order else ''}", given or None)  # noqa: S608
        names = [column[0] for column in found.description or ()]
        while rows := found.fetchmany(_BATCH):
            for row in rows:
                yield _plain(dict(zip(names, row, strict=True)))


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its JSON texts as what they say."""
    told = row.get("properties")
    if isinstance(told, str):
        try:
            row["properties"] = json.loads(told)
        except ValueError:
            row["properties"] = told
    return row
