"""Sending: once, again after a failure, never to a second reader, never into our own network."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from callsheet.base.config import Config, MailSettings, WebhookSettings
from callsheet.base.errors import BadInput, Conflict, NotAllowed
from callsheet.base.time import utc_now
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.link import Ref
from callsheet.people import actions
from callsheet.people.actions import Recipient
from callsheet.people.channel import CHANNELS, Message, NotNow, Post, Refused
from callsheet.people.channels.mail import _upgrade, compose, send_mail
from callsheet.people.channels.webhook import send_webhook
from callsheet.people.records import Delivery
from callsheet.people.sending import send_queued
from callsheet.store.workspace import Workspace

RELEASE = Ref("release", "2026.47")
ADA = Recipient("ada", "Ada Oxenholm", "ada@example.org")


def told(
    workspace: Workspace, *people: Recipient, key: str = "k", body: str = "# Hello\n\nA **thing**."
) -> list[Delivery]:
    """Tell people of a release."""
    with workspace.books.change() as book:
        return actions.tell(book, RELEASE, list(people), "It is here", body, key, SYSTEM)


def states(workspace: Workspace) -> dict[str, str]:
    """Recipient -> state."""
    with workspace.books.read() as book:
        return {one.person_id or one.target: one.state for one in book.all(select(Delivery))}


def test_told_once(workspace: Workspace) -> None:
    """The same key and person is the same message, in one call and in two; another key is another."""
    assert len(told(workspace, ADA, ADA, Recipient("bo", "Bo", "bo@example.org"))) == 2
    assert told(workspace, ADA) == []
    assert len(told(workspace, ADA, key="other")) == 1


def test_each_way_of_telling_is_a_message_of_its_own(workspace: Workspace) -> None:
    """Mail and two webhooks of one person are three; the same webhook twice is one."""
    hooks = [Recipient("ada", channel="webhook", target=f"https://hooks.example.org/{one}") for one in ("a", "b", "a")]
    assert sorted(one.target[-1:] for one in told(workspace, ADA, *hooks)) == ["", "a", "b"]
    assert told(workspace, ADA, *hooks) == []


def test_mail_lands_in_the_outbox_once(workspace: Workspace) -> None:
    """No server is set: a file a message, with a text and a styled HTML part. A second run sends nothing."""
    told(workspace, ADA, Recipient("bo", "Bo", ""))
    assert send_queued(workspace) == {"sent": 1, "failed": 0, "bounced": 0, "waiting": 0}
    assert send_queued(workspace)["sent"] == 0
    assert states(workspace) == {"ada": "sent", "bo": "held"}
    (file,) = (workspace.state / "outbox").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("Ada Oxenholm <ada@example.org>", "It is here")
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<strong>thing</strong>" in html
    assert "<style" not in html
    assert 'style="' in html


def test_no_header_can_be_added() -> None:
    """Line breaks in names and subjects become spaces; an address with one is refused."""
    wild = Message(
        "d1", "release:1", "Eve\r\nBcc: all@example.org", "eve@example.org", "", "Hi\nBcc: all@example.org", "x"
    )
    mail = compose(wild, MailSettings())
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert [str(one) for one in mail["To"].addresses] == ['"Eve Bcc: all@example.org" <eve@example.org>']
    with pytest.raises(BadInput):
        compose(
            Message("d2", "release:1", "Eve", "eve@example.org\nBcc: all@example.org", "", "Hi", "x"), MailSettings()
        )


def test_html_in_a_text_is_shown_not_run() -> None:
    """Notes may hold anything."""
    mail = compose(Message("d1", "r", "A", "a@example.org", "", "Hi", "<script>alert(1)</script>"), MailSettings())
    assert "<script" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


class Refusing:
    """An SMTP server that keeps mail and refuses one address."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.mails: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("gone"):
            return "550 no such user"
        if address.startswith("later"):
            return "450 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got += envelope.rcpt_tos
        self.mails.append(bytes(envelope.content))
        return "250 OK"


def test_smtp(workspace: Workspace) -> None:
    """A server takes one, refuses one for good and one for now: sent, bounced, waiting; none is reached twice."""
    handler = Refusing()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    try:
        workspace.config = Config(mail=MailSettings(host="127.0.0.1", port=port))
        late = Recipient("later", "Later", "later@example.org")
        told(workspace, ADA, Recipient("gone", "Gone", "gone@example.org"), late)
        assert send_queued(workspace) == {"sent": 1, "failed": 0, "bounced": 1, "waiting": 1}
        assert states(workspace) == {"ada": "sent", "gone": "bounced", "later": "queued"}
        assert send_queued(workspace)["sent"] == 0
    finally:
        server.stop()
    assert handler.got == ["ada@example.org"]


