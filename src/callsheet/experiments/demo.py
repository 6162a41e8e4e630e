"""The sample company's experiments: exposures, outcomes, links, and the plans that people wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.experiments.actions import plan_experiment, predict, start
from callsheet.experiments.records import Experiment
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.model.sample import Company, Trial
from callsheet.store.book import Book

NEW_IOS = 5
"""Days since the app's version 7.2, in which the broken experiment loses people."""
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measures:
    """The primary metric of a trial, and its guardrail: name, usual rate, margin of harm."""

    primary: str
    guardrail: str
    rate: float
    margin: float


MEASURES = {
    "shorter-sign-up": Measures("finished_sign_up", "wrong_details", 0.031, 0.015),
    "smart-defaults-ab": Measures("finished_set_up", "asked_support", 0.042, 0.015),
    "gentler-reminders": Measures("kept_reminders", "missed_a_limit", 0.058, 0.025),
    "filter-hint": Measures("saved_a_filter", "asked_support", 0.040, 0.020),
    "invite-first": Measures("invited_a_colleague", "left_set_up", 0.110, 0.030),
    "digest-on-friday": Measures("opened_digest", "unsubscribed", 0.012, 0.010),
}
PAST = (
    (Trial("filter-hint", "Hint at saved filters", "saved-filters", "ada",
           "People who see the hint once keep a filter of their own.", 46, 21,
           {"control": (3120, 0.184), "hint": (3087, 0.221)}, 0.01, {"ada": 0.03, "bruno": 0.005}),
     "ship", 24, ""),
    (Trial("invite-first", "Invite before the tour", "onboarding-checklist", "jonas",
           "Asking for a colleague before the tour brings more of them in.", 75, 28,
           {"control": (4010, 0.268), "invite first": (4043, 0.249)}, 0.01, {"jonas": 0.02, "kofi": -0.015}),
     "roll_back", 46, ""),
    (Trial("digest-on-friday", "Digest on Fridays", "usage-alerts", "otto",
           "On Fridays there is time to read the digest.", 100, 28,
           {"control": (2260, 0.312), "friday": (2291, 0.319)}, 0.02, {"otto": 0.01}),
     "inconclusive", 71, "The interval is too wide, and the traffic is needed for reminders."),
)  # fmt: skip
"""Experiments of earlier months: the trial, its verdict, how many days ago it was decided, and why."""


