"""Releases metrics on small tables worked by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from callsheet.base.time import Period
from callsheet.metrics.reader import reading
from callsheet.metrics.registry import report_named
from callsheet.releases import rules
from callsheet.store.workspace import Workspace

YEAR = Period(datetime(2026, 1, 1), datetime(2027, 1, 1))


def release(version: str, day: str, **more: Any) -> dict[str, Any]:
    """A release on a day."""
    return {
        "release_id": version,
        "version": version,
        "line": "main",
        "released_at": datetime.fromisoformat(day),
    } | more


def land(workspace: Workspace, **tables: list[dict[str, Any]]) -> None:
    """Bring facts in."""
    with workspace.facts.batch("test", "rows") as batch:
        for name, rows in tables.items():
            batch.merge(name, rows)


def test_nothing_is_known(workspace: Workspace) -> None:
    """No data is None, never 0."""
    with reading(workspace) as reader:
        for name in ("releases.count", "releases.lead", "releases.announced_share"):
            assert reader.value(name, YEAR).amount is None
        for name in ("releases.recent", "releases.uptake", "releases.incidents"):
            assert reader.report(name, YEAR).rows == []


def test_lead_leaves_prereleases_out(workspace: Workspace) -> None:
    """Gaps of 10 and 20 days on main, 4 on the other line: median 10; two first ones and no candidate."""
    land(workspace, releases=[
        release("1.0", "2026-03-01"), release("1.1-rc1", "2026-03-05", prerelease=True), release("1.1", "2026-03-11"),
        release("1.2", "2026-03-31"), release("9.0", "2026-03-02", line="lts"), release("9.1", "2026-03-06", line="lts"),
    ])  # fmt: skip
    with reading(workspace) as reader:
        lead, count = reader.value("releases.lead", YEAR), reader.value("releases.count", YEAR)
    assert (lead.amount, lead.sample, lead.left_out) == (10, 3, 2)
    assert (count.amount, count.left_out) == (5, 1)


def counts(month: str, **amounts: float) -> list[dict[str, Any]]:
    """Installs of versions in a month; `v1_0` is version 1.0."""
    return [
        {"series": "installs_by_core_version", "item": name[1:].replace("_", "."), "amount": amount,
         "measured_at": datetime.fromisoformat(f"{month}-01")}
        for name, amount in amounts.items()
    ]  # fmt: skip


def test_uptake(workspace: Workspace) -> None:
    """1.0 came out on 20 January: 30 of 100 in February, 60 of 120 in April, July is not counted yet.

    March, with 80 of 100, is its peak. 1.1 came out in April and has no counted month after that; 2.0 is in
    no count.
    """
    land(
        workspace,
        releases=[release("1.0", "2026-01-20"), release("1.1", "2026-04-30"), release("2.0", "2026-04-01")],
        measures=[*counts("2026-01", v0_9=100, v1_0=1), *counts("2026-02", v0_9=70, v1_0=30),
                  *counts("2026-03", v0_9=20, v1_0=80), *counts("2026-04", v0_9=30, v1_0=60, v1_1=30)],
    )  # fmt: skip
    with reading(workspace) as reader:
        found = reader.report("releases.uptake", YEAR)
    by = {row["version"]: row for row in found.rows}
    assert (by["1.0"]["month1"], by["1.0"]["month3"], by["1.0"]["month6"], by["1.0"]["peak"]) == (30, 50, None, 80)
    assert (by["1.1"]["month1"], by["1.1"]["peak"]) == (None, 25)
    assert (found.sample, found.left_out) == (2, 1)
    chart = report_named("releases.uptake").chart
    assert chart is not None
    assert chart(found)["series"]


def test_incidents_are_tied_to_the_last_release_before(workspace: Workspace) -> None:
    """Two days after: 0.8 halved once. The eighth day is too late; another product's release does not count."""
    land(
        workspace,
        releases=[release("1.0", "2026-03-01", product="a"), release("7.0", "2026-03-02", product="b")],
        incidents=[
            {"incident_id": "slow", "title": "Slow", "started_at": datetime(2026, 3, 3), "product": "a"},
            {"incident_id": "late", "title": "Late", "started_at": datetime(2026, 3, 10), "product": "a"},
            {"incident_id": "early", "title": "Early", "started_at": datetime(2026, 2, 1), "product": "a"},
        ],
    )  # fmt: skip
    with reading(workspace) as reader:
        found = reader.report("releases.incidents", YEAR)
        recent = {row["release"]: row["incidents"] for row in reader.report("releases.recent", YEAR).rows}
    assert [(row["incident"], row["release"], row["days_after"], row["confidence"]) for row in found.rows] == [
        ("slow", "1.0", 2.0, 0.4)
    ]
    assert found.left_out == 2
    assert recent == {"1.0": 1, "7.0": 0}


