"""Feedback of the sample company: what was said, and how people filed and answered it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from callsheet.base.ids import slug_id
from callsheet.feedback import actions
from callsheet.model.actor import Actor
from callsheet.model.sample import PRODUCT, WEEKS, Company, Plan
from callsheet.store.book import Book

CHANNELS, SHARES = ("support", "portal", "interview", "survey"), (0.42, 0.33, 0.11, 0.14)
UNSEEN_DAYS = 11
"""Background feedback younger than this has not been triaged."""
BACKGROUND = 250
RISING = "Import fails on large files"
RISING_WORDS = (
    "The import stops at about 40,000 rows and says nothing.",
    "Our export from the old system is 180 MB and the import never finishes.",
    "Import of a large file fails halfway; half of the cards are there, half are not.",
    "Uploading the big file fails with an error we cannot read.",
    "The file import hangs on files above 50 MB, we had to split ours into twelve.",
)
ASKS: dict[str, tuple[str, ...]] = {
    "bulk-import": (
        "We have 6,000 cards in a spreadsheet and add them one at a time.",
        "Is there a way to bring in thousands of rows at once?",
        "Moving in took our assistant three weeks of copy and paste.",
        "We need to import whole spreadsheets, not single cards.",
    ),
    "audit-export": (
        "Our auditors ask who changed what, and we send screenshots.",
        "We need an export of every change with its author for our security review.",
        "Can the change history be exported? Compliance wants it each quarter.",
    ),
    "usage-alerts": (
        "We hit the limit in the middle of a launch without any warning.",
        "Please warn us before the limit of our plan is reached.",
        "An alert at 80% of the limit would save us an unpleasant surprise.",
    ),
    "onboarding-checklist": (
        "I signed up and did not know where to start.",
        "Our new colleagues ask me every time what to do first.",
        "A list of first steps would have helped us in the first week.",
        "After sign-up there is an empty page. What now?",
        "It took us a month to find out that we can invite guests.",
    ),
    "saved-filters": (
        "I set the same five filters every morning.",
        "Please keep my filters when I come back.",
        "Saved views for the team, so that we all look at the same list.",
    ),
    "quick-reactions": (
        "I only want to say that I have seen it, without writing a comment.",
        "Thumbs up on a comment, please.",
    ),
    "board-speed": (
        "Our board has 500 cards and takes eight seconds to open.",
        "Scrolling a large board is slow on every laptop here.",
        "The board freezes when somebody moves many cards.",
    ),
    "smart-defaults": (
        "Set-up asks for our time zone although the browser knows it.",
        "Fill in what you know already, I typed our company name four times.",
    ),
    "calendar-sync": (
        "Due dates should appear in my calendar.",
        "I keep every date twice, here and in the calendar.",
    ),
    "sso-groups": (
        "We manage roles in our directory and again here.",
        "Roles should follow the groups of our single sign-on.",
        "When somebody leaves a group, the access here stays.",
    ),
    "template-gallery": (
        "Show me good examples from teams like ours.",
        "We start every project from a blank page.",
        "A gallery of templates would help new teams.",
    ),
}
TOPICS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Guests without an account", "idea", (
        "Our clients should see one board without an account.", "Can a guest comment with only a link?")),
    ("Export a board as PDF", "idea", (
        "I need the board as a PDF for the steering group.", "Printing a board cuts off the right half.")),
    ("Save a board as a picture", "idea", ("A picture of the board for our slides would do.",)),
    ("Keyboard shortcuts in comments", "idea", (
        "A shortcut to send a comment, please.", "I write many comments; the mouse slows me down.")),
    ("Mail digest is too long", "bug", (
        "The mail digest has forty lines, I stopped reading it.", "Fewer mails, one digest a week is enough.")),
    ("Dark background for printed pages", "idea", ("Print in dark colours, to match our slides.",)),
    ("Search misses old cards", "bug", (
        "Search does not find cards from last year.", "The search result is empty although the card exists.")),
    ("Recurring cards", "idea", (
        "Create the same card every Monday.", "Repeating tasks are missing; we copy them by hand.")),
    ("Work on the train without a network", "idea", (
        "The phone app shows nothing on the train.", "Let me read my cards without a network.")),
    ("Time zone of the whole team", "bug", (
        "A due date at midnight is the wrong day for our team in Lima.",)),
    ("Move a card to another board", "idea", (
        "Moving a card to another board loses its comments.", "Please let us move cards between boards.")),
    ("Approve a card before it closes", "idea", (
        "Nothing closes here before a second person has approved it.", "An approval step is missing.")),
    ("Rename a label everywhere", "idea", ("Renaming a label on forty boards took an afternoon.",)),
    ("", "praise", (
        "The new board is a joy to use.", "Thank you, support answered within minutes.",
        "We moved our whole company over, it went well.")),
)  # fmt: skip
OPENINGS = ("", "", "", "Hi, ", "From our weekly meeting: ", "Asked again today: ", "One thing: ")
CLOSINGS = ("", "", "", " Is this planned?", " Happy to test it.", " It comes up in every review.", " Thanks!")
DECLINED = "Dark background for printed pages"
WHY_DECLINED = "Printers use a white page; a dark print costs a cartridge and helps few."


def facts(company: Company) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the table `feedback`: what led to each initiative, what rises, and what comes in every day."""
    rows = [row for plan in company.plans for row in _asks(company, plan)]
    yield "feedback", rows + _rising(company) + [row for row, _ in _background(company)]


