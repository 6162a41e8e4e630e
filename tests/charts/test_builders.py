"""What every option owes the contract in `callsheet.charts`, and what each builder does with its data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from callsheet import charts
from callsheet.base.errors import BadInput
from callsheet.charts import parts, theme
from callsheet.charts.finish import chance_by
from callsheet.charts.timeline import ticks
from tests.charts import gallery

Make = Callable[[], charts.Option]
EVERY = pytest.mark.parametrize("make", gallery.ALL.values(), ids=gallery.ALL)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner, key)
    else:
        yield key, value


@EVERY
def test_an_option_is_json_says_what_it_shows_and_names_no_colour_itself(make: Make) -> None:
    option = make()
    assert json.loads(json.dumps(option, allow_nan=False))
    assert option["aria"]["label"]["description"]
    assert option["animation"] is False
    assert option["callsheet"]["height"] > 0
    colours = [value for key, value in leaves(option) if theme.is_colour_key(key) and isinstance(value, str)]
    assert colours
    assert all(colour.startswith("@") for colour in colours)
    helpers = [one for one in option["series"] if one["id"].startswith("_")]
    assert all(one["tooltip"] == {"show": False} and one["silent"] for one in helpers)


@EVERY
def test_every_token_is_replaced(make: Make) -> None:
    for name in ("light", "dark"):
        resolved = theme.resolve(make(), name)
        assert not [v for k, v in leaves(resolved) if theme.is_colour_key(k) and str(v).startswith("@")]


NOTHING: dict[str, Make] = {
    "line": lambda: charts.line({}, title="t"),
    "line of gaps": lambda: charts.line({"a": [("2026-01-01", None)]}, title="t"),
    "sparkline": lambda: charts.sparkline([], title="t"),
    "stacked area": lambda: charts.stacked_area({"a": []}, title="t"),
    "bar": lambda: charts.bar([], {}, title="t"),
    "scatter": lambda: charts.scatter([{"x": "2026-01-01", "y": None}], title="t"),
    "histogram": lambda: charts.histogram([], title="t"),
    "cfd": lambda: charts.cfd({}, title="t"),
    "fan": lambda: charts.fan([], [], title="t"),
    "finish": lambda: charts.finish([], title="t"),
    "range rows": lambda: charts.range_row([{"name": "a"}], title="t"),
    "funnel": lambda: charts.funnel([{"name": "a", "count": 0}], title="t"),
    "sankey": lambda: charts.sankey([{"key": "1_a", "name": "a", "step": 1}], [], title="t"),
    "heatmap": lambda: charts.heatmap(["a"], ["b"], [[None]], title="t"),
    "lifecycle": lambda: charts.lifecycle([], {}, title="t"),
    "intervals": lambda: charts.intervals([], title="t"),
    "calibration": lambda: charts.calibration([{"predicted": 0.5, "observed": None, "n": 0}], title="t"),
    "bubbles": lambda: charts.bubbles([], title="t", x="x", y="y"),
}


@pytest.mark.parametrize("make", NOTHING.values(), ids=NOTHING)
def test_nothing_to_draw_is_a_message(make: Make) -> None:
    option = make()
    assert option["callsheet"]["empty"] is True
    assert option["graphic"][0]["style"]["text"].startswith("No data")
    assert option["series"] == []


def series(option: charts.Option, key: str) -> Any:
    return next(one for one in option["series"] if one["id"] == key)


def test_a_partial_last_interval_leaves_the_line_and_is_joined_by_dashes() -> None:
    week = [{"since": "2026-11-02", "amount": 4}, {"since": "2026-11-09", "amount": 5}]
    option = charts.line({"Done": [*week, {"since": "2026-11-16", "amount": 1, "partial": True}]}, title="t")
    assert series(option, "Done")["data"] == [["2026-11-02", 4.0], ["2026-11-09", 5.0]]
    assert series(option, "Done:partial")["data"] == [["2026-11-16", 1.0]]
    assert series(option, "_Done:join")["data"] == [["2026-11-09", 5.0], ["2026-11-16", 1.0]]
    assert series(option, "_Done:join")["lineStyle"]["type"] == [4, 4]


def test_shares_are_drawn_in_per_cent_and_gaps_stay_gaps() -> None:
    option = charts.line({"Kept": [("2026-11-02", 0.07), ("2026-11-09", None)]}, title="t", unit="share")
    assert series(option, "Kept")["data"] == [["2026-11-02", 7.0], ["2026-11-09", None]]
    assert option["callsheet"]["unit"] == "%"


def test_notes_outside_of_the_axis_are_left_out() -> None:
    points = [("2026-11-02", 1), ("2026-11-09", 2)]
    option = charts.line({"a": points}, title="t", notes=[("2026-11-03", "in"), ("2027-01-01", "out")])
    assert [mark["name"] for mark in series(option, "a")["markLine"]["data"]] == ["in"]


def test_histogram_counts_from_the_lower_edge() -> None:
    option = charts.histogram([1, 1.9, 2, 3.5, 5], title="t", step=1)
    assert series(option, "count")["data"] == [[1.5, 2], [2.5, 1], [3.5, 1], [4.5, 0], [5.5, 1]]


@pytest.mark.parametrize("values", [[3, 3, 3], [0, 0], [1e-7, 2e-7], [*range(999), 10**9], [-5, 5]])
def test_histogram_keeps_every_value_in_few_bars(values: list[float]) -> None:
    bars = series(charts.histogram(values, title="t"), "count")["data"]
    assert sum(count for _, count in bars) == len(values)
    assert len(bars) <= 42


def test_funnel_says_share_and_loss_and_marks_the_worst_step() -> None:
    steps = [{"name": n, "count": c} for n, c in (("Seen", 200), ("Tried", 50), ("Kept", 40))]
    data = series(charts.funnel(steps, title="t"), "steps")["data"]
    assert [one["label"]["formatter"] for one in data] == [
        "200",
        "50 · 25% of all · −75% here",
        "40 · 20% of all · −20% here",
    ]
    assert [one["label"]["color"] for one in data] == ["@ink-2", "@bad", "@ink-2"]


def test_a_funnel_counts_losses_from_the_step_that_was_needed() -> None:
    """Of 40, 10 took the optional step, and 30 the one after it, from either: 1 - 30/40 are lost, not none of 10."""
    steps = [
        {"name": "a", "count": 40},
        {"name": "b", "count": 10, "kept": 0.25, "optional": True},
        {"name": "c", "count": 30, "kept": 0.75},
    ]
    data = series(charts.funnel(steps, title="t"), "steps")["data"]
    assert [one["label"]["formatter"] for one in data] == [
        "40",
        "10 · 25% of all · −75% here",
        "30 · 75% of all · −25% here",
    ]
    assert [one["label"]["color"] for one in data] == ["@ink-2", "@ink-2", "@bad"], "who skips is not lost"


def test_intervals_are_judged_by_the_better_side() -> None:
    rows = [
        {"name": "a", "estimate": 2, "low": 1, "high": 3},
        {"name": "b", "estimate": 0, "low": -1, "high": None},
    ]
    for better, tone in (("higher", "@good"), ("lower", "@bad")):
        dots = series(charts.intervals(rows, title="t", better=better), "estimates")["data"]
        assert [one["itemStyle"]["color"] for one in dots] == [tone, "@ink-2"]
    assert dots[1]["name"] == "0 [−1, …]"


def test_cfd_puts_the_last_state_at_the_bottom() -> None:
    days = ["2026-11-02", "2026-11-03"]
    option = charts.cfd({n: [(d, 1) for d in days] for n in ("To do", "Doing", "Done")}, title="t")
    assert [one["id"] for one in option["series"]][:3] == ["Done", "Doing", "To do"]


def test_stacked_layers_fill_days_that_others_have() -> None:
    option = charts.stacked_area({"a": [("2026-11-02", 1)], "b": [("2026-11-03", 2)]}, title="t")
    assert series(option, "a")["data"] == [["2026-11-02", 1.0], ["2026-11-03", 0.0]]


def test_the_chance_of_a_day_lies_on_the_line_between_its_neighbours() -> None:
    curve = [("2026-12-01", 0.2), ("2026-12-05", 0.6)]
    known = {"2026-11-30": 0.0, "2026-12-01": 0.2, "2026-12-02": 0.3, "2026-12-05": 0.6, "2026-12-09": 0.6}
    assert {day: pytest.approx(chance_by(curve, day)) for day in known} == known


BAD: dict[str, Make] = {
    "too few values": lambda: charts.bar(["a", "b"], {"x": [1]}, title="t"),
    "point of three": lambda: charts.line({"a": [("2026-01-01", 1, 2)]}, title="t"),
    "point without place": lambda: charts.line({"a": [{"amount": 1}]}, title="t"),
    "too few rows": lambda: charts.heatmap(["a", "b"], ["c"], [[1]], title="t"),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_data_that_does_not_fit_is_refused_with_advice(make: Make) -> None:
    with pytest.raises(BadInput) as caught:
        make()
    assert caught.value.mend


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (412_300, "€", "€412k"),
        (1284, "", "1,284"),
        (4.23, "days", "4.2"),
        (44, "%", "44%"),
        (999_700, "", "1M"),
        (-2.5, "€", "−€2.5"),
        (1_260_000, "$", "$1.3M"),
        (0, "", "0"),
        (0.004, "", "0.004"),
        (9999.6, "", "10k"),
    ],
)
def test_numbers_are_written_short(amount: float, unit: str, text: str) -> None:
    assert parts.number(amount, unit) == text


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-08-31", "2026-11-16", ["2026-09-01", "2026-10-01", "2026-11-01"]),
        ("2026-11-03", "2026-11-30", ["2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"]),
        ("2026-11-03", "2026-11-09", ["2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06", "2026-11-07",
                                      "2026-11-08", "2026-11-09"]),
        ("2025-02-01", "2026-11-16", ["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01",
                                      "2026-07-01", "2026-10-01"]),
        ("2026-11-03T08:00", "2026-11-03T20:00", []),
    ],
    ids=["months", "Mondays", "days", "quarters", "hours are left to ECharts"],
)  # fmt: skip
def test_axes_name_round_days(first: str, last: str, days: list[str]) -> None:
    assert ticks([first, last]) == days


def test_what_is_not_over_is_faint() -> None:
    faint = {"itemStyle": {"opacity": parts.FAINT}}
    bars = charts.bar(["a", "b"], {"n": [1, 2], "m": [3, None]}, title="t", partial=[False, True])
    assert [one["data"] for one in bars["series"]] == [[1, {"value": 2, **faint}], [3, None]]
    states = charts.lifecycle(["a", "b"], {"new": [1, 2]}, title="t", partial=[False, True])
    assert states["series"][0]["data"] == [1, {"value": 2, **faint}]
    cells = charts.heatmap(["a"], ["x", "y"], [[1.0, 1.0]], title="t", unit="share", partial=[(0, 1)])
    assert [one.get("itemStyle") for one in cells["series"][0]["data"]] == [None, faint["itemStyle"]]


def test_layers_are_named_where_their_ends_have_no_room() -> None:
    days = ["2026-11-16", "2026-11-17", "2026-11-18"]
    whole = {name: [{"since": day, "amount": 5} for day in days] for name in ("a", "b")}
    named = charts.stacked_area(whole, title="t")
    assert "legend" not in named
    assert [one["name"] for one in named["series"][-1]["data"]] == ["a 5", "b 5"]
    open_ = {name: [*one[:2], {"since": days[2], "amount": 0, "partial": True}] for name, one in whole.items()}
    told = charts.stacked_area(open_, title="t")
    assert told["legend"]["data"] == ["a", "b"]
    assert told["series"][-1]["data"] == []
    veiled = [one["markArea"]["data"] for one in told["series"] if "markArea" in one]
    assert veiled == [[[{"xAxis": days[1]}, {"xAxis": days[2]}]]]


def test_an_axis_that_is_not_time_has_a_name() -> None:
    days = charts.line({"tried": [{"x": 0, "y": 0.1}, {"x": 1, "y": 0.2}]}, title="t", along="days")
    assert (days["xAxis"]["name"], days["grid"]["bottom"]) == ("days", 26)
    bars = charts.bar(["1", "2"], {"n": [1, 2]}, title="t", along="days")
    assert (bars["xAxis"]["name"], bars["grid"]["bottom"]) == ("days", 26)
