"""Files: CSV, TSV, JSON, JSON lines, YAML, Parquet, changelogs; plain or gzip; with a mapping or recognised.

Options of a source of kind `file`: `path` (with `${NAME}` from the environment), `as` (a known export or a
fact table), `map` (see `mapping.py`), `encoding`, `delimiter`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from callsheet.base.ids import stable_id
from callsheet.stack.connector import Fetched, Page, Parsed, Setting, connector, source_path
from callsheet.stack.files import notes
from callsheet.stack.files.mapping import Mapping
from callsheet.stack.files.reading import Reading, chunks
from callsheet.stack.files.recognise import Proposal, maps_of, propose
from callsheet.stack.files.survey import Survey, survey


class FileReader:
    """One file on its way in: `pages()` reads, `parse` maps. `given` is a mapping, `kind` what it is said to be."""

    def __init__(self, look: Survey, given: Any = None, kind: str = "", zone: str = "UTC", product: str = "") -> None:
        self.reading = Reading(look)
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
        broken = self.reading.taken()
        parsed.problems += broken
        parsed.rows += len(broken)
        return parsed

    def finish(self) -> Parsed:
        """Return grouped rows, and the problems after the last page."""
        parsed = self._mapping.finish() if self._mapping else Parsed()
        parsed.problems += (broken := self.reading.taken())
        parsed.rows += len(broken)
        parsed.details = {
            "columns": self.reading.columns, "maps": self.proposal.maps, "notes": self.reading.notes,
            "delimiter": self.reading.delimiter, "form": self.reading.survey.form, "landing": self.reading.survey.fingerprint,
            "zone": self.zone,
        }  # fmt: skip
        return parsed


@connector("file", "csv", "json", "parquet")
class FileConnector:
    """A file that is read again when it, or its mapping, has changed."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._reader: FileReader | None = None

    def fetch(self, cursor: str) -> Iterator[Fetched]:
        """Yield the whole file; nothing when it is the one that the cursor names."""
        source, options = self.setting.source, self.setting.source.options
        path = source_path(source, self.setting.folder)
        look = survey(path, path.name, self.setting.landing, str(options.get("encoding", "")))
        told = json.dumps([source.map, source.as_, self.setting.zone, options], sort_keys=True, default=str)
        mark = stable_id(look.fingerprint, told)
        if mark == cursor:
            return
        self._reader = FileReader(look, source.map, source.as_, self.setting.zone, str(options.get("product", "")))
        yield Fetched(self._reader.pages(), mark)

    def parse(self, raw: Page) -> Parsed:
        """Return the facts of a page."""
        assert self._reader is not None  # noqa: S101 - a page comes from fetch
        return self._reader.parse(raw)

    def finish(self) -> Parsed:
        """Return what only the whole file tells."""
        return self._reader.finish() if self._reader else Parsed()
