"""What people of the sample company kept of usage: reports, a board, cohorts, a note and an alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callsheet.model.actor import Actor
from callsheet.model.sample import Company
from callsheet.store.book import Book
from callsheet.usage.actions.alerts import add_alert
from callsheet.usage.actions.annotations import add_annotation
from callsheet.usage.actions.cohorts import add_cohort
from callsheet.usage.actions.reports import add_board, add_report

ADVISERS = 12
REPORTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Active people", "How many use Northlight on a day, beside the four weeks before.", {
        "kind": "trends", "series": [{"math": "unique", "label": "active people"}], "span": {"last": 28},
        "compare": "previous",
    }),
    ("Use by segment", "Where the work happens: boards opened a week, by the size of the customer.", {
        "kind": "trends", "series": [{"events": ["board_opened"], "label": "boards opened"}], "interval": "week",
        "span": {"last": 12}, "breakdown": {"by": "account.segment"},
    }),
    ("From a board to a talk", "Who opens a board, makes a card, and talks about it within two weeks.", {
        "kind": "funnel", "span": {"last": 28}, "window": {"value": 14, "unit": "day"}, "steps": [
            {"events": ["board_opened"], "label": "opened a board"},
            {"events": ["card_created"], "label": "made a card"},
            {"events": ["comment_added"], "label": "added a comment"},
        ],
    }),
    ("Coming back each week", "Of those who were there in a week, who came back in the weeks after.", {
        "kind": "retention", "start": {}, "back": {}, "interval": "week", "span": {"last": 10},
    }),
    ("Who comes and goes", "New, returning and lost customers, week by week.", {
        "kind": "lifecycle", "unit": "account", "interval": "week", "span": {"last": 12},
    }),
    ("Days a week", "On how many days of the last four weeks people are there.", {
        "kind": "stickiness", "series": [{"label": "any event"}], "span": {"last": 28},
    }),
    ("After a report", "What people do next when they have opened a report.", {
        "kind": "paths", "start_at": "report_opened", "steps": 4, "limit": 20, "span": {"last": 28},
    }),
    ("Saved filters", "Whether they are taken up as was foretold.", {"kind": "adoption", "feature": "saved-filters"}),
)  # fmt: skip
TILES: tuple[tuple[str, str], ...] = (
    ("active-people", "wide"), ("use-by-segment", "small"), ("from-a-board-to-a-talk", "small"),
    ("coming-back-each-week", "wide"), ("who-comes-and-goes", "small"), ("saved-filters", "small"),
)  # fmt: skip
HELLO = "What we look at each Monday. Filters and spans are those of the reports: open one to change it."
FADING = {
    "kind": "all", "of": [
        {"kind": "did", "days": 60, "times": 10},
        {"kind": "did", "days": 14, "compare": "exactly", "times": 0},
    ],
}  # fmt: skip
SIGN_INS = {"kind": "trends", "series": [{"events": ["signed_in"], "label": "sign-ins"}]}
WATCHED = {"series": "A", "rule": {"kind": "anomaly", "direction": "below", "seasons": 6, "width": 6}}


def keep(book: Book, company: Company, actor: Actor) -> None:
    """Keep reports, a board, cohorts, a note and an alert."""
    for name, line, question in REPORTS:
        add_report(book, name, question, actor, line=line)
    tiles: list[dict[str, Any]] = [{"kind": "text", "text": HELLO, "size": "full"}]
    tiles += [{"kind": "report", "report": report, "size": size} for report, size in TILES]
    add_board(book, "Monday", tiles, actor, line="How Northlight is used, on one page")
    add_cohort(
        book, "Fading customers", actor, unit="account", condition=FADING,
        line="Busy within the last two months, and silent for two weeks",
    )  # fmt: skip
    admins = [str(user["person_id"]) for user in company.users if user["role"] == "admin"][:ADVISERS]
    add_cohort(book, "Advisory board", actor, ids=admins, line="Admins who try things first", origin="a list")
    add_alert(
        book, "Sign-ins", SIGN_INS, WATCHED, actor,
        line="Far fewer sign-ins than on this weekday of the last six weeks: the door may be shut",
    )  # fmt: skip
    seminar = (company.today - timedelta(days=17)).date()
    add_annotation(book, "Seminar on saved filters", seminar, actor)
