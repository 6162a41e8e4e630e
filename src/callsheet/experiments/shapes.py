"""What the readout of an experiment says over HTTP. Effects are in the metric's own unit; `unit` points means shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class ArmPlan(BaseModel):
    """An arm and its weight; the first is the control."""

    model_config = ConfigDict(extra="allow")
    name: str
    allocation: float = 1


class GuardrailPlan(BaseModel):
    """A metric that must not get worse by more than the margin."""

    model_config = ConfigDict(extra="allow")
    metric: str
    kind: str = "proportion"
    better: str = "lower"
    margin: float = 0


class Said(BaseModel):
    """The effect somebody expects, with an 80% range."""

    by: str
    effect: float
    low: float
    high: float


class SaidHeld(Said):
    """A prediction, and whether its range held what was measured (None: nothing measured)."""

    held: bool | None


class Amendment(BaseModel):
    """A change of the plan after the start."""

    made_at: datetime
    by: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


class ArmRead(BaseModel):
    """An arm as it was measured; `planned` is its share of the units."""

    name: str
    units: int
    planned: float
    value: float | None


class Compared(BaseModel):
    """An arm against the control; `p_holm` is corrected for the number of arms, `why` says why there is no effect."""

    arm: str
    value: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    relative: float | None
    relative_low: float | None
    relative_high: float | None
    why: str | None


class GuardRead(BaseModel):
    """A guardrail of an arm."""

    metric: str
    arm: str
    margin: float
    state: Literal["kept", "broken", "unclear"]
    difference: float | None
    low: float | None
    high: float | None
    value: float | None
    control_value: float | None


class Ratio(BaseModel):
    """Units by arm against what was planned."""

    observed: list[float]
    expected: list[float]
    p: float | None
    ok: bool
    method: str
    sentence: str


class SegmentRatio(Ratio):
    """The split within a segment."""

    segment: str


class DayRatio(Ratio):
    """The split of a day."""

    day: str


class DayRead(BaseModel):
    """The effect of a day's units, and of all units up to that day with its interval."""

    day: str
    units: int
    difference: float | None
    so_far: float | None
    low: float | None
    high: float | None


class ReadoutOut(BaseModel):
    """Everything that an experiment's page shows. `refused`: no number may be called a winner, and why."""

    experiment: str
    title: str
    owner: str
    team: str
    initiative: str
    state: str
    started_at: datetime | None
    day: int
    planned_days: int
    units: int
    left_out: int
    left_out_why: str
    arms: list[ArmRead]
    srm_p: float | None
    srm_ok: bool
    cause: str
    arm: str
    metric: str
    better: str
    metric_kind: str
    difference: float | None
    low: float | None
    high: float | None
    relative: float | None
    p: float | None
    worthwhile: float
    verdict: str
    verdict_words: str
    verdict_label: str
    unit: str
    predicted: list[SaidHeld]
    read_until: datetime
    complete: bool
    refused: str | None
    method: str
    comparisons: list[Compared]
    guardrails: list[GuardRead]
    srm: Ratio
    srm_segments: list[SegmentRatio]
    srm_days: list[DayRatio]
    days: list[DayRead]
    needs_reason: dict[str, bool]
