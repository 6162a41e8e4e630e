"""A desk over events written as text, for questions: any engine's histories, over DuckDB in memory."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

import ibis
import pyarrow as pa

from callsheet.base.time import parse_moment
from callsheet.store.histories.expressed import ExpressedHistories
from callsheet.usage.questions.common import Desk

NOW = "2026-11-22T16:00:00"
_NUMBERS = count()
_TEXT = ("event_id", "event", "person_id", "account_id", "properties")


def nobody(_: str) -> tuple[str, ...]:
    """Return no members, whatever the cohort."""
    return ()


@cache
def _engine() -> Any:
    """One for all desks, which takes longer to open than a question to answer."""
    return ibis.duckdb.connect()


def _table(rows: pa.Table) -> Any:
    """The rows as a table of the engine, under a name of their own."""
    name = f"rows_{next(_NUMBERS)}"
    _engine().con.register(name, rows)
    return _engine().table(name)


def desk(
    lines: str, zone: str = "UTC", now: str = NOW, persons: dict[str, dict[str, Any]] | None = None,
    cohorts: dict[str, tuple[str, ...]] | None = None,
) -> Desk:  # fmt: skip
    """Return a desk; a line is "2026-11-16T10:00 ann@acme board {"plan": "pro"}", the properties being optional.
    `persons` have traits, `cohorts` are called by their id in capitals."""
    import json

    found: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        when, who, event, *rest = line.split(maxsplit=3)
        person, _, account = who.partition("@")
        properties = json.dumps(json.loads(rest[0])) if rest else None
        found.append({
            "event_id": f"e{len(found)}", "event": event, "person_id": person or None, "account_id": account or None,
            "properties": properties, "occurred_at": parse_moment(when), "seq": len(found),
        })  # fmt: skip
    shape = pa.schema(
        [*((name, pa.string()) for name in _TEXT), ("occurred_at", pa.timestamp("us")), ("seq", pa.int64())]
    )
    tables = {"events": _table(pa.Table.from_pylist(found, shape))}
    if persons:
        tables["persons"] = _table(pa.Table.from_pylist([{"person_id": who} | told for who, told in persons.items()]))
    members = nobody if cohorts is None else cohorts.__getitem__
    histories = ExpressedHistories(tables, _engine().to_pyarrow)
    return Desk(histories, datetime.fromisoformat(now), zone, members, cohort_name=str.upper)
