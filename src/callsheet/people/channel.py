"""The port of channels: what a message is, how a channel is registered, and how sending can fail.

A channel is a module in `people/channels` with a function decorated `@channel("name")` that sends one
message or raises: `Unreachable` when the next message would fail too, `NotNow` when this one may be taken
later, `Refused` when it never will.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from callsheet.base.config import Config
from callsheet.base.errors import CallsheetError, UnknownName


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `leave` is the address of the unsubscribe page, if they subscribed."""

    id: str
    ref: str
    name: str
    email: str
    target: str
    subject: str
    text: str
    html: str = ""
    leave: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Where a channel sends from: the settings, and the folder for mail that is not sent."""

    config: Config
    outbox: Path


class Unreachable(CallsheetError):
    """The mail server or the receiver of webhooks cannot be reached, or refuses us altogether."""

    code = "unreachable"
    status = 502
    mend = "Check the settings of [mail] or the webhook's address, then send again under People, Deliveries."


class NotNow(CallsheetError):
    """One message could not be taken now. `where` is the receiver that would not take others either."""

    code = "not_now"
    status = 502
    mend = "It is tried again by itself; see People, Deliveries."

    def __init__(self, message: str, mend: str | None = None, *, where: str = "") -> None:
        super().__init__(message, mend)
        self.where = where


class Refused(CallsheetError):
    """One message was refused for good."""

    code = "refused"
    status = 502
    mend = "Correct the address, then send again under People, Deliveries."

    def __init__(self, message: str, mend: str | None = None, *, bounced: bool = False) -> None:
        super().__init__(message, mend)
        self.bounced = bounced


Send: TypeAlias = Callable[[Message, Post], None]
CHANNELS: dict[str, Send] = {}


def channel(name: str) -> Callable[[Send], Send]:
    """Register a channel."""

    def declare(send: Send) -> Send:
        CHANNELS[name] = send
        return send

    return declare


def channel_named(name: str) -> Send:
    """Return the channel; UnknownName says which there are."""
    if name not in CHANNELS:
        raise UnknownName(f"There is no channel {name!r}.", f"Channels: {', '.join(sorted(CHANNELS))}.")
    return CHANNELS[name]
