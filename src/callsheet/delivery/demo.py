"""Delivery's part of the sample company: four teams' work, changes, deployments and incidents.

Every item has a course from its beginning to its deployment; what lies after today has not happened yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from callsheet.base.text import spelled
from callsheet.model.sample import BUILDERS, COMPONENTS, PEOPLE, PRODUCT, WEEKS, Company, Plan

if TYPE_CHECKING:
    import numpy as np

    from callsheet.model.actor import Actor
    from callsheet.store.book import Book

Rows = list[dict[str, Any]]
PACE = {"data": 10.4, "growth": 6.6, "onboarding": 6.2, "platform": 10.0}
"""Items that a team begins in a week."""
RISE = 42
"""Days for which reviews have been slow, in the story of the review bottleneck."""
VERBS = ("Fix", "Speed up", "Simplify", "Clean up", "Add tests for", "Document", "Log", "Retry", "Show", "Cache")
THINGS = {
    "importer": ("column guessing", "encodings", "large uploads", "error messages", "date formats"),
    "reports": ("weekly report", "chart export", "totals by project", "empty reports", "report filters"),
    "search": ("typo tolerance", "result order", "index rebuilds", "search box", "recent searches"),
    "billing-api": ("invoice rounding", "tax numbers", "card retries", "plan changes", "credit notes"),
    "auth": ("session expiry", "two-factor codes", "password reset", "device list", "sign-out everywhere"),
    "audit-log": ("entry order", "retention", "actor names", "log paging", "clock skew"),
    "board": ("card dragging", "column limits", "swim lanes", "board loading", "keyboard moves"),
    "sign-up": ("invitation links", "e-mail checks", "sign-up form", "trial banner", "welcome mail"),
    "alerts": ("quiet hours", "digest mail", "alert limits", "mobile push", "alert history"),
    "checklist": ("step order", "progress bar", "dismissed steps", "checklist copy", "first-run tour"),
    "templates": ("template search", "previews", "template copy", "shared templates", "template icons"),
    "editor": ("pasting tables", "undo stack", "image sizes", "mentions", "offline edits"),
}
PARTS = (
    "data model", "API", "first screen", "permissions", "error handling", "empty state", "limits", "undo", "progress",
    "notification", "settings", "migration", "metrics", "help text", "translations", "performance", "edge cases",
    "sample file", "mapping", "preview", "validation", "history", "mobile layout", "keyboard", "accessibility",
    "rollout flag", "clean-up job", "retry", "audit entry", "export", "templates", "duplicates", "encoding",
    "time zones", "large accounts", "support notes", "pricing check", "review fixes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    """The moments of one item; those after today have not happened."""

    begun: datetime
    opened: datetime
    reviewed: datetime
    merged: datetime
    deployed: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """An item of work before it is cut at today."""

    id: str
    title: str
    team: str
    component: str
    kind: str
    created: datetime
    course: Course | None
    plan: Plan | None = None
    never_started: bool = False


def facts(company: Company) -> Iterator[tuple[str, Rows]]:
    """Yield the fact tables that delivery is the natural source of."""
    items = [item for team in BUILDERS for item in _team(company, team)]
    changes = _changes(company, items)
    yield "components", [
        {"component_id": key, "name": spelled(key), "repo": key, "team": team,
         "product": PRODUCT, "kind": "service", "active": True}
        for key, team in COMPONENTS.items()
    ]  # fmt: skip
    yield "work", [_work(company, item) for item in items]
    yield "transitions", [row for item in items for row in _transitions(company, item)]
    yield "changes", changes
    yield "commits", _commits(changes)
    deployments = _deployments(company, changes)
    yield "deployments", deployments
    incidents, caused = _incidents(company, deployments)
    yield "incidents", incidents
    yield "links", caused + _links(company, items, changes)


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Keep a few earlier forecasts, so that their calibration can be shown."""
    from callsheet.delivery.actions import keep_forecast

    for index, plan in enumerate(plan for plan in company.plans if plan.left == 0):
        release = company.release_of(plan)
        if release is None:
            continue
        made = release[1] - timedelta(days=35)
        p50, p85, p95 = ((made + timedelta(days=days)).date() for days in (27 + 3 * index, 38 + index, 47))
        keep_forecast(
            book, f"initiative:{plan.id}", "when", {50: p50, 85: p85, 95: p95}, actor, made_at=made, left=plan.done
        )


