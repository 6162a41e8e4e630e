"""The mapping language: rows of a file to rows of fact tables. Pure.

A mapping is a list of maps. A map names its `table` and a recipe a field (see `recipe.py`), and may have:
`where` / `unless` (only rows whose columns have / lack these values), `zone` and `day_first` (how moments are
written), `span = ["started_at", "resolved_at"]` with `on_negative = "null" | "quarantine" | "keep"`, and
`required` (a row without the table's key is set aside; by default only in the first map, else it is skipped; a list
of fields sets rows without these aside too). The column `:line` is the number of the row's line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from callsheet.base.errors import BadInput
from callsheet.base.time import zone_of
from callsheet.model.link import LINK_KINDS, Ref
from callsheet.stack.connector import Parsed, Problem
from callsheet.stack.files import cells
from callsheet.stack.files.recipe import Recipe, conditions, mask, recipe, values_of
from callsheet.store.schema import MOMENT, NUMBER, TABLES, TEXT, TRUTH, WHOLE

OPTIONS = frozenset({"table", "where", "unless", "zone", "day_first", "span", "on_negative", "required"})
SPANS = {
    "work": ("started_at", "done_at"),
    "changes": ("created_at", "merged_at"),
    "incidents": ("started_at", "resolved_at"),
}
REFS = {"object_ref", "from_ref", "to_ref"}
LINE = ":line"
ARROW = {
    TEXT: pa.string(), MOMENT: pa.timestamp("us"), NUMBER: pa.float64(), WHOLE: pa.int64(), TRUTH: pa.bool_(),
}  # fmt: skip


@dataclass(slots=True)
class Chunk:
    """Some rows of a file, by column. `lines` and `raws` say where each came from."""

    columns: dict[str, list[Any]]
    lines: list[int]
    raws: list[str]

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.lines)


@dataclass(slots=True)
class Map:
    """A compiled map. It remembers cells it has read and, with `take`, what it has grouped."""

    table: str
    recipes: list[Recipe]
    where: dict[str, tuple[str, ...]]
    unless: dict[str, tuple[str, ...]]
    zone: str
    span: tuple[str, ...]
    on_negative: str
    required: bool
    needed: tuple[str, ...]
    day_first: bool | None
    readers: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    memory: dict[tuple[str, str], dict[Any, Any]] = field(default_factory=dict)
    groups: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)

    @property
    def grouped(self) -> bool:
        """Whether rows with one key become one row."""
        return any(spec.take for spec in self.recipes)


class Mapping:
    """All maps of a file, compiled against its columns."""

    def __init__(self, maps: list[dict[str, Any]], columns: list[str], zone: str = "UTC", strict: bool = True) -> None:
        if not maps:
            raise BadInput("The mapping is empty.", "Name a table and a column for each of its fields.")
        resolve = _resolver(columns, strict)
        self.maps = [_compiled(given, resolve, zone, index == 0) for index, given in enumerate(maps)]

    def apply(self, chunk: Chunk) -> Parsed:
        """Return the facts of a chunk and the problems of its rows; a row with one lands in no table."""
        parsed, wrong = Parsed(rows=chunk.size), dict[int, str]()
        chunk.columns[LINE] = list(chunk.lines)
        results = [_Result(one, chunk, wrong, parsed.problems) for one in self.maps]
        for result in results:
            result.land(parsed)
        parsed.problems += [Problem(chunk.lines[at], chunk.raws[at], why) for at, why in sorted(wrong.items())]
        return parsed

    def finish(self) -> Parsed:
        """Return what grouped maps have gathered."""
        parsed = Parsed()
        for one in self.maps:
            rows = list(one.groups.values())
            if rows:
                parsed.add(
                    one.table, arrow(one.table, {s.field: [row.get(s.field) for row in rows] for s in one.recipes})
                )
                one.groups = {}
        return parsed


class _Result:
    """One map over one chunk: values by field, row numbers they came from."""

    def __init__(self, one: Map, chunk: Chunk, wrong: dict[int, str], notes: list[Problem]) -> None:
        self.map, self.chunk, self.wrong = one, chunk, wrong
        self.rows = self._rows()
        self.values: dict[str, list[Any]] = {}
        raw = {spec.field: self._raw(spec) for spec in one.recipes}
        self._explode(raw)
        for spec in one.recipes:
            self.values[spec.field] = self._read(spec, raw[spec.field])
        self._check_key()
        self._check_refs()
        self._check_span(notes)

    def _rows(self) -> list[int]:
        columns, size = self.chunk.columns, self.chunk.size
        rows: Iterable[int] = range(size)
        if self.map.where:
            kept = mask(self.map.where, columns, size)
            rows = [at for at in rows if kept[at]]
        for name, values in self.map.unless.items():
            left = mask({name: values}, columns, size)
            rows = [at for at in rows if not left[at]]
        return list(rows)

    def _raw(self, spec: Recipe) -> list[Any]:
        memory = self.map.memory.setdefault((spec.field, "shape"), {})
        found = values_of(spec, self.chunk.columns, self.chunk.size, memory)
        return found if len(self.rows) == self.chunk.size else [found[at] for at in self.rows]

    def _explode(self, raw: dict[str, list[Any]]) -> None:
        for spec in self.map.recipes:
            if spec.split is None:
                continue
            parts = raw[spec.field]
            repeat = [at for at, values in enumerate(parts) for _ in values or ()]
            self.rows = [self.rows[at] for at in repeat]
            for name, values in raw.items():
                raw[name] = [values[at] for at in repeat]
            raw[spec.field] = [part for values in parts for part in values or ()]

    def _read(self, spec: Recipe, raw: list[Any]) -> list[Any]:
        kind = TABLES[self.map.table].columns[spec.field][0]
        if spec.field not in self.map.readers:
            day_first = spec.day_first if spec.day_first is not None else self.map.day_first
            if day_first is None:
                day_first = kind == MOMENT and cells.day_first_of(raw)
            self.map.readers[spec.field] = cells.reader(kind, spec.zone or self.map.zone, day_first)
        memory = self.map.memory.setdefault((spec.field, "read"), {})
        found, bad = cells.column(raw, self.map.readers[spec.field], memory)
        for at in bad:
            where = f" (column {spec.columns[0]})" if spec.columns else ""
            self._fail(
                self.rows[at],
                f"{spec.field}{where}: {str(raw[at])[:80]!r} is not {cells.WORDS[kind]}. {cells.HOW[kind]}",
            )
        return found

    def _fail(self, row: int, why: str) -> None:
        self.wrong[row] = f"{self.wrong[row]} {why}" if row in self.wrong else why

    def _check_key(self) -> None:
        """Set aside, or skip, rows without their natural key."""
        if self.map.grouped and not self.rows:
            return
        missing: dict[int, str] = {}
        for name in (*TABLES[self.map.table].key, *self.map.needed):
            for at, value in enumerate(self.values[name]):
                if value is None:
                    missing.setdefault(at, name)
        if not missing:
            return
        sources = {spec.field: " and ".join(spec.columns) for spec in self.map.recipes}
        if self.map.required:
            for at, name in missing.items():
                where = f" (column {sources[name]} is empty)" if sources[name] else ""
                if self.rows[at] not in self.wrong:
                    self._fail(self.rows[at], f"{name}{where}: {self.map.table} cannot do without it. Fill it in.")
        self._keep([at for at in range(len(self.rows)) if at not in missing])

    def _keep(self, places: list[int]) -> None:
        self.rows = [self.rows[at] for at in places]
        self.values = {name: [values[at] for at in places] for name, values in self.values.items()}

    def _check_refs(self) -> None:
        checks: list[tuple[str, Callable[[Any], bool], str]] = [
            (name, _is_ref, "no ref (kind:id)") for name in REFS & self.values.keys()
        ]
        if self.map.table == "links":
            checks.append(("kind", lambda value: value in LINK_KINDS, f"no link kind ({', '.join(LINK_KINDS)})"))
            if "confidence" in self.values:
                checks.append(("confidence", _is_sureness, "no confidence (above 0, up to 1)"))
        for name, fits, words in checks:
            for at, value in enumerate(self.values[name]):
                if not fits(value):
                    self._fail(self.rows[at], f"{name}: {value!r} is {words}.")

    def _check_span(self, notes: list[Problem]) -> None:
        first, last = self.map.span or ("", "")
        if first not in self.values or last not in self.values:
            return
        ends = self.values[last]
        for at, (begin, end) in enumerate(zip(self.values[first], ends, strict=True)):
            if begin is None or end is None or end >= begin:
                continue
            row = self.rows[at]
            words = f"{last} ({end:%Y-%m-%d %H:%M}) lies before {first} ({begin:%Y-%m-%d %H:%M})"
            if self.map.on_negative == "quarantine":
                self._fail(row, f"{words}. Correct one of the two.")
                continue
            dropped = self.map.on_negative == "null"
            ends[at] = None if dropped else end
            said = f"{words}; {f'the row is in, {last} was left empty' if dropped else 'the row is in as it is'}."
            notes.append(Problem(self.chunk.lines[row], self.chunk.raws[row], said, fatal=False))

    def land(self, parsed: Parsed) -> None:
        """Give the facts of all rows that have no problem."""
        if self.wrong:
            self._keep([at for at, row in enumerate(self.rows) if row not in self.wrong])
        if not self.rows:
            return
        if self.map.grouped:
            _gather(self.map, self.values)
        else:
            parsed.add(self.map.table, arrow(self.map.table, self.values))


def arrow(table: str, values: dict[str, list[Any]]) -> pa.Table:
    """Return columns as an Arrow table of the warehouse's types."""
    columns = TABLES[table].columns
    return pa.table({name: pa.array(cells_, ARROW[columns[name][0]]) for name, cells_ in values.items()})


