"""The project file: what is wrong is named, with its like; secrets come from the environment or a file."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import LISTS, PROJECT_FILE, SECTIONS, Config, load, parse, secret
from callsheet.base.errors import CallsheetError, ConfigError, NotFound

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown table": ({"workspce": {}}, "workspce", ""),
    "unknown setting": ({"workspace": {"timezone": "UTC"}}, "timezone", "time_zone"),
    "text for a number": ({"mail": {"port": "587"}}, "port must be a int", ""),
    "truth for a number": ({"mail": {"port": True}}, "port must be a int", ""),
    "number for a truth": ({"signin": {"demo": 1}}, "demo must be a bool", ""),
    "unknown zone": ({"workspace": {"time_zone": "Europe/Madird"}}, "Madird", "Europe/Madrid"),
    "number for a name": ({"source": [{"name": 1, "kind": "git"}]}, "name must be a str", ""),
    "source without a kind": ({"source": [{"name": "git"}]}, "lacks kind", ""),
    "source without both": ({"source": [{}]}, "lacks name and kind", ""),
    "two sources of one name": ({"source": [{"name": "git", "kind": "git"}] * 2}, "same name: git", ""),
}


@pytest.mark.parametrize(("raw", "message", "mend"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_like(raw: dict[str, Any], message: str, mend: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse(raw)
    assert message in str(raised.value)
    assert mend in raised.value.mend


@pytest.mark.parametrize("table", [*SECTIONS, *LISTS])
def test_a_table_that_is_no_table_is_told(table: str) -> None:
    for value in (1, "x", True, [1]):
        with pytest.raises(ConfigError, match=table):
            parse({table: value})


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Config(folder=tmp_path)


@pytest.mark.parametrize("content", [b"[workspace", b"\xff\xfe", b"a = 1\na = 2"], ids=["cut off", "bytes", "twice"])
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PROJECT_FILE).write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    text = """
[workspace]
name = "Northlight"
time_zone = "Europe/Madrid"
[thresholds]
stale_after_days = 3
[[source]]
name = "crm"
kind = "csv"
path = "crm.csv"
as = "accounts"
colour = "red"
"""
    (tmp_path / PROJECT_FILE).write_text(text, encoding="utf-8")
    config = load(tmp_path)
    assert (config.workspace.name, config.zone, config.thresholds.stale_after_days) == (
        "Northlight",
        "Europe/Madrid",
        3,
    )
    source = config.source("crm")
    assert (source.kind, source.path, source.as_, source.options) == ("csv", "crm.csv", "accounts", {"colour": "red"})
    with pytest.raises(NotFound, match="sales") as raised:
        config.source("sales")
    assert "crm" in raised.value.mend


PINS = {
    "a day lasts to its evening": ("2026-11-22", "UTC", datetime(2026, 11, 22, 23, 59)),
    "of the zone": ("2026-11-22", "Europe/Madrid", datetime(2026, 11, 22, 22, 59)),
    "a moment is that moment": ("2026-11-22T10:30:00Z", "Europe/Madrid", datetime(2026, 11, 22, 10, 30)),
}


@pytest.mark.parametrize(("text", "zone", "moment"), PINS.values(), ids=PINS)
def test_today_can_be_pinned(text: str, zone: str, moment: datetime) -> None:
    assert parse({"workspace": {"as_of": text, "time_zone": zone}}).as_of == moment
    assert parse({}).as_of is None


def test_a_pin_that_is_no_date_is_told_when_the_file_is_read() -> None:
    with pytest.raises(CallsheetError, match="not a date"):
        parse({"workspace": {"as_of": "soon"}})


def test_every_setting_says_what_it_is() -> None:
    for kind in SECTIONS.values():
        for field in fields(kind):
            assert field.metadata["doc"].endswith(".")


def test_a_secret_comes_from_the_environment_or_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_SECRET", raising=False)
    assert secret("TEST_SECRET") == ""
    monkeypatch.setenv("TEST_SECRET", "in the environment")
    assert secret("TEST_SECRET") == "in the environment"
    (tmp_path / "secret").write_text("in a file\n", encoding="utf-8")
    monkeypatch.setenv("TEST_SECRET_FILE", str(tmp_path / "secret"))
    assert secret("TEST_SECRET") == "in a file"


@pytest.mark.parametrize("kind", ["missing", "folder", "bytes"])
def test_a_secret_file_that_cannot_be_read_is_an_error_not_an_empty_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "secret"
    if kind == "folder":
        path.mkdir()
    if kind == "bytes":
        path.write_bytes(b"\xff\xfe\xfd")
    monkeypatch.setenv("TEST_SECRET", "must not be used")
    monkeypatch.setenv("TEST_SECRET_FILE", str(path))
    with pytest.raises(ConfigError, match="TEST_SECRET_FILE"):
        secret("TEST_SECRET")
