"""Finding parts by walking packages: one file and one test, no registration edit."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from types import ModuleType


def walk(package: str) -> Iterator[ModuleType]:
    """Import and yield every module of a package; nothing when the package does not exist."""
    parent = optional(package)
    if parent is None:
        return
    for found in sorted(pkgutil.iter_modules(parent.__path__), key=lambda item: item.name):
        yield importlib.import_module(f"{package}.{found.name}")


def optional(name: str) -> ModuleType | None:
    """Import a module, or return None when there is no such module; errors inside it are not hidden."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as why:
        if why.name and (name == why.name or name.startswith(f"{why.name}.")):
            return None
        raise


def plugins() -> Iterator[ModuleType]:
    """Import the modules that other distributions offer under the entry point group `callsheet.plugins`."""
    for entry in sorted(entry_points(group="callsheet.plugins"), key=lambda item: item.name):
        yield entry.load()
