"""What the stack's routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class MappedColumn(BaseModel):
    """A column of the file and the field that it becomes (None: left out)."""

    column: str
    field: str | None


class RowError(BaseModel):
    """A row that was set aside, or landed with a warning."""

    line: int
    error: str
    raw: str = ""


class CountsOut(BaseModel):
    """Rows read, and what became of them over all tables."""

    rows: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    quarantined: int = 0


class ImportOut(BaseModel):
    """What an import did, or would do."""

    id: str | None
    file: str
    kind: str
    recognised: str | None
    kinds: list[str]
    fields: list[str]
    mapping: list[MappedColumn]
    maps: list[dict[str, Any]]
    counts: CountsOut
    preview: list[dict[str, Any]]
    errors: list[RowError]
    warnings: list[RowError]
    warned: int
    notes: list[str]
    dry_run: bool


class ImportRow(BaseModel):
    """An import or sync in the list."""

    id: str
    file: str
    kind: str
    source: str
    actor: str
    state: str
    imported_at: datetime | None
    counts: CountsOut
    warned: int = 0
    retry_of: str | None = None
    tables: dict[str, CountsOut] = {}
    warnings: list[RowError] = []
    notes: list[str] = []
    maps: list[dict[str, Any]] = []


class RowFix(BaseModel):
    """A corrected row."""

    line: int
    raw: str


class RetryIn(BaseModel):
    """Rows to try again: with a corrected mapping, with corrected texts by line, or both."""

    mapping: Any = None
    rows: list[RowFix] = []
    dry_run: bool = False


class SourceOut(BaseModel):
    """A source of callsheet.toml and how fresh it is."""

    name: str
    kind: str
    path: str
    tool: str
    schedule: str
    synced_at: datetime | None
    days: float | None
    state: Literal["fresh", "stale", "failed", "never"]
    words: str
    rows: float | None
    error: str | None
    imports: list[ImportRow] = []


class SyncOut(BaseModel):
    """A sync that was started as a job, or was done."""

    name: str
    job_id: str | None = None
    import_id: str | None = Field(default=None, serialization_alias="import")
    counts: CountsOut = CountsOut()
    errors: list[RowError] = []
    warnings: list[RowError] = []
    notes: list[str] = []


class ToolIn(BaseModel):
    """A tool of the inventory."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(max_length=120)
    capability: str = Field(max_length=60)
    owner: str = ""
    backup: str = ""
    cost: float | None = Field(default=None, ge=0)
    currency: str = Field(default="", max_length=8)
    renewal_at: datetime | None = None
    notice_days: int = Field(default=30, ge=0, le=3650)
    seats: int | None = Field(default=None, ge=0)
    data_held: str = ""
    connector: str = ""


class ToolChange(BaseModel):
    """Changes to a tool; what is not given stays."""

    model_config = ConfigDict(extra="forbid")
    title: str | None = None
    capability: str | None = None
    owner: str | None = None
    backup: str | None = None
    cost: float | None = None
    currency: str | None = None
    renewal_at: datetime | None = None
    notice_days: int | None = None
    seats: int | None = None
    data_held: str | None = None
    connector: str | None = None


class ToolOut(BaseModel):
    """A tool with what its facts say. `used` is the share of seats with an active user."""

    id: str
    title: str
    capability: str
    owner: str | None
    backup: str | None
    cost: float | None
    currency: str
    renewal_at: datetime | None
    notice_days: int
    notice_at: datetime | None
    seats: int | None
    active: int | None
    unused: int | None
    used: float | None
    cost_per_user: float | None
    data_held: str
    connector: str
    synced_at: datetime | None
    days: float | None
    state: Literal["fresh", "stale", "failed", "never"]
    words: str
