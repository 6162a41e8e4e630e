"""Out of the loop: what people asked for is out, and they have not been told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import count, money, short_day
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader


def headline(found: Sequence[Found]) -> str:
    """`18 of 23 requesters have not been told`."""
    untold, asked = (sum(int(one.facts[key]) for one in found) for key in ("untold", "asked"))
    return f"{untold} of {asked} requesters have not been told"


@detector(
    "out_of_the_loop", title="Stakeholders out of the loop", needs=("loop.untold",), rank=40, headline=headline,
    threshold="`thresholds.untold_after_days` (2) days after a release, someone who asked for what is in it has not"
    " been told.",
    try_this="Publish the release's notes: every requester is told once, by their channel.",
)  # fmt: skip
def out_of_the_loop(reader: Reader) -> Iterable[Signal]:
    """Initiatives released for some days whose requesters have not all been told."""
    currency = reader.workspace.config.workspace.currency
    for row in reader.report("loop.untold").rows:
        days = (reader.now - row["released_at"]).total_seconds() / 86400
        if not row["untold"] or days < reader.thresholds.untold_after_days:
            continue
        key, release = row["initiative"], row["release"]
        yield Signal(
            subject=f"initiative:{key}",
            title=f"Tell {count(row['untold'], 'customer')} that {row['title']} is theirs",
            sentence=f"Released {short_day(row['released_at'])} in {row['version']}: {row['asked']} asked, {row['told']} told."
            f" {count(row['accounts'], 'account')}, {money(row['revenue'], currency)} a year.",
            severity="warn", pill="Untold", decide=True, weight=row["untold"] / max(row["asked"], 1),
            owner=row.get("owner") or "", team=row.get("team") or "", since=row["released_at"],
            clause=f"{row['title']} is out, but {_untold(row['untold'], row['asked'])}",
            evidence=(
                Evidence("release", str(row["version"]), f"/releases/{release}"),
                Evidence("trace", f"{row['asked']} asked, {row['told']} told", f"/trace/initiative:{key}"),
            ),
            answers=(Answer("Review and send", f"/releases/{release}?tab=notes", primary=True),),
            facts={"untold": row["untold"], "asked": row["asked"], "title": row["title"]},
        )  # fmt: skip


def _untold(untold: int, asked: int) -> str:
    if untold == asked:
        return f"[[none of the {asked} customers]] who asked for it has been told"
    return f"[[{untold} of the {asked} customers]] who asked for it have not been told"
