"""The answer to a funnel as a table and as a chart."""

from __future__ import annotations

from callsheet import charts
from callsheet.base import text
from callsheet.charts import Option
from callsheet.usage.questions.common import Column, Table
from callsheet.usage.questions.funnel_shapes import Bin, FunnelAnswer, Line, Of, StepOut, Trend

STEP_COLUMNS = (
    ("count", "Reached", ""), ("dropped", "Lost before", ""), ("of_first", "Of the first", "share"),
    ("of_previous", "Of the step before", "share"), ("mean_from_previous", "Mean time", "seconds"),
    ("median_from_previous", "Median time", "seconds"),
    ("mean_from_first", "Mean from first", "seconds"), ("median_from_first", "Median from first", "seconds"),
)  # fmt: skip


def name_of(one: Of) -> str:
    """Return words for a line."""
    words = [one.label] if one.label else []
    return ", ".join([*words, "before"] if one.period == "previous" else words or ["now"])


def steps_table(answer: FunnelAnswer, who: str) -> Table:
    """Return a row for each line and step."""
    columns = [Column(key="line", label="Line"), Column(key="step", label="Step"), Column(key="name", label="Name")]
    columns += [Column(key=k, label=label, unit=unit or who) for k, label, unit in STEP_COLUMNS]
    rows = [
        {"line": name_of(line), "step": one.step, "name": one.name} | {k: getattr(one, k) for k, *_ in STEP_COLUMNS}
        for line in answer.lines
        for one in line.steps
    ]
    return Table(columns=columns, rows=rows)


def times_table(answer: FunnelAnswer, who: str) -> Table:
    """Return a row for each line and bin."""
    columns = [
        Column(key="line", label="Line"), Column(key="since", label="From", unit="seconds"),
        Column(key="until", label="To", unit="seconds"), Column(key="count", label="Converted", unit=who),
    ]  # fmt: skip
    rows = [{"line": name_of(line)} | one.model_dump() for line in answer.times for one in line.bins]
    return Table(columns=columns, rows=rows)


def trends_table(answer: FunnelAnswer, who: str) -> Table:
    """Return a row for each line and interval."""
    columns = [
        Column(key="line", label="Line"), Column(key="interval", label="Interval"),
        Column(key="entered", label="Entered", unit=who), Column(key="converted", label="Converted", unit=who),
        Column(key="share", label="Share", unit="share"),
    ]  # fmt: skip
    rows = [
        {"line": name_of(line), "interval": one.since, "partial": one.partial, "entered": one.entered,
         "converted": one.converted, "share": one.share}
        for line in answer.trends
        for one in line.points
    ]  # fmt: skip
    return Table(columns=columns, rows=rows)


def steps_chart(lines: list[Line], who: str) -> Option:
    """Draw one line as a funnel, several as the shares that reached each step, side by side."""
    if len(lines) == 1:
        return charts.funnel([_step(one) for one in lines[0].steps], title="Funnel", unit=who)
    names = [one.name for one in lines[0].steps] if lines else []
    shares = {name_of(line): [one.of_first for one in line.steps] for line in lines}
    drawn = charts.bar(names, shares, title="Share that reached each step", unit="share")
    return drawn | {"yAxis": {**drawn["yAxis"], "max": 100, "interval": 25}} if "yAxis" in drawn else drawn


def _step(one: StepOut) -> dict[str, object]:
    name = f"{one.name} (optional)" if one.optional else one.name
    return {"name": name, "count": one.count, "kept": one.of_previous, "optional": one.optional}


def times_chart(answer: FunnelAnswer, who: str) -> Option:
    """Draw how long the first line took; the rest is in the table."""
    bins = answer.times[0].bins if answer.times else []
    counts: list[float | None] = [one.count for one in bins]
    return charts.bar([_span(one) for one in bins], {"converted": counts}, title="Time to convert", unit=who)


def trends_chart(trends: list[Trend]) -> Option:
    """Draw the shares by interval; intervals whose windows are open still are lines of their own, in grey."""
    lines, tones = {}, {}
    alone = len(trends) == 1 and not trends[0].label
    for line in trends:
        name = "converted" if alone else name_of(line)
        whole = [one for one in line.points if not one.partial]
        open_ = [one for one in line.points if one.partial]
        lines[name] = [{"since": one.since, "amount": one.share, "interval": one.interval} for one in whole]
        if open_:
            name = "may still grow" if alone else f"{name}, so far"
            lines[name] = [{"since": one.since, "amount": one.share, "partial": True} for one in [*whole[-1:], *open_]]
            tones[name] = "@ink-3/60"
    return charts.line(lines, title="Conversion by interval of entry", unit="share", tones=tones)


def _span(one: Bin) -> str:
    return f"{duration(one.since)} to {duration(one.until)}"


def duration(seconds: float) -> str:
    """Return a length of time in words: 40 s, 3.5 min, 2 h, 9 days."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{text.number(round(seconds / size, 1))} {unit}"
    return f"{text.number(round(seconds, 1))} s"
