"""Delayed: a promised date that the team's own pace will probably not keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callsheet.base.text import count, joined, money, short_day
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def headline(found: Sequence[Found]) -> str:
    """`two promises are at risk`, and why when review is named in all of them."""
    words = NUMBERS[len(found)] if len(found) < len(NUMBERS) else str(len(found))
    because = ", and review is why" if all("review" in str(one.facts.get("why")) for one in found) else ""
    return f"{words} {'promise is' if len(found) == 1 else 'promises are'} at risk{because}"


def lead(found: Sequence[Found]) -> str:
    """Name the initiatives, each linked."""
    names = joined([f"[[{one.facts['title']}|{one.id}]]" for one in found])
    verb = "has" if len(found) == 1 else "have"
    return f"{names} {verb} slipped past {'its' if len(found) == 1 else 'their'} promised date in most simulations"


@detector(
    "delayed", title="Delayed", needs=("roadmap.promises",), rank=10, headline=headline, lead=lead,
    threshold="The chance of the promised date is below `thresholds.delayed_chance` (0.5): more likely missed than kept.",
    try_this="Cut scope, move the date openly, or take away what the work waits for.",
)  # fmt: skip
def delayed(reader: Reader) -> Iterable[Signal]:
    """Promised initiatives whose chance, simulated from the team's own 7-day blocks, is below the threshold."""
    for row in reader.report("roadmap.promises").rows:
        chance, promised = row.get("chance"), row.get("promised_at")
        if chance is None or promised is None or chance >= reader.thresholds.delayed_chance:
            continue
        yield _signal(reader, row)


def _signal(reader: Reader, row: dict[str, Any]) -> Signal:
    chance, key = row["chance"], row["initiative"]
    likely = f"{chance:.0%} likely" if chance >= 0.01 else "less than 1% likely"
    held = ""
    if row.get("coverage85") is not None:
        held = f" This team's 85% dates held {row['coverage85']:.0%} of the time (n = {row.get('origins') or 0})."
    waiting = ""
    if row.get("accounts"):
        currency = reader.workspace.config.workspace.currency
        verb = "waits" if row["accounts"] == 1 else "wait"
        worth = money(row.get("revenue") or 0, currency)
        waiting = f" {count(row['accounts'], 'account')} {verb} for it, {worth} a year."
    late = row["promised_at"] < reader.now
    begin = f"It was promised for {short_day(row['promised_at'])} and is not done; the" if late else "The"
    return Signal(
        subject=f"initiative:{key}",
        title=f"{row['title']}: promised {short_day(row['promised_at'])}, {likely}",
        sentence=f"{begin} 85% date is {short_day(row.get('p85_at'))}, with {count(row.get('left') or 0, 'item')} left."
        f"{held}{waiting}",
        severity="bad" if chance < 0.25 else "warn", pill="At risk", decide=True, weight=1 - chance,
        owner=row.get("owner") or "", team=row.get("team") or "",
        clause=f"[[{row['title']}]] will probably miss {short_day(row['promised_at'])}",
        evidence=(
            Evidence("forecast", f"50% {short_day(row.get('p50_at'))}, 85% {short_day(row.get('p85_at'))}",
                     f"/roadmap/initiatives/{key}"),
            Evidence("why", row.get("why") or "pace"), Evidence("trace", "who asked", f"/trace/initiative:{key}"),
        ),
        answers=(
            Answer("Cut scope", f"/roadmap/initiatives/{key}?tab=scope"),
            Answer("Move date", f"/roadmap/initiatives/{key}?tab=promise"),
        ),
        facts={"title": row["title"], "why": row.get("why") or "", "chance": chance},
    )  # fmt: skip
