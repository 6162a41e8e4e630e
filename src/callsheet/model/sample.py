"""The sample company: cast, calendar and planted stories, shared by every domain's `demo.py`.

Deterministic for a given day, seed, size and set of stories. The company makes Northlight, a planning tool
for teams; every name is invented. Without stories it is a company where nothing hurts.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from callsheet.base.errors import BadInput
from callsheet.base.text import slug

if TYPE_CHECKING:
    import numpy as np

STORIES = frozenset({
    "review_bottleneck", "slipping_initiative", "untold_requesters", "unused_feature", "broken_experiment",
    "ready_experiment", "missing_owner", "silos", "stale_source", "overlapping_tool", "fading_accounts",
})  # fmt: skip
SIZES = {"small": (420, 200_000), "medium": (2_000, 1_000_000), "large": (8_000, 10_000_000)}
"""Size -> (accounts, events)."""
WEEKS = 30
"""Weeks of history."""
PRODUCT = "northlight"


@dataclass(frozen=True, slots=True)
class Team:
    """A team and its members' ids; the first leads it."""

    id: str
    title: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """A colleague."""

    id: str
    name: str
    team: str
    role: str

    @property
    def email(self) -> str:
        """An address that leads nowhere."""
        return f"{self.id}@northlight.example"


@dataclass(frozen=True, slots=True)
class Plan:
    """An initiative. `stage`: now, next, later, done. `left` items are open, `done` are finished. `release` is
    how many days ago the release that carries it came out (None: not yet)."""

    id: str
    title: str
    team: str
    owner: str
    stage: str
    goal: str
    left: int
    done: int
    promised: datetime | None
    request: str
    requesters: int
    release: int | None
    feature: str
    impact: float
    effort: float
    why: str


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment. `arms`: name -> (units exposed, rate of the primary outcome)."""

    id: str
    title: str
    initiative: str
    owner: str
    hypothesis: str
    started: int
    days: int
    arms: dict[str, tuple[int, float]]
    worthwhile: float
    predictions: dict[str, float]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the stack. `synced` hours ago; cost a year; `active` users of `seats`."""

    id: str
    title: str
    capability: str
    owner: str
    cost: float
    seats: int
    active: int
    synced: float | None
    renewal: int


