"""Feature adoption: from the release on, who could use it, saw it, tried it, came back and kept it.

The counts are those of the report `usage.adoption`: both are made by `row_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import model_validator

from callsheet.base.errors import BadInput
from callsheet.base.time import day_start, local_date, parse_moment
from callsheet.charts import Option, line
from callsheet.metrics import Facts
from callsheet.stats.intervals import wilson
from callsheet.stats.survival import Curve, kaplan_meier
from callsheet.store.histories.conditions import text
from callsheet.usage.questions import common
from callsheet.usage.questions.adoption_shapes import (
    AdoptionAnswer,
    AdoptionDay,
    AdoptionPrediction,
    AdoptionSplit,
    AdoptionStage,
    AdoptionTimes,
    ReleaseBrought,
    Stage,
)  # fmt: skip
from callsheet.usage.questions.catalogue import entry_of
from callsheet.usage.questions.common import Asked, Breakdown, Column, Desk, Name, Span, Strict, Table, Units
from callsheet.usage.questions.conditions import wheres
from callsheet.usage.questions.reach import ACCOUNT_FIELDS, PERSON_FIELDS, Reach, joints, reached
from callsheet.usage.records import Feature
from callsheet.usage.rules import KEPT_AFTER, Entry, Use, adoption, due, standing

DAY = 86_400.0
OTHER, NONE = "other", "none"
STAGES: tuple[tuple[Stage, str], ...] = (
    ("could_use", "Could use"), ("exposed", "Saw it"), ("tried", "Tried"), ("repeated", "Came back"), ("kept", "Kept"),
)  # fmt: skip


class Question(Asked):
    """What became of a feature of the catalogue since its release.

    Of `span` only `until` counts: the answer is as of then (default: now). `where` narrows those who could use it, by
    what is known of them (`account.segment`, `account.plan`, `person.role`, ...) or by cohort. `breakdown` splits
    them by such a field; by account segment unless asked otherwise.
    """

    kind: Literal["adoption"] = "adoption"
    whole_spans = True
    feature: Name
    unit: common.Unit = "account"
    span: Span = Span()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.compare:
            raise ValueError("adoption has one beginning, the release; compare features by asking for each")
        if self.span.since or self.span.last:
            raise ValueError("adoption begins at the release; give span.until alone, for the answer as of then")
        if self.breakdown and (self.breakdown.also or self.breakdown.bins or self.breakdown.clean):
            raise ValueError("adoption is split by one field, without bins or clean")
        if self.breakdown and self.breakdown.by not in (PERSON_FIELDS if self.unit == "person" else ACCOUNT_FIELDS):
            raise ValueError(f"break adoption down by one of {', '.join(PERSON_FIELDS)}")
        return self


class Cell(Strict):
    """Who stands at a stage (`not_kept`: tried it 7 days ago or earlier and did not come back); `label` is a split's."""

    stage: Stage = "tried"
    label: str | None = None


def answer(question: Question, desk: Desk) -> AdoptionAnswer:
    """Answer it; UnknownName for a feature that is not in the catalogue, BadInput while it is not released."""
    facts, feature, now = _asked(question, desk)
    reach = _reach(question, desk, facts, feature, now)
    row = row_of(reach, now)
    kept = [use.revenue for use in reach.uses if _kept(use) and use.revenue is not None]
    return AdoptionAnswer(
        unit=question.unit, since=reach.feature.released_at, until=now, sample=row["could_use"],
        left_out=reach.outside, left_out_why=_outside(question.unit) if reach.outside else "",
        notes=_notes(reach, row, question.unit), feature=feature.id, name=feature.name, owner=feature.owner,
        released_at=reach.feature.released_at, days=row["days"], stages=_stages(row),
        times=_times(reach, row, now), splits=_splits(question, reach, now), split_by=_by(question).by,
        prediction=_prediction(feature, reach.feature, row, now) if question.unit == "account" else None,
        releases=_brought(facts, reach, now),
        revenue_could_use=row["revenue_could_use"], revenue_tried=row["revenue_tried"],
        revenue_kept=sum(kept) if kept else None,
        revenue_unknown=reach.able["revenue"].null_count if question.unit == "account" else 0,
    )  # fmt: skip


