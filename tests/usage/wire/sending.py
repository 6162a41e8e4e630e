"""A request through one protocol, without HTTP and store."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from callsheet.usage.wire.calls import Answer, Call
from callsheet.usage.wire.gathering import From, Gathering
from callsheet.usage.wire.protocols import protocol_at
from callsheet.usage.wire.ruling import Rule, Ruling
from callsheet.usage.wire.turned import Turned
from callsheet.usage.wire.unpacking import unpacked

NOW = datetime(2026, 11, 22, 12, 0, 0)
UUID = "0190f3a4-1111-7000-8000-0000000000"


def send(
    path: str, given: Any, rules: tuple[Rule, ...] = (), share: float = 1.0, kind: str = "any", **extra: Any
) -> tuple[Gathering, Answer]:
    """Return what was gathered from a body (a value or bytes) received at NOW, and the answer."""
    body = given if isinstance(given, bytes) else json.dumps(given).encode()
    speaks = protocol_at(path.rstrip("/"))
    assert speaks is not None
    source = From("web", kind, ("key",), mapping=extra.pop("mapping", {}), ruling=Ruling(rules, share))
    gathering = Gathering(source, NOW)
    try:
        headers = extra.get("headers", {})
        plain = unpacked(body, encoding=headers.get("content-encoding", ""))
        call = Call(path.rstrip("/"), plain, headers, extra.get("query", {}))
        document = speaks.read(call)
        speaks.gather(call, document, gathering)
        return gathering, speaks.answer(gathering)
    except Turned as why:
        return gathering, speaks.turn(why)


def rows(gathering: Gathering) -> list[dict[str, Any]]:
    """Return the events of a parcel as rows, their properties read."""
    parcel = gathering.parcel
    names = ("event_id", "moment", "event", "distinct_id", "account_id", "session_id")
    return [
        {name: getattr(parcel, name)[place] for name in names} | {"properties": json.loads(parcel.properties[place])}
        for place in range(len(parcel))
    ]


def codes(gathering: Gathering) -> list[str]:
    """Return the codes of what was refused."""
    return [one.code for one in gathering.parcel.refused]