PEOPLE = tuple(
    Cast(*entry)
    for entry in (
        ("ada", "Ada Oxenholm", "data", "Lead"), ("bruno", "Bruno Teasel", "data", "Engineer"),
        ("carys", "Carys Windle", "data", "Engineer"), ("dmitri", "Dmitri Vashe", "data", "Engineer"),
        ("elif", "Elif Karst", "data", "Engineer"),
        ("mira", "Mira Kestrelby", "growth", "Lead"), ("noor", "Noor Halveth", "growth", "Engineer"),
        ("otto", "Otto Brandling", "growth", "Engineer"), ("priya", "Priya Lanmoor", "growth", "Engineer"),
        ("jonas", "Jonas Lindqvale", "onboarding", "Lead"), ("kofi", "Kofi Adwenim", "onboarding", "Engineer"),
        ("lena", "Lena Strohfeld", "onboarding", "Engineer"), ("marek", "Marek Olszyn", "onboarding", "Engineer"),
        ("petra", "Petra Vonholt", "platform", "Lead"), ("quentin", "Quentin Marsdale", "platform", "Engineer"),
        ("rosa", "Rosa Telmarin", "platform", "Engineer"), ("sami", "Sami Korvenpaa", "platform", "Engineer"),
        ("tess", "Tess Ellerby", "platform", "Engineer"),
        ("sofia", "Sofia Perrault", "success", "Lead"), ("umar", "Umar Desh", "success", "Account owner"),
        ("vera", "Vera Holmgard", "success", "Account owner"), ("wanda", "Wanda Creel", "success", "Support"),
        ("xavi", "Xavi Montsant", "product", "Product operations"), ("yuki", "Yuki Sarrow", "product", "Head of product"),
    )
)  # fmt: skip
TEAMS = tuple(
    Team(key, title, tuple(person.id for person in PEOPLE if person.team == key))
    for key, title in (
        ("data", "Data"), ("growth", "Growth"), ("onboarding", "Onboarding"), ("platform", "Platform"),
        ("success", "Customer success"), ("product", "Product"),
    )
)  # fmt: skip
BUILDERS = ("data", "growth", "onboarding", "platform")
"""Teams that build."""
COMPONENTS = {
    "importer": "data", "reports": "data", "search": "data", "billing-api": "platform", "auth": "platform",
    "audit-log": "platform", "board": "platform", "sign-up": "growth", "alerts": "growth", "checklist": "onboarding",
    "templates": "onboarding", "editor": "onboarding",
}  # fmt: skip
GOALS = {
    "activation": ("New accounts reach value in their first week", "jonas"),
    "enterprise": ("Large customers can run Northlight their way", "petra"),
    "retention": ("Accounts come back every week", "mira"),
}
PLACES = (
    "Halden", "Orsay", "Tamarin", "Kestrel", "Ostrava", "Lumen", "Birch", "Cobalt", "Juniper", "Marlow", "Nimbus",
    "Petrel", "Quarry", "Saffron", "Thistle", "Umber", "Verdant", "Willow", "Yarrow", "Zephyr",
)  # fmt: skip
KINDS = ("Works", "AB", "Group", "Labs", "Freight", "Foods", "Studio", "Energy", "Health", "Travel", "Tools")
FIRST_NAMES = (
    "Aino", "Alba", "Anouk", "Arne", "Bela", "Bruno", "Carla", "Cem", "Dalia", "Dario", "Edda", "Elif", "Emil",
    "Enzo", "Fabio", "Farah", "Greta", "Gus", "Hanna", "Hugo", "Ida", "Igor", "Ines", "Ivo", "Jana", "Joris",
    "Juna", "Kaya", "Kim", "Lars", "Lea", "Leon", "Livia", "Luca", "Maja", "Marek", "Mina", "Milo", "Nadia",
    "Nils", "Nora", "Odile", "Oskar", "Paula", "Pavel", "Quinn", "Rosa", "Ruben", "Sami", "Selma", "Silas",
    "Tara", "Timo", "Uma", "Ugo", "Vito", "Wanda", "Xenia", "Yann", "Yara", "Zeno",
)  # fmt: skip
INITIALS = "BCDFGHJKLMNPRSTVWZ"


