"""The loop, walked in a browser: from the sheet's finding to the requesters told, and the finding gone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site

RELEASE, INITIATIVE = "2026.47", "initiative:onboarding-checklist"
SOON = 60_000


def test_the_loop_closes(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site)
    untold = page.get_by_role("link", name=re.compile(r"^Tell \d+ customers that Onboarding checklist"))
    untold.click()
    finding = page.url
    _finding_gives_its_evidence(page)
    _publish_from_the_trace(page)

    # The requesters' deliveries appear in the ledger ...
    page.goto("/people?tab=deliveries")
    page.get_by_role("searchbox").fill("Onboarding checklist is here")
    expect(page.get_by_text("Onboarding checklist is here").first).to_be_visible(timeout=SOON)

    # ... the trace tells of them, and the finding went away by itself.
    page.goto(f"/trace/{INITIATIVE}")
    expect(page.locator("h1")).to_have_text(re.compile(r"From 23 requests to [1-9]\d* people told"), timeout=SOON)
    expect(page.get_by_role("heading", name="Who has been told")).to_be_visible()
    page.goto(finding)
    expect(page.locator("dl.facts .pill").first).to_have_text("resolved", timeout=SOON)
    page.goto("/")
    expect(page.locator("h1")).to_be_visible()
    expect(untold).to_have_count(0)


def _finding_gives_its_evidence(page: Page) -> None:
    """Its sentence, and the trace from who asked to who was told, with the gap marked."""
    expect(page.locator("h1")).to_contain_text("Onboarding checklist is theirs")
    expect(page.get_by_text("23 asked, 0 told").first).to_be_visible()
    page.locator(".who-row").get_by_role("link", name="trace").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"From \d+ requests to nobody told"))
    chain = page.get_by_role("region", name="The chain, from asked to told")
    expect(chain.locator("h2")).to_have_text(["Asked", "Decided", "Built", "Tried", "Released", "Used", "Told"])
    expect(chain.locator(".gap").last).to_contain_text("23 not told")
    page.get_by_role("button", name="Show all 23").click()
    expect(page.locator(".who-row")).to_have_count(23)


def _publish_from_the_trace(page: Page) -> None:
    """From a request one reaches the same release, and its page publishes it."""
    chain = page.get_by_role("region", name="The chain, from asked to told")
    chain.get_by_role("link", name="Where do I start?").click()
    page.wait_for_url(re.compile("request"))
    page.goto(f"/trace/{INITIATIVE}")
    chain.get_by_role("link", name=re.compile(rf"^{RELEASE}")).click()
    page.wait_for_url(re.compile(rf"/releases/{RELEASE}"))
    page.get_by_role("button", name="Publish…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"2[0-9] requesters"))
    dialog.get_by_role("textbox").fill("Asked for by 23, ready since the 17th")
    dialog.get_by_role("button", name="Publish").click()


def test_a_broken_experiment_is_stopped_where_it_is_found(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site)
    card = page.locator(".dec", has_text="its groups are not comparable")
    page.on("dialog", lambda asked: asked.accept())
    card.get_by_role("button", name="Stop", exact=True).click()
    reason = page.get_by_role("dialog")
    reason.get_by_role("button", name="Stop").click()
    expect(reason.get_by_text("Say why in a few words")).to_be_visible()  # a decision needs its reason
    reason.get_by_label("Why?").fill("The assignment broke on iOS 7.2")
    reason.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Done: Stop")).to_be_visible()
    expect(card).to_have_count(0, timeout=SOON)
    with own_site.client() as api:
        stopped = api.get("/api/experiments/shorter-sign-up").json()
    assert stopped["state"] in ("stopped", "decided"), stopped["state"]
