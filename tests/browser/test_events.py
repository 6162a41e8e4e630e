"""Events from a real client to the pages: a source made, events sent, seen in the tail and the schema, ruled, mended."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime

import httpx2
import pytest
from playwright.sync_api import Page, expect
from posthog import Posthog

from tests.browser.conftest import TODAY, Open, Site
from tests.browser.test_pages import fits_a_phone, settled, violations

pytestmark = pytest.mark.usefixtures("own_site")


def source(site: Site, name: str, kind: str = "posthog") -> dict[str, str]:
    """The source of that name, added if need be."""
    with site.client() as client:
        found = [one for one in client.get("/api/usage/event-sources").json()["items"] if one["name"] == name]
        made = found or [client.post("/api/usage/event-sources", json={"name": name, "kind": kind}).json()]
    return {"id": made[0]["id"], "key": made[0]["write_key"]}


def send(site: Site, key: str, *events: tuple[str, str, dict[str, object]], when: datetime | None = None) -> None:
    """Send events (name, person, properties) by PostHog's own client, of now unless `when` is said."""
    failed: list[object] = []
    client = Posthog(
        key, host=site.url, flush_interval=0.05, disable_geoip=True, on_error=lambda why, _: failed.append(why)
    )
    for name, person, properties in events:
        client.capture(name, distinct_id=person, properties=properties, timestamp=when)
    client.shutdown()
    assert failed == []


def refuse(site: Site, key: str) -> None:
    """Send one event that names nobody, as a client of Segment."""
    told = httpx2.post(f"{site.url}/v1/track", json={"event": "lost", "writeKey": key, "properties": {"mark": "here"}})
    assert told.status_code == 400


def test_a_source_is_made_waits_and_turns_green(own_site: Site, open_site: Open) -> None:
    page = open_site(own_site, "/usage/events")
    settled(page)
    page.get_by_role("button", name="Add a source").first.click()
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("What sends").select_option("posthog")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Waiting for the first event…").wait_for()
    key = page.locator("code.mono").first.inner_text()
    code = page.get_by_role("region", name="Program").inner_text()
    assert f'Posthog("{key}", host="{own_site.url}")' in code
    page.get_by_role("button", name="Copy program").click()
    expect(page.get_by_text("Program copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code
    for client in ("PostHog JS", "PostHog Node", "Segment Python", "Segment Node", "Web page", "curl"):
        page.get_by_role("button", name=client, exact=True).click()
        program = page.get_by_role("region", name="Program")
        expect(program).not_to_have_text(code)
        expect(program, client).to_contain_text(key)
        expect(program, client).to_contain_text(own_site.url)
        code = program.inner_text()
    send(own_site, key, ("signed_up", "ann", {"plan": "pro"}), ("signed_up", "bob", {"plan": "free"}))
    expect(page.locator(".first.good")).to_contain_text("The first event is here", timeout=60_000)
    account = page.get_by_role("region", name="Account of every event").locator("tr")
    expect(account.filter(has_text="Received")).to_contain_text("2")
    expect(account.filter(has_text="Stored")).to_contain_text("2")
    assert violations(page) == []


@pytest.mark.parametrize("client", ["PostHog Python", "Segment Python"])
def test_a_pasted_program_runs(own_site: Site, open_site: Open, client: str) -> None:
    """What the page says to paste is run as it stands."""
    made = source(own_site, f"Pasted {client}")
    page = open_site(own_site, f"/usage/sources/{made['id']}")
    page.get_by_role("button", name=client, exact=True).click()
    program = page.get_by_role("region", name="Program")
    expect(program).to_contain_text(client.partition(" ")[0], ignore_case=True)
    code = program.inner_text()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    expect(page.locator(".first.good")).to_be_visible(timeout=60_000)


def test_events_are_seen_in_the_tail_as_they_come(own_site: Site, open_site: Open) -> None:
    made = source(own_site, "Tailed")
    page = open_site(own_site, "/usage/events?tab=tail")
    expect(page.locator(".tail tbody tr")).to_have_count(50)
    expect(page.locator(".tail tbody tr", has_text="Web app").first).to_be_visible()
    page.get_by_label("Source").select_option("Tailed")
    page.get_by_text("Waiting for events…").or_(page.get_by_text("Nothing like that has come in since")).wait_for()
    page.get_by_text("Live", exact=True).wait_for()
    send(own_site, made["key"], ("opened", "ann", {"pages": 3}), ("closed", "bob", {}))
    row = page.locator("tr", has_text="opened")
    expect(row).to_contain_text("pages=3")
    expect(row).to_contain_text("ann")
    refuse(own_site, made["key"])
    expect(page.locator("tr.refused")).to_contain_text("needs a userId or an anonymousId")
    assert violations(page) == []

    page.keyboard.press("j")
    expect(page.locator("tr.on")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="The event as JSON")).to_contain_text('"event": "lost"')
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="The event as JSON")).to_have_count(0)

    page.keyboard.press("p")
    send(own_site, made["key"], ("while_paused", "ann", {}))
    expect(page.get_by_text(re.compile(r"Paused, 1 new"))).to_be_visible()
    assert page.locator("tr", has_text="while_paused").count() == 0
    page.keyboard.press("p")
    expect(page.locator("tr", has_text="while_paused")).to_be_visible()

    page.get_by_label("Person is").fill("bob")
    expect(page.locator("tr", has_text="closed")).to_be_visible()  # what came last stands there at once
    expect(page.locator("tr", has_text="while_paused")).to_have_count(0)
    page.get_by_text("Live", exact=True).wait_for()
    send(own_site, made["key"], ("of_ann", "ann", {}), ("of_bob", "bob", {}))
    expect(page.locator("tr", has_text="of_bob")).to_be_visible()
    assert page.locator("tr", has_text="of_ann").count() == 0


