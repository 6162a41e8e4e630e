"""Changelogs of several styles and commit messages, against what a reader sees in them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from callsheet.model.changelog import KINDS, Notes, conventional, kind_of_section, parse

KEPT = """# Changelog
All notable changes stand here.

## [Unreleased]
### Added
- Say who was told

## [1.1.0] - 2026-03-05 [YANKED]
### Added
- Import of rows,
  thousands at once
  - with a preview
- [Second](https://example.org) thing
### Security
- Close a hole

```
## [0.0.0] is no heading in here
```

[1.1.0]: https://example.org/compare
"""
STYLES: dict[str, tuple[str, list[tuple[str, date | None, int]]]] = {
    "reStructuredText": ("History\n=======\n\n.. _v2:\n\n2.0 (2026-02-01)\n----------------\n\n* One\n* Two\n"
                         "\n"
                         "1.9 (2026-01-02)\n~~~~~~~~~~~~~~~~\n\nOne paragraph\nof two lines.\n\nAnother.\n",
                         [("2.0", date(2026, 2, 1), 2), ("1.9", date(2026, 1, 2), 2)]),
    "changesets": ("# @scope/pkg\n\n## 8.0.0\n\n### Major Changes\n\n- One\n\n  More of it.\n\n- Two\n",
                   [("8.0.0", None, 2)]),
    "release-please": ("## [0.2.15](https://example.org/a...b) (2026-03-31)\n\n### ✨ New Features\n\n* one\n",
                       [("0.2.15", date(2026, 3, 31), 1)]),
    "package name before it": ("# dbt_thing v0.9.0\n## Under the Hood\n- One\n## 1.9 improvements\n- Two\n",
                               [("v0.9.0", None, 2)]),
    "date below": ("## 1.2.0\n\n*Released 4 December 2026*\n\n- One\n", [("1.2.0", date(2026, 12, 4), 1)]),
    "bold headings": ("**v1.1** - 2026-01-02\n\n- One\n\n**v1.0** - 2025-12-01\n\n- Two\n",
                      [("v1.1", date(2026, 1, 2), 1), ("v1.0", date(2025, 12, 1), 1)]),
    "bare lines": ("Version 1.1 (Jan 2, 2026)\n- One\n\nVersion 1.0 (Dec 1, 2025)\n- Two\n",
                   [("1.1", date(2026, 1, 2), 1), ("1.0", date(2025, 12, 1), 1)]),
    "no versions": ("# Notes\n\nNothing here. 1.2 apples.\n", []),
}  # fmt: skip


def test_keep_a_changelog() -> None:
    """Version, date, yanked mark and entries by section, as Keep a Changelog 1.1.0 writes them."""
    unreleased, released = parse(KEPT)
    assert unreleased.unreleased
    assert [entry.text for entry in unreleased.entries] == ["Say who was told"]
    assert (released.version, released.released, released.yanked) == ("1.1.0", date(2026, 3, 5), True)
    assert [(entry.kind, entry.section) for entry in released.entries] == [
        ("added", "Added"), ("added", "Added"), ("security", "Security"),
    ]  # fmt: skip
    assert released.entries[0].text == "Import of rows, thousands at once - with a preview"


@pytest.mark.parametrize(("text", "told"), STYLES.values(), ids=STYLES)
def test_other_styles(text: str, told: list[tuple[str, date | None, int]]) -> None:
    """Version, date and number of entries."""
    assert [(notes.version, notes.released, len(notes.entries)) for notes in parse(text)] == told


SECTIONS = {
    "Bug Fixes": "fixed", "Minor Changes": "added", "🐛 Bug Fixes": "fixed", "Under the Hood": "internal",
    "Deprecated": "changed", "Removed": "removed", "Security": "security", "Whatever": "",
}  # fmt: skip


@pytest.mark.parametrize(("heading", "kind"), SECTIONS.items())
def test_kind_of_a_section(heading: str, kind: str) -> None:
    """Headings of several houses, and one that says nothing."""
    assert kind_of_section(heading) == kind


def test_conventional_commits() -> None:
    """The examples of the specification 1.0.0, shortened."""
    footers = "Reviewed-by: Z\nRefs #123\nBREAKING CHANGE: keys\nmoved"
    told = conventional(f"feat(api)!: send a mail\n\nBecause.\n\n{footers}")
    assert told is not None
    assert (told.type, told.scope, told.breaking, told.kind) == ("feat", "api", True, "added")
    assert told.body == "Because."
    assert told.footers == (("Reviewed-by", "Z"), ("Refs", "#123"), ("BREAKING CHANGE", "keys\nmoved"))
    docs = conventional("docs: correct spelling of CHANGELOG")
    assert docs is not None
    assert (docs.kind, docs.breaking, docs.footers) == ("internal", False, ())
    assert conventional("Merge branch 'main'") is None
    assert conventional("fix : no") is None


FILES = Path(__file__).parents[3] / "shared" / "data" / "changelogs"


def expected(text: str) -> tuple[int, int]:
    """Versions and dates counted another way: lines that look like the version headings of these files."""
    marked = r"^(?:#{1,4} )(?:dbt_\w+ )?\[?v?\d+\.\d+[^\n]*$"
    ruled = r"^v?\d+\.\d+(?:[.a]\d+)*(?: \([^)\n]*\))?\n[-~=^]{3,}$"
    heading = re.compile(f"{marked}|{ruled}", re.M)
    found = [match for match in heading.findall(text) if not re.search(r"^#+ \d+\.\d+ [a-z]", match)]
    return len(found), sum(bool(re.search(r"\d{4}-\d\d-\d\d", one)) for one in found)


def recognised(notes: list[Notes], versions: int, dates: int) -> bool:
    """At most one version more or fewer, no fewer dates, entries under nine of ten versions, known kinds."""
    numbered = [one for one in notes if one.version]
    filled = sum(bool(one.entries) for one in numbered)
    kinds = {entry.kind for one in notes for entry in one.entries}
    return (
        abs(len(numbered) - versions) <= 1
        and sum(bool(one.released) for one in numbered) >= dates - 1
        and filled >= 0.9 * len(numbered) > 0
        and kinds <= set(KINDS)
    )


@pytest.mark.data
@pytest.mark.skipif(not FILES.exists(), reason="the public data set is not here")
def test_real_changelogs() -> None:
    """Versions, dates and entries of more than nine files in ten."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(FILES.iterdir())}
    missed = [name for name, text in texts.items() if not recognised(parse(text), *expected(text))]
    assert len(texts) > 40
    assert len(missed) / len(texts) < 0.1, missed