def test_an_incident_in_a_tool_notice_counts_as_announced(workspace: Workspace) -> None:
    """A notice that names the release announces it."""
    land(workspace, releases=[release("1.0", "2026-03-01"), release("1.1", "2026-03-11")],
         notices=[{"notice_id": "n", "title": "1.1 is out", "release_id": "1.1"}])  # fmt: skip
    with reading(workspace) as reader:
        assert reader.value("releases.announced_share", YEAR).amount == 50


PLAIN = {
    "a commit": ("feat(api): send a mail (#42)", "Send a mail."),
    "a ticket": ("JENKINS-33358 JENKINS-1, Update the library", "Update the library."),
    "links": ("[#12](https://x.example) [`df424a4`](https://x.example) Read [the help](/h) first", "Read the help first."),
    "thanks and tags": ("Fix <b>it</b> Thanks @someone!", "Fix it."),
    "nothing left": ("(#42)", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), PLAIN.values(), ids=PLAIN)
def test_plain_words(text: str, told: str) -> None:
    """What a reader outside engineering needs."""
    assert rules.plain(text) == told


def test_a_draft_says_to_each_what_is_for_them() -> None:
    """Internal work is for engineering alone; sales sees what can be shown; ids only for engineering."""
    items = [
        {"kind": "added", "text": "feat: Bulk import", "item_id": "imp-1", "change_id": "chg-imp-1"},
        {"kind": "fixed", "text": "Totals agree"},
        {"kind": "internal", "text": "chore: faster tests"},
    ]
    found = rules.draft("Version 2", items)
    assert found["customers"] == "## Version 2\n\n### New\n\n- Bulk import.\n\n### Fixed\n\n- Totals agree.\n"
    assert "Totals" not in found["sales"]
    assert "imp-1, chg-imp-1" in found["engineering"]
    assert "faster tests" in found["engineering"].lower()
    assert rules.draft("Version 3", [{"kind": "internal", "text": "tidy"}])["customers"] == ""


def test_checklists_grow_with_the_tier() -> None:
    """Silent has none; each louder tier has all lines of the quieter ones; the twelve of tier 2 are agreed."""
    titles = [{step.title for step in rules.steps(tier)} for tier in (4, 3, 2, 1)]
    assert titles[0] == set()
    assert titles[1] < titles[2] < titles[3]
    assert len(titles[2]) == 12


def test_an_incident_of_another_product_is_tied_by_time_only(workspace: Workspace) -> None:
    """A quarter of 0.8 at once, halved after two days: 0.1; it is no incident of the release."""
    land(workspace, releases=[release("1.0", "2026-03-01", product="a")],
         incidents=[{"incident_id": "net", "title": "Net", "started_at": datetime(2026, 3, 3), "product": "b"}])  # fmt: skip
    with reading(workspace) as reader:
        rows = reader.report("releases.incidents", YEAR).rows
        assert reader.report("releases.recent", YEAR).rows[0]["incidents"] == 0
    assert [(row["release"], row["confidence"], row["why"]) for row in rows] == [
        ("1.0", 0.1, "by time only, another product")
    ]
