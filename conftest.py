"""Which tests run side by side: the browser and engine tests each keep to one process."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent / "tests"
APART = ("browser", "engines")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of tests/browser and tests/engines, and keep each folder in one worker."""
    for item in items:
        if not item.path.is_relative_to(TESTS):
            continue
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in APART:
            item.add_marker(getattr(pytest.mark, folder))
            item.add_marker(pytest.mark.xdist_group(folder))
