"""What is done about people: owners, subscriptions, and telling someone something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from callsheet.base.errors import BadInput, Conflict, NotAllowed, NotFound
from callsheet.base.ids import new_id
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.link import Ref
from callsheet.people import rules
from callsheet.people.records import Delivery, OwnershipDecision, Subscription
from callsheet.store.book import Book
from callsheet.store.permissions import may, require


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, and how. `target` is a webhook's address, `text` words for them alone."""

    person_id: str = ""
    name: str = ""
    email: str = ""
    account_id: str = ""
    channel: str = "mail"
    target: str = ""
    text: str = ""

    @property
    def key(self) -> str:
        """What tells two recipients apart: person and channel, and a webhook's address. By mail it is the person."""
        who = self.person_id or self.email.lower() or self.target or self.account_id
        if not who or self.channel == "mail":
            return who
        return f"{who}|{self.channel}" + (f"|{self.target}" if self.target else "")


def require_member(actor: Actor) -> None:
    """Raise NotAllowed for viewers; other people's subscriptions are not theirs to see."""
    require(actor, "subscribe_others", Ref("workspace", "subscriptions"))


def assign_owner(book: Book, object_ref: Ref, role: str, person_id: str, actor: Actor) -> OwnershipDecision:
    """Give a person a role for an object from now on; an accountable owner replaces the one before."""
    require(actor, "assign_owner", object_ref)
    rules.check_role(role)
    if not person_id:
        raise BadInput("Nobody was named.", "Pick a person from the directory.")
    open_ones = _open(book, object_ref, role)
    if any(one.person_id == person_id for one in open_ones):
        raise Conflict(f"{person_id} is {role} for {object_ref} already.")
    before = [one.person_id for one in open_ones]
    for one in open_ones:
        if role == "accountable" or not one.person_id:
            one.until = book.now
    made = _decide(book, object_ref, role, person_id, actor)
    book.log("ownership.assigned", object_ref, actor, role=role, person=person_id, before=before)
    return made


def end_ownership(book: Book, object_ref: Ref, role: str, person_id: str, actor: Actor) -> None:
    """End a person's role for an object; where nobody is left, that nobody has it is written down."""
    require(actor, "assign_owner", object_ref)
    rules.check_role(role)
    open_ones = _open(book, object_ref, role)
    for one in open_ones:
        if one.person_id == person_id:
            one.until = book.now
    if not any(one.person_id and one.person_id != person_id for one in open_ones):
        _decide(book, object_ref, role, "", actor)
    book.log("ownership.ended", object_ref, actor, role=role, person=person_id)


def _open(book: Book, object_ref: Ref, role: str) -> list[OwnershipDecision]:
    query = select(OwnershipDecision).where(
        OwnershipDecision.object_ref == str(object_ref),
        OwnershipDecision.role == role,
        OwnershipDecision.until.is_(None),
    )
    return book.all(query)


def _decide(book: Book, object_ref: Ref, role: str, person_id: str, actor: Actor) -> OwnershipDecision:
    return book.add(
        OwnershipDecision(
            id=new_id("own"), object_ref=str(object_ref), role=role, person_id=person_id, since=book.now, by=actor.name
        )
    )  # fmt: skip


def subscribe(
    book: Book, topic: str, actor: Actor, *, email: str = "", person_id: str = "", cadence: str = "at once",
    channel: str = "mail", target: str = "",
) -> Subscription:  # fmt: skip
    """Subscribe someone to a topic.

    Anyone may subscribe themselves by mail; subscribing others, or a webhook, needs a member.
    """
    require(actor, "subscribe", Ref("subscription", topic))
    rules.check_topic(topic)
    address = rules.check_email(email or actor.email) if channel == "mail" else email
    if channel not in rules.CHANNELS or cadence not in rules.SUBSCRIPTION_CADENCES:
        raise BadInput(f"There is no {channel} subscription {cadence}.", f"Channels: {', '.join(rules.CHANNELS)}.")
    if channel == "webhook" and not target.startswith(("https://", "http://")):
        raise BadInput("A webhook needs an address.", "Give the https:// address that takes the message.")
    others = channel == "webhook" or (channel == "mail" and address.lower() != actor.email.lower())
    if others and not may(actor, "subscribe_others"):
        raise NotAllowed(f"{actor.name} ({actor.role}) may subscribe only themselves.", "Ask a member.")
    known = _subscription(book, topic, address, channel, target)
    if known is not None:
        raise Conflict(f"{address or target} gets {topic} already.", "Change the subscription instead.")
    made = book.add(Subscription(
        id=new_id("sub"), person_id=person_id or (actor.id if not others else ""), email=address, topic=topic,
        cadence=cadence, channel=channel, target=target, created_at=book.now,
    ))  # fmt: skip
    book.log("subscription.made", Ref("subscription", made.id), actor, topic=topic, channel=channel)
    return made


