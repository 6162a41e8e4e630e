"""Imports: a file comes in whole or not at all, can be tried first, undone, and its set-aside rows mended.

Nothing here writes to the book; the edge logs what was done.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict
from callsheet.model.actor import Actor
from callsheet.stack.connector import Parsed, Problem
from callsheet.stack.connectors.file import FileReader
from callsheet.stack.files.jsons import flat
from callsheet.stack.files.mapping import Chunk, Mapping
from callsheet.stack.files.reading import records
from callsheet.stack.files.recognise import maps_of
from callsheet.stack.files.survey import survey
from callsheet.stack.landing import Landed, Progress, land
from callsheet.stack.records import QuarantineRetry
from callsheet.store.book import Book
from callsheet.store.warehouse import Batch, BatchInfo
from callsheet.store.workspace import Workspace


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do."""

    info: BatchInfo
    file: str
    kind: str
    recognised: str
    maps: list[dict[str, Any]]
    columns: list[str]
    landed: Landed
    dry_run: bool
    notes: list[str] = field(default_factory=list)


class _Rehearsed(Exception):
    """Raised to roll a rehearsal back."""


def landing_of(workspace: Workspace) -> Path:
    """Return the folder that keeps raw input."""
    return workspace.state / "landing"


def run(
    workspace: Workspace, path: Path, actor: Actor, *, name: str = "", kind: str = "", mapping: Any = None,
    dry_run: bool = False, progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Import a file in one batch. `dry_run` makes the full pass and lands nothing.

    BadInput when the file as a whole cannot be read; single rows that cannot are set aside with their line.
    """
    look = survey(path, name, None if dry_run else landing_of(workspace))
    reader = FileReader(look, mapping, kind, workspace.config.zone)
    landed = Landed()

    def fill(batch: Batch) -> None:
        land(batch, reader.pages(), reader.parse, landed, progress)
        landed.take(batch, reader.finish())
        batch.info.kind = reader.proposal.kind or "file"
        batch.info.details |= landed.details | {
            "rows": landed.rows,
            "warned": landed.warned,
            "warnings": landed.warnings,
        }

    info = _batch(workspace, look.name, actor, fill, dry_run)
    proposal = reader.proposal
    return Outcome(
        info,
        look.name,
        proposal.kind,
        proposal.recognised,
        proposal.maps,
        reader.reading.columns,
        landed,
        dry_run,
        reader.reading.notes,
    )


def _batch(workspace: Workspace, file: str, actor: Actor, fill: Any, dry_run: bool, **details: Any) -> BatchInfo:
    info: BatchInfo | None = None
    try:
        with workspace.facts.batch("import", "file", file=file, actor=actor.id, **details) as batch:
            fill(batch)
            info = batch.info
            if dry_run:
                batch.finish()
                raise _Rehearsed
    except _Rehearsed:
        pass
    assert info is not None  # noqa: S101 - an error before that has been raised
    return info


def pending(workspace: Workspace, book: Book, batch: str) -> list[dict[str, Any]]:
    """Return the rows set aside by an import that no later retry has brought in."""
    tried = book.all(select(QuarantineRetry).where(QuarantineRetry.import_id == batch))
    alive = {one.id for one in workspace.facts.batches() if one.state != "undone"} if tried else set()
    done = {row.line for row in tried if row.done_in in alive}
    return [row for row in workspace.facts.quarantined(batch) if row["line"] not in done]


def retry(
    workspace: Workspace, book: Book, batch: str, actor: Actor, *, mapping: Any = None,
    corrected: dict[int, str] | None = None, dry_run: bool = False,
) -> Outcome:  # fmt: skip
    """Try the rows set aside by an import again: with a corrected mapping, with corrected texts by line, or both.

    What comes in is a batch of its own; what still cannot stays set aside where it was.
    """
    origin = workspace.facts.batches(batch)[0]
    if origin.state == "undone":
        raise Conflict(f"Import {batch} has been undone.", "Import the file again.")
    details = origin.details
    if "columns" not in details:
        raise BadInput(f"Import {batch} is not of a file with rows.", "Mend the source and sync it again.")
    rows = pending(workspace, book, batch)
    if corrected is not None:
        known = {row["line"] for row in rows}
        unknown = sorted(set(corrected) - known)
        if unknown:
            raise BadInput(f"Line {unknown[0]} is not among the rows set aside by {batch}.", "List them first.")
    texts = [(row["line"], (corrected or {}).get(row["line"], row["raw"])) for row in rows]
    maps = maps_of(mapping, origin.kind, details["columns"]) if mapping else details["maps"]
    landed = Landed()
    left: list[Problem] = []

    def fill(into: Batch) -> None:
        parsed = _again(texts, details, maps)
        left.extend(problem for problem in parsed.problems if problem.fatal)
        parsed.problems = [problem for problem in parsed.problems if not problem.fatal]
        landed.take(into, parsed)
        into.info.kind = origin.kind
        into.info.details |= {"retry_of": batch, "rows": landed.rows, "maps": maps}

    info = _batch(workspace, origin.file, actor, fill, dry_run)
    landed.errors = [{"line": one.line, "error": one.error, "raw": one.raw} for one in left]
    bad = {one.line for one in left}
    for line, _ in [] if dry_run else texts:
        if line not in bad:
            book.add(QuarantineRetry(import_id=batch, line=line, done_in=info.id, done_at=book.now))
    return Outcome(info, origin.file, origin.kind, "", maps, details["columns"], landed, dry_run)


def _again(texts: list[tuple[int, str]], details: dict[str, Any], maps: list[dict[str, Any]]) -> Parsed:
    columns = details["columns"]
    problems: list[Problem] = []
    rows = list(_cells(texts, details, problems))
    chunk = Chunk(
        {name: [cells.get(name) for _, _, cells in rows] for name in columns},
        [line for line, _, _ in rows], [raw for _, raw, _ in rows],
    )  # fmt: skip
    mapping = Mapping(maps, columns, details.get("zone", "UTC"), details["form"] in ("csv", "parquet"))
    parsed = mapping.apply(chunk)
    for table, more in mapping.finish().everything():
        parsed.add(table, more)
    parsed.problems += problems
    parsed.rows += len(problems)
    return parsed


def _cells(
    texts: list[tuple[int, str]], details: dict[str, Any], problems: list[Problem]
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    columns = details["columns"]
    for line, raw in texts:
        try:
            if details["form"] != "csv":
                yield line, raw, flat(json.loads(raw))
                continue
            found = next(records(io.StringIO(raw), details["delimiter"]), [])
        except (ValueError, csv.Error) as why:
            problems.append(Problem(line, raw, f"The row cannot be read: {why}."))
            continue
        if len(found) != len(columns):
            problems.append(Problem(line, raw, f"The row has {len(found)} cells, the header names {len(columns)}."))
        else:
            yield line, raw, dict(zip(columns, found, strict=True))