def _team(company: Company, team: str) -> list[Item]:
    """Items of initiatives first; the team's other work fills its pace up."""
    planned = [item for plan in company.plans if plan.team == team for item in _planned(company, plan)]
    begun = [item.course.begun for item in planned if item.course]
    found, number = list(planned), 100
    for week in range(WEEKS + 1, -1, -1):
        rng, since = company.rng(f"delivery-{team}-{week}"), company.ago(7 * week + 6, 0)
        taken = sum(since <= moment < since + timedelta(days=7) for moment in begun)
        hurried = week < 4 and company.has("slipping_initiative") and team in ("data", "platform")
        usual = max(PACE[team] - taken, 1.6) * (0.86 if hurried else 1)
        for _ in range(int(rng.binomial(round(2 * usual), 0.5))):
            number += 1
            found.append(_background(company, team, number, since, rng))
    rng = company.rng(f"delivery-{team}-waiting")
    return found + [_waiting(company, team, number + n, rng) for n in range(1, 7)]


def _background(company: Company, team: str, number: int, since: datetime, rng: np.random.Generator) -> Item:
    begun = _working(since + timedelta(days=float(rng.integers(0, 5)), hours=float(rng.uniform(8, 16))))
    created = begun - timedelta(days=float(rng.lognormal(2.6, 0.8)))
    title, component, kind = _topic(team, rng)
    return Item(
        f"{team}-{number}", title, team, component, kind, created, _course(company, begun, rng),
        never_started=rng.random() < 0.05,
    )  # fmt: skip


def _waiting(company: Company, team: str, number: int, rng: np.random.Generator) -> Item:
    title, component, kind = _topic(team, rng)
    created = company.ago(float(rng.uniform(2, 40)), 11)
    return Item(f"{team}-{number}", title, team, component, kind, created, None)


def _topic(team: str, rng: np.random.Generator) -> tuple[str, str, str]:
    own = [key for key, owner in COMPONENTS.items() if owner == team]
    component = own[int(rng.integers(len(own)))]
    thing = THINGS[component][int(rng.integers(len(THINGS[component])))]
    verb = VERBS[int(rng.integers(len(VERBS)))]
    kind = "bug" if verb in ("Fix", "Retry") else "task"
    return f"{verb} {thing}", component, kind


def _planned(company: Company, plan: Plan) -> Iterator[Item]:
    """Done items end before the release (or lately, growing denser), open ones are begun or wait."""
    rng = company.rng(f"delivery-{plan.id}")
    end = company.release_of(plan)
    last = (company.today - end[1]).total_seconds() / 86400 + 1 if end else 0.4
    span = max(19.0, plan.done * 1.3) if plan.stage == "now" else 2.2 * plan.done + 14
    ages = sorted((last + span * rng.random(plan.done) ** 1.15), reverse=True)
    started = max(ages, default=20.0) + 30
    own = [key for key, owner in COMPONENTS.items() if owner == plan.team]
    running = 0 if plan.stage != "now" else max(1, round(plan.left * 0.8))
    for n in range(1, plan.done + plan.left + 1):
        created = company.ago(started + float(rng.uniform(0, 8)), 9)
        if n <= plan.done:
            course = _backwards(
                company, company.ago(float(ages[n - 1]), 0) + timedelta(hours=float(rng.uniform(8, 17))), rng
            )
        elif n <= plan.done + running:
            course = _running(company, rng)
        else:
            course = None
        if company.has("slipping_initiative") and plan.id == "bulk-import" and n > plan.done + plan.left - 4:
            created = company.ago(float(rng.uniform(4, 24)), 14)
        part = PARTS[(n - 1) % len(PARTS)]
        component = own[(n * 7) % len(own)]
        yield Item(f"{plan.id}-{n}", f"{plan.title}: {part}", plan.team, component, "task", created, course, plan)


def _course(company: Company, begun: datetime, rng: np.random.Generator) -> Course:
    """Draw the moments of an item from its beginning."""
    opened = _working(begun + timedelta(days=float(rng.lognormal(0.14, 0.55))))
    reviewed = _working(opened + timedelta(days=_review(company, opened) * float(rng.lognormal(0, 0.4))))
    merged = _working(reviewed + timedelta(days=float(rng.lognormal(-0.15, 0.55))))
    return Course(begun, opened, reviewed, merged, merged + timedelta(days=float(rng.uniform(0.05, 0.3))))


def _review(company: Company, opened: datetime) -> float:
    """Median days that a change opened now waits for its first review."""
    if not company.has("review_bottleneck"):
        return 1.4
    days = (company.today - opened).total_seconds() / 86400
    return 1.95 if days > RISE + 4 else 3.25 + 0.5 * (1 - max(days, 0) / RISE)


def _backwards(company: Company, merged: datetime, rng: np.random.Generator) -> Course:
    """Return a course that ends at a given moment."""
    merged -= timedelta(days=max(0, merged.weekday() - 4))
    drawn = _course(company, merged - timedelta(days=5), rng)
    shift = merged - drawn.merged
    moved = (drawn.begun + shift, drawn.opened + shift, drawn.reviewed + shift)
    last = company.today - timedelta(minutes=30)
    return Course(*moved, min(merged, last - timedelta(hours=1)), min(drawn.deployed + shift, last))


