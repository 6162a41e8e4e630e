"""The loop, closed: from a request to everyone told, and the finding that resolves itself."""

from __future__ import annotations

from callsheet.findings.lifecycle import current
from callsheet.findings.records import Finding
from callsheet.loop.trace import Trace, follow
from callsheet.metrics.reader import reading
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.releases.actions import publish
from callsheet.store.workspace import Workspace
from callsheet.worker import Worker

BOB = Actor("bob", "Bob", "member")
START = Ref("initiative", "onboarding-checklist")


def findings(workspace: Workspace, *states: str) -> dict[tuple[str, str], Finding]:
    with workspace.books.read() as book:
        return {(row.detector, row.subject): row for row in current(book, *states)}


def traced(workspace: Workspace, start: Ref = START) -> Trace:
    with reading(workspace) as reader:
        return follow(reader, start)


def test_publishing_a_release_tells_its_requesters_and_resolves_the_finding(company: Workspace) -> None:
    before = traced(company)
    assert len(before.untold) == 23
    assert [card.title for stage in before.stages if stage.key == "told" for card in stage.cards if card.gap]
    untold = ("out_of_the_loop", str(START))
    assert untold in findings(company)

    release = next(card.ref for stage in before.stages if stage.key == "released" for card in stage.cards)
    with company.books.change(company.now()) as book:
        publish(book, release.partition(":")[2], BOB)
    Worker(company).pump()

    after = traced(company)
    assert (len(after.told), after.untold) == (23, [])
    assert after.headline == "From 23 requests to 23 people told"
    assert untold not in findings(company)
    assert findings(company, "resolved")[untold].resolved_at is not None
    outbox = list((company.state / "outbox").glob("*.eml"))
    assert sum("Onboarding checklist is here" in file.read_text(encoding="utf-8") for file in outbox) == 23


def test_nobody_is_told_twice(company: Workspace) -> None:
    for _ in range(2):
        with company.books.change(company.now()) as book:
            publish(book, "2026.47", BOB) if not _published(company) else None
        Worker(company).pump()
        Worker(company).pump()
    told = traced(company).told
    assert len(told) == len({one.ref for one in told}) == 23


def _published(company: Workspace) -> bool:
    from callsheet.releases.records import Publication

    with company.books.read() as book:
        row = book.find(Publication, "2026.47")
        return row is not None and row.published_at is not None


def test_the_trace_is_the_same_way_from_either_end(company: Workspace) -> None:
    """From the request forward and from the feature back one meets the same initiative and release."""
    down = traced(company, Ref("request", "where-do-i-start"))
    up = traced(company, Ref("feature", "onboarding-checklist"))
    for trace in (down, up):
        refs = {card.ref for stage in trace.stages for card in stage.cards}
        assert {"initiative:onboarding-checklist", "release:2026.47", "request:where-do-i-start"} <= refs


def test_part_of_the_work_in_an_earlier_release_does_not_tell_anyone(company: Workspace) -> None:
    """Its changes shipped in several weekly releases; only the one that carries it counts as its release."""
    released = [card.ref for stage in traced(company).stages if stage.key == "released" for card in stage.cards]
    assert {ref for ref in released if ref.startswith("release:")} == {"release:2026.47"}


def test_the_planted_stories_are_found(company: Workspace) -> None:
    found = {(row.detector, row.subject) for row in findings(company).values()}
    planted = {
        ("delayed", "initiative:bulk-import"), ("bottleneck", "stage:first_review"),
        ("out_of_the_loop", "initiative:onboarding-checklist"), ("unclear_ownership", "component:billing-api"),
        ("unused_feature", "feature:quick-reactions"), ("broken_experiment", "experiment:shorter-sign-up"),
        ("ready_experiment", "experiment:smart-defaults-ab"), ("stale_source", "tool:desk"),
        ("overlapping_tool", "tool:survey"), ("silos", "team:data+platform"),
        ("account_at_risk", "account:acc-00110"), ("account_at_risk", "account:acc-00248"),
    }  # fmt: skip
    assert planted <= found
    alarms = {pair for pair in found - planted if pair[0] != "adoption_ahead"}
    quiet = ("account_at_risk", "account:acc-00190")  # nobody planted it: its few people stayed away for four weeks
    assert alarms <= {("delayed", "initiative:audit-export"), quiet}


def test_the_undisturbed_company_raises_no_alarm(quiet: Workspace) -> None:
    rows = findings(quiet).values()
    assert [(row.detector, row.subject, row.sentence) for row in rows if row.severity != "good"] == []


def test_requests_of_unfinished_initiatives_stay_open(company: Workspace) -> None:
    """Parts of bulk import shipped in earlier releases; its request is not released by that."""
    from callsheet.feedback.records import Request

    with company.books.read() as book:
        assert book.get(Request, "import-thousands-of-rows-at-once").status != "released"
