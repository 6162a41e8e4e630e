"""Write openapi.json from the routes; `make openapi` then makes the TypeScript client from it.

`openapi.py --check` ends with 1 when the committed file is not current.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

from callsheet import domains
from callsheet.http.app import create_app
from callsheet.http.context import Services
from callsheet.store.workspace import Workspace

OPENAPI = Path(__file__).resolve().parent.parent / "openapi.json"


def schema() -> str:
    """The description of every route as text. It needs the routes and no workspace."""
    services = Services(workspace=cast(Workspace, None))
    app = create_app(services, routers=domains.routers(), public=domains.publics())
    told: dict[str, Any] = app.openapi()
    return json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write the file, or with --check say whether it is current."""
    text = schema()
    old = OPENAPI.read_text(encoding="utf-8") if OPENAPI.exists() else ""
    if "--check" in sys.argv[1:]:
        sys.exit(0 if old == text else "openapi.json is not current. Run `make openapi`.")
    if old != text:
        OPENAPI.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
