"""Lines of a trend in the browser: made finer, named, and by minutes."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open, Site
from tests.browser.test_explore import BOARDS, SOON, address, answered, asked
from tests.browser.test_pages import violations


def test_lines_are_made_finer_and_minutes_are_counted(site: Site, open_site: Open) -> None:
    """Ranges of a further field, the rest left out, a formula with a name; then by minutes."""
    page = open_site(site, address({**BOARDS, "breakdown": {"by": "account.segment"}}))
    answered(page)
    page.get_by_role("button", name="And by another field").click()
    page.get_by_role("textbox", name="Search: And by another field").fill("session length")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("^Ranges of numbers of ")).click()
    expect(page.get_by_role("textbox", name="Ranges of Session length")).to_have_value("5")
    page.get_by_label("without the rest").click()
    expect(page).to_have_url(re.compile("largest_only"))
    answered(page)
    assert asked(page)["breakdown"] == {
        "by": "account.segment", "also": ["session.duration"], "also_bins": [5], "largest_only": True,
    }  # fmt: skip
    assert violations(page) == [], "with ranges of a further field"
    page.get_by_role("button", name="+ Formula").click()
    formula = page.get_by_role("textbox", name="Formula 1")
    formula.fill("Twice = 2 * A")
    formula.press("Enter")
    page.get_by_role("button", name="No breakdown").click()
    page.get_by_label("Interval", exact=True).select_option("minute")
    expect(page).to_have_url(re.compile("minute"))
    answered(page)
    expect(page.get_by_role("columnheader", name="Twice")).to_be_visible(timeout=SOON)
    assert asked(page)["span"] == {"last": 60}