def decide(book: Book, company: Company, actor: Actor) -> None:
    """File, answer and close, each at the moment at which the company did it."""
    steps: list[tuple[datetime, Callable[[Book], object]]] = []
    ids = {plan.request: slug_id(plan.request, lambda _: False) for plan in company.plans}
    for plan in company.plans:
        steps += _story(company, plan, ids[plan.request], actor)
    steps += _daily(company, actor)
    for moment, step in sorted(steps, key=lambda one: one[0]):
        step(Book(book.session, moment))


def decided_at(company: Company, plan: Plan) -> datetime:
    """Return when the company took an initiative on."""
    if plan.release is not None:
        return company.ago(plan.release + 60)
    return company.ago({"now": 70, "next": 45}.get(plan.stage, 30))


def _asks(company: Company, plan: Plan) -> list[dict[str, Any]]:
    """One item a requester, and a second one from every fourth: messages are not people."""
    rng, texts = company.rng(f"feedback-{plan.id}"), ASKS[plan.id]
    decided, rows = decided_at(company, plan), []
    room = min(75.0, (decided - company.begins).days - 1)
    for index, person in enumerate(company.requesters(plan)):
        for again in range(2 if index % 4 == 3 else 1):
            given = decided - timedelta(days=float(rng.uniform(3, room)), hours=float(rng.uniform(0, 7)))
            text = texts[(index + again) % len(texts)]
            key = f"fb-{plan.id}-{index}" + ("-again" if again else "")
            rows.append(_row(rng, key, given, person, text, "idea"))
    return rows


def _rising(company: Company) -> list[dict[str, Any]]:
    rng = company.rng("feedback-rising")
    people = [user for user in company.users if user["role"] == "admin"]
    chosen = rng.choice(len(people), size=13, replace=False)
    days = [*rng.uniform(30, 55, size=3), *rng.uniform(1, 27, size=10)]
    return [
        _row(
            rng, f"fb-large-files-{n}", company.ago(float(day)), people[int(chosen[n])],
            RISING_WORDS[n % len(RISING_WORDS)], "bug",
        )
        for n, day in enumerate(days)
    ]  # fmt: skip


def _background(company: Company) -> list[tuple[dict[str, Any], str]]:
    """Rows with the request that each belongs to (empty: none)."""
    rng, users, found = company.rng("feedback-background"), company.users, []
    weights = np.array([3, 2, 1, 2, 2, 0.6, 2, 2, 1.5, 1, 1.5, 1, 0.7, 9])
    topics = rng.choice(len(TOPICS), size=BACKGROUND, p=weights / weights.sum())
    days = rng.uniform(0.2, WEEKS * 7 - 2, size=BACKGROUND)
    for n in range(BACKGROUND):
        title, kind, texts = TOPICS[int(topics[n])]
        person = users[int(rng.integers(len(users)))]
        given = company.ago(float(days[n]), float(rng.uniform(7, 18)))
        found.append((_row(rng, f"fb-day-{n:03d}", given, person, texts[n % len(texts)], kind), title))
    return found


