"""The reactions themselves, one function each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from callsheet.base.text import short_day
from callsheet.feedback.actions import set_status
from callsheet.feedback.records import Request
from callsheet.loop.asked import Requester, carried_by, requesters
from callsheet.loop.telling import Recipient, subscribers, tell_people
from callsheet.loop.walk import refs_of, walk
from callsheet.metrics import Facts
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.releases.records import Publication
from callsheet.roadmap.actions import adopt
from callsheet.roadmap.metrics.plans import imported
from callsheet.roadmap.records import Initiative
from callsheet.store.book import Book, LogEntry
from callsheet.store.links import Links
from callsheet.store.workspace import Workspace

CLOSING = {"planned", "started", "released", "declined"}


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the log, with what a reaction needs."""

    workspace: Workspace
    book: Book
    entry: LogEntry

    @property
    def ref(self) -> Ref:
        """The object it happened to."""
        return Ref.parse(self.entry.ref)

    @property
    def links(self) -> Links:
        """The joints of the loop."""
        return Links(self.workspace.facts, self.book)

    def behind(self, ref: Ref | None = None) -> dict[str, list[str]]:
        """The ids of everything that led to an object (default: the one it happened to), by kind."""
        start = ref or self.ref
        return refs_of(start, walk(self.links, start, forward=False)[0])


def tell_requesters(happened: Happened) -> None:
    """Tell everyone who asked for something that this release carries, once, in words about their request."""
    release = happened.ref
    notes = _notes(happened.book, release.id, "customers")
    for key in carried_by(happened.links, release.id):
        initiative = happened.book.find(Initiative, key)
        title = initiative.title if initiative else key
        people = requesters(happened.workspace.facts, happened.behind(Ref("initiative", key)).get("feedback", []))
        letters = [replace(_recipient(one), text=_letter(one, title, release.id, notes)) for one in people]
        tell_people(
            happened.book, release, letters, subject=f"{title} is here", text="",
            key=f"released:{release.id}:{key}", actor=SYSTEM,
        )  # fmt: skip


def _letter(person: Requester, title: str, version: str, notes: str) -> str:
    hello = f"Hello {person.name},\n\n" if person.name else ""
    asked = f"on {short_day(person.asked_at)} you asked for “{person.title}”. " if person.asked_at else ""
    rest = f"\n\n{notes}" if notes else ""
    return f"{hello}{asked}{title} is now available to you, with release {version}.{rest}\n"


def _recipient(person: Requester) -> Recipient:
    return Recipient(person_id=person.person_id, name=person.name, email=person.email, account_id=person.account_id)


def _notes(book: Book, release_id: str, audience: str) -> str:
    kept = book.find(Publication, release_id)
    return str((kept.notes or {}).get(audience, "")) if kept else ""


def tell_subscribers(happened: Happened) -> None:
    """Tell those who subscribed to releases what this one brings."""
    release = happened.ref
    text = _notes(happened.book, release.id, "customers") or f"Release {release.id} has been published."
    people = subscribers(happened.book, "release", str(release))
    tell_people(
        happened.book,
        release,
        people,
        subject=f"Release {release.id}",
        text=text,
        key=f"published:{release.id}",
        actor=SYSTEM,
    )


def tell_alert(happened: Happened) -> None:
    """Tell those who subscribed to an alert, or to all of them, that it fires, each time it begins to."""
    subject = str(happened.entry.details.get("subject", ""))
    if not subject.startswith("alert:"):
        return
    title = str(happened.entry.details.get("title", ""))
    people = subscribers(happened.book, "alert", subject)
    tell_people(
        happened.book, happened.ref, people, subject=title, text=f"{title}.\n",
        key=f"alert:{happened.entry.id}", actor=SYSTEM,
    )  # fmt: skip


def close_requests(happened: Happened) -> None:
    """Set the requests that this release answers to released."""
    for initiative in carried_by(happened.links, happened.ref.id):
        for key in happened.behind(Ref("initiative", initiative)).get("request", []):
            request = happened.book.find(Request, key)
            if request is not None and request.status not in ("released", "declined") and not request.merged_into:
                set_status(happened.book, key, "released", SYSTEM, reason=f"Released in {happened.ref.id}.")


def tell_waiting(happened: Happened) -> None:
    """Tell those who subscribed to an initiative that its promised date moved, and why."""
    key, details = happened.ref.id, happened.entry.details
    initiative = happened.book.find(Initiative, key)
    if initiative is None or not details.get("before_at") or not initiative.promised_at:
        return
    people = subscribers(happened.book, f"initiative:{key}")
    reason = f" {details['reason']}" if details.get("reason") else ""
    tell_people(
        happened.book, happened.ref, people, subject=f"{initiative.title}: a new date",
        text=f"{initiative.title} is now promised for {short_day(initiative.promised_at)}.{reason}\n",
        key=f"promised:{key}:{happened.entry.id}", actor=SYSTEM,
    )  # fmt: skip


def tell_decision(happened: Happened) -> None:
    """Tell the requesters when their request is planned, started or declined, with the reason.

    A request that is released is told by its release, with the notes.
    """
    status = str(happened.entry.details.get("status"))
    request = happened.book.find(Request, happened.ref.id)
    if request is None or status not in CLOSING - {"released"}:
        return
    people = requesters(happened.workspace.facts, happened.behind().get("feedback", []))
    reason = str(happened.entry.details.get("reason") or "")
    words = {"planned": "is planned", "started": "is being worked on", "declined": "will not be done"}[status]
    tell_people(
        happened.book, happened.ref, [_recipient(person) for person in people], subject=f"“{request.title}” {words}",
        text=f"What you asked for, “{request.title}”, {words}.{' ' + reason if reason else ''}\n",
        key=f"status:{request.id}:{happened.entry.id}", actor=SYSTEM,
    )  # fmt: skip


def adopt_initiatives(happened: Happened) -> None:
    """Make roadmap items that an import brought visible on the roadmap."""
    with reading(happened.workspace) as reader:
        adopt(happened.book, imported(Facts(happened.workspace, reader, {})), SYSTEM)
