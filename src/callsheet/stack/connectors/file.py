"""Files: CSV, TSV, JSON, JSON lines, YAML, Parquet, changelogs; plain or gzip; with a mapping or recognised.

Options of a source of kind `file`: `path` (with `${NAME}` from the environment; a pattern such as
`events/2026-*.jsonl` takes all files of that name, in order of their names), `as` (a known export or a fact table),
`map` (see `mapping.py`), `encoding`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from callsheet.base.errors import NotFound
from callsheet.base.ids import stable_id
from callsheet.stack.connector import Fetched, Page, Parsed, Setting, connector, source_path
from callsheet.stack.files import notes
from callsheet.stack.files.mapping import Mapping
from callsheet.stack.files.reading import Reading, chunks
from callsheet.stack.files.recognise import Proposal, maps_of, propose
from callsheet.stack.files.survey import Survey, survey


class FileReader:
    """One file on its way in: `pages()` reads, `parse` maps. `given` is a mapping, `kind` what it is said to be.

    Of several files that are read as one, `before` is the reader of the file before: lines are counted on from it, and
    problems name the file.
    """

    def __init__(
        self, look: Survey, given: Any = None, kind: str = "", zone: str = "UTC", product: str = "",
        before: FileReader | None = None,
    ) -> None:  # fmt: skip
        self.reading = Reading(look)
        self.shift: int = before.last if before else 0
        self.last: int = self.shift
        self.named = before is not None
        self.given, self.kind, self.zone, self.product = given, kind, zone, product
        self.proposal = Proposal(kind, "", [])
        self._mapping: Mapping | None = None

    @property
    def is_changelog(self) -> bool:
        """Whether the file is read as a changelog."""
        return self.kind == "changelog" or (not self.kind and self.reading.survey.form == "text")

    def pages(self) -> Iterator[Page]:
        """Yield the file's rows as pages; the mapping is settled with the first."""
        look = self.reading.survey
        if self.is_changelog:
            self.proposal = Proposal("changelog", "a changelog", [])
            with io.TextIOWrapper(look.open(), encoding=look.encoding, errors="replace") as file:
                yield Page("changelog", 1, None, file.read())
            return
        for number, chunk in enumerate(chunks(self.reading), 1):
            if self._mapping is None:
                self._settle()
            chunk.lines = [line + self.shift for line in chunk.lines]
            self.last = max(self.last, *chunk.lines[-1:], 0)
            yield Page("rows", number, None, chunk)

    def _settle(self) -> None:
        columns = self.reading.columns
        if self.given:
            maps = maps_of(self.given, self.kind, columns)
            self.proposal = Proposal(self.kind or str(maps[0].get("table", "")), "", maps)
        else:
            self.proposal = propose(columns, self.kind, self.reading.survey.name)
        self._mapping = Mapping(self.proposal.maps, columns, self.zone, self.reading.strict)

    def parse(self, raw: Page) -> Parsed:
        """Return the facts of a page, with the problems that reading it met."""
        if raw.kind == "changelog":
            return notes.facts_of(raw.given, self.product)
        assert self._mapping is not None  # noqa: S101 - pages() settles it
        parsed = self._mapping.apply(raw.given)
        self._broken(parsed)
        return parsed

    def _broken(self, parsed: Parsed) -> None:
        """Add the problems that reading met; of several files, say in all problems which one it is."""
        broken = [replace(one, line=one.line + self.shift) for one in self.reading.taken()]
        self.last = max(self.last, *(one.line for one in broken), 0)
        parsed.problems += broken
        parsed.rows += len(broken)
        if self.named:
            name = self.reading.survey.name
            parsed.problems = [
                replace(one, error=f"{name}, line {one.line - self.shift}: {one.error}") for one in parsed.problems
            ]

    def finish(self) -> Parsed:
        """Return grouped rows, and the problems after the last page."""
        parsed = self._mapping.finish() if self._mapping else Parsed()
        self._broken(parsed)
        parsed.details = {
            "columns": self.reading.columns, "maps": self.proposal.maps, "notes": self.reading.notes,
            "delimiter": self.reading.delimiter, "form": self.reading.survey.form, "landing": self.reading.survey.fingerprint,
            "zone": self.zone,
        }  # fmt: skip
        return parsed


@connector("file", "csv", "json", "parquet")
class FileConnector:
    """A file, or several of one pattern, read again when one of them, or the mapping, has changed."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._readers: list[FileReader] = []

    def fetch(self, cursor: str) -> Iterator[Fetched]:
        """Yield the files, whole; nothing when they are those that the cursor names."""
        source, options = self.setting.source, self.setting.source.options
        paths = _matching(source_path(source, self.setting.folder))
        encoding = str(options.get("encoding", ""))
        looks = [survey(path, path.name, self.setting.landing, encoding) for path in paths]
        told = json.dumps([source.map, source.as_, self.setting.zone, options], sort_keys=True, default=str)
        mark = stable_id(*(look.fingerprint for look in looks), told)
        if mark == cursor:
            return
        before: FileReader | None = None
        for look in looks:
            product = str(options.get("product", ""))
            before = FileReader(look, source.map, source.as_, self.setting.zone, product, before)
            before.named = len(looks) > 1
            self._readers.append(before)
            yield Fetched(before.pages(), mark)

    def parse(self, raw: Page) -> Parsed:
        """Return the facts of a page."""
        return self._readers[-1].parse(raw)

    def finish(self) -> Parsed:
        """Return what only whole files tell."""
        whole = Parsed()
        columns: dict[str, None] = {}
        for reader in self._readers:
            parsed = reader.finish()
            for table, rows in parsed.everything():
                whole.add(table, rows)
            whole.problems += parsed.problems
            whole.rows += parsed.rows
            columns |= dict.fromkeys(parsed.details["columns"])
            notes = whole.details.get("notes", []) + parsed.details["notes"]
            whole.details = parsed.details | {"columns": list(columns), "notes": notes}
        return whole


def _matching(path: Path) -> list[Path]:
    """Return the files that a path means: itself, or those of its pattern."""
    if "*" not in path.name or path.exists():
        return [path]
    found = sorted(path.parent.glob(path.name))
    if not found:
        raise NotFound(f"There is no file {path}.", "Check the pattern; it is read relative to the workspace folder.")
    return found
