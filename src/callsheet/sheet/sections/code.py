"""What a repository alone can tell: who the code depends on, and when work happens."""

from __future__ import annotations

from callsheet.base.time import last
from callsheet.metrics.registry import Column, report_named
from callsheet.sheet.model import Ask, Section, section

MOST = 6


@section("hands", place=70, cadences=("weekly", "monthly"))
def hands(ask: Ask) -> Section:
    """Repositories by how few people make half of the contributions."""
    part = Section(
        "hands", "Who the code depends on", "table", note="contributions in the last year", wide=False,
        href="/reports/people.absence_factor",
    )  # fmt: skip
    if not ask.reader.has("people.absence_factor") or ask.reader.has_data("delivery.cycle_time"):
        return part
    keys = ("repo", "absence_factor", "contributors", "commits", "top_share")
    rows = sorted(ask.reader.report("people.absence_factor").rows, key=lambda row: -(row.get("commits") or 0))
    part.rows = [{key: row.get(key) for key in keys} for row in rows[:MOST]]
    part.columns = [
        Column("repo", "Repository"), Column("absence_factor", "Make half of it", "people"),
        Column("contributors", "Contributors", "people"), Column("commits", "Commits", "commits"),
        Column("top_share", "Largest share", "%"),
    ]  # fmt: skip
    return part


@section("hours", place=71, cadences=("weekly", "monthly"))
def hours(ask: Ask) -> Section:
    """When work happens, over the last quarter."""
    part = Section("hours", "When work happens", "chart", note="commits, last 90 days, authors' own clocks", wide=False)
    if not ask.reader.has("delivery.hours") or ask.reader.has_data("delivery.cycle_time"):
        return part
    found = ask.reader.report("delivery.hours", last(90, ask.reader.now, ask.reader.zone))
    spec = report_named("delivery.hours")
    if found.rows and spec.chart is not None:
        part.chart, part.href = spec.chart(found), "/reports/delivery.hours"
    return part


@section("slow", place=72, cadences=("weekly", "monthly"))
def slow(ask: Ask) -> Section:
    """Where changes take long to merge, when reviews are not known."""
    part = Section(
        "slow", "Slowest to merge", "table", note="median days from opened to merged, 90 days", wide=False,
        href="/reports/delivery.slow_repositories",
    )  # fmt: skip
    if not ask.reader.has("delivery.slow_repositories") or ask.reader.has_data("delivery.cycle_time"):
        return part
    found = ask.reader.report("delivery.slow_repositories", last(90, ask.reader.now, ask.reader.zone))
    rows = [row for row in found.rows if (row.get("changes") or 0) >= 10 and row.get("median_days") is not None]
    rows.sort(key=lambda row: -row["median_days"])
    keys = ("repo", "median_days", "changes", "open", "oldest_days")
    part.rows = [{key: row.get(key) for key in keys} for row in rows[:MOST]]
    part.columns = [
        Column("repo", "Repository"), Column("median_days", "Median", "days"), Column("changes", "Merged", "changes"),
        Column("open", "Open", "changes"), Column("oldest_days", "Oldest", "days"),
    ]  # fmt: skip
    return part


@section("uptake", place=57, cadences=("weekly", "monthly"))
def uptake(ask: Ask) -> Section:
    """What share of installs the latest releases reached."""
    part = Section("uptake", "Installed", "table", note="share of all installs, by months after release", wide=False)
    if not ask.reader.has("releases.uptake"):
        return part
    rows = ask.reader.report("releases.uptake", last(365, ask.reader.now, ask.reader.zone)).rows
    rows = [row for row in rows if row.get("peak") is not None]
    rows.sort(key=lambda row: row["released_at"], reverse=True)
    keys = ("release", "version", "line", "month1", "month3", "month6", "peak")
    part.rows = [{key: row.get(key) for key in keys} for row in rows[:MOST]]
    part.columns = [
        Column("version", "Release", href="/releases/{release}"), Column("line", "Line"), Column("month1", "1 month", "%"),
        Column("month3", "3 months", "%"), Column("month6", "6 months", "%"), Column("peak", "Peak", "%"),
    ]  # fmt: skip
    return part
