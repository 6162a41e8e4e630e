"""The generated pages are current, and nothing that a person can name is missing from them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from callsheet.base import config
from callsheet.base.errors import CallsheetError
from callsheet.findings.model import DETECTORS
from callsheet.metrics.registry import METRICS, REPORTS
from scripts import make_docs


@pytest.fixture(scope="module", autouse=True)
def everything() -> None:
    """All parts are loaded, so that all that registers itself is registered."""
    make_docs.load_all()


def read(name: str) -> str:
    """A committed page."""
    return (make_docs.DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", make_docs.PAGES)
def test_a_committed_page_is_current(name: str) -> None:
    assert read(name) == make_docs.PAGES[name](), f"docs/{name} is not current; run `make docs`"


def test_every_metric_and_report_is_described_with_its_source() -> None:
    text = read("metrics.md")
    assert METRICS
    for each in METRICS.values():
        assert f"### `{each.name}` · {each.title}" in text
        assert each.definition, f"{each.name} has no docstring"
        assert each.source, f"{each.name} does not say where its definition comes from"
    for table in REPORTS.values():
        assert f"### `{table.name}` · {table.title}" in text
        assert table.definition, f"{table.name} has no docstring"


def test_every_detector_is_described_and_reads_what_exists() -> None:
    text = read("detectors.md")
    assert DETECTORS
    for each in DETECTORS.values():
        assert f"## `{each.name}` · {each.title}" in text
        assert each.definition, f"{each.name} has no docstring"
        assert each.threshold, each.name
        assert each.try_this, each.name
        missing = [name for name in each.needs if name not in METRICS and name not in REPORTS]
        assert not missing, f"{each.name} reads what nobody registered and so never runs: {missing}"


def test_every_setting_is_described() -> None:
    text = read("settings.md")
    for name, section in config.SECTIONS.items():
        assert f"## [{name}]" in text
        for each in dataclasses.fields(section):
            assert each.metadata.get("doc"), f"[{name}] {each.name} has no words; declare it with setting()"
            assert f"| `{each.name}` |" in text


def test_every_error_says_what_happened_and_what_to_do() -> None:
    text = read("errors.md")
    for each in make_docs.known_errors():
        assert f"`{each.__name__}`" in text
        assert each.__doc__, each.__name__
        assert each.mend.endswith("."), f"{each.__name__}: `mend` is a sentence"


def test_error_classes_of_other_modules_are_found() -> None:
    """The walk finds subclasses of subclasses, and leaves out those of tests."""

    class Passing(CallsheetError):
        """Only here."""

    found = {each.__name__ for each in make_docs.known_errors()}
    assert {"UnknownName", "JobFailed"} <= found
    assert Passing.__name__ not in found


def test_every_command_is_described() -> None:
    text = read("commands.md")
    missing = [name for name in commands() if not re.search(rf"^#+ {name}$", text, re.M)]
    assert not missing


def commands() -> Iterator[str]:
    """The full name of every command, e.g. `callsheet releases publish`."""
    from callsheet.cli import app

    yield from under(app, app.name[0])


def under(app: object, path: str) -> Iterator[str]:
    """The commands of an App, and of those inside it."""
    for name in app:  # type: ignore[attr-defined]
        if not name.startswith("-"):
            yield f"{path} {name}"
            yield from under(app[name], f"{path} {name}")  # type: ignore[index]


def test_a_bar_in_a_cell_does_not_break_a_table() -> None:
    assert make_docs.table(("a",), [("x | y\nz",)]) == "| a |\n| --- |\n| x \\| y z |"