def _gather(one: Map, values: dict[str, list[Any]]) -> None:
    """Fold rows into the groups of their key. An empty cell never replaces a value."""
    key = TABLES[one.table].key
    names = [(spec.field, _FOLDS[spec.take or "last"]) for spec in one.recipes]
    for at, parts in enumerate(zip(*(values[name] for name in key), strict=True)):
        group = one.groups.setdefault(parts, {})
        for name, fold in names:
            value = values[name][at]
            if value is not None or fold is _FOLDS["count"]:
                group[name] = fold(group.get(name), value)


_FOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "first": lambda old, new: new if old is None else old,
    "last": lambda _old, new: new,
    "min": lambda old, new: new if old is None else min(old, new),
    "max": lambda old, new: new if old is None else max(old, new),
    "sum": lambda old, new: (old or 0) + new,
    "count": lambda old, _new: (old or 0) + 1,
}


def _is_sureness(value: float | None) -> bool:
    return value is None or 0 < value <= 1


def _is_ref(value: str) -> bool:
    try:
        return bool(Ref.parse(value))
    except BadInput:
        return False


def _compiled(given: dict[str, Any], resolve: Callable[[str], str], zone: str, first: bool) -> Map:
    table = given.get("table")
    if table not in TABLES:
        raise BadInput(f"There is no fact table {table!r}.", f"Tables: {', '.join(sorted(TABLES))}.")
    spec = TABLES[table]
    fields = {name: entry for name, entry in given.items() if name not in OPTIONS and entry not in (None, "")}
    for name in fields:
        if name not in spec.columns:
            like = difflib.get_close_matches(name, spec.columns, n=2)
            hint = f"Did you mean {' or '.join(like)}?" if like else f"Fields: {', '.join(spec.columns)}."
            raise BadInput(f"The table {table} has no field {name!r}.", hint)
    missing = [name for name in spec.key if name not in fields]
    if missing:
        raise BadInput(
            f"The mapping gives {table} no {' and no '.join(missing)}.", f"Rows of {table} are told apart by it."
        )
    span = tuple(given.get("span", SPANS.get(table, ())))
    on_negative = given.get("on_negative", "null" if "span" in given else "keep")
    if on_negative not in ("null", "quarantine", "keep") or len(span) not in (0, 2):
        raise BadInput("A span is two fields; on_negative is null, quarantine or keep.")
    zone_of(given.get("zone", zone))
    required = given.get("required", first)
    needed = tuple(required) if isinstance(required, list) else ()
    unmapped = [str(name) for name in needed if name not in fields]
    if unmapped:
        raise BadInput(f"The mapping requires {unmapped[0]} but gives none.", f"It gives {', '.join(fields)}.")
    where, unless = (
        {resolve(name): conditions(value) for name, value in given.get(key, {}).items()} for key in ("where", "unless")
    )
    return Map(
        table, [recipe(name, entry, resolve) for name, entry in fields.items()], where, unless, given.get("zone", zone),
        span, on_negative, bool(required), needed, given.get("day_first"),
    )  # fmt: skip


def _resolver(columns: list[str], strict: bool) -> Callable[[str], str]:
    exact = set(columns)
    loose: dict[str, str] = {}
    for name in columns:
        loose.setdefault(plain(name), name)

    def resolve(name: str) -> str:
        if name in exact or name == LINE:
            return name
        if plain(name) in loose:
            return loose[plain(name)]
        if strict:
            raise BadInput(f"The file has no column {name!r}.", f"Its columns: {', '.join(columns[:60])}.")
        return name

    return resolve


def plain(name: str) -> str:
    """Return a column's name without case, blanks and marks."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())
