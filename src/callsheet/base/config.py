"""The project file `callsheet.toml` and the environment, as one checked `Config`.

Secrets never stand in the project file: a setting that needs one names an environment variable, and
`NAME_FILE` may point to a file that holds it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from callsheet.base.errors import BadInput, ConfigError, UnknownName
from callsheet.base.time import parse_moment, zone_of

PROJECT_FILE = "callsheet.toml"
LEAST_DEDUPE_HOURS = 24


def setting(default: Any, doc: str) -> Any:
    """Declare a setting with its default and the words of docs/settings.md."""
    if callable(default):
        return field(default_factory=default, metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """[workspace]"""

    name: str = setting("My product", "Name of the organisation or product, shown in the crumb and in mails.")
    time_zone: str = setting("UTC", "IANA time zone in which days, weeks and months begin.")
    currency: str = setting("€", "Sign put before sums of money.")
    as_of: str = setting("", "Pins today to this date, for data that ends in the past. Empty: the real today.")
    base_url: str = setting("http://127.0.0.1:8000", "Address under which people reach this server; used in mails.")


WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """[calendar]"""

    workdays: list[str] = setting(  # noqa: RUF009 - a field, like the others
        lambda: list(WEEK[:5]), "Days of the week on which people work. The daily sheet is not sent on others."
    )
    holidays: list[str] = setting(  # noqa: RUF009
        list, "Dates on which nobody works, such as 2026-12-25: no daily sheet, and commits count as off-hours."
    )

    def off(self, day: date) -> bool:
        """Whether nobody works on this day."""
        return WEEK[day.weekday()] not in self.workdays or day.isoformat() in self.holidays


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """[store]"""

    warehouse: str = setting("duckdb", "Engine of the warehouse: `duckdb`, in the workspace folder.")
    book: str = setting("sqlite", "Where decisions are kept: `sqlite`, or a `postgresql+psycopg://` address.")
    memory_limit: str = setting("700MB", "Most memory that the embedded warehouse may use.")
    upload_limit_mb: int = setting(4096, "Largest file, in megabytes, that may be uploaded for an import.")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """[mail]"""

    host: str = setting("", "SMTP server. Empty: mail is written to the outbox folder instead of being sent.")
    port: int = setting(587, "SMTP port.")
    sender: str = setting("callsheet@localhost", "Address that mail comes from.")
    user: str = setting("", "SMTP user name.")
    password_env: str = setting("CALLSHEET_SMTP_PASSWORD", "Environment variable that holds the SMTP password.")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """[webhook]"""

    allow_private: bool = setting(False, "Send webhooks to addresses inside this network too, such as 10.0.0.7.")
    secret_env: str = setting(
        "CALLSHEET_WEBHOOK_SECRET", "Environment variable that holds the key webhooks are signed with."
    )


@dataclass(frozen=True, slots=True)
class SigninSettings:
    """[signin]"""

    demo: bool = setting(False, "Sign visitors in as the demo owner. Only for the sample company on this machine.")
    session_days: int = setting(14, "Days after which a session ends.")
    tries_per_minute: int = setting(10, "Failed sign-ins from one address or for one account in a minute.")
    secure_cookies: bool = setting(False, "Send the session cookie over HTTPS only. Turn on behind TLS.")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """[thresholds]"""

    delayed_chance: float = setting(0.5, "A promised date with a lower chance than this is called delayed.")
    bottleneck_share: float = setting(0.5, "A stage that takes more than this share of the time is a bottleneck.")
    unused_after_days: int = setting(14, "Days after its release from which a feature may be called unused.")
    unused_adoption: float = setting(0.05, "A feature is unused when fewer than this share of accounts tried it.")
    untold_after_days: int = setting(2, "Days after a release from which untold requesters are out of the loop.")
    stale_after_days: float = setting(2.0, "Days without a sync after which a source is stale.")
    srm_p: float = setting(0.001, "An assignment less likely than this means a broken experiment.")


@dataclass(frozen=True, slots=True)
class UsageSettings:
    """[usage]"""

    dedupe_hours: int = setting(48, "Hours for which an event that is sent again is known by its id; 24 at least.")
    keep_raw_days: int = setting(
        0, "Days for which raw input is kept: files and lines as they came, and refused events. 0: for ever."
    )
    answer_seconds: int = setting(30, "Most seconds that a question about usage may take.")
    answer_memory_mb: int = setting(
        1500,
        "Most memory, in megabytes, that a question about usage may take: what the whole server gains while it is "
        "answered. Where several are answered at once, all of them together may take so much for each; shared pages "
        "are held to it once, and end first.",
    )


@dataclass(frozen=True, slots=True)
class EventsSettings:
    """[events]"""

    engine: str = setting(
        "", "Where usage events stay: empty for this workspace, `duckdb` (files), `clickhouse` or `spark` (Connect)."
    )
    path: str = setting("", "With `duckdb` or `spark`: Parquet files (a pattern), or a DuckDB file to read.")
    url: str = setting(
        "", "With `clickhouse` or `spark`: its address, `http://reader@host:8123/db`, `sc://host:15002`."
    )
    table: str = setting("", "The table of events there, such as `analytics.events`.")
    password_env: str = setting("CALLSHEET_EVENTS_PASSWORD", "Environment variable that holds the password there.")
    map: dict[str, str] = setting(  # noqa: RUF009 - a field, like the others
        dict, "Our column = theirs, for those that are named otherwise: occurred_at, event, person_id, account_id, ..."
    )
    properties: dict[str, str] = setting(  # noqa: RUF009 - a field, like the others
        dict, "Property = their column, for properties that have a column of their own."
    )

    def password(self) -> str:
        """Return the password from the environment; empty when there is none."""
        return secret(self.password_env)


@dataclass(frozen=True, slots=True)
class Source:
    """[[source]]: one place that facts come from."""

    name: str
    kind: str
    path: str = ""
    url: str = ""
    schedule: str = ""
    as_: str = ""
    map: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """A checked project file."""

    workspace: WorkspaceSettings = field(default_factory=WorkspaceSettings)
    calendar: CalendarSettings = field(default_factory=CalendarSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    webhook: WebhookSettings = field(default_factory=WebhookSettings)
    signin: SigninSettings = field(default_factory=SigninSettings)
    thresholds: Thresholds = field(default_factory=Thresholds)
    usage: UsageSettings = field(default_factory=UsageSettings)
    events: EventsSettings = field(default_factory=EventsSettings)
    sources: tuple[Source, ...] = ()
    teams: tuple[dict[str, Any], ...] = ()
    products: tuple[dict[str, Any], ...] = ()
    folder: Path = Path()

    @property
    def zone(self) -> str:
        """Time zone of the organisation."""
        return self.workspace.time_zone

    @property
    def as_of(self) -> datetime | None:
        """The pinned last moment of "today" (naive UTC), if any."""
        if not self.workspace.as_of:
            return None
        moment = parse_moment(self.workspace.as_of, self.zone)
        has_time = len(self.workspace.as_of) > 10
        return moment if has_time else moment + _END_OF_DAY

    def source(self, name: str) -> Source:
        """Return the source called `name`."""
        for source in self.sources:
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self.sources) or "none yet"
        raise UnknownName(f"There is no source {name!r} in {PROJECT_FILE}.", f"Sources: {known}.")


_END_OF_DAY = timedelta(hours=23, minutes=59)
SECTIONS: dict[str, type] = {
    "workspace": WorkspaceSettings,
    "calendar": CalendarSettings,
    "store": StoreSettings,
    "mail": MailSettings,
    "webhook": WebhookSettings,
    "signin": SigninSettings,
    "thresholds": Thresholds,
    "usage": UsageSettings,
    "events": EventsSettings,
}
LISTS = ("source", "team", "product")


def load(folder: Path) -> Config:
    """Read `folder/callsheet.toml`; a missing file gives the defaults."""
    path = folder / PROJECT_FILE
    if not path.exists():
        return Config(folder=folder)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise ConfigError(f"{PROJECT_FILE} cannot be read: {why}.") from why
    return parse(raw, folder)


def parse(raw: dict[str, Any], folder: Path = Path()) -> Config:
    """Check a project file's content. Unknown tables and keys are errors that name their like."""
    unknown = set(raw) - set(SECTIONS) - set(LISTS)
    if unknown:
        known = f"Tables: {', '.join((*SECTIONS, *LISTS))}."
        raise ConfigError(f"{PROJECT_FILE} has unknown tables: {', '.join(sorted(unknown))}.", known)
    for name in LISTS:
        _check_list(name, raw.get(name, []))
    sections = {name: _section(name, kind, raw.get(name, {})) for name, kind in SECTIONS.items()}
    _check_times(sections["workspace"])
    _check_calendar(sections["calendar"])
    _check_usage(sections["usage"])
    for name in ("team", "product"):
        _check_named(name, raw.get(name, []))
    sources = tuple(_source(entry) for entry in raw.get("source", []))
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"Two sources in {PROJECT_FILE} have the same name: {', '.join(twice)}.")
    return Config(
        **sections, sources=sources, teams=tuple(raw.get("team", [])), products=tuple(raw.get("product", [])),
        folder=folder,
    )  # fmt: skip


