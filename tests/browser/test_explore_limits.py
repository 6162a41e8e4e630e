"""What Explore says where there is no answer, nothing to ask yet, or little room."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Open, Site, Troubles
from tests.browser.test_explore import BOARDS, SOON, address, answered
from tests.browser.test_pages import fits_a_phone, settled, violations


def test_what_cannot_be_answered_says_so_where_it_was_asked(site: Site, open_site: Open, troubles: Troubles) -> None:
    troubles.allow("422")
    page = open_site(site, address({**BOARDS, "formulas": ["A +* 2"]}))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("is missing before '*'")
    expect(alert).to_contain_text("Use the letters of the series")
    formula = page.get_by_label("Formula 1", exact=True)
    formula.fill("2 * A")
    formula.press("Enter")
    answered(page)
    expect(alert).to_have_count(0)
    page.goto("/explore?ask=nonsense")
    expect(page.get_by_role("alert")).to_contain_text("no question that can be read")
    answered(page)


def test_a_question_that_takes_long_can_be_taken_back(site: Site, open_site: Open) -> None:
    page = open_site(site, address(BOARDS))
    answered(page)
    held: list[Route] = []
    page.route("**/api/usage/answers", lambda route: held.append(route))
    page.get_by_label("Span").select_option("60")
    page.get_by_role("button", name="Cancel").click(timeout=SOON)
    expect(page.get_by_text("Taken back")).to_be_visible()
    page.unroute("**/api/usage/answers")
    page.get_by_role("button", name="Ask again").click()
    answered(page)


def test_without_events_there_is_a_next_step(site: Site, open_site: Open) -> None:
    page = open_site(site, "/stack")
    nothing = json.dumps({"events": [], "features": [], "fields": []})
    page.route("**/api/usage/vocabulary", lambda route: route.fulfill(body=nothing, content_type="application/json"))
    page.goto("/explore")
    expect(page.get_by_text("No events yet")).to_be_visible()
    expect(page.get_by_role("link", name="Make an event source")).to_be_visible()


@pytest.mark.parametrize("path", ["", "/reports/from-a-board-to-a-talk", "/boards/monday", "/cohorts/fading-customers"])
def test_on_a_phone_the_question_folds_away(site: Site, open_site: Open, path: str) -> None:
    page = open_site(site, f"/explore{path}", width=390, theme="dark")
    settled(page)
    fits_a_phone(page)
    assert violations(page) == []
    fold = page.locator(".q-fold")
    if fold.count():
        fold.click()
        expect(page.get_by_role("heading", name="Broken down by")).to_be_visible()
        fits_a_phone(page)
