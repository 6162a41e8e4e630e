"""Requests that may come again are remembered for an hour, and not too many of them."""

from __future__ import annotations

from callsheet.usage.intake import doubtful
from callsheet.usage.intake.doubtful import LONGEST, Doubtful
from callsheet.usage.wire.calls import Call


def test_the_same_request_of_the_same_source_gets_the_same_stem() -> None:
    known = Doubtful()
    known.note("web", Call("/batch", b"{}"), "stem")
    assert known.stem_of("web", Call("/batch", b"{}")) == "stem"
    assert known.stem_of("app", Call("/batch", b"{}")) == ""
    assert known.stem_of("web", Call("/v1/batch", b"{}")) == ""
    assert known.stem_of("web", Call("/batch", b"[]")) == ""
    known.settle("web", Call("/batch", b"{}"))
    assert known.stem_of("web", Call("/batch", b"{}")) == ""


def test_after_an_hour_or_beyond_the_bound_it_is_another_request() -> None:
    moment = [0.0]
    known = Doubtful(lambda: moment[0])
    for number in range(doubtful.MOST + 1):
        known.note("web", Call("/batch", str(number).encode()), f"stem {number}")
    assert known.stem_of("web", Call("/batch", b"0")) == ""
    assert known.stem_of("web", Call("/batch", b"1")) == "stem 1"
    moment[0] = LONGEST
    assert known.stem_of("web", Call("/batch", b"1")) == ""