def _running(company: Company, rng: np.random.Generator) -> Course:
    """Return a course that today cuts somewhere in its middle."""
    drawn = _course(company, company.ago(6), rng)
    whole = drawn.merged - drawn.begun
    shift = company.today - drawn.begun - whole * float(rng.uniform(0.08, 0.92))
    return Course(
        *(moment + shift for moment in (drawn.begun, drawn.opened, drawn.reviewed, drawn.merged, drawn.deployed))
    )


def _working(moment: datetime) -> datetime:
    """Move a weekend to Monday, nights stay: the days of a week have their rhythm."""
    return moment + timedelta(days=7 - moment.weekday()) if moment.weekday() > 4 else moment


def _work(company: Company, item: Item) -> dict[str, Any]:
    course, now = item.course, company.today
    owner = _person(item) if course and course.begun <= now else None
    state, category = "To do", "todo"
    if course and course.begun <= now:
        state, category = "In progress", "doing"
    if course and course.opened <= now:
        state, category = "In review", "waiting"
    if course and course.merged <= now:
        state, category = "Done", "done"
    return {
        "item_id": item.id, "kind": item.kind, "title": item.title, "team": item.team, "product": PRODUCT,
        "state": state, "category": category, "created_at": min(item.created, now - timedelta(minutes=5)),
        "started_at": course.begun if course and course.begun <= now and not item.never_started else None,
        "done_at": course.merged if course and course.merged <= now else None,
        "due_at": item.plan.promised if item.plan and category != "done" else None, "owner": owner, "author": _lead(item.team),
        "estimate": None, "unplanned": item.plan is None and item.kind == "bug" and _pick(item.id, 5) == 0,
        "parent": item.plan.id if item.plan else None, "labels": item.component,
        "url": f"https://tracker.northlight.example/{item.id}",
    }  # fmt: skip


def _transitions(company: Company, item: Item) -> Rows:
    course = item.course
    if course is None:
        return []
    if item.never_started:
        steps = [(course.merged, "Done", "done")]
    else:
        steps = [(course.begun, "In progress", "doing"), (course.opened, "In review", "waiting")]
        if _pick(item.id, 12) == 0:  # sent back after the review, and reviewed again
            half = course.reviewed + (course.merged - course.reviewed) / 2
            steps += [(course.reviewed, "In progress", "doing"), (half, "In review", "waiting")]
        steps.append((course.merged, "Done", "done"))
    found, before = [], ("To do", "todo")
    for moment, state, category in steps:
        if moment > company.today:
            break
        found.append({
            "item_id": item.id, "occurred_at": moment, "from_state": before[0], "to_state": state,
            "from_category": before[1], "to_category": category, "actor": _person(item), "team": item.team,
        })  # fmt: skip
        before = (state, category)
    return found


def _changes(company: Company, items: list[Item]) -> Rows:
    """Return one change an item, once it is opened; across team borders unless data and platform are silos."""
    rows: Rows = []
    for item in items:
        course = item.course
        if course is None or course.opened > company.today:
            continue
        known = {name: moment if moment <= company.today else None
                 for name, moment in (("first_review_at", course.reviewed), ("approved_at", course.merged - timedelta(hours=1)),
                                      ("merged_at", course.merged), ("deployed_at", course.deployed))}  # fmt: skip
        rows.append({
            "change_id": f"chg-{item.id}", "repo": _repo(company, item), "number": str(1000 + len(rows)),
            "title": item.title, "author": _person(item), "state": "merged" if known["merged_at"] else "open",
            "team": item.team, "product": PRODUCT, "item_id": item.id, "first_commit_at": course.begun,
            "created_at": course.opened, **known, "closed_at": known["merged_at"],
            "reviewers": 1 + _pick(item.id, 2), "size": 10 + 13 * _pick(item.id, 40),
            "url": f"https://code.northlight.example/{item.component}/{1000 + len(rows)}",
        })  # fmt: skip
    return rows


def _repo(company: Company, item: Item) -> str:
    """Return the repository that the change is made in; one in nine is another team's."""
    if item.plan is not None or _pick(item.id, 9):
        return item.component
    walled = ("data", "platform") if company.has("silos") else ()
    others = [key for key, team in COMPONENTS.items() if team != item.team and not {team, item.team} <= set(walled)]
    return others[_pick(item.id, len(others))]


