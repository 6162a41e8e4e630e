"""The registry: a metric or report is a function, declared with what a reader must know about it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from callsheet.base.errors import UnknownName
from callsheet.base.time import Period

if TYPE_CHECKING:
    from callsheet.metrics.facts import Facts

T = TypeVar("T")
Better: TypeAlias = Literal["higher", "lower", "none"]


@dataclass(frozen=True, slots=True)
class Value:
    """A figure with what it rests on.

    `amount` is None when there is no data, never 0 in its place. `sample` rows are in it, `left_out` are
    not, for the reason `left_out_why`. `interval` is 95% unless the metric says otherwise. `rows` is the
    Ibis table, or the list of dicts, of the rows behind it, or a function that gives it.
    """

    amount: float | None
    unit: str = ""
    sample: int = 0
    left_out: int = 0
    left_out_why: str = ""
    interval: tuple[float, float] | None = None
    rows: Any = field(default=None, compare=False, repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report. `unit` formats it; `ref` is the kind of object that its cells name
    (`any` when the cells are whole refs); `href` is a template such as `/delivery?item={item_id}`."""

    key: str
    label: str
    unit: str = ""
    ref: str = ""
    href: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A named table of plain rows, with its sample and what was left out of it."""

    rows: list[dict[str, Any]]
    sample: int = 0
    left_out: int = 0
    left_out_why: str = ""
    note: str = ""
    columns: tuple[Column, ...] = ()
    title: str = ""


MetricFunction: TypeAlias = "Callable[[Facts, Period], Value]"
ReportFunction: TypeAlias = "Callable[[Facts, Period], Report]"


@dataclass(frozen=True, slots=True)
class Metric:
    """A declared metric. `window` is the span in days that the figure looks back over by itself
    (0: the period asked for)."""

    name: str
    title: str
    unit: str
    better: Better
    source: str
    definition: str
    scopes: tuple[str, ...]
    compute: MetricFunction
    window: int = 0

    @property
    def domain(self) -> str:
        """The domain it belongs to."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """A declared report. `chart` turns it into an ECharts option."""

    name: str
    title: str
    source: str
    definition: str
    columns: tuple[Column, ...]
    scopes: tuple[str, ...]
    compute: ReportFunction
    chart: Callable[[Report], dict[str, Any]] | None = None

    @property
    def domain(self) -> str:
        """The domain it belongs to."""
        return self.name.partition(".")[0]


METRICS: dict[str, Metric] = {}
REPORTS: dict[str, ReportSpec] = {}


def metric(
    name: str, *, title: str, unit: str, source: str, better: Better = "none", scopes: tuple[str, ...] = (),
    window: int = 0,
) -> Callable[[MetricFunction], MetricFunction]:  # fmt: skip
    """Declare a metric; the docstring is its definition. The function stays callable as it is."""

    def declare(compute: MetricFunction) -> MetricFunction:
        METRICS[name] = Metric(name, title, unit, better, source, _doc(compute), scopes, compute, window)
        return compute

    return declare


def report(
    name: str, *, title: str, source: str = "", columns: tuple[Column, ...] = (), scopes: tuple[str, ...] = (),
    chart: Callable[[Report], dict[str, Any]] | None = None,
) -> Callable[[ReportFunction], ReportFunction]:  # fmt: skip
    """Declare a report; the docstring is its definition."""

    def declare(compute: ReportFunction) -> ReportFunction:
        REPORTS[name] = ReportSpec(name, title, source, _doc(compute), columns, scopes, compute, chart)
        return compute

    return declare


def metric_named(name: str) -> Metric:
    """Return the metric; UnknownName suggests its like."""
    return _named(METRICS, name, "metric")


def report_named(name: str) -> ReportSpec:
    """Return the report; UnknownName suggests its like."""
    return _named(REPORTS, name, "report")


def _named(known: dict[str, T], name: str, noun: str) -> T:
    if name in known:
        return known[name]
    import difflib

    like = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    raise UnknownName(
        f"There is no {noun} {name!r}.", f"Like it: {', '.join(like)}." if like else f"See the list of {noun}s."
    )


def _doc(function: Callable[..., Any]) -> str:
    return inspect.cleandoc(function.__doc__ or "")


def with_unit(value: Value, unit: str) -> Value:
    """Return the value with the metric's unit where it has none of its own."""
    return value if value.unit else replace(value, unit=unit)
