"""Files as chunks of rows: CSV, JSON, JSON lines, YAML, Parquet. Never more than one chunk is in memory.

Rows that cannot be read (cells missing or too many, broken quotes, no JSON, wrong bytes) are given as problems
with their line and their text; reading goes on with the next line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from callsheet.base.errors import BadInput
from callsheet.stack.connector import Problem
from callsheet.stack.files.jsons import flat, objects
from callsheet.stack.files.mapping import Chunk
from callsheet.stack.files.survey import Survey

ROWS = 20_000
BYTES = 16_000_000
CELL = 1 << 20
RAW = 4_000
"""Characters of a row's text that are kept with its problem."""


@dataclass(slots=True)
class Reading:
    """A file being read: its columns (empty until known), what has been said of it, and rows that are broken."""

    survey: Survey
    columns: list[str] = field(default_factory=list)
    strict: bool = True
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    delimiter: str = ""

    def taken(self) -> list[Problem]:
        """Return the problems found since the last call."""
        found, self.problems = self.problems, []
        return found


def chunks(reading: Reading, size: int = ROWS) -> Iterator[Chunk]:
    """Yield the rows of a file; `reading.columns` is known with the first chunk."""
    form = reading.survey.form
    if reading.survey.note:
        reading.notes.append(reading.survey.note)
    if form == "parquet":
        yield from _parquet(reading, size)
    elif form == "csv":
        yield from _csv(reading, size)
    elif form in ("json", "jsonl", "yaml"):
        reading.strict = False
        yield from _records(reading, size)
    else:
        raise BadInput(f"{reading.survey.name} is text without rows.", "Import CSV, JSON, Parquet, or a changelog.")


class Lines:
    """Physical lines of a text with their numbers; those of a record that broke can be given back."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._back: list[str] = []
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else next(self._file)
        self.number += 1
        self.taken.append(line)
        return line

    def give_back(self) -> str:
        """Give all but the first taken line back and return the first."""
        first, rest = self.taken[0], self.taken[1:]
        self._back.extend(reversed(rest))
        self.number -= len(rest)
        self.taken = []
        return first


def _text(survey: Survey) -> IO[str]:
    return io.TextIOWrapper(survey.open(), encoding=survey.encoding, errors="surrogateescape", newline="")


def _csv(reading: Reading, size: int) -> Iterator[Chunk]:
    csv.field_size_limit(CELL)
    with _text(reading.survey) as file:
        reading.delimiter, skip = sniff(file.read(64_000))
        file.seek(0)
        lines = Lines(file)
        for _ in range(skip):
            next(lines)
        rows = _rows(reading, lines)
        head = next(rows, None)
        if head is None:
            raise BadInput(f"{reading.survey.name} has no header line.", "Its first line must name the columns.")
        reading.columns = named(head[2])
        yield from _chunked(reading, rows, head[2], size)


def records(lines: Iterable[str], sign: str) -> Iterator[list[str]]:
    """Return the records of a text with cells parted by `sign`; a blank stands for any number of them."""
    found = csv.reader(lines, delimiter=sign, strict=True, skipinitialspace=sign == " ")
    return _trimmed(found) if sign == " " else found


def _trimmed(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for row in rows:
        yield row[:-1] if row and not row[-1] else row


def _rows(reading: Reading, lines: Lines) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (line, text, cells); records with broken quotes become problems and are read on after their first line."""
    found = records(lines, reading.delimiter)
    while True:
        begin, lines.taken = lines.number + 1, []
        try:
            cells = next(found)
        except StopIteration:
            return
        except csv.Error as why:
            if not lines.taken:
                return
            raw = lines.give_back()
            words = f"The quotes of this row do not close ({why}). Correct the quotes."
            reading.problems.append(Problem(begin, raw.rstrip("\r\n")[:RAW], words))
            found = records(lines, reading.delimiter)
            continue
        if not cells or (len(cells) == 1 and not cells[0].strip() and len(reading.columns) > 1):
            continue
        width = len(reading.columns)
        if width and len(cells) != width:
            if len(cells) > width and not any(cells[width:]):
                cells = cells[:width]
            else:
                sign = _called(reading.delimiter)
                words = f"The row has {len(cells)} cells, the header names {width}. Mend the cells, or quote a {sign}."
                raw = lines.give_back() if len(lines.taken) > 1 else lines.taken[0]
                reading.problems.append(Problem(begin, raw.rstrip("\r\n")[:RAW], words))
                found = records(lines, reading.delimiter)
                continue
        yield begin, "".join(lines.taken), cells


def _called(delimiter: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}.get(delimiter, delimiter)


