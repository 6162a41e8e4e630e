"""Taking in one request: read, whose key, limits, rules, stored, answered."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from callsheet.base.errors import Busy, CallsheetError
from callsheet.base.time import utc_now
from callsheet.http.context import Services
from callsheet.model.intake import Taken
from callsheet.store.workspace import Workspace
from callsheet.usage.intake.doubtful import Doubtful
from callsheet.usage.intake.known import Known, Live
from callsheet.usage.intake.limited import Limited
from callsheet.usage.intake.tail import Tail
from callsheet.usage.wire.calls import Answer, Call, Speaks, keys_within
from callsheet.usage.wire.gathering import MOST_RAW, Gathering
from callsheet.usage.wire.turned import Turned
from callsheet.usage.wire.unpacking import unpacked
from callsheet.usage.wire.webhook import PREFIX, signed

log = logging.getLogger("callsheet.intake")
LARGE = 256 * 1024
"""Bytes from which on a body is read in a thread, so that it holds up no other."""
PATIENCE = 30.0
"""Seconds for which a commit is waited for."""
_LARGE_AT_ONCE = 2
LARGE_PACKED = 8 * 1024
_PAUSED = ("paused", "The source is paused.")
_opening = threading.Lock()


class Intake:
    """The way in of one workspace. `turned` counts requests of which nothing was stored nor refused event by event,
    by source (empty: unknown) and code, since the server was started."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.known = Known(workspace.books)
        self.tail = Tail()
        self._limited = Limited(workspace.stream, self.tail)
        self._doubtful = Doubtful()
        self.turned: Counter[tuple[str, str]] = Counter()
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._looking: asyncio.Task[None] | None = None

    async def take(self, sent: Call, speaks: Speaks) -> Answer:
        """Return the answer to a request, after the commit of what it brought."""
        try:
            await self._look()
            call, document = await self._read(sent, speaks)
            live = self._signer(sent) or await self._whose(call, speaks, document)
            self._let_in(live, call, speaks.count(document))
            gathering = await self._made(call, speaks, document, live)
            del document  # it is several times as large as what was made of it, and waiting takes its time
            await self._surely(live, call, gathering)
            return speaks.answer(gathering)
        except Turned as why:
            return speaks.turn(why)

    async def not_taken(self, call: Call, speaks: Speaks, why: Turned) -> Answer:
        """Return the answer to a request that was not received as a whole; `call` holds the beginning of it."""
        try:
            await self._look()
            if why.status == 413:
                await self._unread(call, speaks, why)
            else:
                self.turned["", why.code] += 1
        except Turned as other:
            return speaks.turn(other)
        return speaks.turn(why)

    async def _look(self, at_once: bool = False) -> None:
        """Ask the book for news beside other requests; wait for it only when it must be known."""
        if at_once or self.known.unsure:
            try:
                await asyncio.to_thread(self.known.refresh)
            except Exception as why:
                log.warning("the sources could not be looked up: %s", why)
                raise Turned(503, "busy", "The sources cannot be looked up now.", 5) from why
        elif self.known.stale and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(asyncio.to_thread(self.known.refresh))
            self._looking.add_done_callback(_heard)

    async def _read(self, call: Call, speaks: Speaks) -> tuple[Call, Any]:
        try:
            if len(call.body) < (LARGE if call.body[:1] in b"{[" else LARGE_PACKED):
                return _read(call, speaks)
            async with self._large:
                return await asyncio.to_thread(_read, call, speaks)
        except Turned as why:
            await self._unread(call, speaks, why)
            raise

    async def _unread(self, call: Call, speaks: Speaks, why: Turned) -> None:
        """Count a request whose body cannot be read, and keep what there is of it where a key is found all the same:
        in the headers, or in what can be read. Turned 429 when its source sends too much."""
        body = call.body if why.read is None else why.read
        live = self._signer(call) or await self._of((speaks.key(call, None), *keys_within(body)))
        self.turned[live.origin.id if live else "", why.code] += 1
        if live is not None:
            self._let_in(live, call, 1)
            live.bucket.spend(1)
            await self._refuse_whole(live, body, why)

    async def _made(self, call: Call, speaks: Speaks, document: Any, live: Live) -> Gathering:
        """Gather the events. Where we fail over a body nobody thought of, it is kept and refused as a whole, so that
        nothing is lost and no client sends it for ever."""
        try:
            return await self._gathered(call, speaks, document, live)
        except Turned:
            raise
        except Exception as why:
            log.exception("the events of a request could not be read")
            turned = Turned(400, "unreadable", "The events of this request could not be read; it is kept.")
            await self._refuse_whole(live, call.body, turned)
            raise turned from why

    async def _refuse_whole(self, live: Live, body: bytes, why: Turned) -> None:
        """Keep a body that cannot be read, so that it is seen."""
        gathering = Gathering(live.origin, utc_now())
        text = body[: 4 * MOST_RAW].decode(errors="replace")
        gathering.refuse(text.replace("\x00", "\ufffd"), why.code, why.words)
        await self._stored(gathering)

    async def _whose(self, call: Call, speaks: Speaks, document: Any) -> Live:
        """Return the source whose key this is; Turned 401 when there is none."""
        try:
            key = speaks.key(call, document)
        except Turned as why:
            self.turned["", why.code] += 1
            raise
        live = await self._of((key,))
        if live is None:
            self.turned["", "invalid_key" if key else "missing_key"] += 1
            words = "This write key belongs to no source." if key else "The request has no write key."
            raise Turned(401, "invalid_api_key" if key else "missing_api_key", words)
        return live

    async def _of(self, keys: Iterable[str]) -> Live | None:
        """Return the source of the first of these keys that is known; the book is asked when none is."""
        given = [key for key in keys if key]
        found = next(filter(None, map(self.known.by_key, given)), None)
        if found is None and given:
            await self._look(at_once=True)
            found = next(filter(None, map(self.known.by_key, given)), None)
        return found

    def _let_in(self, live: Live, call: Call, events: int) -> None:
        """Turned 401 when the address names another source, 429 when this one sends too much; its events are counted."""
        if call.path.startswith(PREFIX) and call.path.removeprefix(PREFIX) != live.origin.id:
            self.turned[live.origin.id, "wrong_address"] += 1
            raise Turned(401, "invalid_api_key", "This write key is that of another source.")
        wait = live.bucket.wait()
        if wait:
            self.turned[live.origin.id, "rate_limited"] += 1
            self._limited.count(live.origin.id, events)
            words = f"The source may send {live.bucket.rate:g} events a second."
            raise Turned(429, "rate_limited", words, wait)

    def _signer(self, call: Call) -> Live | None:
        if "x-callsheet-signature" not in call.headers:
            return None
        live = self.known.by_id(call.path.removeprefix(PREFIX))
        stamp, given = call.headers.get("x-callsheet-timestamp", ""), call.headers["x-callsheet-signature"]
        for key in live.origin.keys if live else ():
            if live and live.takes(key) and signed(key, stamp, given, call.body, time.time()):
                return live
        return None

    async def _gathered(self, call: Call, speaks: Speaks, document: Any, live: Live) -> Gathering:
        closed = _PAUSED if live.state == "paused" else None
        gathering = Gathering(live.origin, utc_now(), closed, self._doubtful.stem_of(live.origin.id, call))
        if len(call.body) < LARGE:
            speaks.gather(call, document, gathering)
        else:
            await asyncio.to_thread(speaks.gather, call, document, gathering)
        live.bucket.spend(gathering.seen)
        return gathering

    async def _surely(self, live: Live, call: Call, gathering: Gathering) -> None:
        """Wait for the commit. When it is not sure whether there was one, the same request gets the same ids again."""
        try:
            await self._stored(gathering)
        except BaseException:
            self._doubtful.note(live.origin.id, call, gathering.stem)
            raise
        self._doubtful.settle(live.origin.id, call)

    async def _stored(self, gathering: Gathering) -> Taken | None:
        """Wait for the commit. Turned 503 when nothing was stored and the client should send it again."""
        parcel = gathering.parcel
        if not (parcel.event_id or parcel.refused or parcel.set_aside):
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                taken = await asyncio.wrap_future(self.workspace.stream.put(parcel))
        except Busy as why:
            raise Turned(503, "busy", str(why), why.wait) from why
        except CallsheetError as why:
            log.warning("events were not stored: %s %s", why, why.mend)
            raise Turned(503, "not_stored", str(why), 5) from why
        except TimeoutError as why:
            raise Turned(
                503, "slow", "Storing takes longer than usual. Send the same again: nothing counts twice.", 5
            ) from why
        except Exception as why:
            log.exception("events could not be stored")
            raise Turned(500, "unexpected", "Something broke inside Callsheet; nothing was stored.") from why
        self.tail.push(parcel)
        return taken


def _read(call: Call, speaks: Speaks) -> tuple[Call, Any]:
    body = unpacked(call.body, encoding=call.headers.get("content-encoding", ""))
    plain = call if body is call.body else Call(call.path, body, call.headers, call.query)
    try:
        return plain, speaks.read(plain)
    except Turned as why:
        why.read = body
        raise


def _heard(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.warning("the sources could not be looked up: %s", task.exception())


def intake_of(services: Services) -> Intake:
    """Return the way in of a server, made at the first use."""
    with _opening:
        if "intake" not in services.parts:
            services.parts["intake"] = Intake(services.workspace)
        return services.parts["intake"]  # type: ignore[no-any-return]
