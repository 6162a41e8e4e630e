"""Words and numbers as people read them. The browser has the same rules in `web/src/lib/format.ts`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return lower-case ASCII words joined by hyphens; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_WORD.sub("-", plain.lower()).strip("-")


CAPITALS = frozenset({"api", "csv", "pdf", "sdk", "sql", "sso", "ui", "url"})


def spelled(key: str) -> str:
    """Return an id of words as a name: `billing-api` is "Billing API"."""
    words = key.replace("-", " ").replace("_", " ").split()
    text = " ".join(word.upper() if word in CAPITALS else word for word in words)
    return capital(text)


def number(amount: float | None, digits: int | None = None) -> str:
    """Return a number with thousands marks, one decimal below 100, or a dash for no data."""
    if amount is None:
        return "–"
    if digits is None:
        digits = 0 if abs(amount) >= 100 or float(amount).is_integer() else 1
    return f"{amount:,.{digits}f}"


def with_unit(amount: float | None, unit: str, currency: str = "€") -> str:
    """Return the amount as read aloud: `9.4 days`, `71%`, `€412k`, `1,284 accounts`."""
    if amount is None:
        return "no data"
    if unit == "money":
        return money(amount, currency)
    if unit == "%":
        return f"{number(amount, 0 if abs(amount) >= 10 or amount == 0 else 1)}%"
    if unit in ("", "ratio", "score"):
        return number(amount)
    if unit == "days" and 0 < abs(amount) < 1:
        return with_unit(amount * 24, "hours") if abs(amount) * 24 >= 1 else with_unit(round(amount * 1440), "minutes")
    return f"{number(amount)} {singular(unit) if amount == 1 else unit}"


def chance(amount: float) -> str:
    """Return a simulated chance (0 to 1) as text; the simulation cannot tell more than `>95%` or `<1%`."""
    if amount > 0.95:
        return ">95%"
    return "<1%" if amount < 0.01 else f"{amount:.0%}"


def money(amount: float, currency: str = "€") -> str:
    """Return a sum in short form: `€950`, `€412k`, `€1.2M`."""
    size = abs(amount)
    if size >= 1_000_000:
        return f"{currency}{amount / 1_000_000:.1f}M"
    if size >= 10_000:
        return f"{currency}{amount / 1_000:.0f}k"
    return f"{currency}{amount:,.0f}"


def singular(unit: str) -> str:
    """Return the singular of a plain English plural."""
    if unit == "people":
        return "person"
    if unit.endswith("ies"):
        return unit[:-3] + "y"
    return unit[:-1] if unit.endswith("s") and not unit.endswith("ss") else unit


def count(amount: int, noun: str, plural: str | None = None) -> str:
    """Return `1 item`, `2 items`, `no items`."""
    if amount == 0:
        return f"no {plural or _plural(noun)}"
    return f"{amount:,} {noun if amount == 1 else plural or _plural(noun)}"


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:] not in ("ay", "ey", "oy") else noun + "s"


def joined(parts: Sequence[str], most: int = 3) -> str:
    """Return `a`, `a and b`, `a, b and c`, or `a, b and 4 more`."""
    shown = list(parts[:most])
    more = len(parts) - len(shown)
    if more == 1:
        shown, more = list(parts[: most + 1]), 0
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def day(moment: date | datetime | None) -> str:
    """Return `4 December 2026`; a dash for none."""
    return "–" if moment is None else f"{moment.day} {moment:%B %Y}"


def short_day(moment: date | datetime | None) -> str:
    """Return `4 December`; a dash for none."""
    return "–" if moment is None else f"{moment.day} {moment:%B}"


def initials(name: str) -> str:
    """Return two letters for an avatar."""
    words = [word for word in re.split(r"[\s._@-]+", name) if word]
    return ("".join(word[0] for word in words[:2]) or "?").upper()


def capital(text: str) -> str:
    """Return the text with a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return the text with a capital first letter and a full stop."""
    text = text.strip()
    return capital(text) + ("" if text.endswith((".", "?", "!")) else ".")