def _check_list(name: str, raw: Any) -> None:
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise ConfigError(f"{name} in {PROJECT_FILE} is not a list of tables.", f"Write [[{name}]] above each of them.")


def _check_named(name: str, entries: list[dict[str, Any]]) -> None:
    """A team or product has an id and a title; its members and components are lists of ids."""
    known = {"id": str, "title": str, "lead": str, "product": str, "members": list, "components": list}
    for entry in entries:
        if not isinstance(entry.get("id"), str) or not entry["id"]:
            raise ConfigError(f"A [[{name}]] in {PROJECT_FILE} lacks its id.", 'Write id = "data".')
        for key, value in entry.items():
            if key not in known:
                raise ConfigError(f"[[{name}]] has no setting {key!r}.", f"Settings: {', '.join(known)}.")
            texts = isinstance(value, list) and all(isinstance(part, str) for part in value)
            if not (texts if known[key] is list else isinstance(value, str)):
                raise ConfigError(f"[[{name}]] {entry['id']}: {key} must be a {known[key].__name__} of text.")


def _check_calendar(calendar: CalendarSettings) -> None:
    for day in calendar.workdays:
        if day not in WEEK:
            raise ConfigError(f"[calendar] workdays names no day {day!r}.", f"Days: {', '.join(WEEK)}.")
    for day in calendar.holidays:
        try:
            date.fromisoformat(day)
        except (TypeError, ValueError) as why:
            raise ConfigError(f"[calendar] holidays: {day!r} is not a date.", 'Write "2026-12-25".') from why


