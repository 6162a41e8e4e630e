"""The roadmap of the sample company: goals, initiatives with their promises, predictions and decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from callsheet.base.ids import slug_id
from callsheet.model.actor import Actor
from callsheet.model.sample import GOALS, PRODUCT, Company, Plan
from callsheet.roadmap import actions
from callsheet.store.book import Book

Step = tuple[datetime, Callable[[Book], object]]
MEASURES = {
    "activation": ("usage.adoption", 25.0, 50.0),
    "enterprise": ("feedback.revenue_waiting", 2_400_000.0, 1_000_000.0),
    "retention": ("usage.stickiness", 14.0, 25.0),
}
"""Goal -> named metric, baseline, target."""
EFFECTS = {"activation": 4.0, "enterprise": -60_000.0, "retention": 0.8}
"""Goal -> effect on its metric that one step of impact is expected to have."""
FIRST_PROMISE = (  # days before today, days that the date then moved, reason
    (33, 14, "Files with more than one sheet turned out to be the rule, not the exception."),
    (12, 21, "Changes wait for review; the team took on the error report as well."),
)

DECISIONS: tuple[dict[str, Any], ...] = (
    {
        "title": "Bulk import before groups from single sign-on", "by": "yuki", "ago": 70, "review": -40,
        "about": ("bulk-import", "sso-groups"),
        "because": "More accounts wait for it, and moving in by hand costs each of them weeks.",
        "options": (
            ("Bulk import first", "more accounts wait", "roles stay double"),
            ("Groups first", "two renewals ask for it", "larger and less certain"),
            ("Both at half speed", "nobody waits alone", "both would be late"),
        ),
        "dissent": "Petra Vonholt: two large renewals in January hinge on roles; we will regret the order.",
        "prediction": {"metric": "feedback.revenue_waiting", "effect": -120_000, "low": -216_000, "high": -48_000},
    },
    {
        "title": "Ship the checklist without the video tour", "by": "jonas", "ago": 40, "review": 2,
        "about": ("onboarding-checklist",),
        "because": "The tour needs a studio; the list alone answers the question that people ask.",
        "options": (
            ("List only", "five weeks earlier", "less inviting"),
            ("List and tour", "shows the product at work", "waits for the studio"),
        ),
        "prediction": {"metric": "usage.adoption", "effect": 8.0, "low": 3.2, "high": 14.4},
    },
    {
        "title": "Quick reactions with five signs only", "by": "yuki", "ago": 95, "review": 12,
        "about": ("quick-reactions",),
        "because": "A full picker is twice the work, and short answers need few signs.",
        "options": (
            ("Five signs", "done in three weeks", "teams want their own"),
            ("Full picker", "what other tools have", "twice the work"),
        ),
    },
    {
        "title": "One release a week, on Tuesdays", "by": "petra", "ago": 150, "review": 60,
        "because": "Releases on Fridays were mended on Saturdays.",
        "options": (
            ("Weekly on Tuesday", "a working week to mend", "waits longer"),
            ("Whenever ready", "fastest", "nobody knows what is out"),
        ),
    },
)  # fmt: skip
"""Decisions with their options, the chosen one first; `ago` and `review` in days before today."""


def facts(company: Company) -> Iterator[tuple[str, list[dict[str, Any]]]]:  # noqa: ARG001 - one shape for all
    """Yield nothing: a roadmap consists of decisions."""
    yield from ()


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Set goals, take initiatives on, promise, move, predict and decide, each at its moment."""
    steps: list[Step] = []
    for plan in company.plans:
        steps += _story(company, plan)
    steps += _decisions(company)
    begin = Book(book.session, company.ago(205))
    for goal, (title, owner) in GOALS.items():
        metric, baseline, target = MEASURES[goal]
        actions.add_goal(
            begin, title, actor, owner=owner, metric=metric, baseline=baseline, target=target,
            due_at=company.ago(-60), id=goal,
        )  # fmt: skip
    for moment, step in sorted(steps, key=lambda one: one[0]):
        step(Book(book.session, moment))


def decided_at(company: Company, plan: Plan) -> datetime:
    """Return when the company took an initiative on."""
    if plan.release is not None:
        return company.ago(plan.release + 60)
    return company.ago({"now": 70, "next": 45}.get(plan.stage, 30))


def _acting(company: Company, person: str) -> Actor:
    return Actor(person, company.person(person).name, "member")


