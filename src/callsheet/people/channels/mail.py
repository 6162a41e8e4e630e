"""Mail: over SMTP where a server is set, else as .eml files in the workspace's outbox folder."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import cast

from callsheet.base.config import MailSettings, secret
from callsheet.base.ids import stable_id
from callsheet.base.time import utc_now
from callsheet.people.channel import Message, NotNow, Post, Refused, Unreachable, channel
from callsheet.people.rules import check_email, one_line

TIMEOUT = 20
PICTURE = re.compile(r'(?<=src=")data:image/png;base64,([A-Za-z0-9+/=]+)(?=")')
POLICY = SMTP.clone(max_line_length=990)
"""A link in a header may be longer than 78 characters; folded there, it would be encoded past recognition."""
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
STYLE = """
body { margin: 0; background: #f7f6f3; color: #22201c; font: 15px/1.5 -apple-system, "Segoe UI", Roboto, sans-serif; }
.sheet { max-width: 600px; margin: 24px auto; padding: 24px 28px; background: #ffffff; border: 1px solid #e5e2dc; }
h1, h2, h3 { line-height: 1.25; margin: 20px 0 6px; } h1 { font-size: 20px; } h2 { font-size: 18px; } h3 { font-size: 15px; }
p, ul, ol { margin: 0 0 12px; } a { color: #3b5bdb; } .foot { color: #77736c; font-size: 12px; margin-top: 24px; }
"""


@channel("mail")
def send_mail(message: Message, post: Post) -> None:
    """Send one mail. The same message has the same Message-ID, so that a repeated one can be recognised."""
    mail = compose(message, post.config.mail)
    if not post.config.mail.host:
        post.outbox.mkdir(parents=True, exist_ok=True)
        (post.outbox / f"{message.id}.eml").write_bytes(mail.as_bytes())
        return
    _send(mail, post.config.mail)


def compose(message: Message, settings: MailSettings) -> EmailMessage:
    """Return the mail with a text and an HTML part; headers hold one line and one address each."""
    mail = EmailMessage(policy=POLICY)
    name, sender = parseaddr(settings.sender)
    mail["From"] = Address(one_line(name) or "Callsheet", addr_spec=check_email(sender))
    mail["To"] = Address(one_line(message.name, 80), addr_spec=check_email(message.email))
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(utc_now())
    mail["Message-ID"] = f"<{stable_id(message.id)}@{sender.partition('@')[2] or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.leave:
        mail["List-Unsubscribe"] = f"<{one_line(message.leave, 500)}>"
    mail.set_content(message.text + (f"\n\nUnsubscribe: {message.leave}\n" if message.leave else ""))
    _add_page(mail, page(message))
    return mail


def _add_page(mail: EmailMessage, html: str) -> None:
    """Add the HTML part; pictures inside as data go along as attachments, which more mail programs show."""
    pictures: dict[str, bytes] = {}

    def attached(found: re.Match[str]) -> str:
        png = base64.b64decode(found[1])
        name = f"{stable_id(found[1])}@callsheet"
        pictures[name] = png
        return f"cid:{name}"

    mail.add_alternative(PICTURE.sub(attached, html), subtype="html")
    part = cast("list[EmailMessage]", mail.get_payload())[-1]
    for name, png in pictures.items():
        part.add_related(png, "image", "png", cid=f"<{name}>", disposition="inline")


def page(message: Message) -> str:
    """Return the HTML part, its styles written into the tags. HTML inside a text is shown as text."""
    from html import escape

    import css_inline
    from markdown_it import MarkdownIt

    body = message.html or MarkdownIt("commonmark", {"html": False, "breaks": True}).render(message.text)
    leave = f'<p class="foot"><a href="{escape(message.leave)}">Unsubscribe</a></p>' if message.leave else ""
    whole = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(message.subject)}</title>'
        f'<style>{STYLE}</style></head><body><div class="sheet">{body}{leave}</div></body></html>'
    )
    return str(css_inline.CSSInliner(load_remote_stylesheets=False).inline(whole))


def _send(mail: EmailMessage, settings: MailSettings) -> None:
    import aiosmtplib

    password = secret(settings.password_env) if settings.user else ""
    (sender,), (recipient,) = ([one.addr_spec for one in mail[name].addresses] for name in ("From", "To"))
    try:
        asyncio.run(
            aiosmtplib.send(
                mail.as_bytes(), sender=sender, recipients=[recipient], hostname=settings.host,
                port=settings.port, username=settings.user or None,
                password=password or None, timeout=TIMEOUT, use_tls=settings.port == 465,
                start_tls=_upgrade(settings), tls_context=ssl.create_default_context(),
            )
        )  # fmt: skip
    except aiosmtplib.SMTPRecipientsRefused as why:
        for_good = all(one.code >= 500 for one in why.recipients)  # 4xx: not now, as greylisting says
        words = f"The mail server refuses {mail['To']}: {_words(why)}"
        raise (Refused(words, bounced=True) if for_good else NotNow(words)) from why
    except aiosmtplib.SMTPResponseException as why:
        error = Refused if why.code in (550, 551, 552, 553, 554) else Unreachable
        raise error(f"The mail server {settings.host} answers {why.code}: {why.message}.") from why
    except (aiosmtplib.SMTPException, OSError) as why:
        raise Unreachable(f"The mail server {settings.host}:{settings.port} cannot be used: {_words(why)}") from why


def _upgrade(settings: MailSettings) -> bool | None:
    """Whether the connection must become a TLS one (None: if the server can). A password goes nowhere in the open."""
    if settings.port == 465:
        return False
    return True if settings.user and settings.host not in HERE else None


def _words(why: Exception) -> str:
    return one_line(str(why) or type(why).__name__)
