"""Which tests run side by side, and which are quick: browser and engine tests each keep to one process; whole
servers, processes and companies are integration, the rest are units."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent / "tests"
APART = ("browser", "engines")
WHOLE = {"browser", "clients", "engines", "http", "loop", "faults", "packaging", "stack"}
"""Folders whose tests open whole workspaces, servers or processes."""
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
HEAVY = {
    "store/histories/test_keeping",
    "store/histories/test_same",
    "store/test_identity",
    "store/test_schema_registry",
    "store/test_stream",
    "store/test_warehouse",
    "usage/test_cohorts",
}
"""Files that try hundreds of random histories."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of tests/browser and tests/engines, and keep each folder in one worker."""
    for item in items:
        if not item.path.is_relative_to(TESTS):
            continue
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in WHOLE or item.path.stem in WHOLE_FILES:
            item.add_marker(pytest.mark.integration)
            if folder not in APART:
                item.add_marker(pytest.mark.xdist_group(str(item.path)))  # what they share is made once
        if item.path.relative_to(TESTS).with_suffix("").as_posix() in HEAVY:
            item.add_marker(pytest.mark.slow)
        if folder in APART:
            item.add_marker(getattr(pytest.mark, folder))
            item.add_marker(pytest.mark.xdist_group(folder))