def _commits(changes: Rows) -> Rows:
    """Return one to three commits a change; the first is the change's first."""
    found: Rows = []
    for row in changes:
        count, first = 1 + _pick(row["change_id"], 3), row["first_commit_at"]
        for n in range(count):
            moment = first + (row["created_at"] - first) * (n / count)
            found.append({
                "commit_id": f"{_pick(row['change_id'], 16**8):08x}{n}", "repo": row["repo"], "authored_at": moment,
                "committed_at": moment, "author": row["author"], "subject": row["title"], "change_id": row["change_id"],
                "issues": row["item_id"], "parents": 1, "team": row["team"], "product": PRODUCT,
                "local_hour": moment.hour, "local_weekday": moment.weekday(),
            })  # fmt: skip
    return found


def _deployments(company: Company, changes: Rows) -> Rows:
    """Return one production deployment per service and day on which changes of it went out."""
    last: dict[tuple[str, str], datetime] = {}
    for row in changes:
        if (moment := row["deployed_at"]) is not None:
            key = (row["repo"], f"{moment:%Y-%m-%d}")
            last[key] = max(last.get(key, moment), moment)
    return [
        {"deployment_id": f"dep-{service}-{day}", "service": service, "environment": "production", "deployed_at": moment,
         "status": "failure" if _pick(service + day, 60) == 0 else "success", "release_id": _release(company, moment),
         "team": COMPONENTS[service], "product": PRODUCT}
        for (service, day), moment in sorted(last.items())
    ]  # fmt: skip


def _incidents(company: Company, deployments: Rows) -> tuple[Rows, Rows]:
    """Return nine incidents over the whole time, none of them bunched, and the links of those whose cause is known."""
    titles = ("Slow pages", "Errors on save", "Mails late", "Import stuck", "Sign-in loop", "Search empty",
              "Timeouts", "Wrong totals", "Board blank")  # fmt: skip
    rows, links = [], []
    for index, title in enumerate(titles):
        near = company.ago(200 - 22 * index)
        cause = min(deployments, key=lambda row: abs((row["deployed_at"] - near).total_seconds()))
        began = cause["deployed_at"] + timedelta(hours=2 if index % 3 else 30)
        incident = f"inc-{index + 1}"
        rows.append({
            "incident_id": incident, "title": title, "service": cause["service"],
            "severity": "minor" if index % 3 else "major", "started_at": began,
            "resolved_at": began + timedelta(hours=2 + index % 4), "team": cause["team"], "product": PRODUCT,
        })  # fmt: skip
        if index % 3 == 1:
            links.append(_link(f"deployment:{cause['deployment_id']}", "caused", f"incident:{incident}"))
            if cause["release_id"]:
                links.append(_link(f"release:{cause['release_id']}", "caused", f"incident:{incident}"))
    return rows, links


def _links(company: Company, items: list[Item], changes: Rows) -> Rows:
    found = [_link(f"initiative:{item.plan.id}", "built_by", f"work:{item.id}") for item in items if item.plan]
    for row in changes:
        found.append(_link(f"work:{row['item_id']}", "done_in", f"change:{row['change_id']}"))
        release = _release(company, row["merged_at"]) if row["merged_at"] else None
        if release:
            found.append(_link(f"change:{row['change_id']}", "ships_in", f"release:{release}"))
    return found + _blocks(company, items)


def _blocks(company: Company, items: list[Item]) -> Rows:
    """Return blocking links of the last weeks: most inside a team, with silos many between data and platform."""
    recent = [item for item in items if item.course and (company.today - item.course.begun).days < 60]
    by_team = {team: [item for item in recent if item.team == team] for team in BUILDERS}
    pairs = [(team, team, 4) for team in BUILDERS] + [("growth", "onboarding", 2), ("platform", "growth", 2)]
    pairs += [("platform", "data", 11), ("data", "platform", 6)] if company.has("silos") else [("platform", "data", 2)]
    found = {}
    for first, second, count in pairs:
        mine, theirs = by_team[first], by_team[second]
        for n in range(count):
            from_item, to_item = mine[(n * 3) % len(mine)], theirs[(n * 5 + 2) % len(theirs)]
            if from_item.id != to_item.id:
                found[from_item.id, to_item.id] = _link(f"work:{from_item.id}", "blocks", f"work:{to_item.id}")
    return list(found.values())


def _link(from_ref: str, kind: str, to_ref: str) -> dict[str, Any]:
    return {"from_ref": from_ref, "kind": kind, "to_ref": to_ref, "confidence": 1.0, "why": ""}


def _release(company: Company, moment: datetime) -> str | None:
    """Return the first release after a moment; None when it has not come out."""
    return next((version for version, out in company.releases if out >= moment), None)


def _person(item: Item) -> str:
    members = [person.id for person in PEOPLE if person.team == item.team]
    return members[_pick(item.id, len(members))]


def _lead(team: str) -> str:
    return next(person.id for person in PEOPLE if person.team == team)


def _pick(key: str, size: int) -> int:
    """Return the same number below `size` for the same key, on every machine."""
    import zlib

    return zlib.crc32(f"pick-{key}".encode()) % size
