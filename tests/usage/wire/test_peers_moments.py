"""When an event happened, by the rules of PostHog's capture and ingestion: the forms of dates that are read, what
sets a client's clock right and what does not, and how far ahead an event may lie.

Known answers are from the definition: moment = received - (sent - timestamp), and by hand for dates.
"""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.usage.wire import moments
from tests.usage.wire.sending import NOW, UUID, rows, send

EVENT = {"event": "opened", "distinct_id": "ann", "uuid": UUID + "01"}

FORMS = {
    "2026-11-22": "2026-11-22T00:00:00",
    "2026-11-22 09:30:00": "2026-11-22T09:30:00",
    "2026-11-22T09:30:00.123456789Z": "2026-11-22T09:30:00.123456",
    "2026-11-22T09:30:00+03": "2026-11-22T06:30:00",
    "2026-11-22T09:30:00-0530": "2026-11-22T15:00:00",
    "2026-W47-7": "2026-11-22T00:00:00",
    "2026-326": "2026-11-22T00:00:00",
    "2026/11/22": "2026-11-22T00:00:00",
    "11/22/2026 09:30:00": "2026-11-22T09:30:00",
    "Sun, 22 Nov 2026 09:30:00 +0100": "2026-11-22T08:30:00",
    "Sun, 22 Nov 2026 09:30:00 GMT": "2026-11-22T09:30:00",
    "1795339800": "2026-11-22T09:30:00",
    "1795339800000": "2026-11-22T09:30:00",
    "1601010100000": "2020-09-25T05:01:40",  # a number, though its digits would make a date
}


@pytest.mark.parametrize("given", FORMS)
def test_dates_are_read_in_every_form_that_clients_write(given: str) -> None:
    done, _ = send("/capture/", {**EVENT, "timestamp": given})
    assert moments.to(done.parcel.moment[0]).isoformat() == FORMS[given]
    assert "$sent_timestamp" not in rows(done)[0]["properties"]


@pytest.mark.parametrize(
    "given", ["soon", "22/22/2026", "12:30:00", "2026-999", "²²²²²²²²²", "Sun, 99 Nov 2026 09:30:00"]
)
def test_what_is_no_date_is_taken_at_the_receipt_and_stays_to_be_seen(given: str) -> None:
    done, answer = send("/capture/", {**EVENT, "timestamp": given})
    assert answer.status == 200
    assert done.parcel.moment == [moments.of(NOW)]
    assert rows(done)[0]["properties"]["$sent_timestamp"] == given


HOUR = 3_600_000
CLOCKS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, str], str]] = {
    "a clock two hours ahead": (
        {"timestamp": "2026-11-22T13:50:00Z"}, {"sent_at": "2026-11-22T14:00:00Z"}, {}, "2026-11-22T11:50:00",
    ),
    "both in a zone": (
        {"timestamp": "2026-11-22T13:50:00+04:00"}, {"sent_at": "2026-11-22T14:00:00+04:00"}, {}, "2026-11-22T11:50:00",
    ),
    "an unreadable clock corrects nothing": (
        {"timestamp": "2026-11-22T10:00:00Z"}, {"sent_at": "later"}, {}, "2026-11-22T10:00:00",
    ),
    "an unreadable clock, and another in the address": (
        {"timestamp": "2026-11-22T10:00:00Z"}, {"sent_at": "later"},
        {"_": str(moments.of(NOW) // 1000 - HOUR)}, "2026-11-22T11:00:00",
    ),
    "the body's clock before the address's": (
        {"timestamp": "2026-11-22T10:00:00Z"}, {"sent_at": "2026-11-22T11:00:00Z"},
        {"_": str(moments.of(NOW) // 1000)}, "2026-11-22T11:00:00",
    ),
    "a number in the address that is no clock": (
        {"timestamp": "2026-11-22T10:00:00Z"}, {}, {"_": "77"}, "2026-11-22T10:00:00",
    ),
    "an offset counts back from the receipt, whatever the clocks say": (
        {"timestamp": "2026-11-22T01:00:00Z", "offset": 6000}, {"sent_at": "2026-11-22T14:00:00Z"}, {},
        "2026-11-22T11:59:54",
    ),
    "no timestamp: the receipt, whatever the clock says": (
        {}, {"sent_at": "2026-11-22T14:00:00Z"}, {}, "2026-11-22T12:00:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CLOCKS)
def test_clocks(case: str) -> None:
    event, body, query, wanted = CLOCKS[case]
    done, _ = send("/batch/", {"batch": [{**EVENT, **event}], **body}, query=query)
    assert moments.to(done.parcel.moment[0]).isoformat() == wanted


AHEAD: dict[str, tuple[dict[str, Any], bool]] = {
    "23 hours": ({"timestamp": "2026-11-23T11:00:00Z"}, True),
    "a second more": ({"timestamp": "2026-11-23T11:00:01Z"}, False),
    "only by its clock": ({"timestamp": "2026-11-22T12:00:00Z", "sent_at": "2026-11-21T11:00:00Z"}, False),
    "not by its clock": ({"timestamp": "2026-11-30T12:00:00Z", "sent_at": "2026-11-30T12:00:00Z"}, True),
    "a negative offset of 23 hours": ({"offset": -23 * HOUR}, True),
    "a negative offset of more": ({"offset": -23 * HOUR - 1000}, False),
}


@pytest.mark.parametrize("case", AHEAD)
def test_what_lies_further_ahead_than_clocks_err_is_taken_at_the_receipt(case: str) -> None:
    event, kept = AHEAD[case]
    done, _ = send("/capture/", {**EVENT, **event})
    assert (done.parcel.moment == [moments.of(NOW)]) is (not kept or case == "not by its clock")
    assert ("$sent_timestamp" in rows(done)[0]["properties"]) is not kept
