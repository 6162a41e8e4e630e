"""The sample company's customers, what they do, and what its people keep of that.

`facts` gives all events as facts. `Live` holds the newest of them back and sends them through the stream instead, as
clients would: with sources, merges, traits, and a few events that are refused, repeated or ruled out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyarrow as pa

from callsheet.model.actor import Actor
from callsheet.model.sample import PRODUCT, Company
from callsheet.store.book import Book
from callsheet.usage.actions import add_feature
from callsheet.usage.actions.alerts import add_alert
from callsheet.usage.actions.annotations import add_annotation
from callsheet.usage.actions.cohorts import add_cohort
from callsheet.usage.actions.event_sources import add_rule, add_source
from callsheet.usage.actions.reports import add_board, add_report
from callsheet.usage.actions.schema import describe_event, describe_property
from callsheet.usage.demo.crowd import CHUNK, Crowd
from callsheet.usage.demo.launches import launches
from callsheet.usage.demo.live import Live
from callsheet.usage.demo.words import EVENTS, NOTES, PROPERTIES, SOURCES

__all__ = ["CHUNK", "Live", "decide", "facts", "launches"]

OLD = {
    "board": ("Board", "Cards that move from column to column.", "petra"),
    "comments": ("Comments", "Talk where the work is.", "mira"),
    "reports": ("Reports", "Numbers for those who ask.", "ada"),
    "search": ("Search", "Find any card by its words.", "ada"),
}
WAY = 3
"""The first so many of the old features are the way to value: a board, comments, reports."""
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
RULES: tuple[dict[str, Any], ...] = (
    {
        "action": "block", "event": "$pageview", "property": "$browser", "op": "is", "value": "Statusprobe",
        "source": "website", "reason": "The uptime check opens the front page every few minutes: nobody is there.",
    },
    {
        "action": "drop_property", "target": "$ip", "reason": "We need no addresses of machines, so we do not keep them.",
    },
)  # fmt: skip


def facts(company: Company) -> Iterator[tuple[str, pa.Table | list[dict[str, Any]]]]:
    """Yield accounts, persons and events."""
    crowd = Crowd(company)
    yield "accounts", [{**row, "churned_at": crowd.churned(place)} for place, row in enumerate(company.accounts)]
    yield "persons", company.users
    yield from (("events", table) for table in crowd.events())


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Fill the feature catalogue, and keep reports, a board, cohorts, a note and an alert."""
    _keep(book, company, actor)
    _describe(book, actor)
    for step, (key, (name, line, owner)) in enumerate(OLD.items(), start=1):
        names = [event for event, feature in EVENTS if feature == key]
        add_feature(
            book, name, actor, feature_id=key, line=line, owner=owner, stage="released", product=PRODUCT, events=names,
            released_at=company.begins - timedelta(days=400), activation=step if step <= WAY else None,
        )  # fmt: skip
    fates = launches(company)
    for plan in company.plans:
        release, fate = company.release_of(plan), fates.get(plan.feature)
        if release is None or fate is None:
            add_feature(
                book, plan.title, actor, feature_id=plan.feature, owner=plan.owner, line=plan.why, product=PRODUCT,
                stage="planned",
            )  # fmt: skip
            continue
        share, low, high = fate.predicted
        add_feature(
            book, plan.title, actor, feature_id=plan.feature, owner=plan.owner, line=fate.line, stage="released",
            product=PRODUCT, events=[fate.event], released_at=release[1], predicted_share=share, predicted_low=low,
            predicted_high=high, predicted_by=plan.owner, docs_url=f"https://help.northlight.example/{plan.feature}",
        )  # fmt: skip


def _keep(book: Book, company: Company, actor: Actor) -> None:
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


def _describe(book: Book, actor: Actor) -> None:
    """Say where events come from, what is ruled of them, and what they mean."""
    for name, kind, _ in SOURCES:
        add_source(book, name, actor, kind=kind, product=PRODUCT)
    for rule in RULES:
        add_rule(book, actor, **rule)
    for event, (owner, words) in NOTES.items():
        describe_event(book, event, actor, owner=owner, description=words)
    for event, name, words in PROPERTIES:
        describe_property(book, event, name, actor, description=words)