def _check_usage(usage: UsageSettings) -> None:
    if usage.dedupe_hours < LEAST_DEDUPE_HOURS:
        mend = f"SDKs send again for a day: write {LEAST_DEDUPE_HOURS} or more."
        raise ConfigError(f"[usage] dedupe_hours is {usage.dedupe_hours}.", mend)
    if usage.keep_raw_days < 0:
        raise ConfigError(f"[usage] keep_raw_days is {usage.keep_raw_days}.", "Write 0 to keep raw input for ever.")


def _check_times(workspace: WorkspaceSettings) -> None:
    try:
        zone_of(workspace.time_zone)
        if workspace.as_of:
            parse_moment(workspace.as_of, workspace.time_zone)
    except BadInput as why:
        raise ConfigError(f"[workspace] in {PROJECT_FILE}: {why}", why.mend) from why


def _section(name: str, kind: type, raw: Any) -> Any:
    if not isinstance(raw, dict):
        raise ConfigError(f"{name} in {PROJECT_FILE} is not a table.", f"Write [{name}] and its settings below.")
    known = {entry.name: entry for entry in fields(kind)}
    for key, value in raw.items():
        if key not in known:
            raise ConfigError(f"[{name}] has no setting {key!r}.", f"Settings of [{name}]: {', '.join(known)}.")
        wanted = type(getattr(kind(), key))
        fits = isinstance(value, wanted) and not (wanted is not bool and isinstance(value, bool))
        if not fits and not (wanted is float and isinstance(value, int)):
            raise ConfigError(f"[{name}] {key} must be a {wanted.__name__}, not {value!r}.")
    return kind(**raw)


def _source(raw: dict[str, Any]) -> Source:
    missing = [key for key in ("name", "kind") if not raw.get(key)]
    if missing:
        raise ConfigError(f"A [[source]] in {PROJECT_FILE} lacks {' and '.join(missing)}.")
    for key in ("name", "kind", "path", "url", "schedule", "as"):
        if not isinstance(raw.get(key, ""), str):
            raise ConfigError(f"[[source]] {key} must be a str, not {raw[key]!r}.")
    known = {"name", "kind", "path", "url", "schedule", "as", "map"}
    options = {key: value for key, value in raw.items() if key not in known}
    plain = {key: raw[key] for key in ("name", "kind", "path", "url", "schedule", "map") if key in raw}
    return Source(**plain, as_=raw.get("as", ""), options=options)


_VARIABLE = re.compile(r"\$\{(\w+)\}")


def filled_path(path: str, folder: Path, what: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return a path of the project file: `${NAME}` from the environment, relative to the workspace folder."""
    missing = [name for name in _VARIABLE.findall(path) if not environ.get(name)]
    if missing:
        raise ConfigError(
            f"The path of {what} needs the environment variable {missing[0]}, which is not set.",
            f"Set it, for example: export {missing[0]}=/path/to/data",
        )
    text = _VARIABLE.sub(lambda match: environ[match.group(1)], path or ".")
    return (folder / Path(text).expanduser()).resolve()


def secret(name: str) -> str:
    """Return the secret in the environment variable `name`, or in the file that `name_FILE` names.

    Empty when neither is set. A named file that cannot be read is an error, never an empty secret.
    """
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as why:
            reason = why.strerror if isinstance(why, OSError) else "it is not text"
            mend = f"Mend the file or its rights, or unset {name}_FILE."
            raise ConfigError(f"{name}_FILE names a file that cannot be read: {reason}.", mend) from why
    return os.environ.get(name, "")
