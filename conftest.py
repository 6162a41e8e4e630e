"""Which tests run side by side, and which are quick: browser and engine tests each keep to one process; whole
servers, processes and companies are integration, the rest are units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent / "tests"
APART = ("browser", "engines")
WITH_ENGINES = ("engines", "store")
"""Folders that scripts/check.py looks in for tests of the other engines: to import all the rest takes 15 seconds."""
WHOLE = {"browser", "clients", "engines", "http", "loop", "faults", "packaging", "stack"}
"""Folders whose tests open whole workspaces, servers or processes."""
TOGETHER = {"loop"}
"""Folders whose files share what is dear to make."""
WHOLE_FILES = {
    "test_api",
    "test_sample",
    "test_real_data",
    "test_jobs",
    "test_migrate",
    "test_sending",
    "test_flow",
    "test_cli",
    "test_helper",
}
SERVED = {"clients", "client", "sample"}
"""Fixtures that are a whole application, or company."""
HEAVY = {
    "base/test_compiled",
    "docs/test_openapi",
    "findings/test_usage_detectors",
    "store/histories/test_keeping",
    "store/histories/test_same",
    "store/test_brought",
    "store/test_erasing_beside_imports",
    "store/test_identity",
    "store/test_peers_identity",
    "store/test_rewriting",
    "store/test_schema_registry",
    "store/test_stream",
    "store/test_stream_settling",
    "store/test_warehouse",
    "usage/test_adoption",
    "usage/test_cohorts",
}
"""Files that try hundreds of random histories, start processes, or open a warehouse on the disk for each test."""


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # not typed
    """Gives tests to workers one by one, and those that share a workspace or a server together. Quick ones go by files,
    because to tell of each of thousands takes as long as to run it.

    xdist's own groups are made of marks, and do not work with this pytest: names of tests cannot be changed any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = Path(nodeid.partition("::")[0]).relative_to("tests")
        folder = file.parts[0]
        if folder in (*APART, *TOGETHER):
            return folder
        return str(file) if _quick(self.config) or folder in WHOLE or file.stem in WHOLE_FILES else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share tests out by what they share."""
    return Sharing(config, log)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import what a quick run leaves out: that would take as long as a quarter of its tests."""
    if not _quick(config) or not collection_path.is_relative_to(TESTS):
        return None
    path = collection_path.relative_to(TESTS)
    return path.as_posix() in WHOLE or _heavy(path) or path.stem in WHOLE_FILES or None


def _quick(config: pytest.Config) -> bool:
    return "not integration and not slow" in config.option.markexpr


def _heavy(path: Path) -> bool:
    return path.with_suffix("").as_posix() in HEAVY


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that are left out of a quick run."""
    for item in items:
        if not item.path.is_relative_to(TESTS):
            continue
        folder = item.path.relative_to(TESTS).parts[0]
        serves = SERVED.intersection(getattr(item, "fixturenames", ()))
        if folder in WHOLE or item.path.stem in WHOLE_FILES or serves:
            item.add_marker(pytest.mark.integration)
        if _heavy(item.path.relative_to(TESTS)):
            item.add_marker(pytest.mark.slow)
        if folder in APART:
            item.add_marker(getattr(pytest.mark, folder))
        if item.get_closest_marker("engines") and folder not in WITH_ENGINES:
            raise pytest.UsageError(f"{item.nodeid} needs an engine, but stands in none of {WITH_ENGINES}.")
