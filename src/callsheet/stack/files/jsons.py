"""JSON, JSON lines and YAML as records, an array streamed element by element."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import IO, Any

from callsheet.base.errors import BadInput
from callsheet.stack.connector import Problem
from callsheet.stack.files.survey import Survey

LISTS = ("items", "data", "issues", "posts", "records", "results", "rows", "values", "ideas", "notes", "cards")
WHOLE = 256_000_000
"""Bytes up to which a document that is no plain array is read whole."""
BLOCK = 1 << 20
Record = tuple[int, str, dict[str, Any]]


def objects(survey: Survey, problems: list[Problem]) -> Iterator[Record]:
    """Yield (line or number, text, record); what is no record becomes a problem."""
    if survey.form == "jsonl":
        yield from _lines(survey, problems)
    elif survey.form == "yaml":
        yield from _listed(survey, _yaml(survey), problems)
    else:
        yield from _json(survey, problems)


def flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested objects as dotted columns: `author.email`. Lists of named things become their names."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            found |= flat(value, f"{name}.")
        elif isinstance(value, list) and value and all(isinstance(part, dict) and "name" in part for part in value):
            found[name] = ", ".join(str(part["name"]) for part in value)
        else:
            found[name] = value
    return found


def _open(survey: Survey) -> IO[str]:
    return io.TextIOWrapper(survey.open(), encoding=survey.encoding, errors="replace")


def _lines(survey: Survey, problems: list[Problem]) -> Iterator[Record]:
    with _open(survey) as file:
        for number, line in enumerate(file, 1):
            raw = line.strip().lstrip("\ufeff")
            if not raw:
                continue
            try:
                value = json.loads(raw)
            except ValueError as why:
                problems.append(Problem(number, raw[:4000], f"This line is not JSON: {why}."))
                continue
            yield from _record(number, raw, value, problems)


def _record(number: int, raw: str, value: Any, problems: list[Problem]) -> Iterator[Record]:
    if isinstance(value, dict):
        yield number, raw, value
    else:
        problems.append(Problem(number, raw[:4000], "This is not an object with named values."))


def _json(survey: Survey, problems: list[Problem]) -> Iterator[Record]:
    with _open(survey) as file:
        start = file.read(BLOCK)
        body = start.lstrip("\ufeff \r\n\t")
        if body[:1] == "[":
            yield from _array(survey, file, body[1:], problems)
            return
        if survey.size > WHOLE:
            raise BadInput(
                f"{survey.name} is one JSON document of {survey.size:,} bytes.", "Export an array, or JSON lines."
            )
        try:
            whole = json.loads(body + file.read())
        except ValueError as why:
            raise BadInput(
                f"{survey.name} is not whole JSON: {why}.", "It may be cut off; export it again. Nothing was imported."
            ) from why
    yield from _listed(survey, whole, problems)


def _array(survey: Survey, file: IO[str], rest: str, problems: list[Problem]) -> Iterator[Record]:
    """Yield the elements of an array; a file that ends inside it is an error."""
    decoder, number, at = json.JSONDecoder(), 0, 0
    while True:
        while at < len(rest) and rest[at] in " \r\n\t,":
            at += 1
        if at < len(rest) and rest[at] == "]":
            return
        try:
            value, end = decoder.raw_decode(rest, at)
            # A number or word at the very end may go on in the next block.
            cut = end == len(rest)
        except ValueError:
            cut = True
        if cut:
            block = file.read(max(BLOCK, len(rest) - at))
            if not block:
                raise BadInput(
                    f"{survey.name} ends in the middle, or holds something that is not JSON, after its record {number}.",
                    "Export it again; nothing was imported.",
                )
            rest, at = rest[at:] + block, 0
            continue
        number += 1
        yield from _record(number, rest[at:end], value, problems)
        at = end
        if at > BLOCK:
            rest, at = rest[at:], 0


def _listed(survey: Survey, whole: Any, problems: list[Problem]) -> Iterator[Record]:
    if isinstance(whole, dict):
        lists = {key: value for key, value in whole.items() if isinstance(value, list)}
        name = next((key for key in LISTS if key in lists), next(iter(lists), ""))
        whole = lists.get(name, [whole])
    if not isinstance(whole, list):
        raise BadInput(f"{survey.name} holds no list of records.", "Export a list of objects.")
    for number, value in enumerate(whole, 1):
        yield from _record(number, json.dumps(value, default=str, ensure_ascii=False), value, problems)


def _yaml(survey: Survey) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if survey.size > WHOLE:
        raise BadInput(f"{survey.name} is a YAML file of {survey.size:,} bytes.", "Convert it to JSON lines or CSV.")
    with _open(survey) as file:
        try:
            return yaml.load(file, Loader=loader)  # noqa: S506 - a safe loader
        except yaml.YAMLError as why:
            raise BadInput(f"{survey.name} is not YAML: {' '.join(str(why).split())[:200]}.") from why