def _chunked(
    reading: Reading, rows: Iterator[tuple[int, str, list[str]]], head: list[str], size: int
) -> Iterator[Chunk]:
    found: list[list[str]] = []
    lines: list[int] = []
    raws: list[str] = []
    length = repeated = 0
    careful = bool(reading.survey.note) and reading.survey.encoding == "utf-8"
    for line, raw, cells in rows:
        if cells[0] == head[0] and cells == head[: len(cells)] and len(cells) == len(reading.columns):
            repeated += 1
            continue
        if careful and not _sound(raw):
            words = "This row holds bytes that are not UTF-8. Save the file as UTF-8, or correct the row."
            reading.problems.append(Problem(line, raw.encode("utf-8", "replace").decode()[:RAW].rstrip("\r\n"), words))
            continue
        found.append(cells)
        lines.append(line)
        raws.append(raw.rstrip("\r\n")[:RAW])
        length += len(raw)
        if len(found) >= size or length >= BYTES:
            yield Chunk(dict(zip(reading.columns, map(list, zip(*found, strict=True)), strict=True)), lines, raws)
            found, lines, raws, length = [], [], [], 0
    if repeated:
        reading.notes.append(f"The header line stands {repeated + 1} times in the file; it was read once.")
    columns = map(list, zip(*found, strict=True)) if found else ([] for _ in reading.columns)
    yield Chunk(dict(zip(reading.columns, columns, strict=True)), lines, raws)


def _sound(raw: str) -> bool:
    return raw.isascii() or not any("\udc80" <= sign <= "\udcff" for sign in raw)


def named(head: list[str]) -> list[str]:
    """Return the columns of a header: `Labels`, `Labels_2` for repeated names, `column_3` for empty ones."""
    found: list[str] = []
    for number, raw in enumerate(head, 1):
        name = raw.strip().strip("\ufeff") or f"column_{number}"
        unique, again = name, 1
        while unique in found:
            again += 1
            unique = f"{name}_{again}"
        found.append(unique)
    return found


def sniff(sample: str) -> tuple[str, int]:
    """Return the delimiter, and how many lines stand before the header (`sep=;`)."""
    sample = sample.lstrip("\ufeff")
    if sample[:4].lower() == "sep=" and len(sample) > 4:
        return sample[4], 1
    best = max(",;\t|", key=lambda sign: _fit(sample, sign))
    blanks = _fit(sample, best) == (0.0, 0) and _fit(sample, " ")[0] >= 0.8
    return " " if blanks else best, 0


def _fit(sample: str, sign: str) -> tuple[float, int]:
    """How well a delimiter fits: the share of rows as wide as the first, and that width."""
    try:
        rows = [row for row, _ in zip(_loosely(sample, sign), range(40), strict=False) if row]
    except csv.Error:
        return 0.0, 0
    width = len(rows[0]) if rows else 1
    if width < 2:
        return 0.0, 0
    return round(sum(len(row) == width for row in rows) / len(rows), 1), width


def _loosely(sample: str, sign: str) -> Iterator[list[str]]:
    found = csv.reader(io.StringIO(sample), delimiter=sign, skipinitialspace=sign == " ")
    return _trimmed(found) if sign == " " else found


def _records(reading: Reading, size: int) -> Iterator[Chunk]:
    found: list[tuple[int, str, dict[str, Any]]] = []
    length = 0
    for line, raw, value in objects(reading.survey, reading.problems):
        found.append((line, raw[:RAW], flat(value)))
        length += len(raw)
        if len(found) >= size or length >= BYTES:
            yield _turned(reading, found)
            found, length = [], 0
    yield _turned(reading, found)


def _turned(reading: Reading, found: list[tuple[int, str, dict[str, Any]]]) -> Chunk:
    names = dict.fromkeys(key for _, _, record in found for key in record)
    reading.columns += [name for name in names if name not in reading.columns]
    columns = {name: [record.get(name) for _, _, record in found] for name in names}
    return Chunk(columns, [line for line, _, _ in found], [raw for _, raw, _ in found])


def _parquet(reading: Reading, size: int) -> Iterator[Chunk]:
    import pyarrow as pa
    from pyarrow import parquet

    name = reading.survey.name
    try:
        with reading.survey.open() as handle:
            file = parquet.ParquetFile(handle)
            reading.columns = list(file.schema_arrow.names)
            begin = 1
            for batch in file.iter_batches(size):
                rows = batch.num_rows
                columns = {column: batch.column(at).to_pylist() for at, column in enumerate(reading.columns)}
                records = [json.dumps(row, default=str, ensure_ascii=False)[:RAW] for row in batch.to_pylist()]
                yield Chunk(columns, list(range(begin, begin + rows)), records)
                begin += rows
            if begin == 1:
                yield Chunk({column: [] for column in reading.columns}, [], [])
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as why:
        told = str(why).splitlines()[0][:160]
        raise BadInput(
            f"{name} is not a whole Parquet file: {told}",
            "It may still have been written; write it again. Nothing was imported.",
        ) from why
