"""Questions about usage in the browser: asked, opened, kept, put on boards, given away, watched."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Open, Site, Troubles, watch
from tests.browser.test_pages import violations

SOON = 60_000
KINDS = ("Trends", "Funnel", "Retention", "Paths", "Lifecycle", "Stickiness", "Sessions", "Rhythm", "Adoption")
BOARDS = {"kind": "trends", "series": [{"events": ["board_opened"], "math": "unique"}], "span": {"last": 14}}


def address(question: object) -> str:
    """Return the address of a question."""
    return f"/explore?ask={quote(json.dumps(question))}"


def asked(page: Page) -> dict[str, object]:
    """Return the question in the address of a page."""
    found: dict[str, object] = json.loads(parse_qs(urlsplit(page.url).query)["ask"][0])
    return found


def asks(page: Page, **parts: object) -> None:
    """Wait until the question in the address has these parts."""
    until = time.monotonic() + SOON / 1000
    while not parts.items() <= asked(page).items() and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert {name: asked(page).get(name) for name in parts} == parts


def answered(page: Page) -> None:
    """Wait for an answer with its table."""
    expect(page.get_by_role("region", name="The answer as a table")).to_be_visible(timeout=SOON)
    expect(page.locator(".ans-stale, .ans-wait, .skel")).to_have_count(0, timeout=SOON)


def more(page: Page, item: str) -> None:
    """Choose from the menu of a question or a board."""
    page.get_by_role("button", name="More ▾").click()
    page.get_by_role("menuitem", name=item).click()


def test_the_first_question_is_asked_already_and_changes_are_steps_of_back(site: Site, open_site: Open) -> None:
    page = open_site(site, "/explore")
    answered(page)
    expect(page.locator(".ans-rests")).to_contain_text("n = ")
    first = page.get_by_role("button", name=re.compile("^Series A: "))
    before = first.inner_text()
    first.press("Enter")
    page.get_by_role("textbox", name="Search: ").fill("comment_")
    page.keyboard.press("Enter")
    expect(first).to_have_text("comment_added")
    expect(first).to_be_focused()
    asks(page, series=[{"events": ["comment_added"]}])
    answered(page)
    page.get_by_label("What is counted").select_option("unique")
    asks(page, series=[{"events": ["comment_added"], "math": "unique"}])
    answered(page)
    page.reload()
    expect(first).to_have_text("comment_added")
    expect(page.get_by_label("What is counted")).to_have_value("unique")
    page.go_back()
    expect(page.get_by_label("What is counted")).to_have_value("count")
    page.go_back()
    expect(first).to_have_text(before)


def test_sessions_and_adoption_begin_with_what_is_usual(site: Site, open_site: Open) -> None:
    """Visits are made of any event; of features, the one released last is asked about."""
    page = open_site(site, "/explore")
    answered(page)
    page.get_by_role("button", name="Sessions", exact=True).click()
    asks(page, kind="sessions")
    answered(page)
    assert "series" not in asked(page)
    page.get_by_role("button", name="Trends", exact=True).click()
    page.get_by_role("button", name="Adoption", exact=True).click()
    expect(page.get_by_role("button", name="Feature: Onboarding checklist")).to_be_visible(timeout=SOON)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_answered(site: Site, open_site: Open, kind: str) -> None:
    page = open_site(site, address({**BOARDS, "series": [{"events": ["filter_applied"]}]}))
    button = page.get_by_role("group", name="Kind of question").get_by_role("button", name=kind)
    button.click()
    asks(page, kind=kind.lower())
    expect(button).to_have_attribute("aria-pressed", "true")
    answered(page)
    expect(page.locator(".q-answer [role=img] svg")).to_be_visible()
    expect(page.locator(".q-answer tbody tr")).not_to_have_count(0)
    assert violations(page) == []


def grouped(page: Page) -> None:
    """Add two conditions of which one suffices."""
    page.get_by_role("button", name="+ any of").last.press("Enter")
    expect(page.get_by_label("Any or all of the group")).to_be_focused()
    for field, value in (("session length", "5"), ("account created", "3")):
        page.get_by_role("button", name="Add to the group").press("Enter")
        page.get_by_role("textbox", name="Search: Add to the group").fill(field)
        page.keyboard.press("Enter")
        if value == "3":
            page.get_by_label("Operator").last.select_option("before")
            page.get_by_label("When: how it is told").select_option("ago")
        box = page.get_by_label("When: how many" if value == "3" else "Value", exact=True)
        box.fill(value)
        box.press("Enter")
    long = {"field": "session.duration", "op": "gte", "values": ["300"]}
    old = {"field": "account.created_at", "op": "before", "values": ["-3d"]}
    before = asked(page)["where"]
    assert isinstance(before, list)
    asks(page, where=[before[0], {"field": "any", "of": [long, old]}])
    answered(page)
    assert violations(page) == [], "with a group of conditions"


def test_conditions_and_breakdowns_are_chosen_among_what_there_is(site: Site, open_site: Open) -> None:
    page = open_site(site, address(BOARDS))
    page.get_by_role("button", name="Broken down by: none").click()
    assert violations(page) == [], "with an open list"
    page.get_by_role("textbox", name="Search: Broken down by").fill("account segment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="enterprise")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Add a condition: Condition").click()
    page.get_by_role("textbox", name="Search: Add a condition").fill("account plan")
    page.keyboard.press("Enter")
    answered(page)  # a condition without its value asks nothing yet
    page.get_by_role("button", name="Values: none").click()
    option = page.locator(".pick-list [role=option]").first
    option.click()
    expect(option).to_contain_text("✓")
    page.keyboard.press("Escape")
    values = page.get_by_role("button", name=re.compile("^Values: (?!none)"))
    expect(values).to_be_visible()
    asks(page, where=[{"field": "account.plan", "op": "is", "values": [values.inner_text()]}])
    answered(page)
    grouped(page)
    page.get_by_label("Span").select_option(label="last month")
    page.get_by_label("Beside an earlier time").select_option("own")
    asks(page, span={"since": "-1mStart", "until": "-1mEnd", "exact": True}, compare="2w")
    answered(page)


def test_whoever_is_behind_a_number_can_be_seen_and_kept(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site, address(BOARDS))
    answered(page)
    cell = page.locator(".tbl.ans tbody tr").first.get_by_role("button")
    amount = int(cell.inner_text().replace(",", ""))
    cell.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text(f"{amount} people", timeout=SOON)
    often = [int(one) for one in drawer.locator("tbody td:last-child").all_inner_texts()]
    assert often[0] >= 1, "how often each did it, those who did it most first"
    assert often == sorted(often, reverse=True)
    assert violations(page) == []
    drawer.get_by_role("button", name="Save as cohort…").click()
    drawer.get_by_label("Name of the cohort").fill("Opened a board")
    drawer.get_by_role("button", name="Save", exact=True).click()
    drawer.get_by_role("link", name="Open the cohort").click()
    expect(page.locator("main h1")).to_have_text("Opened a board")
    expect(page.locator(".kicker")).to_have_text(f"{amount} people now")
    page.locator("tbody tr").first.get_by_role("link").first.click()
    page.wait_for_url(re.compile("/usage/persons/"))


def test_times_means_and_ends_can_be_opened(site: Site, open_site: Open) -> None:
    """A bar of the times to convert, the mean row of retention, and a stop where paths end have people behind them."""
    steps = [{"events": ["signed_in"]}, {"events": ["comment_added"]}]
    start = {"events": ["signed_in"]}
    for question, row, column in (
        ({"kind": "funnel", "steps": steps, "show": "time", "span": {"last": 14}}, 0, 2),
        ({"kind": "retention", "start": start, "back": {}, "interval": "week", "span": {"last": 6}}, -1, 3),
        ({"kind": "paths", "span": {"last": 7}}, -2, 3),
    ):
        page = open_site(site, address(question))
        answered(page)
        table = page.get_by_role("region", name="The answer as a table")
        line = table.get_by_role("row", name="stops here").first if row == -2 else table.locator("tbody tr").nth(row)
        line.locator("td").nth(column).get_by_role("button").click()
        drawer = page.get_by_role("dialog")
        expect(drawer.locator("tbody tr").first).to_be_visible(timeout=SOON)
        expect(drawer.get_by_text(re.compile(r"^[\d,]+ people$"))).to_be_visible()


def test_a_point_of_a_line_opens_who_is_behind_it(site: Site, open_site: Open) -> None:
    page = open_site(site, address(BOARDS))
    answered(page)
    chart = page.locator(".ans-chart [role=img] svg")
    opened = page.get_by_role("dialog")
    for _ in range(20):  # a chart that is being drawn anew takes no click
        box = chart.bounding_box()
        if box and not opened.count():
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(500)
        if opened.count():
            break
    expect(page.get_by_role("dialog").locator("tbody tr").first).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_report_is_kept_changed_copied_and_deleted(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site, address(BOARDS))
    page.get_by_role("button", name="Save…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Who opens boards")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/explore/reports/who-opens-boards$"))
    expect(page.locator("main h1")).to_have_text("Who opens boards")
    update = page.get_by_role("button", name="Update")
    expect(update).to_be_disabled()
    page.get_by_label("Span").select_option("30")
    expect(update).to_be_enabled()
    answered(page)
    update.click()
    page.wait_for_url(re.compile("/explore/reports/who-opens-boards$"))
    page.reload()
    expect(page.get_by_label("Span")).to_have_value("30")
    more(page, "Duplicate")
    page.wait_for_url(re.compile("/explore/reports/who-opens-boards-copy$"))
    more(page, "Delete")
    page.wait_for_url(re.compile("/explore/reports$"))
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("searchbox", name="Search reports").fill("who opens boards")
    expect(page.locator("tbody tr")).to_have_count(2, timeout=SOON)
    page.get_by_role("searchbox", name="Search reports").blur()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/explore/reports/who-opens-boards"))


def test_answers_leave_as_csv_and_png(site: Site, open_site: Open) -> None:
    page = open_site(site, address(BOARDS))
    answered(page)
    with page.expect_download() as table:
        more(page, "Table as CSV")
    text = table.value.path().read_text(encoding="utf-8")
    assert len(text.splitlines()) == 14 + 2, "a head, 14 days and the total"
    with page.expect_download() as chart:
        more(page, "Chart as PNG")
    picture = chart.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[20:24], "big") > 2 * 480, "with its question above and what it rests on below"


def lifted_to_the_top(page: Page) -> None:
    """Move the text on a board up by keys, each when the one before has been announced."""
    page.get_by_label("Move Text").focus()
    told = page.locator("[id^=rfd-announcement]")
    for key, words in (
        ("Space", "lifted"),
        ("ArrowUp", "to position 2"),
        ("ArrowUp", "to position 1"),
        ("Space", "dropped"),
    ):
        page.keyboard.press(key)
        expect(told).to_contain_text(words)


def test_a_board_is_arranged_by_keys_and_given_away(
    own_site: Site, open_site: Open, chrome: Browser, troubles: Troubles
) -> None:
    page = open_site(own_site, "/explore/boards")
    page.get_by_role("button", name="New board").first.click()
    page.get_by_label("Name", exact=True).fill("Friday")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url(re.compile(r"/explore/boards/friday\?arrange=1"))
    for name in ("Active people", "Days a week"):
        page.get_by_role("button", name="Add a report").click()
        page.get_by_role("option", name=re.compile(name)).click()
    page.get_by_role("button", name="Add a text").click()
    page.get_by_label("Text", exact=True).fill("**Read this** first")
    expect(page.locator(".arrange-row")).to_have_count(3)
    lifted_to_the_top(page)
    page.get_by_role("group", name="Width of Days a week").get_by_role("button", name="A third wide").click()
    assert violations(page) == []
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".tile")).to_have_count(3)
    expect(page.locator(".tile").first).to_have_text("Read this first")
    expect(page.locator(".tile.small")).to_contain_text("Days a week")
    expect(page.locator(".tile [role=img] svg")).to_have_count(2, timeout=SOON)
    more(page, "Share a link…")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Link")).to_have_value(re.compile("/s/"))
    link = page.get_by_label("Link").input_value()
    context = chrome.new_context()  # a stranger, who has nothing but the link
    stranger = context.new_page()
    watch(stranger, troubles)
    stranger.goto(link)
    expect(stranger.locator("main h1")).to_have_text("Friday")
    expect(stranger.locator(".tile [role=img] svg")).to_have_count(2, timeout=SOON)
    expect(stranger.locator("a[href^='/']"), "nothing leads inside").to_have_count(0)
    assert violations(stranger) == []
    page.get_by_role("button", name="End the link").click()
    expect(page.get_by_text("The link has ended")).to_be_visible()
    troubles.allow("/shared/", "404")
    stranger.reload()
    expect(stranger.locator("main h1")).not_to_have_text("Friday")
    context.close()


def test_notes_stand_on_charts_until_they_are_deleted(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site, address(BOARDS))
    answered(page)
    more(page, "Notes on the chart…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Day").fill("2026-11-19")
    dialog.get_by_label("What happened").fill("Fair in Lyon")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("listitem").filter(has_text="Fair in Lyon")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Change the note “Fair in Lyon”").press("Enter")
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("button", name="Change the note “Fair in Lyon”")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_label("What happened").first.fill("Fair in Paris")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Change the note “Fair in Paris”")).to_be_focused()
    page.keyboard.press("Escape")
    drawn = page.locator(".ans-chart svg text", has_text="Fair in Paris")
    expect(drawn).to_be_visible(timeout=SOON)
    more(page, "Notes on the chart…")
    dialog.get_by_role("button", name="Delete the note “Fair in Paris”").click()
    page.keyboard.press("Escape")
    expect(drawn).to_have_count(0, timeout=SOON)


def test_an_alert_shows_when_it_would_have_told_before_it_is_kept(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site, address(BOARDS))
    more(page, "Alert…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tell when it").select_option("amount")
    dialog.get_by_label("Bound").fill("100000")
    expect(dialog).to_contain_text("told you 30 times", timeout=SOON)
    dialog.get_by_label("Bound").fill("-1")
    expect(dialog).to_contain_text("told you never", timeout=SOON)
    assert violations(page) == []
    dialog.get_by_label("Name").fill("Boards are opened")
    dialog.get_by_role("button", name="Watch it").click()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("main h1")).to_have_text("Boards are opened")
    expect(page.locator(".pagehead .pill")).to_have_text("as expected", timeout=SOON)
    page.get_by_role("button", name="Quiet for a week").click()
    expect(page.locator(".pagehead .pill")).to_contain_text("quiet until", timeout=SOON)
    more(page, "Change…")
    expect(dialog.get_by_label("Bound")).to_have_value("-1")
    dialog.get_by_label("Direction").select_option("above")
    dialog.get_by_label("Bound").fill("100000")
    dialog.get_by_label("For what").fill("A crowd came")
    dialog.get_by_label("Name").fill("Boards are crowded")
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(page.locator("main h1")).to_have_text("Boards are crowded", timeout=SOON)
    expect(page.locator(".pagehead")).to_contain_text("Tells when it is above 100,000", timeout=SOON)