def test_the_link_to_leave_goes_out_as_it_is(workspace: Workspace) -> None:
    """A header folded at 78 characters would hold it encoded, which no mail program follows."""
    handler = Refusing()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    leave = f"https://callsheet.example.org/unsubscribe?token=sub_{'x' * 60}"
    try:
        post = Post(Config(mail=MailSettings(host="127.0.0.1", port=port)), workspace.state / "outbox")
        send_mail(Message("d1", "release:1", "Ada", "ada@example.org", "", "Hi", "x", leave=leave), post)
    finally:
        server.stop()
    assert f"List-Unsubscribe: <{leave}>\r\n".encode() in handler.mails[0]


@pytest.mark.parametrize(
    ("settings", "upgrade"),
    [
        (MailSettings(host="mail.example.org"), None),
        (MailSettings(host="mail.example.org", user="us"), True),
        (MailSettings(host="127.0.0.1", user="us"), None),
        (MailSettings(host="mail.example.org", user="us", port=465), False),
    ],
    ids=["no password: TLS if there is any", "a password: TLS or nothing", "on this machine", "TLS from the start"],
)
def test_a_password_is_not_sent_in_the_open(settings: MailSettings, upgrade: bool | None) -> None:
    assert _upgrade(settings) is upgrade


def test_a_server_that_is_down(workspace: Workspace) -> None:
    """All wait with the reason, and the next run leaves them; when it is up again they go out, a killed run too."""
    workspace.config = Config(mail=MailSettings(host="127.0.0.1", port=1))
    first = told(workspace, ADA, Recipient("bo", "Bo", "bo@example.org"))[0]
    assert send_queued(workspace) == {"sent": 0, "failed": 0, "bounced": 0, "waiting": 2}
    assert send_queued(workspace)["waiting"] == 0
    with workspace.books.change() as book:
        tried = {one.tries for one in book.all(select(Delivery))}
        assert tried == {0, 1}, "the second one was not tried once the first had failed"
        assert "127.0.0.1:1" in book.get(Delivery, first.id).error
    later(workspace)
    with workspace.books.change() as book:
        actions.mark_sending(book, first.id)  # claimed, and then the process was killed
    workspace.config = Config()
    assert send_queued(workspace)["sent"] == 2
    assert states(workspace) == {"ada": "sent", "bo": "sent"}


def test_what_never_goes_out_is_failed_in_the_end(workspace: Workspace) -> None:
    """After 1, 5, 30 minutes, 2 and 12 hours; then it says why, and a person may start over."""
    workspace.config = Config(mail=MailSettings(host="127.0.0.1", port=1))
    (one,) = told(workspace, ADA)
    waited = []
    while send_queued(workspace)["waiting"]:
        with workspace.books.read() as book:
            due = book.get(Delivery, one.id).next_try_at
        waited.append(round(((due or utc_now()) - utc_now()).total_seconds() / 60))
        later(workspace)
    assert waited == [1, 5, 30, 120, 720]
    assert states(workspace) == {"ada": "failed"}
    with workspace.books.change() as book:
        assert "127.0.0.1:1" in book.get(Delivery, one.id).error
        actions.release_hold(book, one.id, SYSTEM)
    assert send_queued(workspace)["waiting"] == 1


