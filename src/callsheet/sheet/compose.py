"""Composing the call sheet: no language model; every clause rests on a finding and links to it."""

from __future__ import annotations

import re
from itertools import groupby

from callsheet.base.errors import CallsheetError
from callsheet.base.text import sentence
from callsheet.base.time import Period, cadence_period, local_date, previous
from callsheet.findings.lifecycle import current
from callsheet.findings.model import DETECTORS, Detector
from callsheet.findings.records import Finding
from callsheet.metrics.reader import Reader
from callsheet.sheet.model import SECTIONS, Ask, Piece, Section, Sheet

LINK = re.compile(r"\[\[([^\]|]+)(?:\|([^\]]+))?\]\]")
WORDS_A_MINUTE = 200
MOST_IN_LEAD = 6


def compose(reader: Reader, cadence: str, *, ended: bool = False) -> Sheet:
    """Return the sheet of this cadence for today, or (`ended`) for the span that ended last.

    Findings are always those of now.
    """
    period = cadence_period(cadence, reader.now, reader.zone)
    period = previous(period, cadence, reader.zone) if ended else period
    before = previous(period, cadence, reader.zone)
    findings = current(reader.book)
    told = _told(findings)
    ask = Ask(reader, cadence, period, before, findings)
    sections, left_out = _sections(ask)
    sheet = Sheet(
        workspace=reader.workspace.config.workspace.name, cadence=cadence, period=_words(reader, period, cadence),
        compared_with=before.label, headline=_headline(told), lead=_lead(told), minutes=1, sections=sections,
        left_out=left_out, currency=reader.workspace.config.workspace.currency,
    )  # fmt: skip
    sheet.minutes = max(1, round(_length(sheet) / WORDS_A_MINUTE))
    return sheet


def _told(findings: list[Finding]) -> list[tuple[Detector, list[Finding]]]:
    """Group findings by detector, in the order in which they are told: good news last."""
    known = [row for row in findings if row.detector in DETECTORS]
    known.sort(key=lambda row: (DETECTORS[row.detector].rank, row.detector))
    return [(DETECTORS[name], list(rows)) for name, rows in groupby(known, key=lambda row: row.detector)]


def _headline(told: list[tuple[Detector, list[Finding]]]) -> str:
    """The gravest one or two things, or that nothing needs a decision."""
    hurts = [(one, rows) for one, rows in told if rows[0].severity in ("bad", "warn")]
    if not hurts:
        good = [one.headline(rows) for one, rows in told if rows[0].severity == "good"]
        return _capital(good[0]) if good else "Nothing needs a decision today"
    hurts.sort(key=lambda pair: (min(_gravity(row) for row in pair[1]), pair[0].rank))
    first = hurts[0][0].headline(hurts[0][1])
    if len(hurts) == 1 or ", and " in first:
        return _capital(first)
    second = hurts[1][0].headline(hurts[1][1])
    return _capital(f"{first}; {second}" if ", and " in second else f"{first}, and {second}")


def _gravity(row: Finding) -> int:
    return 0 if row.severity == "bad" else 1


def _lead(told: list[tuple[Detector, list[Finding]]]) -> list[Piece]:
    """A sentence a symptom, each with its links."""
    sentences: list[str] = []
    for one, rows in told[:MOST_IN_LEAD]:
        said = _capital(sentence(one.lead(rows)))
        subject, out, rest_of_it = said.partition(" is out, but ")
        if out and sentences and sentences[-1].startswith(f"{subject} is out "):
            sentences[-1] = f"{sentences[-1].rstrip('.')}, but {rest_of_it}"  # one subject, one sentence
        else:
            sentences.append(said)
    pieces = [piece for said in sentences for piece in (*marked(said), Piece(" "))]
    rest = sum(len(rows) for _, rows in told[MOST_IN_LEAD:])
    if rest:
        pieces.append(Piece(f"{rest} more {'finding' if rest == 1 else 'findings'}", "/findings"))
        pieces.append(Piece("."))
    return pieces


def marked(text: str) -> list[Piece]:
    """Split `a [[b|finding]] c` into pieces."""
    pieces, end = [], 0
    for match in LINK.finditer(text):
        if match.start() > end:
            pieces.append(Piece(text[end : match.start()]))
        key = match.group(2) or ""
        pieces.append(Piece(match.group(1), f"/findings/{key}" if key else "", key))
        end = match.end()
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return pieces


def _sections(ask: Ask) -> tuple[list[Section], list[str]]:
    found, left_out = [], []
    for spec in sorted(SECTIONS.values(), key=lambda one: one.place):
        if ask.cadence not in spec.cadences:
            continue
        try:
            part = spec.compose(ask)
        except CallsheetError as why:
            left_out.append(f"{spec.key}: {why}")
            continue
        if not part.empty:
            found.append(part)
    return found, left_out


def _words(reader: Reader, period: Period, cadence: str) -> dict[str, str]:
    first, last = local_date(period.since, reader.zone), local_date(period.until, reader.zone)
    from datetime import timedelta

    last -= timedelta(days=1)
    if first == last:
        span = f"{first:%A}, {first.day} {first:%B %Y}"
    elif first.month == last.month:
        span = f"{first.day} – {last.day} {last:%B %Y}"
    else:
        span = f"{first.day} {first:%B} – {last.day} {last:%B %Y}"
    label = (
        span if cadence == "daily" else f"{_capital(period.label)} · {span}" if cadence == "weekly" else period.label
    )
    return {"since": period.since.isoformat(), "until": period.until.isoformat(), "label": label, "short": period.label}


def _length(sheet: Sheet) -> int:
    words = len(sheet.headline.split()) + sum(len(piece.text.split()) for piece in sheet.lead)
    for part in sheet.sections:
        words += sum(len(f"{row['title']} {row['sentence']}".split()) for row in part.findings)
        words += 6 * len(part.rows) + 8 * len(part.figures) + 25 * bool(part.chart)
    return words


def _capital(text: str) -> str:
    """Begin with a capital, inside the brackets of a link too."""
    start = 2 if text.startswith("[[") else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]
