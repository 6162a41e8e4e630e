"""Write the generated pages of docs/ from what is registered: metrics, reports, detectors, settings, errors, commands.

`make docs` writes them; `make_docs.py --check` ends with 1 when a committed page is not current. Nothing
here is described twice: every sentence comes from the docstring or declaration that the program itself uses.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import callsheet
from callsheet.base import config, errors
from callsheet.findings.model import DETECTORS, Detector
from callsheet.metrics.registry import METRICS, REPORTS, Metric, ReportSpec

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "<!-- Made by `make docs` from the code; edit the docstring or declaration, not this page. -->"
BETTER = {"higher": "higher is better", "lower": "lower is better", "none": "neither direction is better"}


def load_all() -> None:
    """Import every module of Callsheet, so that all that registers itself is registered."""
    for found in pkgutil.walk_packages(callsheet.__path__, "callsheet."):
        if not re.search(r"\.(__main__|migrations|vendor)\b", found.name):
            importlib.import_module(found.name)


def page(title: str, lead: str, *parts: str) -> str:
    """A page: title, one paragraph, parts; one newline at the end."""
    return "\n\n".join([f"# {title}", MADE, lead, *(part.strip() for part in parts if part.strip())]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars and newlines in cells are kept from breaking it."""
    cells = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def metrics() -> str:
    """docs/metrics.md: every metric and report with its definition and source."""
    figures = [_metric(each) for _, each in sorted(METRICS.items())]
    tables = [_report(each) for _, each in sorted(REPORTS.items())]
    lead = (
        f"{len(figures)} metrics and {len(tables)} reports. Page, API, command, chart, finding and mail read "
        "the same one by its name: `callsheet metric NAME`, `/api/metrics/NAME`, `/api/reports/NAME`."
    )
    return page("Metrics and reports", lead, "## Metrics", *figures, "## Reports", *tables)


def _metric(each: Metric) -> str:
    scopes = ", ".join(each.scopes) or "none"
    facts = [f"Unit: {each.unit or 'none'}", BETTER[each.better], f"scopes: {scopes}"]
    if each.window:
        facts.append(f"looks back {each.window} days")
    parts = (
        f"### `{each.name}` · {each.title}",
        each.definition,
        "; ".join(facts) + ".",
        f"Source: {each.source}",
    )
    return "\n\n".join(parts)


def _report(each: ReportSpec) -> str:
    rows = [(f"`{c.key}`", c.label, c.unit, c.ref, c.doc) for c in each.columns]
    columns = table(("Column", "Shown as", "Unit", "Names a", "Meaning"), rows) if rows else ""
    source = f"Source: {each.source}" if each.source else ""
    return "\n\n".join(part for part in (f"### `{each.name}` · {each.title}", each.definition, columns, source) if part)


def detectors() -> str:
    """docs/detectors.md: every detector with its threshold, what it reads and what could be done."""
    lead = (
        f"{len(DETECTORS)} detectors, in the order in which their findings come on the sheet. A detector whose metrics "
        "or reports are absent is not run."
    )
    ranked = sorted(DETECTORS.values(), key=lambda each: (each.rank, each.name))
    return page("Detectors", lead, *(_detector(each) for each in ranked))


def _detector(each: Detector) -> str:
    reads = ", ".join(f"`{name}`" for name in each.needs)
    facts = (f"Found when: {each.threshold}", f"What could be done: {each.try_this}", f"Reads: {reads}.")
    return "\n\n".join((f"## `{each.name}` · {each.title}", each.definition, *facts))


