"""Rarer questions about usage, asked by keyboard alone."""

from __future__ import annotations

import re

import httpx2
from playwright.sync_api import expect

from tests.browser.conftest import Open, Site
from tests.browser.test_explore import SOON, address, answered, asks, more
from tests.browser.test_pages import violations


def test_first_times_and_furthest_steps_are_asked_by_keyboard(site: Site, open_site: Open) -> None:
    steps = [{"events": ["signed_in"]}, {"events": ["comment_added"]}]
    page = open_site(site, address({"kind": "funnel", "steps": steps, "span": {"last": 14}}))
    answered(page)
    table = page.get_by_role("region", name="The answer as a table")
    cell = table.locator("tbody tr").first.get_by_role("button").first
    everyone = int(cell.inner_text().replace(",", ""))
    page.get_by_role("button", name="More for step 1").press("Enter")
    page.get_by_role("menuitem", name="Only their first time").press("Enter")
    kept = page.get_by_label("Which time counts at step 1")
    expect(kept).to_have_value("first_time")
    expect(cell, "most signed in before these 14 days").not_to_have_text(f"{everyone:,}", timeout=SOON)
    answered(page)
    newcomers = int(cell.inner_text().replace(",", ""))
    assert newcomers < everyone
    cell.press("Enter")
    drawer = page.get_by_role("dialog")
    ended = drawer.get_by_role("group", name="Only those whose furthest step is")
    told = drawer.get_by_text(re.compile(r"^[\d,]+ (people|person)$"))
    parts = []
    for step in ("1", "2"):
        ended.get_by_label(step, exact=True).press("Space")
        expect(drawer.get_by_role("heading", name=f"furthest step {step}")).to_be_visible()
        expect(drawer.locator("[aria-busy=true], .skel, .ans-stale")).to_have_count(0)
        parts.append(int(told.inner_text().split()[0].replace(",", "")))
        ended.get_by_label(step, exact=True).press("Space")
    assert sum(parts) == newcomers, "whoever took the first step ended at one of the two"
    expect(page.locator(".ans-stale")).to_have_count(0, timeout=SOON)
    assert violations(page) == []


def test_several_fields_are_asked_by_keyboard_and_come_back(site: Site, open_site: Open) -> None:
    steps = [{"events": ["signed_in"], "math": "first_time"}, {"events": ["comment_added"]}]
    page = open_site(site, address({"kind": "funnel", "steps": steps, "span": {"last": 14}}))
    answered(page)
    table = page.get_by_role("region", name="The answer as a table")
    kept = page.get_by_label("Which time counts at step 1")
    page.get_by_role("button", name="Broken down by: none").press("Enter")
    page.get_by_role("textbox", name="Search: Broken down by").fill("account segment")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="And by another field").press("Enter")
    page.get_by_role("textbox", name="Search: And by another field").fill("account name")
    page.keyboard.press("Enter")
    expect(table.get_by_role("cell", name="small :: ").first).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Save…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Newcomers who comment")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/explore/reports/newcomers-who-comment$"))
    page.reload()
    expect(kept).to_have_value("first_time")
    expect(page.get_by_role("button", name="And by: Account name")).to_be_visible()
    more(page, "Share a link…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("^Account name")).press("Space")
    expect(dialog).to_contain_text("also if one names a customer")
    assert violations(page) == []
    dialog.get_by_role("button", name="Make a link").press("Enter")
    expect(dialog.get_by_label("Link")).to_be_focused()
    expect(dialog.get_by_label("Link")).to_have_value(re.compile("/s/"))
    shared = httpx2.get(dialog.get_by_label("Link").input_value().replace("/s/", "/shared/")).json()
    assert shared["tiles"][0]["answered"]["table"]["rows"]


def test_paths_of_those_a_funnel_lost_are_asked_by_keyboard(site: Site, open_site: Open) -> None:
    page = open_site(site, address({"kind": "paths", "span": {"last": 14}}))
    answered(page)
    page.get_by_role("button", name="+ Funnel").press("Enter")
    for step, event in (("1", "signed_in"), ("2", "comment_added")):
        page.get_by_role("button", name=re.compile(f"^Step {step}: ")).press("Enter")
        page.get_by_role("textbox", name=f"Search: Step {step}").fill(event)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=f"Step {step}: {event}")).to_be_visible()
    page.get_by_label("Part of the way").select_option("lost-after")
    table = page.get_by_role("region", name="The answer as a table")
    first = table.locator("tbody tr").first
    expect(first).to_contain_text("1 · signed_in", timeout=SOON)
    page.locator("summary", has_text="names of stops").press("Enter")
    page.get_by_role("button", name="+ Stops taken together").press("Enter")
    expect(page.get_by_label("Stops taken together 1")).to_be_focused()
    page.keyboard.type("board_*")
    page.keyboard.press("Enter")
    expect(table.get_by_text("· board_*").first).to_be_visible(timeout=SOON)
    expect(table.get_by_text(re.compile("· (board_opened|comment_added)"))).to_have_count(0)
    steps = [{"events": ["signed_in"]}, {"events": ["comment_added"]}]
    asks(page, groups=["board_*"], along={"steps": steps, "step": 2, "part": "after", "lost": True})
    assert violations(page) == []
    page.reload()
    expect(page.get_by_label("Part of the way")).to_have_value("lost-after")
    expect(page.get_by_label("Stops taken together 1")).to_have_value("board_*")
