"""Starting a project: the folder becomes a workspace, a git checkout its first source."""

from __future__ import annotations

import json
from pathlib import Path

from callsheet.base.config import PROJECT_FILE
from callsheet.base.errors import BadInput
from callsheet.store.workspace import create, exists

HEAD = """# What Callsheet knows about this product and where its facts come from.
# Every setting: docs/settings.md.
[workspace]
name = {name}
time_zone = "UTC"
"""
GIT = """
[[source]]
name = "git"
kind = "git"
path = "."
schedule = "0 * * * *"
"""


def start_project(folder: Path, name: str | None = None) -> list[str]:
    """Make `folder` a workspace and say what was done. What is there already stays as it is."""
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file.", "Give a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    told = []
    again, checkout = exists(folder), (folder / ".git").exists()
    file = folder / PROJECT_FILE
    if file.exists():
        told.append(f"{PROJECT_FILE} is there already and stays as it is.")
    else:
        file.write_text(HEAD.format(name=json.dumps(name or folder.name)) + (GIT if checkout else ""), encoding="utf-8")
        told.append(f"Wrote {PROJECT_FILE}" + (", with this repository as its first source." if checkout else "."))
    create(folder)
    told.append(f"{folder} is {'already' if again else 'now'} a workspace.")
    if checkout:
        told.append("Next: callsheet sync git && callsheet sheet")
    else:
        told.append("Next: callsheet import FILE, or add a [[source]] to callsheet.toml and run callsheet sync.")
    return told