def _called(account_id: str, index: int) -> tuple[str, str]:
    """Return the first name and initial of an account's user: another first name for each user of an account."""
    place = zlib.crc32(account_id.encode())
    names = len(FIRST_NAMES)
    return FIRST_NAMES[(place + 7 * index) % names], INITIALS[(place // names + 5 * index) % len(INITIALS)]


@dataclass(frozen=True)
class Company:
    """The sample company on a given day."""

    today: datetime
    seed: int = 7
    size: str = "small"
    stories: frozenset[str] = field(default=STORIES)

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise BadInput(f"There is no size {self.size!r}.", f"Use one of {', '.join(SIZES)}.")

    def has(self, story: str) -> bool:
        """Whether the story is planted."""
        if story not in STORIES:
            raise BadInput(f"There is no story {story!r}.")
        return story in self.stories

    def rng(self, part: str) -> np.random.Generator:
        """Return the generator of one part; parts do not disturb one another."""
        import numpy as np

        return np.random.default_rng([self.seed, zlib.crc32(part.encode())])

    def ago(self, days: float, hour: float = 10.0) -> datetime:
        """Return a moment of the working day `days` ago (UTC)."""
        midnight = self.today.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = midnight - timedelta(days=days) + timedelta(hours=hour)
        return min(moment, self.today - timedelta(minutes=1)) if days >= 0 else moment

    @property
    def begins(self) -> datetime:
        """The first moment of history."""
        return self.ago(WEEKS * 7, 0)

    @property
    def people(self) -> tuple[Cast, ...]:
        """Colleagues."""
        return PEOPLE

    @property
    def teams(self) -> tuple[Team, ...]:
        """Teams."""
        return TEAMS

    def person(self, key: str) -> Cast:
        """Return a colleague."""
        return next(person for person in PEOPLE if person.id == key)

    @cached_property
    def releases(self) -> list[tuple[str, datetime]]:
        """Weekly releases, oldest first: (version, moment). The newest came out 5 days ago."""
        found = []
        for week in range(WEEKS - 1, -1, -1):
            moment = self.ago(5 + 7 * week, 14)
            year, number, _ = moment.isocalendar()
            found.append((f"{year}.{number:02d}", moment))
        return found

    def release_of(self, plan: Plan) -> tuple[str, datetime] | None:
        """Return the release that carries an initiative."""
        if plan.release is None:
            return None
        target = self.ago(plan.release, 23)
        return [entry for entry in self.releases if entry[1] <= target][-1]

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """Initiatives."""
        slips, unused = self.has("slipping_initiative"), self.has("unused_feature")
        soon = self.ago(-12 if slips else -45)
        return (
            Plan("bulk-import", "Bulk import", "data", "ada", "now", "enterprise", 17 if slips else 5, 21, soon,
                 "Import thousands of rows at once", 9, None, "bulk-import", 2, 3, "Large customers move in by hand today."),
            Plan("audit-export", "Audit export", "platform", "petra", "now", "enterprise", 12 if slips else 4, 8,
                 self.ago(-16 if slips else -50), "Export who changed what", 11, None, "audit-export", 1, 2,
                 "Security reviews stop at this question."),
            Plan("usage-alerts", "Usage alerts", "growth", "mira", "now", "retention", 4, 12, self.ago(-60),
                 "Warn me before the limit", 7, None, "usage-alerts", 1, 1.5, "Accounts are surprised by limits."),
            Plan("onboarding-checklist", "Onboarding checklist", "onboarding", "jonas", "done", "activation", 0, 14,
                 self.ago(3), "Where do I start?", 23, 5, "onboarding-checklist", 2, 2,
                 "Half of new accounts never invite a colleague."),
            Plan("saved-filters", "Saved filters", "data", "ada", "done", "retention", 0, 11, self.ago(60),
                 "Keep my filters", 12, 61, "saved-filters", 1, 1, "People rebuild the same view every day."),
            Plan("quick-reactions", "Quick reactions", "growth", "mira", "done", "retention", 0, 9, self.ago(38),
                 "React without writing", 4 if unused else 10, 40, "quick-reactions", 0.5, 1,
                 "Short answers clutter the comments."),
            Plan("board-speed", "Faster boards", "platform", "petra", "done", "enterprise", 0, 10, self.ago(80),
                 "Slow board with 500 cards", 8, 82, "board-speed", 2, 2, "Large boards take seconds to open."),
            Plan("smart-defaults", "Smart defaults", "onboarding", "jonas", "now", "activation", 3, 8, self.ago(-70),
                 "Fill in what you know already", 6, None, "smart-defaults", 1, 1, "Set-up asks what we could guess."),
            Plan("calendar-sync", "Calendar sync", "growth", "mira", "next", "retention", 12, 0, None,
                 "Sync with my calendar", 3, None, "calendar-sync", 1, 3, "Dates live in two places."),
            Plan("sso-groups", "Groups from single sign-on", "platform", "petra", "next", "enterprise", 10, 0, None,
                 "Roles from our directory", 5, None, "sso-groups", 2, 4, "Administrators keep roles twice."),
            Plan("template-gallery", "Template gallery", "onboarding", "jonas", "later", "activation", 15, 0, None,
                 "Show me good examples", 6, None, "template-gallery", 1, 3, "New teams start from a blank page."),
        )  # fmt: skip

    def plan(self, key: str) -> Plan:
        """Return an initiative."""
        return next(plan for plan in self.plans if plan.id == key)

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Experiments."""
        broken, ready = self.has("broken_experiment"), self.has("ready_experiment")
        other = 4689 if broken else 5187
        return (
            Trial("shorter-sign-up", "Shorter sign-up", "smart-defaults", "mira",
                  "Asking for less at sign-up brings more people through it.", 12, 28,
                  {"control": (5214, 0.412), "shorter": (other, 0.418)}, 0.005, {"mira": 0.02}),
            Trial("smart-defaults-ab", "Smart defaults", "smart-defaults", "jonas",
                  "Filling in what we know lets more new accounts finish set-up.", 21 if ready else 6, 21,
                  {"control": (4952, 0.341), "defaults": (4951, 0.372 if ready else 0.343)}, 0.005,
                  {"jonas": 0.015, "mira": 0.04}),
            Trial("gentler-reminders", "Gentler reminders", "usage-alerts", "otto",
                  "One reminder a week instead of three keeps people from switching them off.", 9, 28,
                  {"control": (2103, 0.233), "gentler": (2121, 0.236)}, 0.01, {"otto": 0.01}),
        )  # fmt: skip

    @cached_property
    def tools(self) -> tuple[Tool, ...]:
        """The tool stack."""
        stale, overlap = self.has("stale_source"), self.has("overlapping_tool")
        found = [
            Tool("tracker", "Trackwell", "delivery", "xavi", 14_400, 60, 52, 0.4, 120),
            Tool("code-host", "Forgehouse", "delivery", "petra", 18_900, 45, 41, 0.2, 200),
            Tool("analytics", "Seelight", "usage", "mira", 26_000, 40, 31, 0.3, 95),
            Tool("portal", "Askwall", "feedback", "sofia", 7_200, 25, 21, 1.0, 160),
            Tool("desk", "Helpharbour", "support", "wanda", 21_600, 30, 28, 74.0 if stale else 0.5, 45),
            Tool("flags", "Switchyard", "experiments", "jonas", 9_600, 20, 16, 0.1, 210),
            Tool("notes", "Pagewright", "docs", "xavi", 8_400, 90, 77, 2.0, 300),
            Tool("chat", "Hallway", "comms", "xavi", 11_000, 90, 88, 0.1, 250),
            Tool("planner", "Mapmaker", "roadmap", "yuki", 6_000, 20, 15, 1.5, 130),
        ]
        if overlap:
            found.append(Tool("survey", "Pollstone", "feedback", "sofia", 10_800, 25, 4, 3.0, 38))
        return tuple(found)

    @cached_property
    def accounts(self) -> list[dict[str, Any]]:
        """Rows of the fact table `accounts`."""
        rng, (number, _) = self.rng("accounts"), SIZES[self.size]
        segments = rng.choice(["small", "mid", "enterprise"], size=number, p=[0.6, 0.3, 0.1])
        scale = {"small": 1_800, "mid": 9_000, "enterprise": 42_000}
        plans = {"small": "team", "mid": "business", "enterprise": "enterprise"}
        ages = rng.integers(3, 900, size=number)
        spread = rng.lognormal(0, 0.35, size=number)
        names = [f"{place} {kind}" for kind in KINDS for place in PLACES]
        owners = ("umar", "vera", "sofia")
        return [
            {
                "account_id": f"acc-{index:05d}",
                "name": names[index] if index < len(names) else f"{names[index % len(names)]} {index // len(names) + 1}",
                "plan": plans[segments[index]], "segment": str(segments[index]),
                "revenue": float(round(scale[segments[index]] * spread[index], -2)),
                "owner": owners[index % 3], "created_at": self.ago(int(ages[index])), "churned_at": None,
            }
            for index in range(number)
        ]  # fmt: skip

    @cached_property
    def users(self) -> list[dict[str, Any]]:
        """Rows of the fact table `persons` for the customers' people; two to nine an account."""
        rng = self.rng("users")
        found = []
        for account in self.accounts:
            for index in range(int(rng.integers(2, 10))):
                key = f"{account['account_id'].replace('acc', 'usr')}-{index}"
                first, letter = _called(account["account_id"], index)
                found.append({
                    "person_id": key, "name": f"{first} {letter}.",
                    "email": f"{first}.{letter}@{slug(account['name'])}.example".lower(),
                    "account_id": account["account_id"], "segment": account["segment"],
                    "role": "admin" if index == 0 else "user",
                    "created_at": account["created_at"]
                    + timedelta(days=int(rng.integers(0, 30)), minutes=zlib.crc32(key.encode()) % 480),
                })  # fmt: skip
        return found

    def requesters(self, plan: Plan) -> list[dict[str, Any]]:
        """Return the users (one an account) who asked for an initiative."""
        rng = self.rng(f"requesters-{plan.id}")
        admins = [user for user in self.users if user["role"] == "admin"]
        chosen = rng.choice(len(admins), size=plan.requesters, replace=False)
        return [admins[int(index)] for index in chosen]
