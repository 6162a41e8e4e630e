"""Build hook: a wheel and an sdist carry the built UI, so that users need no Node.

The UI is built when it is missing or made from other sources. An editable install (for work on
Callsheet itself) never builds it: `make setup` does.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Hatchling finds this class by its name."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the UI before files are collected; `version` is `editable` or `standard`."""
        if version == "editable" or self._from_sdist():
            return
        self._ui().build()

    def _from_sdist(self) -> bool:
        """An sdist brings the UI built, beside a PKG-INFO that a checkout does not have."""
        root = Path(self.root)
        return (root / "PKG-INFO").exists() and (root / "src/callsheet/http/static/index.html").exists()

    def _ui(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("callsheet_ui", Path(self.root) / "scripts" / "ui.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError("scripts/ui.py is missing; build from a full checkout or an sdist")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