def facts(company: Company) -> Iterator[tuple[str, pa.Table | list[dict[str, Any]]]]:
    """Yield exposures, outcomes and links."""
    trials = [*((trial, trial.days) for trial, *_ in PAST), *((trial, 0) for trial in company.trials)]
    for trial, days in trials:
        exposures, outcomes = _run(company, trial, days)
        yield "exposures", exposures
        yield "outcomes", outcomes
    yield "links", [
        {
            "from_ref": str(Ref("initiative", trial.initiative)), "kind": "tests",
            "to_ref": str(Ref("experiment", trial.id)), "confidence": 1.0, "why": "named in the plan",
        }
        for trial, _ in trials
    ]  # fmt: skip


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Plan and start every experiment, and decide those of the past."""
    for trial, verdict, ago, reason in PAST:
        _plan(book, company, trial, actor)
        moment = company.ago(ago, 11)
        book.update(
            Experiment, trial.id, state="decided", decision=verdict, decided_at=moment, ended_at=moment,
            decided_by=trial.owner, reason=reason, measured=_measured(trial, verdict),
        )  # fmt: skip
        book.log(
            "experiment.decided", Ref("experiment", trial.id), actor, verdict=verdict, reason=reason, title=trial.title,
            initiative=trial.initiative, decided_at=moment,
        )  # fmt: skip
    for trial in company.trials:
        _plan(book, company, trial, actor)


def _plan(book: Book, company: Company, trial: Trial, actor: Actor) -> None:
    measures = MEASURES[trial.id]
    guardrail = {"metric": measures.guardrail, "kind": "proportion", "better": "lower", "margin": measures.margin}
    plan_experiment(
        book, trial.title, actor, experiment_id=trial.id, hypothesis=trial.hypothesis, owner=trial.owner,
        initiative=trial.initiative, team=company.person(trial.owner).team, metric=measures.primary,
        arms=[{"name": name, "allocation": 1} for name in trial.arms], worthwhile=trial.worthwhile,
        guardrails=[guardrail], planned_days=trial.days,
    )  # fmt: skip
    for by, effect in trial.predictions.items():
        reach = round(max(0.01, 0.7 * abs(effect)), 3)
        predict(book, trial.id, by, effect, actor, low=round(effect - reach, 4), high=round(effect + reach, 4))
    start(book, trial.id, actor, company.ago(trial.started, 9))


def _measured(trial: Trial, verdict: str) -> dict[str, Any]:
    from callsheet.stats.readout import Arm, read_proportions

    (control, (n0, rate0)), (name, (n1, rate1)) = trial.arms.items()
    arms = Arm(control, n0, round(n0 * rate0)), [Arm(name, n1, round(n1 * rate1))]
    found = read_proportions(*arms)
    gap = found.of(name).difference
    return {
        "arm": name, "difference": gap.amount, "low": gap.low, "high": gap.high, "p": gap.p, "units": n0 + n1,
        "verdict": verdict, "srm_p": found.srm.p, "srm_ok": found.srm.ok,
    }  # fmt: skip


def _run(company: Company, trial: Trial, days: int) -> tuple[pa.Table, pa.Table]:
    """Return exposures and outcomes. `days` is the length of a run that is over; 0 while it runs.

    Complete days hold exactly the arms' numbers; of a run under way a few people come today as well. Where the
    arms differ much, the people missing in the smaller one are all of the segment `iOS 7.2`, in its 5 days.
    """
    rng = company.rng(f"trial-{trial.id}")
    length = days or trial.started
    most = max(size for size, _ in trial.arms.values())
    exposures, outcomes = [], []
    for name, (size, rate) in trial.arms.items():
        gap = most - size if most - size > 200 else 0
        day, segment = _crowd(rng, size + gap, length, bool(days))
        if gap:
            lost = rng.choice(np.flatnonzero(segment == "iOS 7.2"), gap, replace=False)
            keep = np.setdiff1d(np.arange(size + gap), lost)
            day, segment = day[keep], segment[keep]
        today = 0 if days else max(3, size // (3 * length))
        ids = [f"{trial.id}-{name[:1]}-{number:05d}" for number in range(size + today)]
        second = rng.integers(9 * 3600, 21 * 3600, size + today)
        all_days = np.concatenate([day, np.full(today, length)])
        second[size:] = rng.integers(0, max(1, company.today.hour * 3600), today)
        segments = np.concatenate([segment, rng.choice(segment, today)])
        begin = company.ago(trial.started, 0)
        moments = [begin + timedelta(days=int(d), seconds=int(s)) for d, s in zip(all_days, second, strict=True)]
        exposures.append(_exposures(trial.id, name, ids, moments, segments))
        measures = MEASURES[trial.id]
        for metric, share in ((measures.primary, rate), (measures.guardrail, measures.rate)):
            hits = np.zeros(size + today)
            hits[rng.choice(size, round(share * size), replace=False)] = 1.0
            outcomes.append(_outcomes(trial.id, name, ids, metric, hits))
    return pa.concat_tables(exposures), pa.concat_tables(outcomes)


def _crowd(rng: np.random.Generator, size: int, length: int, over: bool) -> tuple[Ints, NDArray[np.str_]]:
    """Return day and segment of each unit, days before today. New iPhones come with version 7.2."""
    day = rng.integers(0, length, size)
    segment = rng.choice(["web", "Android 9.1", "iOS"], size=size, p=[0.31, 0.21, 0.48])
    new = (day >= length - NEW_IOS) & (not over)
    return day, np.where(segment == "iOS", np.where(new, "iOS 7.2", "iOS 7.1"), segment)


def _exposures(trial: str, arm: str, ids: list[str], moments: list[Any], segments: NDArray[np.str_]) -> pa.Table:
    return pa.table({
        "experiment": [trial] * len(ids), "unit_id": ids, "arm": [arm] * len(ids),
        "exposed_at": pa.array(moments, pa.timestamp("us")), "segment": segments.tolist(),
    })  # fmt: skip


def _outcomes(trial: str, arm: str, ids: list[str], metric: str, hits: NDArray[np.float64]) -> pa.Table:
    size = len(ids)
    return pa.table({
        "experiment": [trial] * size, "unit_id": ids, "arm": [arm] * size, "metric": [metric] * size, "amount": hits,
        "squares": hits, "units": np.ones(size, np.int64),
    })  # fmt: skip
