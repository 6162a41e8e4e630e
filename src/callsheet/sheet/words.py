"""Cells and figures of a sheet as words, for text, Markdown and mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callsheet.base.text import chance, day, money, number, short_day, with_unit
from callsheet.metrics.figure import Figure
from callsheet.metrics.registry import Column
from callsheet.sheet.model import Sheet


def cell(row: dict[str, Any], column: Column, currency: str) -> str:
    """Return one cell as read aloud."""
    if column.key == "range":
        return " – ".join(short_day(row.get(key)) for key in ("p50_at", "p85_at", "p95_at")) + promised(row)
    if column.key == "why" and not row.get("why"):
        return str(row.get("why_not") or "–")
    value = row.get(column.key)
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return day(value)
    if column.unit == "money":
        return money(float(value), currency)
    if column.unit == "chance":
        return chance(float(value))
    if column.unit == "share":
        return f"{value:.0%}"
    if column.unit == "%":
        return with_unit(float(value), "%")
    if isinstance(value, int | float) and not isinstance(value, bool):
        change = row.get("change") if column.key == "customers" else None
        return number(value) + (f" ({change:+d})" if change else "")
    return str(value)


def promised(row: dict[str, Any]) -> str:
    """Return the promised date of a row."""
    return f" · promised {short_day(row['promised_at'])}" if row.get("promised_at") else ""


def amount(one: Figure, currency: str) -> str:
    """Return a figure's value."""
    return with_unit(one.amount, one.unit, currency)


def change(one: Figure, currency: str) -> str:
    """Return a figure's change against the period before, with its direction."""
    if not one.change or not one.change["amount"]:
        return "no change" if one.change else ""
    size = abs(one.change["amount"])
    words = money(size, currency) if one.unit == "money" else number(size)
    words = with_unit(size, one.unit) if one.unit == "days" and size < 1 else words
    points = " points" if one.unit == "%" else ""
    if words == "0.0":
        return "no change"
    return f"{'▲' if one.change['amount'] > 0 else '▼'} {words}{points}"


def basis(one: Figure) -> str:
    """Return the sample of a figure and what it leaves out."""
    left = f" · {one.left_out:,} left out: {one.left_out_why}" if one.left_out else ""
    return f"n = {one.sample:,}{left}"


def heading(sheet: Sheet) -> str:
    """Return the line above the headline."""
    return f"{sheet.period['label']} · {sheet.minutes} min read · compared with {sheet.compared_with}"


def lead(sheet: Sheet) -> str:
    """Return the lead paragraph as plain text."""
    return "".join(piece.text for piece in sheet.lead).strip()
