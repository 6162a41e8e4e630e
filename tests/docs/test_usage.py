"""The examples of docs/usage.md: every question is answered, code runs or reads, settings are taken."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callsheet.base import config
from callsheet.base.errors import BadInput
from callsheet.base.time import utc_now
from callsheet.client import ask
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.store.workspace import Workspace, create, open_workspace
from callsheet.usage.actions.features import add_feature
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.cohort_shapes import Described

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "usage.md").read_text(encoding="utf-8")
PEOPLE = 6


def blocks(language: str) -> list[str]:
    """Return the page's examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


EXAMPLES = [json.loads(text) for text in blocks("json")]
QUESTIONS = [one for one in EXAMPLES if one.get("kind") in kinds.KINDS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which a few people signed up yesterday and made boards; a feature was released before."""
    made = tmp_path_factory.mktemp("docs")
    create(made)
    workspace = open_workspace(made)
    now = utc_now()
    rows: list[dict[str, Any]] = []
    for number in range(PEOPLE):
        for hours, event in ((30, "sign_up"), (29.8, "board_created"), (29.7, "board_created"), (2, "board_created")):
            rows.append({
                "event_id": f"{number}-{hours}", "occurred_at": now - timedelta(hours=hours), "event": event,
                "person_id": f"p{number}", "account_id": f"a{number % 2}", "properties": json.dumps({"columns": 2 + number}),
            })  # fmt: skip
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("accounts", [{"account_id": f"a{n}", "segment": "small", "plan": "pro"} for n in (0, 1)])
        batch.merge("events", rows)
    with workspace.books.change(now) as book:
        add_feature(
            book,
            "Bulk import",
            SYSTEM,
            feature_id="bulk-import",
            events=["board_created"],
            released_at=now - timedelta(days=2),
        )
    workspace.close()
    return made


@pytest.fixture
def opened(folder: Path) -> Iterator[Workspace]:
    found = open_workspace(folder)
    yield found
    found.close()


def test_every_kind_of_question_has_an_example() -> None:
    assert [one["kind"] for one in QUESTIONS] == [
        "trends", "funnel", "retention", "lifecycle", "stickiness", "paths", "sessions", "rhythm", "adoption",
    ]  # fmt: skip
    assert {one["kind"] for one in QUESTIONS} == set(kinds.KINDS)


@pytest.mark.parametrize("question", QUESTIONS, ids=[one["kind"] for one in QUESTIONS])
def test_the_question_is_answered(opened: Workspace, question: dict[str, Any]) -> None:
    with reading(opened) as reader:
        asked = kinds.parse(question)
        found = Asking(reader).answer(asked)
    assert found.sample > 0
    assert kinds.table(asked, found).rows
    assert kinds.chart(asked, found)


def test_conditions_and_cohorts_are_understood(opened: Workspace) -> None:
    where, condition = (one for one in EXAMPLES if one not in QUESTIONS)
    with reading(opened) as reader:
        found: Any = Asking(reader).answer(kinds.parse({"kind": "trends", "series": [{}], "where": [where]}))
        assert found.lines[0].total == 3 * (PEOPLE - 1), "p0's boards have two columns"
        assert Asking(reader).described(Described.model_validate({"condition": condition})) == ()


def test_python_asks_a_workspace(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLSHEET_DIR", str(folder))
    [example] = [text for text in blocks("python") if "callsheet" in text]
    exec(compile(example, "docs/usage.md", "exec"), {})  # noqa: S102 - the page's own example
    assert capsys.readouterr().out.splitlines()[-1] == f"total {PEOPLE}.0"
    with pytest.raises(BadInput, match="funnel"):
        ask({"kind": "funnel", "steps": []}, folder)


def test_code_for_clients_reads() -> None:
    sdks = [text for text in blocks("python") if "WRITE KEY" in text]
    assert len(sdks) == 2
    for text in sdks:
        compile(text, "docs/usage.md", "exec")
    assert len(blocks("js")) == 2


def test_settings_are_taken() -> None:
    found = [config.parse(tomllib.loads(text)).events for text in blocks("toml")]
    assert [one.engine for one in found] == ["duckdb", "clickhouse", "spark"]


def test_pages_that_are_named_exist() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    assert not [name for name in re.findall(r"\]\(([\w./-]+\.md)", PAGE) if not (docs / name).exists()]