def test_a_host_that_is_down_holds_up_no_other(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """One try a run for its messages; another host gets its own."""
    monkeypatch.setitem(CHANNELS, "webhook", hook := Hook())
    hosts = ("down.example.org/a", "down.example.org/b", "up.example.org/a")
    told(workspace, *[Recipient(channel="webhook", target=f"https://{one}") for one in hosts])
    assert send_queued(workspace) == {"sent": 1, "failed": 0, "bounced": 0, "waiting": 2}
    assert sorted(hook.tried) == ["down.example.org", "up.example.org"]


def test_charts_go_along_as_pictures() -> None:
    """One picture shown twice is attached once; the page names it, and no data is left in it."""
    png = b"\x89PNG chart"
    image = f'<img alt="c" src="data:image/png;base64,{b64encode(png).decode()}">'
    sent = Message("d", "r", "Ada", "ada@example.org", "", "s", "words", html=f"<p>{image}{image}</p>")
    mail = message_from_bytes(compose(sent, MailSettings()).as_bytes(), policy=policy.default)
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    page = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    assert picture.get_content() == png
    assert page.count(f'src="cid:{picture["Content-ID"].strip("<>")}"') == 2
    assert "data:" not in page
    plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    assert plain.get_content().strip() == "words"


def test_each_gets_their_own_words(workspace: Workspace) -> None:
    """One call, one entry in the log, a text for each."""
    people = [replace(ADA, text="To Ada."), Recipient("bo", "Bo", "bo@example.org")]
    assert [one.body_text for one in told(workspace, *people, body="To all.")] == ["To Ada.", "To all."]


class Hook:
    """A channel that cannot reach one host."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def __call__(self, message: Message, _post: Post) -> None:
        host = message.target.split("/")[2]
        self.tried.append(host)
        if host.startswith("down"):
            raise NotNow("It took too long.", where=host)


def later(workspace: Workspace) -> None:
    """Let the time pass after which what waits is due."""
    with workspace.books.change() as book:
        for one in book.all(select(Delivery).where(Delivery.state == "queued")):
            one.next_try_at = utc_now() - timedelta(seconds=1)


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it gets; fails the first time under /shaky; redirects under /away."""

    got: list[tuple[dict[str, str], bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        shaky = self.path == "/shaky" and len(self.got) == 1
        self.send_response(503 if shaky else 302 if self.path == "/away" else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a receiver on this machine."""
    monkeypatch.setenv("CALLSHEET_WEBHOOK_SECRET", "key")
    Receiver.got = []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_webhook(workspace: Workspace, receiver: str) -> None:
    """Signed so that the receiver can check it; tried again after a 503; told once."""
    workspace.config = Config(webhook=WebhookSettings(allow_private=True))
    told(workspace, Recipient(channel="webhook", target=f"{receiver}/shaky"))
    assert send_queued(workspace) == {"sent": 1, "failed": 0, "bounced": 0, "waiting": 0}
    assert len(Receiver.got) == 2
    headers, body = Receiver.got[-1]
    signed = hmac.new(b"key", headers["X-Callsheet-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Callsheet-Signature"] == f"sha256={signed}"
    assert json.loads(body)["ref"] == "release:2026.47"


INSIDE = ["http://127.0.0.1/x", "http://localhost/x", "http://10.0.0.7/x", "http://169.254.169.254/latest", "http://[::1]/x",
          "http://[::ffff:127.0.0.1]/x", "http://0.0.0.0/x", "ftp://example.org/x", "http://user@127.0.0.1/x"]  # fmt: skip


@pytest.mark.parametrize("target", INSIDE)
def test_webhooks_do_not_go_inside(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Private, loopback, link-local and unspecified addresses are refused by default."""
    monkeypatch.setenv("CALLSHEET_WEBHOOK_SECRET", "key")
    with pytest.raises(Refused):
        send_webhook(Message("d", "r", "", "", target, "s", "t"), Post(Config(), workspace.state / "outbox"))


def test_redirects_are_not_followed(workspace: Workspace, receiver: str) -> None:
    """A redirect could lead inside."""
    config = Config(webhook=WebhookSettings(allow_private=True))
    with pytest.raises(Refused):
        send_webhook(Message("d", "r", "", "", f"{receiver}/away", "s", "t"), Post(config, workspace.state))


def test_holding_and_reading(workspace: Workspace, people: dict[str, Actor]) -> None:
    """A member holds with a reason and lets go; what was not sent cannot be read; viewers only their own."""
    bob, carol = people["bob"], people["carol"]
    (one,) = told(workspace, ADA)
    with workspace.books.change() as book:
        with pytest.raises(NotAllowed):
            actions.hold(book, one.id, "wait", carol)
        with pytest.raises(BadInput):
            actions.hold(book, one.id, " ", bob)
        actions.hold(book, one.id, "the account owner writes", bob)
    assert send_queued(workspace)["sent"] == 0
    with workspace.books.change() as book:
        with pytest.raises(Conflict):
            actions.confirm_read(book, one.id, bob)
        actions.release_hold(book, one.id, bob)
    send_queued(workspace)
    with workspace.books.change() as book:
        with pytest.raises(NotAllowed):
            actions.confirm_read(book, one.id, carol)
        assert actions.confirm_read(book, one.id, bob).state == "read"
