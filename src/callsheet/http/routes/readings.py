"""Metrics and reports by name: the figure, its rows, the table, its chart."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import Annotated, Any, Literal, TypeAlias

import pyarrow as pa
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from callsheet.base.errors import NotFound
from callsheet.base.time import CADENCES, Period, cadence_period, previous, step_back
from callsheet.charts.framed import Words
from callsheet.http.context import Ctx
from callsheet.http.pages import Page, Paged, Paging, asked_period
from callsheet.metrics.figure import Figure, Span, figure
from callsheet.metrics.registry import METRICS, REPORTS, Column, report_named

router = APIRouter(prefix="/api", tags=["readings"])
Theme: TypeAlias = Literal["light", "dark"]
SCOPES = ("team", "product", "segment")
Since = Annotated[str | None, Query(description="First day or moment, inclusive")]
Until = Annotated[str | None, Query(description="Last moment, exclusive")]


class MetricInfo(BaseModel):
    """What a metric is."""

    name: str
    title: str
    unit: str
    better: str
    definition: str
    source: str
    domain: str
    scopes: list[str]


class ReportInfo(BaseModel):
    """What a report is."""

    name: str
    title: str
    definition: str
    source: str
    domain: str
    scopes: list[str]
    has_chart: bool


class ColumnOut(BaseModel):
    """A column of a table."""

    key: str
    label: str
    unit: str = ""
    ref: str = ""
    href: str = ""
    doc: str = ""


class Table(BaseModel):
    """A page of a report, or of the rows behind a figure."""

    name: str
    title: str
    columns: list[ColumnOut]
    rows: list[dict[str, Any]]
    total: int
    page: int
    size: int
    sample: int
    left_out: int
    left_out_why: str
    note: str
    period: Span
    scope: dict[str, str]
    definition: str
    source: str
    has_chart: bool


@router.get("/metrics", response_model=list[MetricInfo])
def metrics(ctx: Ctx) -> list[MetricInfo]:
    """Return what every metric is."""
    names = ("name", "title", "unit", "better", "definition", "source", "domain")
    return [
        MetricInfo(**{name: getattr(spec, name) for name in names}, scopes=list(spec.scopes))
        for _, spec in sorted(METRICS.items())
    ]


@router.get("/metrics/{name}", response_model=Figure)
def one_metric(
    ctx: Ctx,
    request: Request,
    name: str,
    since: Since = None,
    until: Until = None,
    cadence: str = "",
    series: bool = True,
) -> Figure:
    """Return a metric's figure; `cadence` (daily, weekly, monthly) picks the span of the call sheet."""
    zone = ctx.reader.zone
    if cadence in CADENCES:
        period = cadence_period(cadence, ctx.reader.now, zone)
        return figure(ctx.reader, name, period, previous(period, cadence, zone), series=series, **scope_of(request))
    period = asked_period(ctx.reader, since, until)
    return figure(ctx.reader, name, period, step_back(period, zone), series=series, **scope_of(request))


@router.get("/metrics/{name}/rows", response_model=Table)
def metric_rows(
    ctx: Ctx, request: Request, name: str, paged: Paged, since: Since = None, until: Until = None, format: str = "json"
) -> Any:
    """Return the rows behind a metric's figure; `format=csv` downloads all of them."""
    period, scope = asked_period(ctx.reader, since, until), scope_of(request)
    value = ctx.reader.value(name, period, **scope)
    spec = METRICS[name]
    size = 1_000_000 if format == "csv" else paged.size
    rows, total, keys = behind(ctx, value.rows, paged, size)
    columns = tuple(Column(key, _label(key), "time" if key.endswith("_at") else "") for key in keys)
    if format == "csv":
        return as_csv(name, columns, rows)
    return Table(
        name=name, title=spec.title, columns=_columns(columns), rows=rows, total=total, page=paged.page, size=paged.size,
        sample=value.sample, left_out=value.left_out, left_out_why=value.left_out_why, note=value.note,
        period=_words(period), scope=scope, definition=spec.definition, source=spec.source, has_chart=False,
    )  # fmt: skip


@router.get("/reports", response_model=list[ReportInfo])
def reports(ctx: Ctx) -> list[ReportInfo]:
    """Return what every report is."""
    names = ("name", "title", "definition", "source", "domain")
    return [
        ReportInfo(
            **{name: getattr(spec, name) for name in names}, scopes=list(spec.scopes), has_chart=spec.chart is not None
        )
        for _, spec in sorted(REPORTS.items())
    ]


