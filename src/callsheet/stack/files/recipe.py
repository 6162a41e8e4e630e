"""One field of a mapping: where its value comes from, and what is done to it on the way. Pure.

A recipe is a column's name, a template `"{org}/{repository}#{number}"` (empty when one of its columns is), a
constant `"=initiative"`, or a table of `column | template | value | pack` with any of the KEYS. `pack` names columns
that become one JSON object, empty cells left out; a cell of it that is itself a JSON object under a column called
`properties` is spread, and `properties.plan` is called `plan`. `under` names what the object is held under, `beside`
(name -> column) what stands beside it, or else in it. In this order:
`split` (by a separator, "" for blanks; makes a row of each part), `pattern` (a regular expression; empty where
it does not match), `as` (a template of its groups, `{0}` the whole), `values` (a table of replacements), `slug`,
`lower`, `count` (the number of parts between separators), `default` (for empty cells). `when` keeps the value
only in rows whose columns have these values. `take` (first, last, min, max, sum, count) makes one row of all
that share the map's key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from callsheet.base.errors import BadInput
from callsheet.base.text import slug
from callsheet.stack.files import cells
from callsheet.stack.files.packing import packed

KEYS = frozenset({
    "column", "template", "value", "split", "pattern", "as", "values", "slug", "lower", "count", "default", "when",
    "take", "zone", "day_first", "pack", "under", "beside",
})  # fmt: skip
TAKES = ("first", "last", "min", "max", "sum", "count")
_HOLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A checked recipe. `columns` are the columns of the file that it reads."""

    field: str
    column: str = ""
    template: str = ""
    value: Any = None
    pack: tuple[str, ...] = ()
    under: str = ""
    beside: dict[str, str] = made(default_factory=dict)
    split: str | None = None
    pattern: re.Pattern[str] | None = None
    as_: str = ""
    values: dict[str, Any] = made(default_factory=dict)
    default: Any = None
    slug: bool = False
    lower: bool = False
    count: str | None = None
    when: dict[str, tuple[str, ...]] = made(default_factory=dict)
    take: str = ""
    zone: str = ""
    day_first: bool | None = None

    @property
    def columns(self) -> list[str]:
        """Columns read, those of conditions last."""
        read = [self.column] if self.column else [*self.pack, *self.beside.values()] or _HOLE.findall(self.template)
        return [*read, *self.when]

    @property
    def shapes(self) -> bool:
        """Whether cells are changed before they are read as a type."""
        return any((
            self.split is not None, self.pattern, self.as_, self.values, self.slug, self.lower,
            self.count is not None, self.default is not None,
        ))  # fmt: skip


def recipe(name: str, given: Any, resolve: Callable[[str], str]) -> Recipe:
    """Check a recipe; `resolve` turns a column's name into that of the file, or raises BadInput."""
    if not isinstance(given, dict):
        return _short(name, given, resolve)
    unknown = sorted(set(given) - KEYS)
    if unknown:
        raise BadInput(
            f"The mapping of {name} has unknown keys: {', '.join(unknown)}.", f"Keys: {', '.join(sorted(KEYS))}."
        )
    sources = [key for key in ("column", "template", "value", "pack") if key in given]
    if len(sources) > 1 or (not sources and given.get("take") != "count"):
        raise BadInput(f"The mapping of {name} needs one of column, template, value or pack.")
    if given.get("take", "last") not in TAKES:
        raise BadInput(f"The mapping of {name} takes {given['take']!r}.", f"Use one of {', '.join(TAKES)}.")
    when = {resolve(key): conditions(value) for key, value in given.get("when", {}).items()}
    rest = {
        key: given[key]
        for key in ("split", "default", "slug", "lower", "take", "zone", "day_first", "under")
        if key in given
    }
    return Recipe(
        name, resolve(given["column"]) if "column" in given else "", _resolved(given.get("template", ""), resolve),
        given.get("value"), pattern=_compiled(name, given.get("pattern")), as_=given.get("as", ""),
        values={str(key).lower(): value for key, value in given.get("values", {}).items()}, when=when,
        count=given.get("count"), pack=tuple(resolve(column) for column in conditions(given.get("pack", []))),
        beside={key: resolve(column) for key, column in given.get("beside", {}).items()}, **rest,
    )  # fmt: skip


