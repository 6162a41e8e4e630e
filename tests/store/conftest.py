"""The book on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsheet.store.book import Books, sqlite_url
from callsheet.store.migrate import upgrade

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.engines))


@pytest.fixture(params=ENGINES)
def url(request: Any, tmp_path: Path) -> str:
    """The address of an empty database, on SQLite and on Postgres."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "book.sqlite")
    return str(request.getfixturevalue("postgres").database())


@pytest.fixture
def books(url: str) -> Iterator[Books]:
    """An empty book at the present schema."""
    opened = Books(url)
    upgrade(opened)
    yield opened
    opened.close()