@router.get("/reports/{name}", response_model=Table)
def one_report(
    ctx: Ctx, request: Request, name: str, paged: Paged, since: Since = None, until: Until = None, format: str = "json"
) -> Any:
    """Return a report; `format=csv` downloads all of it."""
    spec, period, scope = report_named(name), asked_period(ctx.reader, since, until), scope_of(request)
    found = ctx.reader.report(name, period, **scope)
    if format == "csv":
        return as_csv(name, found.columns, found.rows)
    page = paged.of(found.rows, lambda row: " ".join(str(cell) for cell in row.values()))
    return Table(
        name=name, title=found.title, columns=_columns(found.columns), rows=page.items, total=page.total, page=page.page,
        size=page.size, sample=found.sample, left_out=found.left_out, left_out_why=found.left_out_why, note=found.note,
        period=_words(period), scope=scope, definition=spec.definition, source=spec.source,
        has_chart=spec.chart is not None,
    )  # fmt: skip


@router.get("/reports/{name}/chart")
def report_chart(
    ctx: Ctx, request: Request, name: str, since: Since = None, until: Until = None, format: str = "json",
    theme: Theme = "light", width: Annotated[int, Query(ge=200, le=2400)] = 720,
    height: Annotated[int, Query(ge=120, le=1600)] = 300,
) -> Any:  # fmt: skip
    """Return the report's chart: an ECharts option (json), or drawn here (svg, png)."""
    spec = report_named(name)
    if spec.chart is None:
        raise NotFound(f"The report {name} has no chart.", f"Its table is at /api/reports/{name}.")
    found = ctx.reader.report(name, asked_period(ctx.reader, since, until), **scope_of(request))
    return drawn(spec.chart(found), format, theme, width, height)


def drawn(
    option: dict[str, Any], format: str, theme: Theme, width: int, height: int | None, words: Words | None = None
) -> Any:
    """Return an ECharts option as it is, or as SVG or PNG; `words` stand around it in a PNG."""
    if format == "json":
        return option
    from callsheet.charts import render

    if format == "svg":
        return Response(render.svg(option, theme, width, height), media_type="image/svg+xml")
    if format == "png":
        return Response(render.png(option, theme, width, height, words=words), media_type="image/png")
    raise NotFound(f"There is no chart format {format!r}.", "Use json, svg or png.")


def scope_of(request: Request) -> dict[str, str]:
    """Return the scope that the query asks for."""
    return {name: request.query_params[name] for name in SCOPES if request.query_params.get(name)}


def behind(ctx: Ctx, rows: Any, paged: Paging, size: int) -> tuple[list[dict[str, Any]], int, list[str]]:
    """Return one page of the rows behind a value, their number, and their columns."""
    if rows is None:
        return [], 0, []
    if callable(rows):
        rows = rows()
    if isinstance(rows, list):
        page: Page[dict[str, Any]] = paged.model_copy(update={"size": size}).of(rows, lambda row: str(row.values()))
        return page.items, page.total, list(dict.fromkeys(key for row in rows[:50] for key in row))
    facts = ctx.ws.facts
    names = [name for name in rows.schema().names if name not in ("source", "batch")]
    if paged.q:
        import ibis

        texts = [rows[name].lower() for name, kind in rows.schema().items() if kind.is_string()]
        for word in paged.q.lower().split():
            rows = rows.filter(ibis.or_(*[text.contains(word) for text in texts]))
    total = facts.run(rows.count().name("n").as_table())["n"][0].as_py()
    name = paged.sort.lstrip("-")
    first = [rows[name].desc() if paged.sort.startswith("-") else rows[name]] if name in names else []
    if first or type(rows.op()).__name__ != "Sort":  # a metric's own order stays; without any, pages would share rows
        rows = rows.order_by(first + [rows[one] for one in names if one != name])
    found: pa.Table = facts.run(rows.select(names).limit(size, offset=(paged.page - 1) * size))
    return found.to_pylist(), total, names


def as_csv(name: str, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> Response:
    """Return rows as a CSV file; cells that a spreadsheet would take for a formula are neutralised."""
    keys = [column.key for column in columns] or list(rows[0] if rows else [])
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(keys)
    for row in rows:
        writer.writerow([neutral(row.get(key)) for key in keys])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def neutral(cell: Any) -> Any:
    """Put an apostrophe before text that begins like a formula, also after space and signs nobody sees, or full-width."""
    if not isinstance(cell, str):
        return cell
    bare = next((sign for sign in cell if not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Cc")), "")
    formula = unicodedata.normalize("NFKC", bare)[:1] in ("=", "+", "-", "@", "\u2212")
    return f"'{cell}" if formula or cell[:1] in ("\t", "\r", "\n") else cell


def _columns(columns: tuple[Column, ...]) -> list[ColumnOut]:
    return [
        ColumnOut(
            key=column.key, label=column.label, unit=column.unit, ref=column.ref, href=column.href, doc=column.doc
        )
        for column in columns
    ]


def _label(key: str) -> str:
    return key.removesuffix("_id").removesuffix("_at").replace("_", " ").capitalize()


def _words(period: Period) -> dict[str, str]:
    return {"since": period.since.isoformat(), "until": period.until.isoformat(), "label": period.label}