def _subscription(book: Book, topic: str, email: str, channel: str, target: str) -> Subscription | None:
    query = select(Subscription).where(
        Subscription.topic == topic, Subscription.channel == channel, Subscription.target == target,
        func.lower(Subscription.email) == email.lower(), Subscription.unsubscribed_at.is_(None),
    )  # fmt: skip
    found = book.all(query)
    return found[0] if found else None


def _own(found: Subscription | Delivery, actor: Actor) -> bool:
    """Whether it is the actor's: by person, or by address (a key has none, and a webhook has none)."""
    return found.person_id == actor.id or (bool(actor.email) and found.email.lower() == actor.email.lower())


def unsubscribe(book: Book, subscription_id: str, actor: Actor) -> Subscription:
    """End a subscription; one's own, or as a member anyone's."""
    require(actor, "subscribe", Ref("subscription", subscription_id))
    found = book.get(Subscription, subscription_id)
    if not _own(found, actor) and not may(actor, "subscribe_others"):
        raise NotAllowed(f"{actor.name} ({actor.role}) may end only their own subscriptions.", "Ask a member.")
    return _end(book, found, actor)


def unsubscribe_by_token(book: Book, key: str, token: str) -> Subscription:
    """End the subscription that an unsubscribe link names; its signature is the permission. Twice is once."""
    found = by_token(book, key, token)
    return _end(book, found, SYSTEM) if found.unsubscribed_at is None else found


def by_token(book: Book, key: str, token: str) -> Subscription:
    """Return the subscription of an unsubscribe link, ended or not. `key` is the workspace key."""
    found = book.find(Subscription, rules.subscription_of(key, token))
    if found is None:
        raise NotFound("This link names no subscription.", "It may be cut off; use the link of a newer message.")
    return found


def _end(book: Book, found: Subscription, actor: Actor) -> Subscription:
    if found.unsubscribed_at is not None:
        raise Conflict("This subscription has ended already.")
    found.unsubscribed_at = book.now
    book.log("subscription.ended", Ref("subscription", found.id), actor, topic=found.topic)
    return found


def tell(
    book: Book, ref: Ref, recipients: Sequence[Recipient], subject: str, body: str, key_prefix: str, actor: Actor,
    *, body_html: str = "", held: str = "",
) -> list[Delivery]:  # fmt: skip
    """Queue one message for each recipient, once: the same key prefix and recipient is the same message.

    Returns the deliveries that are new. `held` is a reason to hold them back. Nobody to reach by the
    channel (a mail without an address) makes a held delivery, so that the gap shows.
    """
    require(actor, "tell", ref)
    wanted = {f"{key_prefix}:{one.key}": one for one in reversed(recipients) if one.key}
    known = _known(book, list(wanted))
    made = {
        key: book.add(_delivery(book, ref, wanted[key], key, subject, body, body_html, held))
        for key in reversed(wanted)
        if key not in known
    }
    if made:
        book.log("delivery.queued", ref, actor, subject=rules.one_line(subject), recipients=len(made))
    return list(made.values())


def _known(book: Book, keys: list[str]) -> set[str]:
    found: set[str] = set()
    for begin in range(0, len(keys), 500):
        found |= set(book.session.scalars(select(Delivery.key).where(Delivery.key.in_(keys[begin : begin + 500]))))
    return found


def _delivery(
    book: Book, ref: Ref, one: Recipient, key: str, subject: str, body: str, html: str, held: str
) -> Delivery:
    reason = held or _unreachable(one)
    return Delivery(
        id=new_id("dlv"), key=key, ref=str(ref), person_id=one.person_id, name=one.name, email=one.email,
        account_id=one.account_id, channel=one.channel, target=one.target, subject=rules.one_line(subject),
        body_text=one.text or body, body_html=html, state="held" if reason else "queued", reason=reason, created_at=book.now,
        error="", tries=0,
    )  # fmt: skip