def row_of(reach: Reach, now: datetime) -> dict[str, Any]:
    """Return the counts of a feature: the row of the report `usage.adoption`."""
    exposed = None if reach.exposed is None else len(reach.exposed)
    return adoption(
        reach.feature, reach.could_use, reach.uses, now, exposed=exposed, revenue=reach.revenue, watched=reach.watched
    )


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return who stands at a stage."""
    facts, feature, now = _asked(question, desk)
    reach = _reach(question, desk, facts, feature, now)
    if cell.label is not None:
        by_label = _labelled(question, reach)
        if cell.label not in by_label:
            raise BadInput(f"There is no {cell.label!r} in this answer.", f"There are {', '.join(by_label)}.")
        reach = _only(reach, by_label[cell.label])
    return Units(question.unit, sorted(_at_stage(reach, cell.stage, now)))


def chart(question: Question, found: AdoptionAnswer) -> Option:
    """The share that tried it by days since they could, with its interval, and the course that was predicted."""
    series: dict[str, list[dict[str, Any]]] = {
        "tried": [{"x": one.day, "y": one.share, "interval": one.interval} for one in found.times.curve]
    }
    said = found.prediction
    if said is not None and found.times.curve:
        course = ((day, min(1.0, day / said.days)) for day in range(found.times.curve[-1].day + 1))
        low, high = (said.share if one is None else one for one in (said.low, said.high))
        series["predicted"] = [
            {"x": day, "y": said.share * part, "interval": (low * part, high * part)} for day, part in course
        ]
    title = f"Share of {question.unit}s that tried {found.name}, by days since they could"
    return line(
        series,
        title=title,
        unit="share",
        tones={"predicted": "@ink-3"},
        along=f"days since the {question.unit} could use it",
    )


def table(question: Question, found: AdoptionAnswer) -> Table:
    """One row for all, one for each value of the breakdown."""
    keys = ("could_use", "exposed", "tried", "share", "low", "high", "repeated", "kept", "kept_of", "revenue_could_use",
            "revenue_tried")  # fmt: skip
    labels = ("Could use", "Saw it", "Tried", "Tried, share", "Low", "High", "Came back", "Kept", "Kept, of",
              "Revenue of those who could", "Revenue of those who tried")  # fmt: skip
    units = {"share": "share", "low": "share", "high": "share", "revenue_could_use": "money", "revenue_tried": "money"}
    columns = [Column(key="label", label=found.split_by.partition(".")[2].capitalize())]
    columns += [
        Column(key=key, label=label, unit=units.get(key, f"{question.unit}s"))
        for key, label in zip(keys, labels, strict=True)
    ]
    stages = {stage.key: stage for stage in found.stages}
    whole: dict[str, Any] = {
        "label": "all", **{key: stages[key].count for key, _ in STAGES}, "kept_of": stages["kept"].of,
        "share": stages["tried"].share, **_bounds(stages["tried"].interval),
        "revenue_could_use": found.revenue_could_use, "revenue_tried": found.revenue_tried,
    }  # fmt: skip
    return Table(columns=columns, rows=[whole, *(one.model_dump() | _bounds(one.interval) for one in found.splits)])


def _bounds(interval: tuple[float, float] | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    return {"low": low, "high": high}


def _asked(question: Question, desk: Desk) -> tuple[Facts, Feature, datetime]:
    if desk.facts is None:
        raise BadInput("Adoption needs the feature catalogue.", "Ask it of the workspace.")
    feature, now = desk.facts.book.get(Feature, question.feature), desk.now
    if question.span.until:
        moment = parse_moment(question.span.until, desk.zone)
        whole_day = len(question.span.until.strip()) <= 10
        until = day_start(local_date(moment, desk.zone) + timedelta(days=1), desk.zone) if whole_day else moment
        now = min(now, until)
    if feature.released_at is None or feature.released_at >= now:
        raise BadInput(f"{feature.name} was not released by then.", "Give it a release date, or ask for a later day.")
    return desk.facts, feature, now


def _reach(question: Question, desk: Desk, facts: Facts, feature: Feature, now: datetime) -> Reach:
    return reached(facts, [entry_of(feature)], now, question.unit, wheres(question.where, desk))[feature.id]


def _outside(unit: str) -> str:
    return f"{unit}s that used it though they were not among those who could"


def _notes(reach: Reach, row: dict[str, Any], unit: str) -> list[str]:
    notes = []
    if not reach.watched:
        notes.append("It was out before the first event known, so nobody knows how long it took to be tried.")
    if reach.exposed is not None:
        unseen = sum(use.unit_id not in reach.exposed for use in reach.uses)
        if unseen:
            notes.append(f"{unseen} {unit}s tried it without a record that they saw it.")
    if row["kept"] is None and row["tried"]:
        notes.append(f"Too early to say who keeps it: {KEPT_AFTER.days} days have to pass after a first use.")
    return notes


def _stages(row: dict[str, Any]) -> list[AdoptionStage]:
    of = {"exposed": row["could_use"], "tried": row["could_use"], "repeated": row["tried"], "kept": row["kept_of"]}
    why = {"exposed": "no event, flag or experiment tells who saw it", "kept": "no first use is 7 days ago"}
    found = []
    for key, label in STAGES:
        count = row[key]
        one = AdoptionStage(key=key, label=label, count=count, of=of.get(key, row["could_use"]))
        if count is None:
            one.why = why[key]
        elif key in of:
            share = wilson(count, one.of)
            one.share = share.amount
            one.interval = (share.low, share.high) if share.low is not None and share.high is not None else None
        found.append(one)
    return found


def _kept(use: Use) -> bool:
    return use.last_at - use.first_at >= KEPT_AFTER


def _at_stage(reach: Reach, stage: Stage, now: datetime) -> Iterable[str]:
    ids = set(reach.able["unit_id"].to_pylist())
    tried = {use.unit_id for use in reach.uses}
    if stage in ("exposed", "not_exposed") and reach.exposed is None:
        raise BadInput("Nothing tells who saw this feature.", "Name its exposure events or its flag in the catalogue.")
    chosen: dict[Stage, Callable[[], Iterable[str]]] = {
        "could_use": lambda: ids, "tried": lambda: tried, "not_tried": lambda: ids - tried,
        "exposed": lambda: reach.exposed or (), "not_exposed": lambda: ids - (reach.exposed or frozenset()),
        "repeated": lambda: (use.unit_id for use in reach.uses if use.uses > 1),
        "kept": lambda: (use.unit_id for use in reach.uses if _kept(use)),
        "not_kept": lambda: (
            use.unit_id for use in reach.uses if use.first_at + KEPT_AFTER <= now and not _kept(use)
        ),
    }  # fmt: skip
    return chosen[stage]()


def _curve(reach: Reach, now: datetime) -> Curve:
    """Days from when each unit could use it (the release, or its own beginning) to its first use, or to now."""
    out, able = np.datetime64(reach.feature.released_at, "us"), reach.able
    since = np.maximum(_moments(able["since"], out), out)
    until = np.minimum(_moments(able["until"], np.datetime64(now, "us")), np.datetime64(now, "us"))
    place = {unit: index for index, unit in enumerate(able["unit_id"].to_pylist())}
    happened = np.zeros(able.num_rows, dtype=bool)
    for use in reach.uses:
        happened[place[use.unit_id]] = True
        until[place[use.unit_id]] = np.datetime64(use.first_at, "us")
    days = (until - since) / np.timedelta64(1, "s") / DAY
    return kaplan_meier(np.maximum(days, 0.0), happened)


def _moments(column: pa.ChunkedArray, missing: np.datetime64) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    filled = pc.fill_null(column.cast(pa.timestamp("us")), pa.scalar(missing.astype(datetime), pa.timestamp("us")))
    return np.asarray(filled.to_numpy(), dtype="datetime64[us]")


def _times(reach: Reach, row: dict[str, Any], now: datetime) -> AdoptionTimes:
    if not reach.able.num_rows or not reach.watched:
        return AdoptionTimes()
    curve = _curve(reach, now)
    days, hours = [], row["first_use_hours"]
    for day in range(row["days"] + 1):
        share, low, high = curve.by(day + 1)
        later = int(np.searchsorted(curve.time, day + 1, side="right"))
        at_risk = int(curve.at_risk[later]) if later < curve.time.size else 0
        days.append(AdoptionDay(day=day, share=share, interval=(low, high), at_risk=at_risk))
    return AdoptionTimes(
        lower=curve.quantile(0.25), median=curve.quantile(0.5), upper=curve.quantile(0.75),
        tried_median=None if hours is None else round(hours / 24, 2), curve=days,
    )  # fmt: skip


def _prediction(feature: Feature, entry: Entry, row: dict[str, Any], now: datetime) -> AdoptionPrediction | None:
    if feature.predicted_share is None:
        return None
    age = (now - entry.released_at).total_seconds() / DAY
    share, low, high = (one or 0.0 for one in due(entry, age))
    return AdoptionPrediction(
        share=feature.predicted_share, low=feature.predicted_low, high=feature.predicted_high, days=entry.due_days,
        by=feature.predicted_by, due_share=share, due_low=low, due_high=high,
        standing=standing(entry, row["tried_low"], row["tried_high"], age),
    )  # fmt: skip


def _brought(facts: Facts, reach: Reach, now: datetime) -> list[ReleaseBrought]:
    ids = joints(facts, reach.feature.id)["release"]
    if not ids:
        return []
    table = facts.workspace.facts.tables()["releases"]
    rows = facts.records(table.filter(table.release_id.isin(ids)).select("release_id", "version", "released_at"))
    rows = [row for row in rows if row["released_at"] is not None and row["released_at"] <= now]
    rows.sort(key=lambda row: (row["released_at"], row["release_id"]))
    able, found = reach.able.num_rows, []
    for place, row in enumerate(rows):
        until = rows[place + 1]["released_at"] if place + 1 < len(rows) else now
        own = sum(row["released_at"] <= use.first_at < until for use in reach.uses)
        by_then = sum(use.first_at < until for use in reach.uses)
        found.append(
            ReleaseBrought(
                release=row["release_id"],
                version=row["version"] or row["release_id"],
                released_at=row["released_at"],
                first_uses=own,
                tried_share=by_then / able if able else None,
            )
        )
    return found


def _by(question: Question) -> Breakdown:
    return question.breakdown or Breakdown(by="account.segment")


def _labelled(question: Question, reach: Reach) -> dict[str, set[str]]:
    """Units by label, most of them first; the rest as `other`, those without a value as `none`, both last."""
    by = _by(question)
    groups: dict[str, set[str]] = {}
    for unit, value in zip(reach.able["unit_id"].to_pylist(), reach.able[by.by].to_pylist(), strict=True):
        groups.setdefault(NONE if value in (None, "") else text(value), set()).add(unit)
    nothing = groups.pop(NONE, None)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    found = dict(ordered[: by.limit])
    rest = set[str]().union(*(ids for _, ids in ordered[by.limit :]))
    return found | ({OTHER: rest} if rest else {}) | ({NONE: nothing} if nothing else {})


def _only(reach: Reach, ids: set[str]) -> Reach:
    able = reach.able.filter(pc.is_in(reach.able["unit_id"], pa.array(sorted(ids), pa.string())))
    uses = [use for use in reach.uses if use.unit_id in ids]
    return replace(
        reach, able=able, uses=uses, exposed=None if reach.exposed is None else reach.exposed & ids, outside=0
    )


def _splits(question: Question, reach: Reach, now: datetime) -> list[AdoptionSplit]:
    found = []
    for label, ids in _labelled(question, reach).items():
        row = row_of(_only(reach, ids), now)
        known = row["tried_low"] is not None
        found.append(
            AdoptionSplit(
                label=label,
                could_use=row["could_use"],
                exposed=row["exposed"],
                tried=row["tried"],
                share=row["tried_share"],
                interval=(row["tried_low"], row["tried_high"]) if known else None,
                repeated=row["repeated"],
                kept=row["kept"],
                kept_of=row["kept_of"],
                revenue_could_use=row["revenue_could_use"],
                revenue_tried=row["revenue_tried"],
            )
        )
    return found
