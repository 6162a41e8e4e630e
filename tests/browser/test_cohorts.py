"""Cohorts in the browser: described by conditions, or listed by id."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open, Site
from tests.browser.test_explore import SOON
from tests.browser.test_pages import violations


def test_cohorts_are_described_or_listed(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site, "/explore/cohorts")
    page.get_by_role("button", name="New cohort").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Busy small ones")
    dialog.get_by_role("button", name="Accounts").click()
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"\d+ accounts now"), timeout=SOON)
    dialog.get_by_role("button", name="+ Condition").click()
    page.get_by_role("menuitem", name="Is known as").click()
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_role("button", name="Values: none").click()
    page.get_by_role("option", name="small").click()
    page.keyboard.press("Escape")
    assert violations(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("main h1")).to_have_text("Busy small ones", timeout=SOON)
    expect(page.locator(".pagehead .sub")).to_contain_text("account segment is small")
    expect(page.locator("tbody tr td:nth-child(2)").first).to_have_text("small")
    page.goto("/explore/cohorts")
    page.get_by_role("button", name="New cohort").first.click()
    dialog.get_by_label("Name").fill("Two of them")
    dialog.get_by_role("button", name="+ Condition").press("Enter")
    page.get_by_role("menuitem", name="Does something regularly").press("Enter")
    expect(dialog).to_contain_text("so often in at least 3 of the last 4 weeks, up to yesterday")
    dialog.get_by_label("How often").first.select_option("at_most")
    expect(dialog).to_contain_text("just once; whoever never did is not in it")
    dialog.get_by_label("When", exact=True).select_option("own")
    dialog.get_by_label("From: how it is told").select_option("start")
    expect(dialog).to_contain_text("who did it from the start of this month on")
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"\d+ people now"), timeout=SOON)
    assert violations(page) == []
    dialog.get_by_role("button", name="Listed").click()
    dialog.get_by_label("Ids, one a line").fill("name,person_id\nAnn,ann@a\nBen,ben@b\n")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".kicker")).to_have_text("2 people now", timeout=SOON)