def _unreachable(one: Recipient) -> str:
    if one.channel == "mail":
        try:
            rules.check_email(one.email)
        except BadInput:
            return "no e-mail address"
    return "no address" if one.channel == "webhook" and not one.target else ""


def hold(book: Book, delivery_id: str, reason: str, actor: Actor) -> Delivery:
    """Keep a message back, with the reason."""
    require(actor, "hold", Ref("delivery", delivery_id))
    if not reason.strip():
        raise BadInput("Holding a message back needs a reason.", "Say why, for example “the account owner writes”.")
    return _move(book, delivery_id, ("queued", "failed"), "held", reason.strip(), actor)


def release_hold(book: Book, delivery_id: str, actor: Actor) -> Delivery:
    """Let a held or failed message go out."""
    require(actor, "hold", Ref("delivery", delivery_id))
    found = book.get(Delivery, delivery_id)
    why = _unreachable(Recipient(channel=found.channel, email=found.email, target=found.target))
    if why:
        raise Conflict(f"The message cannot go out: {why}.", "Give the person an address, or tell them another way.")
    found.tries, found.next_try_at = 0, None
    return _move(book, delivery_id, ("held", "failed", "bounced"), "queued", "", actor)


def _move(book: Book, delivery_id: str, states: tuple[str, ...], state: str, reason: str, actor: Actor) -> Delivery:
    found = book.get(Delivery, delivery_id)
    if found.state not in states:
        raise Conflict(f"The message is {found.state}.", "Reload to see its present state.")
    before, found.state, found.reason, found.error = found.state, state, reason, ""
    book.log("delivery." + state, Ref("delivery", delivery_id), actor, before=before, reason=reason, about=found.ref)
    return found


def mark_sending(book: Book, delivery_id: str) -> Delivery:
    """Claim a queued message for sending, so that nobody else sends it."""
    found = book.get(Delivery, delivery_id)
    if found.state != "queued":
        raise Conflict(f"The message is {found.state}.")
    found.state, found.tries = "sending", found.tries + 1
    return found


def mark_sent(book: Book, delivery_id: str, actor: Actor = SYSTEM) -> Delivery:
    """Write down that a message went out."""
    require(actor, "mark_sent", Ref("delivery", delivery_id))
    found = book.get(Delivery, delivery_id)
    found.state, found.sent_at, found.error, found.reason = "sent", book.now, "", ""
    book.log("delivery.sent", Ref("delivery", delivery_id), actor, about=found.ref, to=found.name or found.email)
    return found


def mark_failed(book: Book, delivery_id: str, error: str, actor: Actor = SYSTEM, *, bounced: bool = False) -> Delivery:
    """Write down that a message could not be sent, and why."""
    require(actor, "mark_failed", Ref("delivery", delivery_id))
    found = book.get(Delivery, delivery_id)
    found.state, found.error = "bounced" if bounced else "failed", rules.one_line(error, 300)
    book.log("delivery.failed", Ref("delivery", delivery_id), actor, about=found.ref, error=found.error)
    return found


def put_off(book: Book, delivery_id: str, error: str, until: datetime, *, tried: bool) -> None:
    """Queue a claimed message again, to be tried at `until` (UTC by the clock) and with what went wrong."""
    found = book.get(Delivery, delivery_id)
    found.state, found.error, found.next_try_at = "queued", rules.one_line(error, 300), until
    found.tries -= not tried


def confirm_read(book: Book, delivery_id: str, actor: Actor) -> Delivery:
    """Write down that a message was read, as its reader or someone they told says."""
    require(actor, "confirm_read", Ref("delivery", delivery_id))
    found = book.get(Delivery, delivery_id)
    if not _own(found, actor) and not may(actor, "confirm_for_others"):
        raise NotAllowed(f"{actor.name} ({actor.role}) may confirm only what they got themselves.", "Ask a member.")
    if found.state == "read":
        return found
    if found.state != "sent":
        raise Conflict(f"The message is {found.state}.", "Only what was sent can be read.")
    found.state, found.read_at = "read", book.now
    book.log("delivery.read", Ref("delivery", delivery_id), actor, about=found.ref)
    return found
