"""The call sheet: what it says, what its parts lead to, and how it keeps itself fresh."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open, Site


def test_the_sheet_says_what_happened_and_what_it_rests_on(site: Site, open_site: Open) -> None:
    page = open_site(site)
    expect(page.locator("h1")).to_contain_text("experiment must be stopped")
    expect(page.locator(".kicker").first).to_have_text(
        re.compile(r"^Week 47 · 16 – 22 November 2026 · \d min read · compared")
    )
    links = page.locator(".lead a")
    expect(links.nth(3)).to_be_visible()
    figures = page.locator(".figs .fig")
    expect(figures).to_have_count(5)
    for text in figures.all_inner_texts():
        assert re.search(r"n = \d", text), f"a figure without its sample: {text!r}"
    order = page.locator("section.sect h2, section.half h2").all_inner_texts()
    assert order[:2] == ["Decisions needed", "Promises"], order
    assert {"Where changes wait", "Rising in feedback", "Also to know"} <= set(order)
    expect(page.locator(".dec .who").first).to_contain_text(re.compile(r"\w+ \w+"))  # people have names here, not ids
    links.first.click()
    page.wait_for_url("**/findings/**")


def test_a_figure_opens_its_meaning_and_its_rows(site: Site, open_site: Open) -> None:
    page = open_site(site)
    page.get_by_role("button", name=re.compile("Cycle time, 85%")).click()
    meaning = page.locator(".figpop")
    expect(meaning).to_contain_text("85% of the work finished")
    expect(meaning).to_contain_text("Kanban Guide")
    meaning.get_by_role("link", name="Open the rows").click()
    expect(page.locator("h1")).to_have_text("Rows behind “Cycle time, 85%”")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(50)
    total = int(page.locator(".pager").inner_text().split(" of ")[1].split()[0])

    with page.expect_response(lambda answer: "sort=title" in answer.url) as answer:
        page.get_by_role("button", name="Title").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Title"))
    titles = [row["title"] for row in answer.value.json()["rows"]]
    assert titles == sorted(titles, key=str.casefold)
    expect(page.locator("tbody tr td:nth-child(3)")).to_have_text(titles)
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".pager")).to_contain_text("51 –")
    page.reload()  # the address keeps the view
    expect(page.locator(".pager")).to_contain_text("51 –")
    page.get_by_label("Search rows").fill("bulk import")
    expect(page.locator(".tools .num")).not_to_have_text(f"{total} rows")
    expect(rows.filter(has_not_text=re.compile("bulk import", re.IGNORECASE))).to_have_count(0)
    with page.expect_download() as loading:
        page.get_by_role("link", name="CSV").click()
    lines = loading.value.path().read_text().splitlines()
    assert "item_id" in lines[0] or "Item" in lines[0]
    assert len(lines) - 1 == rows.count()


def test_cadences_and_meeting_mode_live_in_the_address(site: Site, open_site: Open) -> None:
    page = open_site(site)
    page.get_by_role("button", name="Monthly").click()
    expect(page.locator(".kicker").first).to_contain_text("November 2026")
    expect(page).to_have_url(re.compile("cadence=monthly"))
    page.get_by_role("button", name="Daily").click()
    expect(page.locator(".kicker").first).to_contain_text("Sunday, 22 November 2026")
    page.go_back()
    expect(page.get_by_role("button", name="Monthly")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Meeting mode").click()
    expect(page.get_by_role("navigation", name="Callsheet")).to_have_count(0)
    expect(page.locator("h1")).to_have_css("font-size", re.compile(r"^(3[6-9]|[4-9]\d)(\.\d+)?px$"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Callsheet")).to_be_visible()


def test_the_sheet_is_copied_as_markdown(site: Site, open_site: Open) -> None:
    page = open_site(site)
    page.get_by_role("button", name="Send…").click()
    page.get_by_role("menuitem", name="Copy as Markdown").click()
    expect(page.get_by_text("Copied as Markdown")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("# "), text[:80]
    assert page.locator("h1").inner_text() in text
    assert "Decisions needed" in text


def test_what_another_does_appears_without_a_reload(site: Site, open_site: Open) -> None:
    page = open_site(site)
    with page.expect_response("**/api/stream"):  # from its answer on, what changes is told
        page.reload()
    card = page.locator(".dec", has_text="Quick reactions")
    expect(card).to_have_count(1)
    with site.client() as api:
        found = next(one for one in api.get("/api/findings").json()["items"] if "Quick reactions" in one["title"])
        assert api.post(f"/api/findings/{found['id']}/acknowledgement").is_success
        expect(card).to_have_count(0, timeout=60_000)
        assert api.delete(f"/api/findings/{found['id']}/acknowledgement").is_success
        expect(card).to_have_count(1, timeout=60_000)
