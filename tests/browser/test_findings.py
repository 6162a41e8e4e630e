"""Findings: walked with the keyboard, answered, and every answer taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site


@pytest.fixture
def page(site: Site, open_site: Open) -> Page:
    """The list of open findings."""
    found = open_site(site, "/findings")
    found.locator(".dec").first.wait_for()
    return found


def more(page: Page, entry: str) -> None:
    """Choose an entry of the menu of the finding under test."""
    card = page.locator(".dec").first
    card.get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name=entry).click()


def test_j_k_and_enter_walk_the_list(page: Page) -> None:
    titles = page.locator(".dec h3 a").all_inner_texts()
    for key, there in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(".dec.on h3 a")).to_have_text([titles[there]])
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/*")
    expect(page.locator("h1")).to_have_text(titles[0])


@pytest.mark.parametrize(("entry", "tab"), [("Acknowledge", "Acknowledged"), ("For a week", "Snoozed")])
def test_an_answer_moves_a_finding_and_undo_brings_it_back(page: Page, entry: str, tab: str) -> None:
    title = page.locator(".dec h3 a").first.inner_text()
    more(page, entry)
    expect(page.get_by_role("link", name=title)).to_have_count(0)
    page.get_by_role("button", name=tab, exact=True).click()
    expect(page.get_by_role("link", name=title)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name=title)).to_have_count(0)
    page.get_by_role("button", name="Open", exact=True).first.click()
    expect(page.get_by_role("link", name=title)).to_be_visible()


def test_a_dismissal_needs_a_reason_and_keeps_it(page: Page) -> None:
    title = page.locator(".dec h3 a").first.inner_text()
    more(page, "Dismiss…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Dismiss").click()
    expect(dialog.get_by_text("Say why in a few words")).to_be_visible()
    dialog.get_by_label("Why does it not matter?").fill("Known, and ends next month")
    dialog.get_by_role("button", name="Dismiss").click()
    page.get_by_role("button", name="Dismissed", exact=True).click()
    card = page.locator(".dec", has_text=title)
    expect(card).to_contain_text("dismissed: Known, and ends next month")
    card.get_by_role("link", name=title).click()
    expect(page.locator("dl.facts")).to_contain_text("Known, and ends next month")
    expect(page.get_by_text("dismissed by")).to_be_visible()
    page.get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name="Open again").click()
    expect(page.locator("dl.facts .pill").first).to_have_text("open")
