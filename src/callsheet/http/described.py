"""The OpenAPI description says what an answer always holds, so that the client made from it need not guess.

A field with a default is optional in what is sent and always there in what is answered; the description of a
schema that only answers use says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

Told = dict[str, Any]


def install(app: FastAPI) -> None:
    """Complete the description of an app's routes; call it when all routes are in."""
    plain = app.openapi

    def openapi() -> Told:
        return complete(plain())

    app.openapi = openapi  # type: ignore[method-assign]


def complete(told: Told) -> Told:
    """Mark as required what answers always hold: fields with a default or of no value. Changes `told`; twice is as once.

    Keys of a TypedDict that may be missing have neither and stay optional.
    """
    schemas = told.get("components", {}).get("schemas", {})
    operations = [each for path in told["paths"].values() for each in path.values()]
    asked = set(_reached([each.get("requestBody") for each in operations], schemas))
    for name in set(_reached([each["responses"] for each in operations], schemas)) - asked:
        schema = schemas[name]
        fields, must = schema.get("properties", {}), set(schema.get("required", ()))
        schema["required"] = [key for key, field in fields.items() if key in must or _always(field)]
    return told


def _always(field: Told) -> bool:
    return "default" in field or {"type": "null"} in field.get("anyOf", ())


def _reached(start: Any, schemas: dict[str, Told]) -> list[str]:
    """Names of the schemas that something uses, directly or through others."""
    found: list[str] = []
    waiting = list(_refs(start))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += _refs(schemas[name])
    return found


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(ref := part.get("$ref"), str):
            yield ref.rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _refs(each)
