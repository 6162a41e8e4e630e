"""Accounts by the chance that they leave, with why, and how well such chances held."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.base.time import local_midnight
from callsheet.charts import Option, calibration
from callsheet.metrics import Column, Facts, Period, Report, Value, metric, report
from callsheet.usage.health import WINDOW, Course, Health, health
from callsheet.usage.questions.catalogue import catalogue, events_of, with_feature

EPOCH = datetime(1970, 1, 1)
MOST_WINDOWS = 20
WEEKS = 26
BASES = {"model": "by chances that were checked", "rules": "by named rules, too few left for chances"}
TOPS = (0.04, 0.1, 0.2, 0.4, 0.6, 1.0)
LEVELS = ("at risk", "watch", "dormant", "steady")
SOURCE = (
    "Discrete-time logistic model with a ridge (le Cessie & van Houwelingen 1992) over account-months of 28 days,"
    " learnt on the earlier and checked on the later ones (Brier 1950; permutation test of the log loss, Phipson & Smyth"
    " 2010); named rules where too few accounts left"
)


def calibration_chart(found: Report) -> Option:
    """Chance against what came true, by bin; the axes end above the highest of them."""
    most = max((max(row["predicted"], row["high"]) for row in found.rows), default=1.0)
    top = next((one for one in TOPS if one >= most), 1.0)
    return calibration(found.rows, title="Chance to leave, predicted and come true", top=top)


@report(
    "usage.health", title="Account health", scopes=("segment",), source=SOURCE,
    columns=(
        Column("name", "Account", href="/usage/accounts/{account_id}"), Column("segment", "Segment"),
        Column("owner", "Owner", ref="person"), Column("level", "Level", doc="at risk, watch, dormant or steady"),
        Column("chance", "Leaves in 28 days", unit="share", doc="Empty where rules judge"),
        Column("low", "Low", unit="share", doc="95%"), Column("high", "High", unit="share", doc="95%"),
        Column("why", "Why"), Column("revenue", "Revenue a year", unit="money"),
        Column("stake", "Revenue at stake", unit="money", doc="Revenue times the chance; under rules, of those at risk"),
        Column("days", "Active days", unit="days", doc="Of the last 28"),
        Column("days_usual", "Usually", unit="days", doc="Mean of the three times 28 days before"),
        Column("persons", "People", unit="people"), Column("last_at", "Last active", unit="date"),
    ),
)  # fmt: skip
def health_report(facts: Facts, period: Period) -> Report:
    """Every account that is there and at least 28 days old, most revenue at stake first: the chance that it leaves
    within 28 days with its 95% interval, learnt from the accounts that left, and what raises it most. Where too few
    left, or where the learnt chances did no better than the base rate by more than chance (log loss on later months,
    p at most 1%), rules judge and no chance is stated; the note says which. Rules do not know chance well: of accounts
    active on some 8 days a month at random, about one of twelve is on watch at any time. Accounts younger than 28
    days or never active are left out.
    """
    course, known, end = _course(facts, min(period.until, facts.now))
    found, seen = judged(facts, period), set(course.ids)
    rows: list[dict[str, Any]] = []
    for one in found.judged:
        account = course.ids[one.place]
        about = known.get(account, {})
        revenue = about.get("revenue")
        part = one.chance if one.chance is not None else float(one.level == "at risk")
        rows.append({
            "account_id": account, "name": about.get("name") or account, "segment": about.get("segment"),
            "plan": about.get("plan"), "owner": about.get("owner"), "level": one.level, "chance": one.chance,
            "low": one.low, "high": one.high, "why": "; ".join(one.reasons), "revenue": revenue,
            "stake": None if revenue is None else revenue * part, "days": int(course.days[one.place, 0]),
            "days_usual": round(float(course.days[one.place, 1:4].mean()), 1) if course.windows > 1 else None,
            "persons": int(course.persons[one.place, 0]),
            "last_at": end - timedelta(days=float(course.last[one.place, 0])), "basis": found.basis,
        })  # fmt: skip
    rows.sort(
        key=lambda row: (LEVELS.index(row["level"]), -(row["stake"] or 0), -(row["chance"] or 0), row["account_id"])
    )
    never = sum(key not in seen and not _gone(about, end) for key, about in known.items()) if rows else 0
    return facts.report(
        rows, left_out=found.young + never, why=f"younger than {WINDOW} days or never active",
        note=found.words if rows else "",
    )  # fmt: skip


@report(
    "usage.health_calibration", title="How chances to leave held", chart=calibration_chart, scopes=("segment",),
    source=SOURCE,
    columns=(
        Column("predicted", "Chance stated", unit="share", doc="Mean of the bin"),
        Column("observed", "Left", unit="share"), Column("low", "Low", unit="share", doc="95%, Wilson (1927)"),
        Column("high", "High", unit="share"), Column("n", "Account-months"),
    ),
)  # fmt: skip
def calibration_report(facts: Facts, period: Period) -> Report:
    """The latest third of the account-months in up to five bins of like chance: the chance that a model which had
    not seen them stated, against the share that left. Empty while too few accounts have left.
    """
    found = judged(facts, period)
    if found.checked is None:
        return facts.report([], note=found.words if found.judged else "")
    rows = [
        {"predicted": one.predicted, "observed": one.observed, "low": one.low, "high": one.high, "n": one.n}
        for one in found.checked.bins
    ]
    return facts.report(rows, sample=found.checked.months, note=found.words)


@metric(
    "usage.accounts_at_risk", title="Accounts at risk", unit="accounts", better="lower", source=SOURCE,
    scopes=("segment",), window=WINDOW,
)  # fmt: skip
def accounts_at_risk(facts: Facts, period: Period) -> Value:
    """Accounts that will probably leave within 28 days: a chance of at least 20% and three times the usual one;
    where rules judge, those with a silence that is no chance. None while no account can be judged."""
    found = facts.read.report("usage.health", period, **facts.scope)
    rows = [row for row in found.rows if row["level"] == "at risk"]
    return facts.value(
        len(rows) if found.rows else None, sample=found.sample, left_out=found.left_out, why=found.left_out_why,
        rows=rows, note=BASES[found.rows[0]["basis"]] if found.rows else "",
    )  # fmt: skip


def judged(facts: Facts, period: Period) -> Health:
    """Return the health of all accounts at the end of the period, or now."""
    now = min(period.until, facts.now)
    key = f"usage.health.{local_midnight(now, facts.zone).isoformat()}"
    return facts.once(key, lambda: health(_course(facts, now)[0]))


def _course(facts: Facts, now: datetime) -> tuple[Course, dict[str, dict[str, Any]], datetime]:
    end = local_midnight(now, facts.zone)
    return facts.once(f"usage.course.{end.isoformat()}", lambda: _read(facts, end))


def _read(facts: Facts, end: datetime) -> tuple[Course, dict[str, dict[str, Any]], datetime]:
    """Read what accounts did in windows that end at a local midnight; days of today do not count."""
    events = events_of(facts)
    seen = events.filter(events.account_id.notnull() & (events.occurred_at < end))
    begins = facts.once("usage.begins", lambda: facts.scalar(events.occurred_at.min()))
    windows = 0 if begins is None or begins >= end else min(MOST_WINDOWS, (end - begins) // timedelta(days=WINDOW))
    accounts = facts.once("usage.accounts", lambda: facts.records(facts.accounts.drop("source", "batch")))
    known = {row["account_id"]: row for row in accounts}
    rows = facts.records(_by_window(facts, seen, end, windows)) if windows else []
    ids = tuple(sorted({row["account_id"] for row in rows}))
    place = {account: index for index, account in enumerate(ids)}
    tables = {name: np.zeros((len(ids), windows)) for name in ("days", "persons", "features", "events", "complaints")}
    last = np.full((len(ids), windows), np.nan)
    for row in rows:
        at = place[row["account_id"]], row["window"]
        for name in ("days", "persons", "features", "events"):
            tables[name][at] = row[name]
        last[at] = (end - row["last_at"]).total_seconds() / 86_400
    for window in range(windows - 2, -1, -1):  # who was not there in a window was last there before it
        last[:, window] = np.where(np.isnan(last[:, window]), last[:, window + 1], last[:, window])
    _complaints(facts, end, windows, place, tables["complaints"])
    begun = np.array([_days(known.get(one, {}).get("created_at"), end) for one in ids])
    left = np.array([_days(known.get(one, {}).get("churned_at"), end) for one in ids])
    segments = tuple(str(known.get(one, {}).get("segment") or "") for one in ids)
    left = np.where(left > 0, left, np.nan)  # what happened after the moment of judging is not known yet
    weeks = _weeks(facts, seen, end, place)
    course = Course(ids, segments, **tables, last=last, begun=_first(begun, last), left=left, weeks=weeks)
    return course, known, end


def _first(begun: NDArray[np.float64], last: NDArray[np.float64]) -> NDArray[np.float64]:
    """Days since an account began: as the source says, else since it was first seen (NaN where that was at the
    very beginning of all that is known, so that nobody knows)."""
    if not last.size:
        return begun
    oldest = np.where(np.isnan(last), -np.inf, last).max(axis=1)
    early = ~np.isnan(last[:, -1])
    return np.where(np.isnan(begun), np.where(early, np.nan, oldest), begun)


def _gone(about: dict[str, Any], end: datetime) -> bool:
    return about["churned_at"] is not None and about["churned_at"] < end


def _days(moment: datetime | None, end: datetime) -> float:
    return np.nan if moment is None else (end - moment).total_seconds() / 86_400


def _window(column: Any, end: datetime, length: int) -> Any:
    """Which window of so many days before the end a moment is in: [end - length, end) is 0. Moments are before it."""
    since = int((end - EPOCH).total_seconds()) - column.epoch_seconds() - 1
    return (since / (length * 86_400)).floor().cast("int64")


def _by_window(facts: Facts, seen: Any, end: datetime, windows: int) -> Any:
    """Counts by account and window. Days are 24 hours before the end; each person, day and feature counts once."""
    used = with_feature(seen.filter(seen.occurred_at >= end - timedelta(days=WINDOW * windows)), catalogue(facts))
    cut = used.mutate(window=_window(used.occurred_at, end, WINDOW), day=used.occurred_at.truncate("D"))
    return cut.group_by("account_id", "window").agg(
        events=cut.count(), persons=cut.person_id.nunique(), days=cut.day.nunique(), features=cut.used.nunique(),
        last_at=cut.occurred_at.max(),
    )  # fmt: skip


def _weeks(facts: Facts, seen: Any, end: datetime, place: dict[str, int]) -> NDArray[np.bool_]:
    weeks = np.zeros((len(place), WEEKS), dtype=bool)
    late = seen.filter(seen.occurred_at >= end - timedelta(days=7 * WEEKS))
    cut = late.mutate(week=_window(late.occurred_at, end, 7)).select("account_id", "week").distinct()
    for row in facts.records(cut) if place else []:
        if row["account_id"] in place:
            weeks[place[row["account_id"]], row["week"]] = True
    return weeks


def _complaints(facts: Facts, end: datetime, windows: int, place: dict[str, int], table: NDArray[np.float64]) -> None:
    said = facts.feedback
    bugs = said.filter((said.kind == "bug") & said.account_id.notnull() & said.given_at.notnull())
    told = facts.once("usage.complaints", lambda: facts.records(bugs.select("account_id", "given_at")))
    for row in told:
        window = -1 if row["given_at"] >= end else int(_days(row["given_at"], end) // WINDOW)
        if row["account_id"] in place and 0 <= window < windows:
            table[place[row["account_id"]], window] += 1
