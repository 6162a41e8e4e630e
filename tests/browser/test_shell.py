"""What every page has: Find, keys, themes, and signing in and out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CALLSHEET, PASSWORD, Open, Site, Troubles, serving
from tests.browser.test_pages import settled


def test_find_opens_an_initiative(site: Site, open_site: Open) -> None:
    page = open_site(site)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find").fill("bulk imp")
    hit = page.get_by_role("option", name="Bulk import").first
    expect(hit).to_be_visible()
    hit.click()
    page.wait_for_url("**/roadmap/**")
    expect(page.locator("h1")).to_contain_text("Bulk import")


def test_find_works_by_keys_alone(site: Site, open_site: Open) -> None:
    page = open_site(site)
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Find").fill("audit")
    expect(page.get_by_role("option").first).to_contain_text("Audit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/audit")


@pytest.mark.parametrize(
    ("letter", "path"), [("f", "/findings"), ("e", "/explore"), ("r", "/roadmap"), ("p", "/people"), ("s", "/")]
)
def test_g_and_a_letter_go(site: Site, open_site: Open, letter: str, path: str) -> None:
    page = open_site(site, "/reports")
    page.keyboard.press("g")
    page.keyboard.press(letter)
    page.wait_for_url(f"{site.url}{path}")
    expect(page.locator("main h1").first).to_be_visible()


def test_a_question_mark_explains_the_keys(site: Site, open_site: Open) -> None:
    page = open_site(site)
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keys")
    expect(help_).to_contain_text("Next and previous row")
    page.keyboard.press("Escape")
    expect(help_).to_have_count(0)


def test_the_theme_is_chosen_and_kept(site: Site, open_site: Open) -> None:
    page = open_site(site)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_an_unknown_address_leads_on(site: Site, open_site: Open) -> None:
    page = open_site(site, "/nowhere/at-all")
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("main a").first, "a dead end").to_be_visible()


def test_a_first_visit_to_the_sample_company_is_signed_in(site: Site, open_site: Open, troubles: Troubles) -> None:
    troubles.allow("401")
    page = open_site(site)
    page.context.clear_cookies()
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("main h1")).to_contain_text("experiment")


@pytest.fixture(scope="module")
def team_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An empty workspace without a demo user; alice owns it, carol looks on."""
    folder: Path = tmp_path_factory.mktemp("team") / "team"
    command = [str(CALLSHEET), "init", "--dir", str(folder), "--name", "Team"]
    subprocess.run(command, check=True, capture_output=True)
    with serving(folder) as found:
        with found.client() as api:
            for name, role in (("Alice", "owner"), ("Carol", "viewer")):
                given = {"name": name, "email": f"{name.lower()}@example.org", "role": role, "password": PASSWORD}
                api.post("/api/members", json=given).raise_for_status()
        yield found


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill the sign-in form and send it."""
    page.get_by_label("Email").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_sign_in_wrong_then_right_then_out(team_site: Site, open_site: Open, troubles: Troubles) -> None:
    troubles.allow("401", "404")  # nobody is signed in; this workspace has no demo user
    page = open_site(team_site, wait=False)
    sign_in(page, "alice", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("password")
    sign_in(page, "alice")
    expect(page.get_by_role("navigation", name="Callsheet")).to_contain_text("Alice")
    expect(page.get_by_text("The sheet is empty")).to_be_visible()
    page.get_by_role("button", name="Alice").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/settings/members")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_viewer_is_offered_nothing_to_change(team_site: Site, open_site: Open, troubles: Troubles) -> None:
    troubles.allow("401", "403", "404")
    page = open_site(team_site, "/settings/imports", wait=False)
    sign_in(page, "carol")
    expect(page.locator("h1")).to_have_text("Imports")
    expect(page.get_by_role("button", name="Choose a file")).to_have_count(0)
    page.goto("/settings/keys")
    expect(page.locator("main")).to_contain_text("owner")
    page.goto("/roadmap")
    page.locator("main h1").wait_for()
    settled(page)
    expect(page.locator("main button.btn.p:enabled"), "a viewer is offered").to_have_count(0)
