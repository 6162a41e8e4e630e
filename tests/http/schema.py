"""Requests made from the API's own description: every operation, with the smallest input that it accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

WORDS = {"date-time": "2026-11-22T09:30:00", "date": "2026-11-22", "uuid": "00000000-0000-0000-0000-000000000000",
         "email": "x@example.org"}  # fmt: skip
PLAIN: dict[str, Any] = {"string": "x", "integer": 1, "number": 1.0, "boolean": True, "array": [], "null": None}
NAMED = {
    "ref": "initiative:x", "object_ref": "initiative:x", "from_ref": "initiative:x", "to_ref": "goal:x",
    "topic": "release", "kind": "serves", "email": "x@example.org", "to": ["x@example.org"],
}  # fmt: skip
FILE = ("x.csv", b"x\n", "text/csv")


@dataclass(slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    sent: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, place: str = "x") -> str:
        """The address with its parameters filled in: `place`, 1 for numbers, an unknown object for a ref."""
        given = self.path
        for one in self.parameters:
            if one["in"] == "path":
                number = one.get("schema", {}).get("type") == "integer"
                value = "1" if number else "initiative:x" if "ref" in one["name"] else place
                given = given.replace(f"{{{one['name']}}}", value)
        return given.replace(":path}", "}")


def operations(described: dict[str, Any]) -> Iterator[Operation]:
    """Yield every operation of an OpenAPI description."""
    for path, methods in sorted(described["paths"].items()):
        for method, told in sorted(methods.items()):
            yield _operation(method.upper(), path, told, described)


def _operation(method: str, path: str, told: dict[str, Any], described: dict[str, Any]) -> Operation:
    found = Operation(method, path, told.get("parameters", []))
    for kind, shape in told.get("requestBody", {}).get("content", {}).items():
        found.sent |= _body(kind, shape["schema"], described)
    needed = [one for one in found.parameters if one["in"] == "query" and one.get("required")]
    found.query = {one["name"]: NAMED.get(one["name"]) or smallest(one["schema"], described) for one in needed}
    return found


def _body(kind: str, schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    if kind == "application/json":
        return {"json": smallest(schema, described)}
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        shape = _resolved(schema, described)
        parts = {name: _resolved(each, described) for name, each in shape.get("properties", {}).items()}
        needed = {name: parts[name] for name in shape.get("required", [])}
        files = {name: FILE for name, part in needed.items() if _is_file(part)}
        data = {name: smallest(part, described) for name, part in needed.items() if name not in files}
        return {"files": files, "data": data} if files else {"data": data}
    return {"content": b"x"}


def _is_file(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "binary" or "contentMediaType" in schema


def _resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _named(name: str, schema: dict[str, Any]) -> Any:
    """A value that fits fields of this name, unless the schema allows only its own."""
    return None if "const" in schema else NAMED.get(name)


def smallest(schema: dict[str, Any], described: dict[str, Any]) -> Any:
    """Return the smallest value that the schema accepts."""
    schema = _resolved(schema, described)
    for name in ("const", "default", "example"):
        if name in schema:
            return schema[name]
    if "enum" in schema:
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            return smallest(schema[name][0], described)
    kind = schema.get("type", "object")
    if kind == "object":
        parts = schema.get("properties", {})
        needed = schema.get("required", [])
        return {name: _named(name, parts[name]) or smallest(parts[name], described) for name in needed}
    if kind == "array":
        return [smallest(schema["items"], described)] * schema.get("minItems", 0)
    if kind == "string":
        return WORDS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return PLAIN[kind]
