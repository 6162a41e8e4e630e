"""Versions: what is read, how it is put in order, what follows what."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.model.version import Made, detected, order, parse, predecessors

TAGS = {
    "plain": ("v1.2.3", "1.2.3", (1, 2, 3), (), ""),
    "package before it": ("jenkins-2.300", "2.300", (2, 300), (), "jenkins"),
    "underscores": ("jenkins-1_396", "1.396", (1, 396), (), "jenkins"),
    "folder of a monorepo": ("core/v0.16.1", "0.16.1", (0, 16, 1), (), "core"),
    "scoped package": ("@scope/pkg@1.2.3-beta.1", "1.2.3-beta.1", (1, 2, 3), ("beta", "1"), "@scope/pkg"),
    "PEP 440": ("1.0a37", "1.0a37", (1, 0), ("alpha", "37"), ""),
    "calendar": ("2026.47", "2026.47", (2026, 47), (), ""),
    "a day": ("release-2026-01-31", "2026-01-31", (2026, 1, 31), (), ""),
    "final by name": ("5.3.0.RELEASE", "5.3.0.RELEASE", (5, 3, 0), (), ""),
    "build is no prerelease": ("1.0.0+build.5", "1.0.0+build.5", (1, 0, 0), (), ""),
    "one number, marked": ("v7", "7", (7,), (), ""),
}


@pytest.mark.parametrize(("tag", "text", "numbers", "pre", "package"), TAGS.values(), ids=TAGS)
def test_a_tag_is_read(tag: str, text: str, numbers: tuple[int, ...], pre: tuple[str, ...], package: str) -> None:
    """Its number, its prerelease mark and the package it belongs to."""
    version = parse(tag)
    assert version is not None
    assert (version.text, version.numbers, version.pre, version.package) == (text, numbers, pre, package)
    assert version.prerelease == bool(pre)


@pytest.mark.parametrize("tag", ["latest", "7", "", "deployed/production", "20261399", "before-the-merge"])
def test_what_names_no_version(tag: str) -> None:
    """None, so that such a tag makes no release."""
    assert parse(tag) is None
    assert detected(tag, datetime(2026, 1, 1)) is None


def test_order_of_semver() -> None:
    """The example of SemVer 2.0.0, rule 11, then numbers that text would put wrongly."""
    told = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.9.0", "1.10.0", "2.0.0"]  # fmt: skip
    assert order(reversed(told)) == told


def test_order_of_python_and_calendar_versions() -> None:
    """PEP 440: dev before a before b before rc before final before post; 1.0 is 1.0.0."""
    told = ["1.0.dev1", "1.0a2", "1.0b1", "1.0rc1", "1.0", "1.0.post1", "1.1", "2025.52", "2026.2", "2026.47"]
    assert order(reversed(told)) == told
    assert parse("1.0") == parse("v1.0.0")
    years = [version.calendar for text in ("2026.47", "2.300") if (version := parse(text))]
    assert years == [True, False]


NUMBERS = st.lists(st.integers(0, 3000), min_size=2, max_size=4)


@given(NUMBERS, NUMBERS)
def test_order_is_that_of_the_numbers(left: list[int], right: list[int]) -> None:
    """Final versions compare as their numbers do, number by number."""
    one, two = (parse(".".join(map(str, numbers))) for numbers in (left, right))
    assert one is not None
    assert two is not None
    size = max(len(left), len(right))
    padded = [numbers + [0] * (size - len(numbers)) for numbers in (left, right)]
    assert (one < two) == (padded[0] < padded[1])


def made(version: str, day: int, line: str = "main", pre: bool = False) -> Made:
    """A release on the n-th day."""
    return Made(f"{line}-{version}", version, datetime(2026, 1, 1) + timedelta(days=day), line, pre)


def test_predecessors_stay_on_their_line() -> None:
    """1.9.5 came after 2.0 and follows 1.9.4; 2.0 follows 1.9.4, not its own candidate; lines do not mix."""
    found = predecessors([
        made("1.9.4", 1), made("2.0-rc.1", 2, pre=True), made("2.0", 3), made("1.9.5", 4), made("2.1", 5),
        made("2.0.1", 2, "lts"),
    ])  # fmt: skip
    assert found == {
        "main-1.9.4": None, "main-2.0-rc.1": "main-1.9.4", "main-2.0": "main-1.9.4",
        "main-1.9.5": "main-1.9.4", "main-2.1": "main-2.0", "lts-2.0.1": None,
    }  # fmt: skip


HISTORIES = Path(__file__).parents[3] / "shared" / "data" / "git_histories"


@pytest.mark.data
@pytest.mark.skipif(not HISTORIES.exists(), reason="the public data set is not here")
def test_tags_of_real_histories() -> None:
    """Every tag that has a dotted number is read, and a package's versions rise in 95% of steps."""
    rises = steps = 0
    for file in HISTORIES.glob("*tags.csv"):
        with file.open() as lines:
            rows = sorted(csv.DictReader(lines), key=lambda row: row["created_at"])
        unread = [row["tag"] for row in rows if "." in row["tag"] and parse(row["tag"]) is None]
        assert not unread
        named = [version for row in rows if (version := parse(row["tag"]))]
        for package in {version.package for version in named}:
            line = [version for version in named if version.package == package]
            steps += len(line) - 1
            rises += sum(before <= after for before, after in pairwise(line))
    assert steps > 500
    assert rises / steps > 0.95
