"""Commands of feedback."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="feedback", help="What people ask for.")
Json = Annotated[bool, Parameter(name="--json", negative="")]


@app.command
def inbox(*, size: int = 20, json: Json = False, dir: Path | None = None) -> None:
    """Show feedback that is filed to no request, with the request it is most like."""
    from rich.console import Console
    from rich.table import Table

    from callsheet.client import connect

    with connect(dir) as api:
        page = api.get("/api/feedback/inbox", params={"size": size})
    if json:
        print(jsons.dumps(page, indent=2, default=str))
        return
    table = Table("Given", "Account", "Feedback", "Most like", box=None)
    for item in page["items"]:
        likes = [f"{one['title']} ({one['score']:.2f})" for one in item["suggestions"][:1]]
        table.add_row(
            (item["given_at"] or "")[:10], item["account"] or "–", item["title"] or "", likes[0] if likes else "–"
        )
    console = Console()
    console.print(table)
    console.print(f"{page['total']} untriaged, {len(page['items'])} shown", style="dim")


@app.command
def requests(*, status: str = "", q: str = "", size: int = 30, json: Json = False, dir: Path | None = None) -> None:
    """Show requests by the revenue behind them; people and accounts count once each."""
    from rich.console import Console
    from rich.table import Table

    from callsheet.base.text import with_unit
    from callsheet.client import connect

    with connect(dir) as api:
        page = api.get("/api/feedback/requests", params={"status": status, "q": q, "size": size})
    if json:
        print(jsons.dumps(page, indent=2, default=str))
        return
    table = Table("Request", "Status", "People", "Accounts", "Revenue", "Answered by", box=None)
    for row in page["items"]:
        revenue = with_unit(row["revenue"], "money")
        answer = row["initiative"] or "–"
        table.add_row(row["title"], row["status"], str(row["requesters"]), str(row["accounts"]), revenue, answer)
    messages = sum(row["messages"] for row in page["items"])
    console = Console()
    console.print(table)
    console.print(f"{page['total']} requests, {len(page['items'])} shown (n = {messages} messages)", style="dim")
