"""People in the browser: found by any id, what they did, a merge taken back, their data given out, and removal."""

from __future__ import annotations

import io
import re
import zipfile

from playwright.sync_api import expect

from tests.browser.conftest import Open, Site, Troubles
from tests.browser.test_pages import violations

SOON = 60_000


def merged(site: Site) -> tuple[str, str]:
    """A nameless id and the user that it turned out to be, who was here long before today."""
    with site.client() as client:
        rows = client.get("/api/usage/merges", params={"state": "taken", "size": 200}).json()["items"]
    one = next(row for row in rows if row["how"] == "identify" and row["merged_at"] < "2026-11-01")
    return one["from_id"], one["into_id"]


def test_a_person_is_found_by_any_id_and_shows_what_they_did(own_site: Site, open_site: Open) -> None:
    nameless, user = merged(own_site)
    page = open_site(own_site, "/usage/persons")
    assert violations(page) == []
    page.get_by_label("Search people").fill(nameless)
    expect(page.locator("tbody tr")).to_have_count(1, timeout=SOON)
    page.keyboard.press("Escape")
    page.locator("tbody tr").click()
    with own_site.client() as client:
        person = client.get(f"/api/usage/persons/{user}").json()["person"]
    expect(page.locator("main h1")).to_have_text(person["name"], timeout=SOON)
    expect(page.get_by_text(person["email"]).first).to_be_visible()
    done = page.get_by_role("region", name="What the person did")
    expect(done.locator("summary").first).to_be_visible(timeout=SOON)
    done.locator("summary").first.press("Enter")
    expect(done.locator("details[open]")).to_contain_text("app_version")
    expect(page.get_by_text("Website").first).to_be_visible()
    assert violations(page) == []


def test_cohorts_that_a_condition_makes_are_named_too(own_site: Site, open_site: Open) -> None:
    _, user = merged(own_site)
    cohort = {
        "name": "Signed up here",
        "unit": "person",
        "condition": {"kind": "did", "events": ["signed_up"], "days": 365, "times": 1},
    }
    with own_site.client() as client:
        assert client.post("/api/usage/cohorts", json=cohort).status_code == 201
    page = open_site(own_site, f"/usage/persons/{user}")
    page.get_by_role("link", name="Signed up here").click(timeout=SOON)
    expect(page.locator("main h1")).to_have_text("Signed up here")


def test_a_merge_is_taken_back_after_a_look_at_what_splits(own_site: Site, open_site: Open) -> None:
    nameless, user = merged(own_site)
    page = open_site(own_site, f"/usage/persons/{user}")
    own = page.get_by_role("region", name="Ids").get_by_role("row", name=re.compile(nameless))
    expect(own.locator("td").nth(1)).to_have_text(re.compile(r"\d"))
    events = own.locator("td").nth(1).inner_text()
    page.get_by_role("button", name="Undo…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("There are 2 persons then", timeout=SOON)
    words = f"{events} event leaves this person" if events == "1" else f"{events} events leave this person"
    expect(dialog).to_contain_text(words)
    assert violations(page) == []
    dialog.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("undone by")).to_be_visible(timeout=SOON)
    expect(own).to_have_count(0, timeout=SOON)
    page.get_by_role("button", name="Merge again").click()
    expect(own).to_have_count(1, timeout=SOON)


def test_everything_is_given_out_then_removed_with_proof(own_site: Site, open_site: Open, troubles: Troubles) -> None:
    """The page may ask once more for who is gone, before it knows that the removal has begun."""
    troubles.allow("404")
    with own_site.client() as client:
        found = client.get("/api/usage/persons", params={"sort": "-first_at", "q": "usr-", "size": 50}).json()["items"]
    person = next(row["person_id"] for row in found if 5 < row["events"] < 50)
    page = open_site(own_site, f"/usage/persons/{person}")
    with page.expect_download(timeout=SOON) as saved:
        page.get_by_role("button", name="Export").click()
    with zipfile.ZipFile(io.BytesIO(saved.value.path().read_bytes())) as given:
        told = "".join(given.read(name).decode("utf-8", "replace") for name in given.namelist())
    assert person in told
    assert "board_opened" in told or "signed_in" in told
    page.get_by_role("button", name="Remove…").click()
    dialog = page.get_by_role("dialog")
    remove = dialog.get_by_role("button", name="Remove everywhere")
    dialog.get_by_label("Why?").fill("Asked for by letter today")
    expect(remove).to_be_disabled()
    dialog.get_by_label(re.compile("to confirm")).fill(person)
    assert violations(page) == []
    remove.click()
    proof = page.get_by_role("dialog")
    expect(proof).to_contain_text("Proof of removal", timeout=4 * SOON)
    expect(proof).to_contain_text("no id was found", timeout=SOON)
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("tab=removed"))
    expect(page.get_by_text("Asked for by letter today")).to_be_visible(timeout=SOON)
    with own_site.client() as client:
        assert client.get(f"/api/usage/persons/{person}").status_code == 404