def _row(
    rng: np.random.Generator, key: str, given: datetime, person: dict[str, Any], text: str, kind: str
) -> dict[str, Any]:
    opening, closing = OPENINGS[int(rng.integers(len(OPENINGS)))], CLOSINGS[int(rng.integers(len(CLOSINGS)))]
    if kind == "praise":
        opening, closing = "", ""
    said = text[0].lower() + text[1:] if opening == "Hi, " and text[:2] != "I " else text
    channel = str(rng.choice(CHANNELS, p=SHARES))
    return {
        "feedback_id": key, "given_at": given.replace(microsecond=0), "title": text.rstrip("."),
        "body": f"{opening}{said}{closing}", "person_id": person["person_id"], "account_id": person["account_id"],
        "channel": channel, "kind": kind, "request": None, "votes": 1,
        "rating": float(rng.integers(1, 6)) if channel == "survey" else None, "status": "new",
        "product": PRODUCT, "segment": person["segment"], "url": None,
    }  # fmt: skip


def _story(company: Company, plan: Plan, request: str, actor: Actor) -> list[tuple[datetime, Callable[[Book], object]]]:
    """From the first message to the status of today."""
    rows = sorted(_asks(company, plan), key=lambda row: str(row["given_at"]))
    opened = rows[0]["given_at"] + timedelta(hours=2)
    steps: list[tuple[datetime, Callable[[Book], object]]] = [
        (opened, lambda book: actions.open_request(
            book, plan.request, actor, body=plan.why, product=PRODUCT, owner=plan.owner)),
    ]  # fmt: skip
    for row in rows:
        key = row["feedback_id"]
        steps.append((row["given_at"] + timedelta(hours=6), _filing(key, request, actor)))
    decided = decided_at(company, plan)
    steps.append((decided, lambda book: actions.answer_with(book, request, plan.id, actor)))
    if plan.stage in ("now", "done"):
        begun = decided + timedelta(days=7)
        steps.append((begun, lambda book: actions.set_status(book, request, "started", actor)))
    release = company.release_of(plan)
    if release is not None:
        steps.append((release[1], lambda book: actions.set_status(book, request, "released", actor)))
    return steps


def _daily(company: Company, actor: Actor) -> list[tuple[datetime, Callable[[Book], object]]]:
    """Requests without an initiative, and what became of the rest of the inbox."""
    seen = company.ago(UNSEEN_DAYS)
    pairs = [*_background(company), *((row, RISING) for row in _rising(company))]
    titles = [*(title for title, _, _ in TOPICS if title), RISING]
    ids = {title: slug_id(title, lambda _: False) for title in titles}
    steps: list[tuple[datetime, Callable[[Book], object]]] = []
    for title in titles:
        first = min(row["given_at"] for row, topic in pairs if topic == title)
        steps.append((first + timedelta(hours=1), _opening(title, actor)))
    for row, title in pairs:
        moment = row["given_at"] + timedelta(hours=20)
        if row["given_at"] >= seen:
            continue
        key = row["feedback_id"]
        steps.append((moment, _filing(key, ids[title], actor) if title else _aside(key, actor)))
    picture, pdf = ids["Save a board as a picture"], ids["Export a board as PDF"]
    steps.append((company.ago(20), lambda book: actions.merge_requests(book, picture, pdf, actor)))
    no = ids[DECLINED]
    steps.append((company.ago(15), lambda book: actions.set_status(book, no, "declined", actor, WHY_DECLINED)))
    return steps


def _opening(title: str, actor: Actor) -> Callable[[Book], object]:
    return lambda book: actions.open_request(book, title, actor, product=PRODUCT, owner="sofia")


def _filing(key: str, request: str, actor: Actor) -> Callable[[Book], object]:
    return lambda book: actions.file_feedback(book, key, [request], actor)


def _aside(key: str, actor: Actor) -> Callable[[Book], object]:
    return lambda book: actions.set_aside(book, key, actor, "Praise; nothing is asked for.")