def _short(name: str, given: Any, resolve: Callable[[str], str]) -> Recipe:
    if not isinstance(given, str):
        return Recipe(name, value=given)
    if given.startswith("="):
        return Recipe(name, value=given[1:])
    if "{" in given:
        return Recipe(name, template=_resolved(given, resolve))
    return Recipe(name, resolve(given))


def _resolved(template: str, resolve: Callable[[str], str]) -> str:
    return _HOLE.sub(lambda match: "{" + resolve(match[1]) + "}", template)


def _compiled(name: str, pattern: str | None) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    try:
        return re.compile(pattern)
    except re.error as why:
        raise BadInput(f"The pattern of {name} is not a regular expression: {why}.") from why


def conditions(given: Any) -> tuple[str, ...]:
    """Return the wanted values of a condition."""
    return tuple(str(part) for part in (given if isinstance(given, list) else [given]))


def mask(wanted: dict[str, tuple[str, ...]], columns: dict[str, list[Any]], size: int) -> list[bool]:
    """Return which rows have the wanted values ("" wants an empty cell, "*" any but an empty one)."""
    found = [True] * size
    for name, values in wanted.items():
        some = "*" in values
        for index, cell in enumerate(columns.get(name) or [None] * size):
            plain = cells.text(cell) or ""
            if plain not in values and not (some and plain):
                found[index] = False
    return found


def values_of(spec: Recipe, columns: dict[str, list[Any]], size: int, memory: dict[Any, Any]) -> list[Any]:
    """Return the raw or shaped value of each row; a list of values a row for a `split`."""
    found = _raw(spec, columns, size)
    if spec.shapes:
        found = _shaped(spec, found, memory)
    if spec.when:
        kept = mask(spec.when, columns, size)
        found = [value if keep else None for value, keep in zip(found, kept, strict=True)]
    return found


def _raw(spec: Recipe, columns: dict[str, list[Any]], size: int) -> list[Any]:
    if spec.column:
        return columns.get(spec.column) or [None] * size
    if spec.pack or spec.beside:
        return packed(spec.pack, columns, size, spec.under, spec.beside)
    if not spec.template:
        return [spec.value] * size
    holes = _HOLE.findall(spec.template)
    form = _HOLE.sub("%s", spec.template.replace("%", "%%"))
    parts = [_plain(columns.get(name), size) for name in holes]
    return [form % row if all(row) else None for row in zip(*parts, strict=True)]


def _plain(values: list[Any] | None, size: int) -> Iterable[str | None]:
    return [None] * size if values is None else map(cells.text, values)


def _shaped(spec: Recipe, values: list[Any], memory: dict[Any, Any]) -> list[Any]:
    if len(memory) > cells.MEMORY:
        memory.clear()
    found = []
    for value in values:
        key = value if isinstance(value, str) else cells.text(value)
        try:
            found.append(memory[key])
        except KeyError:
            memory[key] = _shape(spec, key)
            found.append(memory[key])
    return found


def _shape(spec: Recipe, value: str | None) -> Any:
    value = cells.text(value)
    if spec.count is not None:
        return len([part for part in (value or "").split(spec.count or None) if part.strip()])
    if spec.split is not None:
        parts = (value or "").split(spec.split or None)
        made = [_one(spec, part.strip()) for part in parts if part.strip()]
        return [part for part in dict.fromkeys(made) if part is not None] or _absent(spec)
    return _one(spec, value)


def _absent(spec: Recipe) -> list[Any]:
    return [] if spec.default is None else [spec.default]


def _one(spec: Recipe, value: str | None) -> Any:
    if value is None:
        return spec.values.get("", spec.default)
    if spec.pattern is not None:
        match = spec.pattern.search(value)
        if match is None:
            return spec.default
        groups = (match[0], *match.groups(""))
        value = _filled(spec.as_, groups) if spec.as_ else groups[min(1, len(groups) - 1)]
    elif spec.as_:
        value = _filled(spec.as_, (value,))
    made: Any = value
    if spec.values:
        made = spec.values.get(value.lower(), spec.values.get("*", spec.default if spec.default is not None else value))
    if isinstance(made, str):
        made = slug(made)[:80] if spec.slug else made.lower() if spec.lower else made
    return spec.default if cells.is_empty(made) else made


def _filled(form: str, groups: tuple[str, ...]) -> str:
    def part(match: re.Match[str]) -> str:
        number = int(match[1]) if match[1].isdigit() else len(groups)
        return groups[number] if number < len(groups) else match[0]

    return _HOLE.sub(part, form.replace("{}", "{0}"))
