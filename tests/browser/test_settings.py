"""Settings: members, keys, imports from a file to its undo, sources, audit, and the API's description."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Open, Site, Troubles

FEEDBACK = """id,created,title,text,customer,channel
t-1,2026-11-20,Export to calendar,We would like our cards in the calendar,acme,portal
t-2,2026-11-21,Slow on phones,The board takes ten seconds on a phone,acme,support
t-3,soon,Broken date,This one has no date,acme,support
"""


def test_a_file_comes_in_and_goes_out_again(site: Site, open_site: Open, troubles: Troubles, tmp_path: Path) -> None:
    troubles.allow("422")  # what the rows are cannot be told from these columns
    file = tmp_path / "feedback-november.csv"
    file.write_text(FEEDBACK)
    page = open_site(site, "/settings/imports")
    page.on("dialog", lambda asked: asked.accept())
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text("feedback-november.csv is not recognised")
    page.get_by_label("These are").select_option("feedback")
    mapping = page.get_by_role("region", name="Mapping")
    expect(mapping.get_by_role("row")).to_have_count(7)
    expect(page.get_by_text("3 rows")).to_be_visible()
    expect(page.get_by_text("1 row will be set aside")).to_be_visible()
    expect(page.get_by_text("line 4")).to_be_visible()
    with site.client() as api:
        before = api.get("/api/imports").json()
        assert not any(one["file"].endswith(file.name) for one in before["items"]), "a dry run wrote something"
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("Imported 2 rows of feedback-november.csv")).to_be_visible()
    row = page.locator("tbody tr", has_text=file.name).first
    row.get_by_role("link").first.click()
    expect(page.get_by_label("Row of line 4")).to_have_value(re.compile("^t-3,soon"))  # the row set aside, as it was
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("The import is undone")).to_be_visible()
    expect(page.locator("tbody tr", has_text=file.name).first).to_contain_text("undone")


def test_a_key_is_shown_once(site: Site, open_site: Open) -> None:
    page = open_site(site, "/settings/keys")
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Make a key").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("nightly import")
    dialog.get_by_role("button", name="Make").click()
    expect(dialog.get_by_label("The key")).to_have_value(re.compile(".{21}"))
    key = dialog.get_by_label("The key").input_value()
    with site.client() as api:
        assert api.get("/api/findings", headers={"Authorization": f"Bearer {key}"}).is_success
    dialog.get_by_role("button", name="I have it").click()
    page.reload()
    row = page.locator("tbody tr", has_text="nightly import")
    expect(row).to_be_visible()
    assert key not in page.content()
    row.get_by_role("button", name="Revoke").click()
    expect(row.get_by_text("revoked")).to_be_visible()
    page.goto("/settings/audit")
    expect(page.locator("tbody")).to_contain_text("key")


def test_a_member_is_added_and_removed(site: Site, open_site: Open) -> None:
    page = open_site(site, "/settings/members")
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Add a member").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Dana Example")
    dialog.get_by_label("Email").fill("dana@example.org")
    dialog.get_by_label("Password").fill("a long enough password")
    dialog.get_by_role("button", name="Add").click()
    row = page.locator("tbody tr", has_text="Dana Example")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_the_api_is_described(site: Site, open_site: Open) -> None:
    page = open_site(site, "/api-docs")
    page.get_by_label("Search routes").fill("post publication")
    route = page.locator("details.route").first
    expect(route.locator("summary")).to_contain_text("/publication")
    route.locator("summary").click()
    expect(route.locator("pre")).to_contain_text("Authorization: Bearer")
