"""Account at risk: a customer that will probably leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callsheet.base.text import capital, count, joined, money
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

NAMED = 5
"""Accounts with a finding of their own, the most revenue at stake first; the rest are one finding."""


def headline(found: Sequence[Found]) -> str:
    """`Tamarin Works may leave`."""
    return f"{joined([str(one.facts['title']) for one in found], 2)} may leave"


@detector(
    "account_at_risk", title="Account at risk", needs=("usage.health",), rank=62, headline=headline,
    threshold="A chance to leave within 28 days of at least 20% and three times the usual one, by a model that beat the"
    " base rate on accounts it had not seen; where too few accounts left for one, a silence that the account's own"
    " rhythm, over all accounts together, makes less likely than 5%.",
    try_this="Call them this week: ask what they came for, and what stopped.",
)  # fmt: skip
def account_at_risk(reader: Reader) -> Iterable[Signal]:
    """Accounts that `usage.health` calls at risk, those with most revenue at stake by name."""
    rows = [row for row in reader.report("usage.health").rows if row["level"] == "at risk"]
    for row in rows[:NAMED]:
        yield _signal(reader, row)
    if len(rows) > NAMED:
        yield _rest(reader, rows[NAMED:])


def _signal(reader: Reader, row: dict[str, Any]) -> Signal:
    name, key, currency = row["name"], row["account_id"], reader.workspace.config.workspace.currency
    worth = "" if row["revenue"] is None else f" It pays {money(row['revenue'], currency)} a year."
    why = f"{capital(row['why'])}." if row["why"] else "No single measure stands out."
    if row["chance"] is None:
        title, shown = f"{name} has gone quiet", row["level"]
    else:
        title, shown = f"{name}: {row['chance']:.0%} likely to leave within 28 days", f"{row['chance']:.0%}"
        why += f" The chance is 95% between {row['low']:.0%} and {row['high']:.0%}."
    return Signal(
        subject=f"account:{key}", title=title, sentence=f"{why}{worth}", severity="warn", pill="At risk",
        weight=row["chance"] if row["chance"] is not None else 0.5, owner=row.get("owner") or "",
        clause=f"[[{name}]] may leave{_of(row, currency)}",
        evidence=(
            Evidence("health", shown, "/usage?tab=health"), Evidence("account", str(name), f"/usage/accounts/{key}"),
        ),
        answers=(Answer("Open the account", f"/usage/accounts/{key}", primary=True),),
        facts={"title": name},
    )  # fmt: skip


def _of(row: dict[str, Any], currency: str) -> str:
    return "" if row["revenue"] is None else f" ({money(row['revenue'], currency)} a year)"


def _rest(reader: Reader, rows: list[dict[str, Any]]) -> Signal:
    worth = sum(row["stake"] or 0 for row in rows)
    title = f"{count(len(rows), 'more account')} may leave"
    return Signal(
        subject="account:others", title=title, severity="warn", pill="At risk", weight=0.1, clause=f"[[{title}]]",
        sentence=f"{money(worth, reader.workspace.config.workspace.currency)} a year at stake; among them"
        f" {joined([str(row['name']) for row in rows])}.",
        evidence=(Evidence("health", f"{len(rows)}", "/usage?tab=health"),),
        answers=(Answer("Go through them", "/usage?tab=health", primary=True),),
        facts={"title": f"{len(rows)} more accounts"},
    )  # fmt: skip
