"""Webhooks: the message as JSON, signed, to an address that is not inside our own network."""

from __future__ import annotations

import ipaddress
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from callsheet.base.config import Config, secret
from callsheet.people.channel import Message, NotNow, Post, Refused, Unreachable, channel
from callsheet.people.rules import one_line, sign

TIMEOUT = 10.0
ATTEMPTS = 3


@channel("webhook")
def send_webhook(message: Message, post: Post) -> None:
    """POST one message. Headers: X-Callsheet-Delivery, -Timestamp and -Signature (HMAC-SHA256 of `timestamp.body`).

    The receiver tells repeated messages apart by the delivery id. Redirects are not followed.
    """
    key = secret(post.config.webhook.secret_env)
    if not key:
        raise Unreachable(
            "There is no key to sign webhooks with.", f"Set {post.config.webhook.secret_env} in the environment."
        )
    body = json.dumps(
        {"id": message.id, "ref": message.ref, "to": message.name or message.email, "subject": message.subject,
         "text": message.text}, ensure_ascii=False,
    ).encode()  # fmt: skip
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json", "User-Agent": "callsheet", "X-Callsheet-Delivery": message.id,
        "X-Callsheet-Timestamp": stamp, "X-Callsheet-Signature": sign(key, stamp, body),
    }  # fmt: skip
    status = _post(message.target, body, headers, post.config)
    if status >= 400 or 300 <= status < 400:
        raise Refused(f"The webhook answers {status}.", "Check its address and what it expects.")


class _Busy(Exception):
    """The receiver answers that it cannot take it now."""


def _post(url: str, body: bytes, headers: dict[str, str], config: Config) -> int:
    import httpx2
    import stamina

    address, host = _checked(url, config)
    extensions: dict[str, Any] = {"sni_hostname": host}

    @stamina.retry(on=(httpx2.TransportError, _Busy), attempts=ATTEMPTS, wait_initial=0.2, wait_max=2.0, timeout=40.0)
    def send() -> int:
        with httpx2.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as http:
            answer = http.post(address, content=body, headers=headers | {"Host": urlsplit(url).netloc.rpartition("@")[2]},
                               extensions=extensions)  # fmt: skip
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _Busy(f"answers {answer.status_code}")
        return int(answer.status_code)

    try:
        return send()
    except (httpx2.TransportError, _Busy) as why:
        words = f"The webhook at {host} failed {ATTEMPTS} times: {one_line(str(why)) or type(why).__name__}"
        raise NotNow(words, where=host) from why


def _checked(url: str, config: Config) -> tuple[str, str]:
    """Return the address with the host's number in place of its name, and the name.

    The number that was checked is the one that is used: a name cannot change its mind in between.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise Refused(f"{url[:120]!r} is not an address for a webhook.", "Use https://host/path.")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as why:
        raise Refused(f"The host {host} is not known: {one_line(str(why))}") from why
    numbers = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not all(_allowed(number, config) for number in numbers):
        raise Refused(
            f"{host} is inside this network, where webhooks may not go.",
            "Set allow_private = true under [webhook] in callsheet.toml if you want this.",
        )
    number = f"[{numbers[0]}]" if numbers[0].version == 6 else str(numbers[0])
    return urlunsplit((parts.scheme, f"{number}:{port}", parts.path or "/", parts.query, "")), host


def _allowed(number: ipaddress.IPv4Address | ipaddress.IPv6Address, config: Config) -> bool:
    mapped = getattr(number, "ipv4_mapped", None) or number
    if config.webhook.allow_private or (config.signin.demo and mapped.is_loopback):
        return not mapped.is_multicast
    return bool(mapped.is_global and not mapped.is_multicast)
