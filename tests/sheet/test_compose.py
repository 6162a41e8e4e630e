"""The sheet's words: where the headline and the lead come from, and that nothing is escaped twice or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from callsheet.findings.records import Finding
from callsheet.sheet import render
from callsheet.sheet.compose import _headline, _lead, _told, marked
from callsheet.sheet.model import Piece, Section, Sheet

NOW = datetime(2026, 11, 22)


def finding(detector: str, subject: str, title: str, severity: str = "warn", **facts: Any) -> Finding:
    clause = facts.pop("clause", f"[[{title}]] is so")
    return Finding(
        id=f"{detector}-{subject}", detector=detector, subject=subject, state="open", severity=severity, pill="P",
        title=title, sentence="S.", clause=clause, owner="", team="", weight=0.5, decide=True, evidence=[], answers=[],
        facts={"title": title, **facts}, since=None, first_seen=NOW, last_seen=NOW,
    )  # fmt: skip


def test_two_promises_and_review_is_why() -> None:
    rows = [finding("delayed", "initiative:a", "Bulk import", "bad", why="review wait"),
            finding("delayed", "initiative:b", "Audit export", why="review wait; scope +4")]  # fmt: skip
    assert _headline(_told(rows)) == "Two promises are at risk, and review is why"


def test_review_is_blamed_only_when_every_promise_names_it() -> None:
    rows = [finding("delayed", "initiative:a", "Bulk import", "bad", why="review wait"),
            finding("delayed", "initiative:b", "Audit export", why="scope +4")]  # fmt: skip
    assert _headline(_told(rows)) == "Two promises are at risk"


def test_two_different_hurts_are_joined() -> None:
    rows = [finding("delayed", "initiative:a", "Bulk import", "bad", why="pace"),
            finding("stale_source", "tool:desk", "Helpharbour")]  # fmt: skip
    assert _headline(_told(rows)) == "One promise is at risk, and Helpharbour has not synced"


def test_nothing_to_say_is_said() -> None:
    assert _headline([]) == "Nothing needs a decision today"


def test_every_clause_of_the_lead_links_to_its_finding() -> None:
    rows = [finding("delayed", "initiative:a", "Bulk import", "bad", why="pace"),
            finding("unclear_ownership", "component:billing", "Billing API", short="Billing API has no owner")]  # fmt: skip
    pieces = _lead(_told(rows))
    assert [piece.finding for piece in pieces if piece.finding] == [row.id for row in rows]
    assert "".join(piece.text for piece in pieces).strip().endswith(".")


def test_one_subject_is_one_sentence() -> None:
    rows = [finding("adoption_ahead", "feature:a", "A", "good", clause="A is out and [[adoption is ahead]]"),
            finding("out_of_the_loop", "initiative:a", "A", clause="A is out, but [[18 of the 23]] have not been told",
                    untold=18, asked=23)]  # fmt: skip
    said = "".join(piece.text for piece in _lead(_told(rows))).strip()
    assert said == "A is out and adoption is ahead, but 18 of the 23 have not been told."


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", [Piece("plain")]),
        ("a [[b|f1]] c", [Piece("a "), Piece("b", "/findings/f1", "f1"), Piece(" c")]),
        ("[[b]]", [Piece("b")]),
        ("", []),
    ],
)
def test_marked_text(text: str, pieces: list[Piece]) -> None:
    assert marked(text) == pieces


def sheet(headline: str, *parts: Section) -> Sheet:
    period = {"since": "", "until": "", "label": "Week 47", "short": "week 47"}
    lead = [Piece("What "), Piece("<b>bad</b>", "/findings/f1", "f1"), Piece(" is.")]
    return Sheet("Northlight", "weekly", period, "week 46", headline, lead, 1, list(parts), [])


def test_html_escapes_what_people_wrote() -> None:
    page = render.html(sheet("<script>alert(1)</script>"), "http://127.0.0.1:8000")
    assert "<script>" not in page
    assert "&lt;b&gt;bad&lt;/b&gt;" in page


def test_markdown_escapes_what_would_be_marked() -> None:
    assert render.markdown(sheet("a *b* [c]")).startswith("# a \\*b\\* \\[c\\]\n")


def test_text_has_headline_lead_and_no_markup() -> None:
    text = render.text(sheet("All is well"))
    assert "All is well" in text
    assert "What <b>bad</b> is." in text