def settings() -> str:
    """docs/settings.md: every setting of callsheet.toml and every environment variable."""
    sections = [_section(name, section) for name, section in config.SECTIONS.items()]
    variables = table(("Variable", "Named in"), _variables())
    lead = (
        "Everything stands in `callsheet.toml` in the workspace folder; a missing file means the defaults. "
        "Secrets never stand there: a setting names an environment variable, and `NAME_FILE` may point to a "
        "file that holds it."
    )
    lists = (
        "## [[team]], [[product]] and [[source]]\n\n`[[team]]`: `id`, `title`, `lead` (a person's id), `product`, "
        "`members` and `components` (lists of ids). `[[product]]`: `id`, `title`, `components`. They are brought in "
        "when the file changes. `[[source]]`: `name`, `kind` (`git`, `file`), `path` or `url`, `schedule` (cron), "
        "`as`, and `[source.map]` or `[[source.map]]`; `examples/jenkins/callsheet.toml` shows mappings."
    )
    proxy = (
        "## Behind a proxy\n\nTries to sign in and requests for shared pages are counted by the address they come from. "
        "`X-Forwarded-For` is believed of a proxy on the same machine (127.0.0.1, ::1). One on another host has to be "
        "named in the environment variable `FORWARDED_ALLOW_IPS` when the server starts: addresses or networks, with "
        "commas between them, 127.0.0.1 among them where it is still meant. Otherwise all who come through it count as "
        "one address, and share its 120 requests for shared pages and `tries_per_minute` failed sign-ins in a minute."
    )
    return page("Settings", lead, *sections, lists, proxy, "## Environment variables", variables)


def _section(name: str, section: type) -> str:
    rows = [
        (f"`{each.name}`", f"`{_default(each)}`", each.metadata.get("doc", "")) for each in dataclasses.fields(section)
    ]
    return f"## [{name}]\n\n{table(('Setting', 'Default', 'Meaning'), rows)}"


def _default(each: dataclasses.Field[object]) -> str:
    """The default as it would stand in callsheet.toml."""
    made = each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
    return json.dumps(made, ensure_ascii=False)


def _variables() -> list[tuple[str, str]]:
    """Every CALLSHEET_* name in the code, with the modules that name it."""
    named: dict[str, set[str]] = {}
    root = Path(callsheet.__path__[0])
    for path in sorted(root.rglob("*.py")):
        module = ".".join(("callsheet", *path.relative_to(root).with_suffix("").parts))
        for name in re.findall(r"\bCALLSHEET_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")):
            named.setdefault(name, set()).add(f"`{module}`")
    return [(f"`{name}`", ", ".join(sorted(where))) for name, where in sorted(named.items())]


def known_errors() -> list[type[errors.CallsheetError]]:
    """Every error class, by status and code."""
    found: set[type[errors.CallsheetError]] = set()
    left = [errors.CallsheetError]
    while left:
        one = left.pop()
        found.add(one)
        left += one.__subclasses__()
    shipped = (each for each in found if each.__module__.startswith("callsheet."))
    return sorted(shipped, key=lambda each: (each.status, each.code, each.__name__))


def error_page() -> str:
    """docs/errors.md: every error with its code, HTTP status and mend."""
    rows = [
        (f"`{each.code}`", each.status, f"`{each.__name__}`", (each.__doc__ or "").splitlines()[0], each.mend)
        for each in known_errors()
    ]
    lead = (
        'The API answers an error as `{"error": code, "message": what happened, "mend": what to do}` with '
        "this status. A command prints both sentences to stderr and ends with 2 for usage, 1 for failure."
    )
    return page("Errors", lead, table(("Code", "Status", "Class", "What happened", "What to do"), rows))


def commands() -> str:
    """docs/commands.md: every command with its parameters, as its own help tells it."""
    from callsheet.cli import app

    before, sys.argv = sys.argv, ["callsheet"]  # usage lines name the running program
    try:
        told = app.generate_docs(output_format="markdown", recursive=True)
    finally:
        sys.argv = before
    _, _, rest = told.partition("\n")
    lead = "Every reading command takes `--json`. `--dir` or `CALLSHEET_DIR` picks the workspace folder."
    return page("Commands", lead, rest)


PAGES: dict[str, Callable[[], str]] = {
    "metrics.md": metrics,
    "detectors.md": detectors,
    "settings.md": settings,
    "errors.md": error_page,
    "commands.md": commands,
}


def main() -> None:
    """Write the pages, or with --check name those that are not current."""
    os.environ.setdefault("COLUMNS", "100")
    load_all()
    made = {DOCS / name: make() for name, make in PAGES.items()}
    old = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        sys.exit(f"Not current: {', '.join(p.name for p in old)}. Run `make docs`." if old else 0)
    for path in old:
        path.write_text(made[path], encoding="utf-8")
    sys.stdout.write(f"{len(old)} of {len(made)} pages written\n")


if __name__ == "__main__":
    main()
