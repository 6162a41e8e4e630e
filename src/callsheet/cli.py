"""The command line. It assembles commands and holds no logic; heavy modules are imported inside them."""

from __future__ import annotations

import json as json_module
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter

from callsheet import __version__
from callsheet.base.errors import BadInput, CallsheetError, NotFound

app = App(
    name="callsheet", version=__version__, help="Product operations in one place: facts, decisions, and one page a day.",
    help_on_error=False, help_format="plaintext",
)  # fmt: skip
Dir = Annotated[Path | None, Parameter(name="--dir", help="Workspace folder; else CALLSHEET_DIR, else this folder.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]
DOMAINS = ("roadmap", "experiments", "feedback", "usage", "delivery", "releases", "people", "stack")


def _mount() -> None:
    for name in DOMAINS:
        if find_spec(f"callsheet.{name}") and find_spec(f"callsheet.{name}.cli"):
            app.command(import_module(f"callsheet.{name}.cli").app)


@app.command
def demo(
    *, size: Literal["small", "medium", "large"] = "small", dir: Dir = None, serve: bool = True, port: int = 8000,
    today: str | None = None,
) -> None:  # fmt: skip
    """Make the sample company and serve it.

    Parameters
    ----------
    size: How much of it: 200,000, a million or ten million usage events.
    serve: Serve it afterwards.
    port: Port of the server.
    today: Pin its calendar to this day; else it lives today.
    """
    from callsheet.base.time import parse_moment
    from callsheet.demo import make, make_apart

    folder = (dir or Path("callsheet-demo")).expanduser().resolve()
    pinned = parse_moment(today) if today else None
    if serve:
        make_apart("--size", size, "--dir", str(folder), *(["--today", today] if today else []))
        return _serve(folder, "127.0.0.1", port)
    make(folder, size, pinned, tell=lambda words: _note(f"{words} …"))
    return _note(f"The sample company is in {folder}.")


@app.command
def init(folder: Path | None = None, *, name: str | None = None, dir: Dir = None) -> None:
    """Make a folder a workspace; in a git checkout the repository becomes its first source.

    Parameters
    ----------
    folder: The folder; else this one.
    name: What to call the workspace; else the folder's name.
    """
    from callsheet.stack.setup import start_project

    for line in start_project((folder or dir or Path.cwd()).expanduser().resolve(), name):
        _note(line)


@app.command
def serve(*, dir: Dir = None, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve a workspace.

    Parameters
    ----------
    host: Address to listen on.
    port: Port to listen on.
    """
    from callsheet.client import workspace_folder

    _serve(workspace_folder(dir), host, port)


@app.command(name="import")
def import_(
    files: list[Path], /, *, as_: Annotated[str | None, Parameter(name="--as")] = None, mapping: str | None = None,
    dry_run: bool = False, dir: Dir = None, json: Json = False,
) -> None:  # fmt: skip
    """Import files: recognised, mapped, merged by natural key; the same file again changes nothing.

    Parameters
    ----------
    as_: Fact table or known format, when it is not recognised.
    mapping: Mapping as TOML, or a TOML file.
    dry_run: Read everything and report, land nothing.
    """
    from callsheet.client import connect

    answers = []
    with connect(dir) as api:
        for file in files:
            body = {"path": str(file.resolve()), "as": as_, "mapping": _given(mapping), "dry_run": dry_run}
            answers.append(api.post("/api/imports", body))
    if json:
        _print_json(answers if len(answers) > 1 else answers[0])
        return
    for one in answers:
        _say_import(one)


@app.command
def undo(import_id: str, /, *, dir: Dir = None) -> None:
    """Take an import back; what it replaced is restored.

    Parameters
    ----------
    import_id: The import, as `callsheet import` named it.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        api.delete(f"/api/imports/{import_id}")
    _note(f"Import {import_id} is undone.")


@app.command
def sync(source: str | None = None, /, *, dir: Dir = None, json: Json = False) -> None:
    """Bring in what is new from one source, or from all.

    Parameters
    ----------
    source: A source of callsheet.toml; else all of them.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        names = [source] if source else [row["name"] for row in api.get("/api/sources")["items"]]
        if not names:
            raise BadInput("There is no source yet.", "Add a [[source]] to callsheet.toml, or run `callsheet init`.")
        answers = [api.post(f"/api/sources/{name}/syncs", wait=True) for name in names]
    if json:
        _print_json(answers)
    for name, answer in zip(names, answers, strict=True):
        if not json:
            _note(f"{name}: {_counts(answer)}")


@app.command
def sheet(
    *, cadence: Literal["daily", "weekly", "monthly"] = "weekly", format: Literal["text", "md", "html", "json"] = "text",
    dir: Dir = None, json: Json = False,
) -> None:  # fmt: skip
    """Print the call sheet.

    Parameters
    ----------
    cadence: Span it reports on.
    format: How to print it.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        if json or format == "json":
            _print_json(api.get("/api/sheet", cadence=cadence))
        else:
            sys.stdout.write(api.text("/api/sheet", cadence=cadence, format=format))


@app.command
def findings(*, state: str = "", dir: Dir = None, json: Json = False) -> None:
    """Print what hurts, the gravest first.

    Parameters
    ----------
    state: States joined by commas, or `all`; else open and acknowledged.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        api.post("/api/findings/runs")
        found = api.get("/api/findings", state=state, size=500)
        names = api.get("/api/session")["names"]
    if json:
        _print_json(found)
        return
    rows = [
        [row["pill"], row["title"], names.get(row["owner"], row["owner"]) or "–", row["id"]] for row in found["items"]
    ]
    _table(("", "Finding", "Owner", "Id"), rows)
    _note(f"{found['total']} findings")


@app.command
def metric(
    name: str | None = None, /, *, since: str | None = None, until: str | None = None, scope: str | None = None,
    dir: Dir = None, json: Json = False,
) -> None:  # fmt: skip
    """Print a metric with its sample, or the list of metrics.

    Parameters
    ----------
    name: The metric; else the list.
    since: First day.
    until: Moment before which to stop.
    scope: What to narrow it to, such as team=data.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        if name is None:
            found = api.get("/api/metrics")
            _print_json(found) if json else _table(
                ("Metric", "Title", "Unit"), [[row["name"], row["title"], row["unit"]] for row in found]
            )
            return
        asked: dict[str, Any] = {"since": since, "until": until, "series": False} | _scope(scope)
        one = api.get(f"/api/metrics/{name}", params=asked)
    _print_json(one) if json else _say_metric(one)


@app.command
def trace(ref: str, /, *, dir: Dir = None, json: Json = False) -> None:
    """Follow the loop from any object: who asked, what was built, who was told.

    Parameters
    ----------
    ref: The object, such as initiative:bulk-import or request:ID.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        found = api.get(f"/api/trace/{ref}")
    if json:
        _print_json(found)
        return
    _out(f"{found['headline']}\n{found['sub']}\n")
    for stage in found["stages"]:
        _out(f"{stage['title']:<10} {stage['note']}")
        for card in stage["cards"]:
            _out(f"  {'! ' if card['gap'] else '· '}{card['title']} ({card['note']})  {card['ref']}")


@app.command
def doctor(*, dir: Dir = None, json: Json = False) -> None:
    """Check the installation and the workspace; say what is wrong and how to mend it."""
    from callsheet.client import workspace_folder
    from callsheet.doctor import examine

    checks = examine(workspace_folder(dir))
    if json:
        _print_json([{"name": one.name, "ok": one.ok, "words": one.words, "mend": one.mend} for one in checks])
    else:
        for one in checks:
            _out(
                f"{'ok  ' if one.ok else 'BAD '} {one.name}: {one.words}" + (f"\n     {one.mend}" if not one.ok else "")
            )
    if not all(one.ok for one in checks):
        raise SystemExit(1)


member_app = App(name="member", help="People who may sign in.")
app.command(member_app)


@member_app.command(name="add")
def member_add(
    name: str, email: str, /, *, role: Literal["owner", "member", "viewer"] = "member", dir: Dir = None
) -> None:
    """Add someone who may sign in; asks for the password, or reads it from standard input.

    Parameters
    ----------
    name: Name shown to others.
    email: Address to sign in with.
    role: What they may do.
    """
    from callsheet.client import connect

    password = _password()
    with connect(dir) as api:
        added = api.post("/api/members", {"name": name, "email": email, "role": role, "password": password})
    _note(f"{added['name']} ({added['role']}) may sign in as {added['email']}.")


@member_app.command(name="password")
def member_password(email: str, /, *, dir: Dir = None) -> None:
    """Give a member another password; asks for it, or reads it from standard input.

    Parameters
    ----------
    email: Address they sign in with.
    """
    from callsheet.client import connect

    with connect(dir) as api:
        found = [row for row in api.get("/api/members", q=email, size=500)["items"] if row["email"] == email.lower()]
        if not found:
            raise BadInput(f"Nobody signs in as {email}.", "Settings, Members lists who does.")
        api.put(f"/api/members/{found[0]['id']}/password", {"password": _password()})
    _note(f"{found[0]['name']} signs in with the new password; older sessions have ended.")


def _password() -> str:
    import getpass

    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _serve(folder: Path, host: str, port: int) -> None:
    from callsheet.server import serve

    serve(folder, host, port, ready=lambda url: _note(f"Callsheet is at {url} (Ctrl-C stops it)."))


def _scope(scope: str | None) -> dict[str, str]:
    parts = dict(part.partition("=")[::2] for part in (scope or "").split(",") if part)
    return {key.strip(): value.strip() for key, value in parts.items()}


def _given(mapping: str | None) -> str | None:
    if mapping and "=" not in mapping:
        file = Path(mapping)
        if not file.exists():
            raise BadInput(f"There is no mapping file {mapping}.", "Give a TOML file, or the TOML itself.")
        return file.read_text(encoding="utf-8")
    return mapping


def _say_import(one: dict[str, Any]) -> None:
    verb = "would be" if one.get("dry_run") else "were"
    counts = one["counts"]
    _out(f"{one['file']}: recognised as {one['recognised'] or one['kind']}; {counts['rows']:,} rows {verb} read, "
         f"{counts['inserted']:,} new, {counts['updated']:,} changed, {counts['unchanged']:,} the same, "
         f"{counts['quarantined']:,} set aside.")  # fmt: skip
    for error in one["errors"][:10]:
        _out(f"  line {error['line']}: {error['error']}")
    if one.get("id"):
        _note(f"Undo with: callsheet undo {one['id']}")


def _say_metric(one: dict[str, Any]) -> None:
    from callsheet.base.text import with_unit

    left = f", {one['left_out']:,} left out: {one['left_out_why']}" if one["left_out"] else ""
    between = f" [{one['interval'][0]:.3g}, {one['interval'][1]:.3g}]" if one["interval"] else ""
    _out(f"{one['title']}: {with_unit(one['amount'], one['unit'])}{between} (n = {one['sample']:,}{left})")
    _note(f"{one['period']['label']} · {one['definition'].splitlines()[0]}")


def _counts(answer: dict[str, Any]) -> str:
    if answer.get("job_id"):
        return f"started as job {answer['job_id']}"
    counts = answer.get("counts", {})
    return ", ".join(f"{value:,} {key}" for key, value in counts.items()) or "nothing new"


def _table(heads: tuple[str, ...], rows: list[list[Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=None, header_style="dim")
    for row in rows:
        table.add_row(*[str(cell) for cell in row])
    Console().print(table)


def _print_json(value: Any) -> None:
    _out(json_module.dumps(value, indent=2, ensure_ascii=False, default=str))


def _out(text: str) -> None:
    sys.stdout.write(text + "\n")


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> None:
    """Run a command: exit status 2 for wrong usage, 1 for a failure; errors go to standard error."""
    try:
        _mount()
        app(exit_on_error=False, print_error=False)
    except CycloptsError as why:
        command = " ".join(["callsheet", *(why.command_chain or ())])
        _note(f"{why}\nSee: {command} --help")
        raise SystemExit(2) from None
    except CallsheetError as why:
        _note(f"{why}\n{why.mend}")
        raise SystemExit(2 if isinstance(why, BadInput | NotFound) else 1) from None
    except BrokenPipeError:
        sys.stderr.close()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
