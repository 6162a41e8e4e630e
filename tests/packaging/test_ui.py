"""The UI build step: what makes it run again, and which npm settings it passes on."""

from __future__ import annotations

import os
from pathlib import Path

from scripts import ui


def tree(root: Path) -> Path:
    """A small web/ folder."""
    for name in ("index.html", "src/main.ts", "node_modules/react/index.js", "dist/old.js", "x.tsbuildinfo"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def test_sources_leave_out_what_tools_leave_there(tmp_path: Path) -> None:
    found = {path.relative_to(tmp_path).as_posix() for path in ui.sources(tree(tmp_path))}
    assert found == {"index.html", "src/main.ts"}


def test_the_digest_follows_contents_not_times(tmp_path: Path) -> None:
    before = ui.digest(ui.sources(tree(tmp_path)), tmp_path)
    os.utime(tmp_path / "index.html", (0, 0))
    assert ui.digest(ui.sources(tmp_path), tmp_path) == before
    (tmp_path / "index.html").write_text("changed")
    assert ui.digest(ui.sources(tmp_path), tmp_path) != before


def test_the_digest_follows_names(tmp_path: Path) -> None:
    before = ui.digest(ui.sources(tree(tmp_path)), tmp_path)
    (tmp_path / "src/main.ts").rename(tmp_path / "src/other.ts")
    assert ui.digest(ui.sources(tmp_path), tmp_path) != before


def test_npm_gets_the_wheels_node_and_only_settings_of_the_network() -> None:
    given = {
        "PATH": "/bin",
        "npm_config_nodedir": "/usr",
        "NPM_CONFIG_CAFILE": "/ca.pem",
        "npm_lifecycle_event": "x",
    }
    made = ui.environment(given)
    assert made["PATH"].split(os.pathsep)[0] == str(ui.node().parent)
    assert made["NPM_CONFIG_CAFILE"] == "/ca.pem"
    assert "npm_config_nodedir" not in made
    assert "npm_lifecycle_event" not in made
