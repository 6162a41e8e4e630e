"""Write a migration: the difference between the tables in the code and the migrations there are.

    make migration WHY="Remember who asked for a flag"     adds migrations/NNNN_remember_who_asked_for_a_flag.py
    make migration WHY=... ANEW=1                          before the first release: writes 0001 anew

The first line of its docstring says why. Read what was written before committing it: a renamed column, for
one, looks like one dropped and one added.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from callsheet import domains
from callsheet.base.text import slug
from callsheet.store import migrate
from callsheet.store.book import Base, Books, sqlite_url

TEXT = '''"""{why}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {before}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the book to this shape."""
    {steps}
'''


def difference(upgraded: bool) -> str:
    """Return the steps, as Python, from an upgraded (or an empty) book to the tables in the code."""
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "book.sqlite")
        if upgraded:
            books = Books(url)
            migrate.upgrade(books)
            books.close()
        engine = create_engine(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            found: Any = produce_migrations(context, Base.metadata)
            steps = render_python_code(found.upgrade_ops, render_as_batch=upgraded, migration_context=context)
        engine.dispose()
    kept = [line for line in steps.splitlines() if not line.strip().startswith("# ###")]
    return "" if found.upgrade_ops.is_empty() else "\n".join(kept)


def main() -> None:
    """Write the file and format it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("why", help="one sentence: what the change of the schema is for")
    parser.add_argument("--anew", action="store_true", help="write the first migration anew")
    given = parser.parse_args()
    domains.records()
    known = [] if given.anew else list(migrate.revisions())
    steps = difference(upgraded=bool(known))
    if not steps:
        sys.exit("The migrations give the tables in the code already; there is nothing to write.")
    number = f"{len(known) + 1:04}"
    if given.anew:
        for old in migrate.FOLDER.glob("[0-9]*_*.py"):
            old.unlink()
    why = given.why.strip().rstrip(".") + "."
    path = migrate.FOLDER / f"{number}_{slug(given.why)[:50].replace('-', '_')}.py"
    before = f'"{known[-1]}"' if known else "None"
    path.write_text(TEXT.format(why=why, number=number, before=before, steps=steps.strip()), encoding="utf-8")
    for command in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(path)], check=True)
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
