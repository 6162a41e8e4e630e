"""Every page: no error, one heading, a title, no sideways scroll on a phone, and nothing that axe calls serious."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site

PAGES = {
    "sheet": "/",
    "findings": "/findings",
    "explore": "/explore",
    "saved-reports": "/explore/reports",
    "saved-report": "/explore/reports/active-people",
    "boards": "/explore/boards",
    "board": "/explore/boards/monday",
    "cohorts": "/explore/cohorts",
    "cohort": "/explore/cohorts/fading-customers",
    "alerts": "/explore/alerts",
    "alert": "/explore/alerts/sign-ins",
    "metrics": "/explore/metrics?metric=delivery.throughput",
    "rows": "/rows?metric=delivery.throughput",
    "reports": "/reports",
    "report": "/reports/delivery.aging",
    "trace": "/trace/initiative:onboarding-checklist",
    "roadmap": "/roadmap",
    "initiative": "/roadmap/initiatives/bulk-import",
    "experiments": "/experiments",
    "experiment": "/experiments/shorter-sign-up",
    "decisions": "/decisions",
    "feedback": "/feedback",
    "request": "/feedback/requests/import-fails-on-large-files",
    "usage": "/usage",
    "feature": "/usage/features/onboarding-checklist",
    "delivery": "/delivery",
    "releases": "/releases",
    "release": "/releases/2026.47",
    "people": "/people",
    "person": "/people/mira",
    "stack": "/stack",
    "members": "/settings/members",
    "keys": "/settings/keys",
    "sources": "/settings/sources",
    "imports": "/settings/imports",
    "audit": "/settings/audit",
    "api": "/api-docs",
}
GRAVE = ("serious", "critical")
AXE = Axe().axe_script
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def settled(page: Page) -> None:
    """Wait until nothing is loading."""
    expect(page.locator(".skel, [aria-busy=true]")).to_have_count(0, timeout=60_000)


def violations(page: Page, *only: str) -> list[str]:
    """What axe finds grave, with where; by all of its rules or only by these."""
    rules = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": TAGS}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(options).then((told) => told.violations)", options)
    return [
        f"{one['id']} ({one['impact']}): {one['help']} at {[node['target'] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_is_sound(site: Site, open_site: Open, path: str) -> None:
    page = open_site(site, path)
    settled(page)
    expect(page.locator("h1")).to_have_count(1)
    expect(page).to_have_title(re.compile(r"^(?!·).+ · Northlight$"))
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.locator("html[data-theme=dark]").wait_for()
    assert violations(page, "color-contrast") == [], "dark"
    page.set_viewport_size({"width": 390, "height": 844})
    fits_a_phone(page)


def fits_a_phone(page: Page) -> None:
    """Nothing scrolls sideways, once what is drawn by its width is drawn anew."""
    for _ in range(50):
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide <= 390:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"scrolls sideways: {wide} px, by {_widest(page)}")


def _widest(page: Page) -> object:
    return page.evaluate(
        """[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > 391
           && !one.closest('.scroll, .chain, .tabs')).slice(0, 3).map((one) => one.className || one.tagName)"""
    )


def test_every_entry_of_the_rail_leads_to_a_page(site: Site, open_site: Open) -> None:
    page = open_site(site)
    for href in page.locator("nav.rail a.rail-link").evaluate_all("all => all.map((one) => one.getAttribute('href'))"):
        page.locator(f"nav.rail a.rail-link[href='{href}']").click()
        page.wait_for_url(f"{site.url}{href}")
        page.locator("main h1").first.wait_for()
        settled(page)
        expect(page.locator("main h1"), href).to_have_count(1)
        expect(page.locator("main h1"), href).not_to_have_text(re.compile("not found", re.IGNORECASE))
