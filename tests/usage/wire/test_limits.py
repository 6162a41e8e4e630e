"""The bucket that limits events a second, and the tail that loses the oldest."""

from __future__ import annotations

from datetime import datetime

from callsheet.model.intake import Parcel, Refused
from callsheet.usage.intake.limits import Bucket
from callsheet.usage.intake.tail import MOST_AT_ONCE, MOST_PARCELS, Tail, Wanted


def test_a_request_is_let_in_while_any_token_is_left_and_those_after_it_wait() -> None:
    """10 a second, so 20 at the start. 50 spent leaves -30: 3.1 seconds to one token, told as whole seconds."""
    moment = [0.0]
    bucket = Bucket(10, lambda: moment[0])
    assert bucket.wait() == 0
    bucket.spend(50)
    assert bucket.wait() == 4
    moment[0] = 3.0
    assert bucket.wait() == 1
    moment[0] = 3.1
    assert bucket.wait() == 0
    moment[0] = 100.0
    bucket.wait()
    bucket.spend(19)
    assert bucket.wait() == 0


def test_no_rate_is_no_limit() -> None:
    bucket = Bucket(0)
    bucket.spend(10**9)
    assert bucket.wait() == 0


def _parcel(source: str, name: str, whom: str = "ann", count: int = 1) -> Parcel:
    columns = ([f"{name}-{place}" for place in range(count)], [0] * count, [name] * count, [whom] * count)
    return Parcel(source, datetime(2026, 11, 22), *columns, [""] * count, [""] * count, ["{}"] * count)


def test_who_watches_sees_what_they_asked_for() -> None:
    tail = Tail()
    with tail.watch(Wanted()) as all_, tail.watch(Wanted(source="web", event="OPEN", person="ann")) as some:
        for parcel in (_parcel("web", "opened"), _parcel("web", "closed"), _parcel("app", "opened"),
                       _parcel("web", "opened", "bob")):  # fmt: skip
            tail.push(parcel)
        refused = _parcel("web", "x", count=0)
        refused.refused.append(Refused('{"event":"opened","user":"ann"}', "no_user", "No user."))
        refused.set_aside["blocked:r"] = 2
        tail.push(refused)
        assert [one["state"] for one in all_.news()[0]] == ["stored"] * 4 + ["refused", "set_aside"]
        assert [one["state"] for one in some.news()[0]] == ["stored", "refused"]
        assert all_.news() == ([], 0)
    tail.push(_parcel("web", "opened"))
    assert not all_.kept


def test_what_is_too_much_to_show_is_counted() -> None:
    tail = Tail()
    with tail.watch(Wanted()) as watcher:
        for _ in range(MOST_PARCELS + 10):
            tail.push(_parcel("web", "opened", count=5))
        told, lost = watcher.news()
    assert len(watcher.kept) == 0
    assert (len(told), lost) == (MOST_AT_ONCE, 5 * (MOST_PARCELS + 10) - MOST_AT_ONCE)
