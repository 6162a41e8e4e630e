"""Making a folder a workspace: a project file with the repository as its first source."""

from __future__ import annotations

import json
from pathlib import Path

from callsheet.base.config import PROJECT_FILE
from callsheet.stack.connectors.git import is_checkout
from callsheet.store.workspace import create, exists

_PROJECT = """# Callsheet reads this file. Every setting is in docs/settings.md.
[workspace]
name = {name}
time_zone = "UTC"      # IANA name, e.g. Europe/Madrid: days and weeks begin there
"""
_GIT = """
[[source]]
name = "git"
kind = "git"
path = "."
# schedule = "*/30 * * * *"   # a server then syncs by itself
# anonymise = true            # keep hashes instead of names and addresses
"""
_HINT = """
# [[source]]
# name = "tickets"
# kind = "file"
# path = "exports/tickets.csv"
"""


def start_project(folder: Path, name: str | None = None) -> list[str]:
    """Make `folder` a workspace and tell what was done; what is there already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    told = []
    project, git = folder / PROJECT_FILE, is_checkout(folder)
    if project.exists():
        told.append(f"{PROJECT_FILE} is there already and stays as it is.")
    else:
        body = _PROJECT.format(name=json.dumps(name or folder.name, ensure_ascii=False))
        project.write_text(body + (_GIT if git else _HINT), encoding="utf-8")
        told.append(f"Wrote {PROJECT_FILE}{', with this repository as the source git' if git else ''}.")
    if exists(folder):
        told.append("The workspace is there already; nothing in it was changed.")
    create(folder)
    told.append(
        "Next: callsheet sync git && callsheet sheet" if git else "Next: callsheet import FILE, or name a [[source]]."
    )
    return told
