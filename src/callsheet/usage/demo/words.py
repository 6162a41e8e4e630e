"""What the sample product's clients say with its events: names, properties, devices, and what people noted of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

EVENTS: tuple[tuple[str, str | None], ...] = (
    ("signed_in", None), ("board_opened", "board"), ("card_created", "board"), ("card_moved", "board"),
    ("comment_added", "comments"), ("search_run", "search"), ("notification_opened", None),
    ("report_opened", "reports"), ("file_attached", None), ("member_invited", None), ("settings_changed", None),
    ("export_downloaded", "reports"),
)  # fmt: skip
"""What people do every day, and whose use it is; `NEXT` has a row and a column for each."""
FIRST = (0.58, 0.22, 0.01, 0.01, 0.01, 0.03, 0.10, 0.04, 0, 0, 0, 0)
"""What a visit begins with."""
NEXT: tuple[tuple[float, ...], ...] = (
    # signed board  card  moved comment search notif report file  invite settings export
    (0.00, 0.46, 0.04, 0.05, 0.03, 0.13, 0.16, 0.10, 0.00, 0.01, 0.02, 0.00),  # signed_in
    (0.00, 0.10, 0.22, 0.30, 0.16, 0.09, 0.03, 0.05, 0.02, 0.02, 0.01, 0.00),  # board_opened
    (0.00, 0.12, 0.28, 0.22, 0.12, 0.06, 0.02, 0.03, 0.12, 0.02, 0.01, 0.00),  # card_created
    (0.00, 0.18, 0.13, 0.38, 0.16, 0.06, 0.03, 0.03, 0.02, 0.00, 0.01, 0.00),  # card_moved
    (0.00, 0.20, 0.07, 0.20, 0.26, 0.08, 0.10, 0.03, 0.05, 0.01, 0.00, 0.00),  # comment_added
    (0.00, 0.48, 0.05, 0.08, 0.07, 0.24, 0.02, 0.05, 0.00, 0.00, 0.01, 0.00),  # search_run
    (0.00, 0.34, 0.02, 0.10, 0.36, 0.03, 0.12, 0.02, 0.00, 0.00, 0.01, 0.00),  # notification_opened
    (0.00, 0.28, 0.02, 0.04, 0.06, 0.08, 0.03, 0.28, 0.00, 0.01, 0.02, 0.18),  # report_opened
    (0.00, 0.20, 0.16, 0.26, 0.26, 0.04, 0.02, 0.02, 0.04, 0.00, 0.00, 0.00),  # file_attached
    (0.00, 0.40, 0.12, 0.10, 0.06, 0.06, 0.04, 0.04, 0.00, 0.14, 0.04, 0.00),  # member_invited
    (0.00, 0.42, 0.04, 0.06, 0.04, 0.06, 0.04, 0.06, 0.00, 0.12, 0.16, 0.00),  # settings_changed
    (0.00, 0.30, 0.03, 0.06, 0.10, 0.06, 0.03, 0.32, 0.00, 0.00, 0.02, 0.08),  # export_downloaded
)
"""What follows what within a visit (rows add up to 1)."""
LAUNCHED = ("checklist_step_done", "filter_applied", "reaction_added", "large_board_opened")
PAGES = ("/", "/pricing", "/templates", "/sign-up", "/invite")
KINDS: tuple[tuple[str, str], ...] = (
    *((name, "") for name, _ in EVENTS), *((name, "") for name in LAUNCHED), *(("$pageview", page) for page in PAGES),
    ("$identify", ""), ("signed_up", "asked"), ("signed_up", "invited"),
)  # fmt: skip
"""Everything that happens, numbered by its place: the event, and for some of which sort it is."""
PLACE = {kind: place for place, kind in enumerate(KINDS)}
POOL = 240
"""Different sets of properties for each kind."""
Rng: TypeAlias = np.random.Generator
Said: TypeAlias = Callable[[Rng], dict[str, Any]]
DEVICES: tuple[tuple[float, dict[str, str]], ...] = tuple(
    (share, {"$lib": lib, "$browser": browser, "$os": system, "$device_type": kind})
    for share, lib, browser, system, kind in (
        (0.31, "web", "Chrome", "Windows", "Desktop"), (0.17, "web", "Chrome", "Mac OS X", "Desktop"),
        (0.11, "web", "Safari", "Mac OS X", "Desktop"), (0.09, "web", "Edge", "Windows", "Desktop"),
        (0.07, "web", "Firefox", "Windows", "Desktop"), (0.04, "web", "Firefox", "Linux", "Desktop"),
        (0.05, "web", "Safari", "iPadOS", "Tablet"), (0.10, "mobile", "Northlight", "iOS", "Mobile"),
        (0.06, "mobile", "Northlight", "Android", "Mobile"),
    )
)  # fmt: skip
"""How often a person mainly uses which device."""
MOBILE = tuple(place for place, (_, device) in enumerate(DEVICES) if device["$lib"] == "mobile")


def _one(rng: Rng, **often: float) -> str:
    return str(rng.choice(list(often), p=np.array(list(often.values())) / sum(often.values())))


def _size(rng: Rng, median: float, spread: float = 0.8) -> int:
    return int(median * np.exp(spread * rng.standard_normal()))


_SAID: dict[str, Said] = {
    "signed_in": lambda r: {
        "screen": "sign-in", "method": _one(r, password=5, google=4, sso=3), "success": bool(r.random() < 0.97),
    },
    "board_opened": lambda r: {
        "screen": "board", "view": _one(r, columns=7, list=2, calendar=1), "cards": 3 + _size(r, 38, 1.0),
        "duration_ms": 90 + _size(r, 420, 0.6),
    },
    "card_created": lambda r: {
        "screen": "board", "from": _one(r, board=8, template=2, email=1, copy=1), "due_date": bool(r.random() < 0.4),
    },
    "card_moved": lambda r: {
        "screen": "board", "to": _one(r, Doing=4, Review=3, Done=4, Backlog=1), "cards": 1 + int(r.geometric(0.9) - 1),
    },
    "comment_added": lambda r: {"screen": "card", "length": 4 + _size(r, 80, 0.9), "mentions": int(r.poisson(0.5))},
    "search_run": lambda r: {
        "screen": "search", "words": int(r.integers(1, 5)), "results": int(r.poisson(6)) * int(r.random() < 0.9),
        "duration_ms": 40 + _size(r, 180, 0.7),
    },
    "notification_opened": lambda r: {
        "screen": "inbox", "about": _one(r, mention=5, assigned=3, due=2), "delay_minutes": 1 + _size(r, 45, 1.3),
    },
    "report_opened": lambda r: {
        "screen": "reports", "report": str(r.choice(["Workload", "Cycle time", "Burn-up", "Overdue"], p=[0.4, 0.3, 0.2, 0.1])),
        "duration_ms": 300 + _size(r, 900, 0.7), "success": bool(r.random() < 0.985),
    },
    "file_attached": lambda r: {
        "screen": "card", "type": _one(r, pdf=4, png=4, xlsx=2, docx=1), "size_kb": 5 + _size(r, 400, 1.4),
    },
    "member_invited": lambda r: {
        "screen": "members", "role": _one(r, member=8, guest=3, admin=1), "invitations": 1 + int(r.poisson(0.8)),
    },
    "settings_changed": lambda r: {"screen": "settings", "setting": _one(r, notifications=5, theme=3, columns=3, language=1)},
    "export_downloaded": lambda r: {
        "screen": "reports", "format": _one(r, csv=5, xlsx=4, pdf=2), "rows": 10 + _size(r, 600, 1.1),
        "success": bool(r.random() < 0.96),
    },
    "checklist_step_done": lambda r: {"screen": "checklist", "step": int(r.integers(1, 7)), "steps": 6},
    "filter_applied": lambda r: {"screen": "board", "conditions": 1 + int(r.poisson(1)), "saved": bool(r.random() < 0.6)},
    "reaction_added": lambda r: {"screen": "card", "reaction": _one(r, thumb=6, heart=3, party=2)},
    "large_board_opened": lambda r: {
        "screen": "board", "cards": 500 + _size(r, 160, 0.8), "duration_ms": 200 + _size(r, 380, 0.5),
    },
}  # fmt: skip
_REFERRERS = ("$direct", "search.example", "reviews.example", "news.example")


def _of(kind: tuple[str, str], rng: Rng) -> dict[str, Any]:
    name, sort = kind
    if name == "$pageview":
        return {
            "$current_url": f"https://northlight.example{sort}", "$pathname": sort,
            "$referring_domain": str(rng.choice(_REFERRERS, p=(0.45, 0.35, 0.12, 0.08))),
        }  # fmt: skip
    if name == "signed_up":
        return {"screen": "sign-up", "method": _one(rng, password=5, google=5, sso=1), "invited": sort == "invited"}
    return _SAID[name](rng) if name in _SAID else {}


def tails(rng: Rng) -> pa.Array:
    """Return, for each kind POOL times, what an event says beside its visit: the end of a JSON object as text."""
    return pa.array([_end(_of(kind, rng)) for kind in KINDS for _ in range(POOL)])


def heads(plans: list[str], versions: list[str]) -> pa.Array:
    """Return, by device, then plan (the first: none), then version, what a visit says: the begin of a JSON object."""
    return pa.array([
        _begin({**device, "app_version": version, **({"plan": plan} if plan else {})})
        for _, device in DEVICES for plan in ("", *plans) for version in versions
    ])  # fmt: skip


def _begin(said: dict[str, Any]) -> str:
    return json.dumps(said, separators=(",", ":"))[:-1]


def _end(said: dict[str, Any]) -> str:
    return "," + json.dumps(said, separators=(",", ":"))[1:] if said else "}"


SOURCES: tuple[tuple[str, str, str], ...] = (
    ("Web app", "posthog", "web"), ("Mobile app", "segment", "mobile"), ("Website", "browser", "site"),
)  # fmt: skip
"""Where events of late came from: name, kind, and which part of them."""
NOTES: dict[str, tuple[str, str]] = {
    "signed_in": ("petra", "Somebody got in, by password or by single sign-on; success tells whether at once."),
    "signed_up": ("mira", "A new person; invited tells whether a colleague asked them in."),
    "board_opened": ("petra", "A board is on the screen, with all of its cards: duration_ms after the click."),
    "card_created": ("petra", "A card is saved for the first time, however it was made (from)."),
    "card_moved": ("petra", "Cards changed their column. Reordering within a column is not sent."),
    "comment_added": ("mira", "A comment is posted. Edits are not sent."),
    "search_run": ("ada", "A search came back; results 0 means that nothing was found."),
    "notification_opened": ("mira", "Opened from the inbox or a mail, delay_minutes after it was sent."),
    "report_opened": ("ada", "A report is drawn; without success it ran out of time."),
    "export_downloaded": ("ada", "The file is with the customer; a failed one has no success."),
    "member_invited": ("jonas", "Invitations went out, one event for all of one form."),
    "checklist_step_done": ("jonas", "A step of the onboarding checklist is ticked, by hand or by doing it."),
    "filter_applied": ("ada", "A view is narrowed; saved when it was a kept one."),
    "large_board_opened": ("petra", "As board_opened, for boards of 500 cards and more."),
    "$pageview": ("mira", "A page of the website. The app itself sends screens with its events."),
    "$identify": ("mira", "The visitor is known from here on: what they did before becomes theirs."),
}
PROPERTIES: tuple[tuple[str, str, str], ...] = (
    ("board_opened", "duration_ms", "Milliseconds from the click to the last card drawn."),
    ("board_opened", "cards", "Cards on the board, closed ones left out."),
    ("report_opened", "report", "The report's name, in English whatever the language of the screen."),
    ("signed_up", "method", "password, google or sso."),
    ("search_run", "results", "How many were found, 50 at most."),
)  # fmt: skip
