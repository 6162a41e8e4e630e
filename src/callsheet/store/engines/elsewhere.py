"""Events that stay where they are: a table of another engine, mapped by configuration, never copied.

Expressions over `events` alone run where the events are. Where an expression joins them with our own facts, the
largest parts of it that need events alone run there, and what they give comes over and is joined here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pyarrow as pa

from callsheet.base.config import EventsSettings
from callsheet.base.errors import BadInput, ConfigError, StorageFailed
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.schema import TABLES
from callsheet.store.warehouse import Batch, BatchInfo

MOST_ROWS = 5_000_000
"""Rows that one part of an expression may bring over."""
PROPERTY = "properties."
NAMED = ("person_id", "account_id", "distinct_id", "session_id", "feature")
"""Columns in which an empty text names nothing, as in engines whose texts cannot be missing."""


class Elsewhere:
    """`Warehouse` whose events live in another engine; everything else is in the embedded one."""

    def __init__(self, here: DuckWarehouse, settings: EventsSettings) -> None:
        self.here = here
        self._settings = settings
        self._there = connect(settings)
        self._mapped = mapped(self._there, settings)
        self._tables = {**here.tables(), "events": _unbound(self._mapped)}

    def tables(self) -> Mapping[str, Any]:
        """Name -> unbound Ibis table; `events` has a column `properties.<name>` for each mapped property."""
        return self._tables

    def run(self, expr: Any, limit: int | None = None) -> pa.Table:
        """Run an expression where its tables are."""
        expr = expr.as_table()
        if limit is not None:
            expr = expr.limit(limit)
        whole = expr.op()
        parts = list(dict.fromkeys(_parts(whole)))
        if not parts:
            return self.here.run(expr)
        if parts == [whole]:
            return self._ask(whole, most=None)
        brought = {f"brought_{number}": self._ask(part, MOST_ROWS) for number, part in enumerate(parts)}
        return self.here.run(_joined_here(whole, parts, list(brought)), given=brought)

    def _ask(self, part: Any, most: int | None) -> pa.Table:
        import ibis.expr.operations as ops

        bound = self._mapped.op()
        swap = {node: bound for node in part.find(ops.UnboundTable) if node.name == "events"}
        expr = part.replace(swap).to_expr()
        try:
            found = self._there.to_pyarrow(expr if most is None else expr.limit(most + 1))
        except Exception as why:
            raise StorageFailed(
                f"The events at {self._settings.engine} could not be asked: {_first_line(why)}",
                "Check [events] in callsheet.toml, and that the engine is up.",
            ) from why
        if most is not None and found.num_rows > most:
            raise BadInput(f"More than {most:,} rows of events would come over.", "Ask for a shorter span.")
        return found.cast(part.schema.to_pyarrow())

    def batch(self, source: str, kind: str, **details: Any) -> AbstractContextManager[Batch]:
        """Open a batch in the embedded warehouse."""
        return self.here.batch(source, kind, **details)

    def landing(self) -> AbstractContextManager[None]:
        """Keep the embedded warehouse's file from being written anew."""
        return self.here.landing()

    def undo(self, batch: str) -> BatchInfo:
        """Take a batch of the embedded warehouse back."""
        return self.here.undo(batch)

    def batches(self, batch: str | None = None) -> list[BatchInfo]:
        """Batches of the embedded warehouse."""
        return self.here.batches(batch)

    def quarantined(self, batch: str) -> list[dict[str, Any]]:
        """Rows set aside by a batch."""
        return self.here.quarantined(batch)

    @property
    def version(self) -> int:
        """Grows with every change here; what changes there is looked at anew every hour, as everything is."""
        return self.here.version

    @property
    def moved(self) -> int:
        """Grows every minute: nobody tells when events arrive there."""
        return int(datetime.now().timestamp() // 60)

    def counts(self) -> dict[str, int]:
        """Rows of each table; those of events are counted where they are."""
        total = self.run(self._tables["events"].count().name("n").as_table())["n"][0].as_py()
        return {**self.here.counts(), "events": int(total)}

    def close(self) -> None:
        """Let go of both."""
        disconnect = getattr(self._there, "disconnect", None)
        if disconnect:
            disconnect()
        self.here.close()

    def __getattr__(self, name: str) -> Any:
        """Give what else the embedded warehouse offers (deletions, the stream's tables)."""
        return getattr(self.here, name)


def connect(settings: EventsSettings) -> Any:
    """Return an Ibis connection to where the events are; ConfigError says what is missing or wrong."""
    openers = {"duckdb": _duckdb, "clickhouse": _clickhouse, "spark": _spark}
    if settings.engine not in openers:
        raise ConfigError(f"[events] engine is {settings.engine!r}.", f"Use one of {', '.join(openers)}.")
    try:
        return openers[settings.engine](settings)
    except (ImportError, ModuleNotFoundError) as why:
        extra = f'Install it: pip install "callsheet[{settings.engine}]".'
        raise ConfigError(f"The client of {settings.engine} is not installed ({why}).", extra) from why
    except ConfigError:
        raise
    except Exception as why:
        words = f"[events] {settings.engine} cannot be reached: {_first_line(why)}"
        raise ConfigError(words, "Check its address and that it is up.") from why


def _duckdb(settings: EventsSettings) -> Any:
    import ibis

    if settings.path.endswith((".duckdb", ".db")):
        return ibis.duckdb.connect(settings.path, read_only=True)
    if not settings.path:
        raise ConfigError("[events] duckdb needs a path.", 'Write path = "data/events/*.parquet".')
    return ibis.duckdb.connect()


def _clickhouse(settings: EventsSettings) -> Any:
    from urllib.parse import urlsplit

    import ibis

    address = urlsplit(settings.url)
    if not address.hostname:
        raise ConfigError("[events] clickhouse needs a url.", 'Write url = "http://reader@host:8123/database".')
    return ibis.clickhouse.connect(
        host=address.hostname, port=address.port or 8123, user=address.username or "default",
        password=settings.password(), database=address.path.strip("/") or "default", secure=address.scheme == "https",
        settings={"session_timezone": "UTC"},
    )  # fmt: skip


def _spark(settings: EventsSettings) -> Any:
    import ibis
    from pyspark.sql import SparkSession

    if not settings.url.startswith("sc://"):
        raise ConfigError("[events] spark needs a Spark Connect address.", 'Write url = "sc://host:15002".')
    return ibis.pyspark.connect(SparkSession.builder.remote(settings.url).getOrCreate())


def mapped(there: Any, settings: EventsSettings) -> Any:
    """Return the events of the other engine under our names and types; ConfigError for a column it lacks."""
    import ibis

    table = _table(there, settings)
    columns = {}
    for name, kind in TABLES["events"].types.items():
        given = settings.map.get(name, name if name in table.columns else "")
        columns[name] = _as(_column(table, given, name), name, kind) if given else ibis.null(kind)
    for name, given in settings.properties.items():
        columns[f"{PROPERTY}{name}"] = _column(table, given, f"{PROPERTY}{name}").cast("string")
    if "session_id" in settings.map or "session_id" in table.columns:
        columns.setdefault(f"{PROPERTY}$session_id", columns["session_id"])
    for name in ("occurred_at", "event", "person_id"):
        if name not in settings.map and name not in table.columns:
            known = ", ".join(table.columns)
            raise ConfigError(f"[events.map] does not say which column is {name}.", f"Columns there: {known}.")
    return table.select(**columns)


def _table(there: Any, settings: EventsSettings) -> Any:
    if settings.engine != "clickhouse" and settings.path and not settings.path.endswith((".duckdb", ".db")):
        return there.read_parquet(settings.path, table_name="events_there")
    *database, name = settings.table.split(".") if settings.table else ["events"]
    try:
        return there.table(name, database=database[0] if database else None)
    except Exception as why:
        raise ConfigError(f"[events] there is no table {settings.table}: {_first_line(why)}") from why


def _column(table: Any, given: str, ours: str) -> Any:
    if given not in table.columns:
        known = f"Columns there: {', '.join(table.columns)}."
        raise ConfigError(f"[events.map] {ours}: there is no column {given!r}.", known)
    column = table[given]
    return _utc(column) if _zoned(column) else column


def _as(column: Any, name: str, kind: str) -> Any:
    """Return a column as ours of that name. Moments written as text may name their offset from UTC."""
    if column.type().is_string() and kind.startswith("timestamp"):
        column = _utc(column)
    return column.cast(kind).nullif("") if name in NAMED else column.cast(kind)


def _utc(column: Any) -> Any:
    return column.cast("timestamp('UTC', 6)").cast("timestamp(6)")


def _zoned(column: Any) -> bool:
    kind = column.type()
    return bool(kind.is_timestamp() and kind.timezone)


def _unbound(expr: Any) -> Any:
    import ibis

    return ibis.table(expr.schema(), name="events")


def _parts(node: Any) -> Iterator[Any]:
    """Yield the largest relations below a node that need `events` and no other table."""
    import ibis.expr.operations as ops

    names = {table.name for table in node.find(ops.UnboundTable)}
    if "events" not in names:
        return
    if names == {"events"} and isinstance(node, ops.Relation) and not isinstance(node, ops.JoinReference):
        yield node
        return
    for child in node.__children__:
        yield from _parts(child)


def _joined_here(whole: Any, parts: list[Any], names: list[str]) -> Any:
    import ibis

    swap = {part: ibis.table(part.schema, name=name).op() for part, name in zip(parts, names, strict=True)}
    return whole.replace(swap).to_expr()


def _first_line(why: Exception) -> str:
    return str(why).strip().split("\n")[0][:300]
