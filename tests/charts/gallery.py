"""One chart of every builder, with figures that a product team would recognise.

`python -m tests.charts.gallery FOLDER` (from the repository) draws all of them, light and dark, wide and
narrow, to be looked at.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from callsheet import charts
from callsheet.charts.parts import Option


def days(count: int, step: int = 1, start: str = "2026-08-31") -> list[str]:
    """ISO days, `step` days apart."""
    first = date.fromisoformat(start)
    return [(first + timedelta(days=step * n)).isoformat() for n in range(count)]


WEEKS = days(12, 7)


def line() -> Option:
    now = [4.9, 5.2, 5.0, 5.6, 5.4, 6.2, 6.6, 7.4, 7.9, 8.6, 9.1, 9.4]
    points = [
        {"since": w, "amount": a, "partial": w == WEEKS[-1], "interval": [a - 0.8, a + 1.1]}
        for w, a in zip(WEEKS, now, strict=True)
    ]
    return charts.line(
        {"Cycle time": points},
        title="Cycle time, 85%, by week",
        unit="days",
        notes=[("2026-10-26", "team split")],
    )


def lines() -> Option:
    teams = {"Data": 0.42, "Platform": 0.44, "Growth": 0.71, "Mobile": 0.55}
    return charts.line(
        {n: [(w, b + 0.05 * math.sin(i + b * 30)) for i, w in enumerate(WEEKS)] for n, b in teams.items()},
        title="Promises kept by team",
        unit="share",
    )


def sparkline() -> Option:
    values = [12, 14, 13, 17, 16, 21, 22, 24, 27]
    points: list[dict[str, Any]] = [{"since": d, "amount": v} for d, v in zip(WEEKS, values, strict=False)]
    points[-1]["partial"] = True
    return charts.sparkline(points, title="Active accounts", tone="@good")


def stacked_area() -> Option:
    review = [2.3, 2.2, 2.3, 2.4, 2.4, 2.5, 2.8, 3.0, 3.4, 3.6, 3.8, 4.2]
    layers = {
        "coding": [1.1, 1.0, 1.1, 1.0, 1.0, 1.1, 1.0, 1.1, 1.1, 1.2, 1.1, 1.2],
        "first review": review,
        "review to merge": [0.9, 0.9, 0.8, 0.9, 0.8, 0.9, 0.9, 0.9, 1.0, 1.0, 1.1, 1.1],
    }
    return charts.stacked_area(
        {name: list(zip(WEEKS, values, strict=True)) for name, values in layers.items()},
        title="Median days by stage, 12 weeks",
        unit="days",
        emphasis="first review",
        notes=[("2026-10-26", "team split, 26 Oct")],
    )


def bar() -> Option:
    done = {"Features": [6, 8, 7, 9, 5, 8], "Bugs": [4, 3, 5, 6, 7, 7], "Chores": [2, 2, 1, 2, 3, 2]}
    return charts.bar(WEEKS[:6], done, title="Finished by type and week", unit="items", stacked=True)


def grouped() -> Option:
    told = {"Asked": [23, 14, 9, 6], "Told": [5, 12, 9, 2]}
    return charts.bar(["2026.44", "2026.45", "2026.46", "2026.47"], told, title="Requesters told", unit="people")


def lying() -> Option:
    names = ["Import fails on large files", "Who changed this?", "Slow board with 500 cards", "Calendar sync"]
    return charts.bar(names, {"Revenue": [96000, 141000, 32000, 9000]}, title="Revenue", unit="€", horizontal=True)


def scatter() -> Option:
    items = [
        {
            "x": d,
            "y": round(1.2 + 5 * abs(math.sin(7.3 * i)) ** 3 + 6 * abs(math.sin(1.7 * i)) ** 9, 1),
            "name": f"DA-{i}",
        }
        for i, d in enumerate(days(80))
    ]
    items[50]["tone"] = "@bad"
    return charts.scatter(items, title="Cycle time of each item", percentiles={50: 2.6, 85: 6.4, 95: 9.8})


def histogram() -> Option:
    values = [round(1.2 + 9 * abs(math.sin(2.3 * i)) ** 3, 1) for i in range(150)]
    return charts.histogram(values, title="Cycle times", marks={"50%": 3.1, "85%": 8.6})


def cfd() -> Option:
    axis = days(60)
    return charts.cfd(
        {
            "To do": [(d, 14 + (i % 9) / 3) for i, d in enumerate(axis)],
            "Doing": [(d, 6 + i / 20) for i, d in enumerate(axis)],
            "In review": [(d, 4 + max(0, i - 30) / 2.5) for i, d in enumerate(axis)],
            "Done": [(d, i * 0.9) for i, d in enumerate(axis)],
        },
        title="Cumulative flow",
    )


def fan() -> Option:
    history = [(d, round(3.1 * i + (i % 3), 1)) for i, d in enumerate(WEEKS)]
    future = [
        {
            "x": d,
            "levels": {
                5: 35 + 1.7 * i,
                25: 35 + 2.5 * i,
                50: 35 + 3.2 * i,
                75: 35 + 3.8 * i,
                95: 35 + 4.9 * i,
            },
        }
        for i, d in enumerate(days(8, 7, "2026-11-23"), 1)
    ]
    return charts.fan(history, future, title="Bulk import: work done", scope=52, promised="2026-12-14")


def finish() -> Option:
    curve = [(d, 1 / (1 + math.exp(-(i - 22) / 5))) for i, d in enumerate(days(50, 1, "2026-11-20"))]
    return charts.finish(curve, title="Bulk import: day of finish", promised="2026-12-04", today="2026-11-20")


def range_row() -> Option:
    rows = [
        ("Bulk import", "2026-12-02", "2026-12-09", "2026-12-17", "2026-12-29", "2026-12-04", 0.23),
        ("Audit export", None, "2026-12-06", "2026-12-12", "2026-12-20", "2026-12-04", 0.41),
        ("Usage alerts", None, "2026-11-28", "2026-12-02", "2026-12-08", "2026-12-14", 0.95),
        ("Not started yet", None, None, None, None, "2027-01-08", None),
    ]
    keys = ("name", "low", "p50", "p85", "p95", "promised", "chance")
    read = [dict(zip(keys, row, strict=True)) for row in rows]
    return charts.range_row(read, title="Promises and forecasts", today="2026-11-22")


def funnel() -> Option:
    steps = [
        ("Visited", 5214),
        ("Signed up", 2310),
        ("Imported data", 912),
        ("Invited a colleague", 640),
        ("Paid", 388),
    ]
    return charts.funnel([{"name": n, "count": c} for n, c in steps], title="From visit to payment")


def heatmap() -> Option:
    grid = [
        [round(0.28 + 0.72 * math.exp(-c / 1.6) - r * 0.008, 3) if c <= 8 - r else None for c in range(9)]
        for r in range(8)
    ]
    names = [
        f"{d} · {412 - 17 * i}"
        for i, d in enumerate(["31 Aug", "7 Sep", "14 Sep", "21 Sep", "28 Sep", "5 Oct", "12 Oct", "19 Oct"])
    ]
    return charts.heatmap(
        names,
        [str(n) for n in range(9)],
        grid,
        title="Retention by week of joining",
        partial=[(r, 8 - r) for r in range(8)],
    )


def lifecycle() -> Option:
    n = range(12)
    return charts.lifecycle(
        WEEKS,
        {
            "returning": [210 + 6 * i for i in n],
            "new": [60 + (i * 7) % 25 for i in n],
            "resurrecting": [22 + (i * 5) % 11 for i in n],
            "dormant": [-(54 + (i * 9) % 31) for i in n],
        },
        title="Who came, stayed and went",
        notes=[("2026-10-26", "onboarding checklist")],
    )


def intervals() -> Option:
    rows: list[dict[str, Any]] = [
        {"name": "Activation", "estimate": 0.021, "low": 0.009, "high": 0.033},
        {"name": "Support tickets", "estimate": 0.001, "low": -0.006, "high": 0.008},
        {"name": "Checkout errors", "estimate": -0.008, "low": -0.015, "high": -0.001},
    ]
    return charts.intervals(rows, title="Smart defaults: effects", unit="share", smallest=0.005)


def calibration() -> Option:
    rows = [
        (0.15, 0.1, 9),
        (0.35, 0.28, 14),
        (0.5, 0.47, 22),
        (0.7, 0.74, 31),
        (0.85, 0.83, 41),
        (0.95, 0.9, 20),
    ]
    return charts.calibration(
        [
            {
                "predicted": p,
                "observed": o,
                "n": n,
                "low": max(0, o - 1 / n**0.5),
                "high": min(1, o + 1 / n**0.5),
            }
            for p, o, n in rows
        ],
        title="Forecasts against what happened",
    )


def bubbles() -> Option:
    rows = [("Import fails on large files", 9, 96, 14, "@bad"), ("Who changed this?", 4, 141, 11, ""),
            ("Slow board with 500 cards", 5, 32, 8, ""), ("Calendar sync", 3, 9, 3, "@violet"),
            ("Dark mode", -2, 12, 6, "@ink-3"), ("Two-factor sign-in", 1, 60, 5, "")]  # fmt: skip
    return charts.bubbles(
        [{"name": n, "x": x, "y": y * 1000, "size": s, "tone": t} for n, x, y, s, t in rows],
        title="Themes of the feedback", x="change in customers", y="revenue", y_unit="€",
    )  # fmt: skip


def sankey() -> Option:
    ways = [("1_/", "2_/board", 420), ("1_/", "2_/inbox", 210), ("1_/", "2_(other)", 96), ("2_/board", "3_card opened", 260),
            ("2_/board", "3_/inbox", 44), ("2_/inbox", "3_/board", 120), ("2_(other)", "3_/board", 31)]  # fmt: skip
    keys = dict.fromkeys(key for source, target, _ in ways for key in (source, target))
    nodes = [{"key": k, "name": k[2:], "step": int(k[0]), "quiet": k.endswith("(other)")} for k in keys]
    edges = [{"source": source, "target": target, "count": count} for source, target, count in ways]
    return charts.sankey(nodes, edges, title="Ways from the start page")


def empty() -> Option:
    return charts.line({"Cycle time": []}, title="Cycle time, 85%")


ALL: dict[str, Callable[[], Option]] = {
    make.__name__: make
    for make in (
        line, lines, sparkline, stacked_area, bar, grouped, lying, scatter, histogram, cfd, fan, finish,
        range_row, funnel, heatmap, lifecycle, intervals, calibration, bubbles, sankey, empty,
    )
}  # fmt: skip


def main(folder: str) -> None:
    from callsheet.charts.render import png

    for name, make in ALL.items():
        for theme in ("light", "dark"):
            for wide in (360, 1100, 560):
                path = Path(folder) / f"{name}-{theme}-{wide}.png"
                path.write_bytes(png(make(), theme, 120 if name == "sparkline" else wide, scale=1))


if __name__ == "__main__":
    main(sys.argv[1])
