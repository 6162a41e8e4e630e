"""A composed sheet as text, as Markdown, and as the HTML of a mail with its charts inside."""

from __future__ import annotations

import base64
import textwrap
from functools import cache
from typing import Any
from urllib.parse import urljoin

from callsheet.sheet import words
from callsheet.sheet.model import Section, Sheet

WIDTH = 96


def text(sheet: Sheet) -> str:
    """Return the sheet as plain text, 96 columns wide."""
    lines = [f"{sheet.workspace} · {words.heading(sheet)}", sheet.headline, "=" * min(len(sheet.headline), WIDTH), ""]
    lines += [*textwrap.wrap(words.lead(sheet), WIDTH), ""]
    for part in sheet.sections:
        lines += _text_section(sheet, part)
    return "\n".join(lines).rstrip() + "\n"


def _text_section(sheet: Sheet, part: Section) -> list[str]:
    lines = [part.title.upper() + (f"  ({part.note})" if part.note else "")] if part.title else []
    for one in part.figures:
        told = f"{words.amount(one, sheet.currency):<16} {words.change(one, sheet.currency):<18} {words.basis(one)}"
        lines.append(f"  {one.title:<28} {told}")
    for row in part.findings:
        lines += [f"  [{row['pill']}] {row['title']}", *textwrap.wrap(row["sentence"], WIDTH - 6, initial_indent=" " * 6,
                                                                      subsequent_indent=" " * 6)]  # fmt: skip
    lines += [f"  {line}" for line in _text_table(sheet, part)]
    if part.chart:
        lines.append(f"  (chart: {part.caption or part.title})")
    if part.items:
        told = "".join(piece.text for piece in part.items)
        lines += textwrap.wrap(told, WIDTH - 2, initial_indent="  ", subsequent_indent="  ")
    return [*lines, ""]


def _text_table(sheet: Sheet, part: Section) -> list[str]:
    if not part.rows:
        return []
    cells = [[column.label for column in part.columns]]
    cells += [[words.cell(row, column, sheet.currency) for column in part.columns] for row in part.rows]
    widths = [max(len(row[index]) for row in cells) for index in range(len(part.columns))]
    return ["  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def markdown(sheet: Sheet, base: str = "") -> str:
    """Return the sheet as Markdown; links lead to the server at `base`."""
    lead = "".join(_link(piece.text, piece.href, base) for piece in sheet.lead).strip()
    lines = [f"# {_plain(sheet.headline)}", "", f"*{_plain(words.heading(sheet))}*", "", lead, ""]
    for part in sheet.sections:
        lines += _markdown_section(sheet, part, base)
    return "\n".join(lines).rstrip() + "\n"


def _markdown_section(sheet: Sheet, part: Section, base: str) -> list[str]:
    lines = [f"## {_plain(part.title)}", ""] if part.title else []
    if part.note:
        lines += [f"*{_plain(part.note)}*", ""]
    if part.figures:
        lines += ["| Figure | Value | Change | Basis |", "|---|---:|---:|---|"]
        lines += [
            f"| {_plain(one.title)} | {words.amount(one, sheet.currency)} | {words.change(one, sheet.currency)}"
            f" | {words.basis(one)} |"
            for one in part.figures
        ]
    for row in part.findings:
        lines.append(
            f"- **{_plain(row['pill'])}** {_link(row['title'], '/findings/' + row['id'], base)}: {_plain(row['sentence'])}"
        )
    if part.rows:
        lines += [
            "| " + " | ".join(_plain(column.label) for column in part.columns) + " |",
            "|" + "---|" * len(part.columns),
        ]
        for row in part.rows:
            lines.append("| " + " | ".join(_plain(words.cell(row, c, sheet.currency)) for c in part.columns) + " |")
    if part.caption:
        lines.append(_plain(part.caption))
    if part.items:
        lines.append("".join(_link(piece.text, piece.href, base) for piece in part.items))
    return [*lines, ""]


def _link(words_: str, href: str, base: str) -> str:
    return f"[{_plain(words_)}]({urljoin(base, href)})" if href and base else _plain(words_)


def _plain(words_: str) -> str:
    for mark in "\\`*_[]<>|":
        words_ = words_.replace(mark, f"\\{mark}")
    return words_.replace("\n", " ")


def html(sheet: Sheet, base: str) -> str:
    """Return the sheet as one HTML page that needs nothing else: charts are inside as data."""
    import css_inline

    from callsheet.charts import render

    charts = {part.key: _inside(render.png(part.chart, width=560, height=220)) for part in sheet.sections if part.chart}
    page = _template().render(sheet=sheet, words=words, base=base.rstrip("/"), charts=charts)
    return str(css_inline.CSSInliner(load_remote_stylesheets=False).inline(page))


def _inside(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("callsheet.sheet"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("mail.html")