def _story(company: Company, plan: Plan) -> list[Step]:
    """From the idea to the stage of today."""
    who, decided = _acting(company, plan.owner), decided_at(company, plan)
    steps: list[Step] = [
        (decided - timedelta(days=14), lambda book: actions.add_initiative(
            book, plan.title, who, why=plan.why, team=plan.team, owner=plan.owner, stage="later", goal=plan.goal,
            product=PRODUCT, id=plan.id)),
        (decided - timedelta(days=2), lambda book: _weigh(book, plan, who)),
    ]  # fmt: skip
    if plan.stage != "later":
        stage = "next" if plan.stage == "next" else "now"
        steps.append((decided, lambda book: actions.move(book, plan.id, stage, who)))
        steps.append((decided + timedelta(days=1), lambda book: _predict(book, company, plan, who)))
    steps += _promises(company, plan, who)
    release = company.release_of(plan)
    if plan.stage == "done" and release is not None:
        done = release[1] - timedelta(hours=20)
        steps.append((done, lambda book: actions.move(book, plan.id, "done", who)))
    return steps


def _promises(company: Company, plan: Plan, who: Actor) -> list[Step]:
    """The promised date; in the story of the slipping initiative it moved twice before."""
    if plan.promised is None:
        return []
    slips = FIRST_PROMISE if plan.id == "bulk-import" and company.has("slipping_initiative") else ()
    date = plan.promised - timedelta(days=sum(days for _, days, _ in slips))
    steps: list[Step] = [(decided_at(company, plan) + timedelta(days=2), _promising(plan.id, date, who, ""))]
    for ago, days, reason in slips:
        date += timedelta(days=days)
        steps.append((company.ago(ago), _promising(plan.id, date, who, reason)))
    return steps


def _promising(key: str, date: datetime, who: Actor, reason: str) -> Callable[[Book], object]:
    return lambda book: actions.promise(book, key, date, who, reason)


def _weigh(book: Book, plan: Plan, who: Actor) -> None:
    """What people know and the evidence does not: impact, and now and then effort."""
    reason = f"{plan.why} The team's judgement at planning."
    actions.override_input(
        book, plan.id, "impact", plan.impact, who, reason, low=plan.impact / 1.6, high=plan.impact * 1.6
    )
    if plan.id == "sso-groups":
        actions.override_input(
            book, plan.id, "effort", plan.effort * 3, who, low=plan.effort * 2, high=plan.effort * 5,
            reason="Every directory behaves in its own way; the last one took twice what we thought.",
        )  # fmt: skip


def _predict(book: Book, company: Company, plan: Plan, who: Actor) -> None:
    metric, effect = MEASURES[plan.goal][0], EFFECTS[plan.goal] * plan.impact
    low, high = sorted((effect * 0.4, effect * 1.8))
    due = (plan.promised or company.ago(-90)) + timedelta(days=60)
    actions.predict(book, plan.id, metric, effect, who, low=low, high=high, due_at=due)


def _behind(company: Company, plan: Plan) -> list[dict[str, Any]]:
    """What the requests said when the decision was taken."""
    accounts = {account["account_id"]: account for account in company.accounts}
    asking = [accounts[person["account_id"]] for person in company.requesters(plan)]
    revenue = sum(account["revenue"] for account in asking)
    shared = {"sample": len(asking), "read_at": decided_at(company, plan).isoformat()}
    return [
        {"metric": "feedback.demand", "title": f"Accounts that asked for {plan.title.lower()}",
         "amount": len(asking), "unit": "accounts", **shared},
        {"metric": "feedback.demand", "title": "Their revenue", "amount": revenue, "unit": "money", **shared},
    ]  # fmt: skip


def _decisions(company: Company) -> list[Step]:
    steps: list[Step] = [(company.ago(made["ago"], 14), _deciding(company, made)) for made in DECISIONS]
    petra, words = _acting(company, "petra"), "Kept: no weekend work since, and support knows the day."
    key = slug_id(DECISIONS[-1]["title"], lambda _: False)
    return [*steps, (company.ago(58), lambda book: actions.review_decision(book, key, words, petra))]


def _deciding(company: Company, made: dict[str, Any]) -> Callable[[Book], object]:
    plans = [company.plan(key) for key in made.get("about", ())]
    chosen, *others = made["options"]
    options = [dict(zip(("title", "for", "against"), one, strict=True)) for one in (chosen, *others)]
    given = {
        "because": made["because"], "dissent": made.get("dissent", ""), "prediction": made.get("prediction"),
        "ref": f"initiative:{plans[0].id}" if plans else "", "review_at": company.ago(made["review"]),
        "options": [{**one, "chosen": place == 0} for place, one in enumerate(options)],
        "evidence": [figure for plan in plans for figure in _behind(company, plan)],
    }  # fmt: skip
    return lambda book: actions.decide(book, made["title"], _acting(company, made["by"]), **given)