def test_the_schema_tells_types_and_takes_words(own_site: Site, open_site: Open) -> None:
    made = source(own_site, "Described")
    send(own_site, made["key"], ("invoice_paid", "ann", {"amount": 49, "currency": "EUR"}),
         ("invoice_paid", "bob", {"amount": "12"}),
         when=datetime.fromisoformat(TODAY).replace(hour=12, tzinfo=UTC))  # fmt: skip
    page = open_site(own_site, f"/usage/events?tab=schema&source={made['id']}")
    page.get_by_role("cell", name="invoice_paid").wait_for(timeout=60_000)
    settled(page)
    assert violations(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    amount = drawer.locator("tr", has_text="amount")
    expect(amount).to_contain_text("number 50%")
    expect(amount).to_contain_text('"12"')
    drawer.get_by_role("button", name="Describe amount").click()
    drawer.get_by_label("What it means").fill("Cents are left out")
    drawer.get_by_label("Type it should have").select_option("number")
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.locator("tr", has_text="amount")).to_contain_text("Cents are left out")
    expect(drawer.locator("tr", has_text="amount")).to_contain_text("type unexpected")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page.locator("tr", has_text="invoice_paid")).to_contain_text("type unexpected: amount", timeout=60_000)


def test_a_refused_event_is_shown_with_what_to_do_and_tried_again(own_site: Site, open_site: Open) -> None:
    made = source(own_site, "Refusing", "segment")
    with own_site.client() as client:
        client.post(f"/api/usage/event-sources/{made['id']}/pause", json={"reason": "Moving"})
        body = {"event": "kept", "userId": "ann", "writeKey": made["key"], "messageId": "number-1"}
        assert httpx2.post(f"{own_site.url}/v1/track", json=body).status_code == 400
    refuse(own_site, made["key"])
    page = open_site(own_site, f"/usage/events?tab=refused&source={made['id']}")
    reasons = page.get_by_role("region", name="Reasons")
    expect(reasons.locator("tbody tr")).to_have_count(2)
    settled(page)
    assert violations(page) == []
    page.get_by_label("Search what was sent").fill("lost")
    events = page.get_by_role("region", name="Refused events", exact=True)
    expect(events.locator("tbody tr")).to_have_count(1)
    events.get_by_role("button").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Give each event a user id")
    expect(drawer.get_by_role("region", name="What was sent")).to_contain_text('"mark": "here"')
    drawer.get_by_role("button", name="Try again").click()
    page.get_by_text("Refused again").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")

    with own_site.client() as client:
        client.delete(f"/api/usage/event-sources/{made['id']}/pause")
    reasons.locator("tr", has_text="paused").get_by_role("button", name="Try all again").click()
    page.get_by_text("1 of 1 were taken").wait_for()
    expect(reasons.locator("tr", has_text="paused").get_by_role("button", name="Try all again")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.path().read_text().startswith("refused_id,source,received_at,code")


def test_a_rule_is_tried_made_and_moved(own_site: Site, open_site: Open) -> None:
    made = source(own_site, "Ruled")
    with own_site.client() as client:  # those of the sample company stand before what is added
        for rule in client.get("/api/usage/event-rules").json()["items"]:
            assert client.delete(f"/api/usage/event-rules/{rule['id']}").is_success
    send(own_site, made["key"], ("noise", "ann", {"email": "ann@example.org"}), ("news", "ann", {}))
    page = open_site(own_site, "/usage/events?tab=rules")
    _rule(page, made["id"], "noise", "drop_property", "email")
    _rule(page, made["id"], "no*", "block", "")
    rules = page.get_by_role("list", name="Rules in their order").locator("li")
    expect(rules.first).to_contain_text("Drop email")
    settled(page)
    assert violations(page) == []
    page.get_by_role("button", name="Move up: Block").focus()
    page.keyboard.press("Enter")
    expect(rules.first).to_contain_text("Block")
    rules.first.drag_to(rules.last)
    expect(rules.last).to_contain_text("Block")
    send(own_site, made["key"], ("noise", "bob", {"email": "bob@example.org"}), ("news", "bob", {}))
    expect(rules.last).to_contain_text("1 kept out", timeout=60_000)
    expect(rules.first).to_contain_text("1 changed")
    rules.last.get_by_role("switch").click(force=True)
    expect(rules.last).to_have_class(re.compile("off"))


def _rule(page: Page, of: str, event: str, action: str, target: str) -> None:
    page.get_by_role("button", name="Add a rule").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What it does").select_option(action)
    dialog.get_by_label("Of which events").fill(event)
    dialog.get_by_label("From").select_option(of)
    if target:
        dialog.get_by_label("Property", exact=True).fill(target)
        expect(dialog.locator(".trial del")).to_contain_text("ann@example.org")
    expect(dialog.locator(".trial")).to_contain_text("1 of the last 2")
    dialog.get_by_label("Why").fill("Tried in a test")
    assert violations(page) == []
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("tab", ["sources", "tail", "refused", "schema", "rules"])
def test_it_fits_a_phone_and_the_dark(own_site: Site, open_site: Open, tab: str) -> None:
    page = open_site(own_site, f"/usage/events?tab={tab}", width=390, theme="dark")
    settled(page)
    expect(page.locator("h1")).to_have_count(1)
    assert violations(page) == []
    fits_a_phone(page)
