"""Bad input, as the product promises: a clear error and nothing landed, or the row set aside with its line."""

from __future__ import annotations

import gzip
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from callsheet.base.errors import BadInput, CallsheetError, NotFound
from callsheet.model.actor import SYSTEM
from callsheet.stack import imports
from callsheet.store.workspace import Workspace
from tests.stack.conftest import Write

HEAD = "item_id,title,created_at\n"


def run(workspace: Workspace, path: Path, **options: Any) -> imports.Outcome:
    return imports.run(workspace, path, SYSTEM, **options)


def work(workspace: Workspace) -> dict[str, dict[str, Any]]:
    return {row["item_id"]: row for row in workspace.facts.run(workspace.facts.tables()["work"]).to_pylist()}


def half_parquet() -> bytes:
    whole = io.BytesIO()
    parquet.write_table(pa.table({"item_id": ["a"] * 1000, "title": ["t"] * 1000}), whole)
    return whole.getvalue()[:-40]


WHOLE: dict[str, tuple[str, bytes, str]] = {
    "an empty file": ("a.csv", b"", "empty"),
    "an empty gzip": ("a.csv.gz", gzip.compress(b""), "empty"),
    "a truncated gzip": ("a.csv.gz", gzip.compress(HEAD.encode() + b"a,b,2025-01-01\n" * 999)[:-20], "truncated"),
    "a half-written parquet": ("a.parquet", half_parquet(), "not a whole Parquet"),
    "a parquet that is none": ("a.parquet", b"item_id,title\n1,2\n", "not a Parquet"),
    "JSON cut off": ("a.json", b'[{"item_id": "a"}, {"item_id": ', "ends in the middle"),
    "a JSON document cut off": ("a.json", b'{"items": [{"item_id": "a"}', "not whole JSON"),
    "a spreadsheet": ("a.xlsx", b"PK\x03\x04rest", "Excel"),
    "columns that mean nothing": ("a.csv", b"foo,bar\n1,2\n", "not recognised"),
    "YAML that is none": ("a.yml", b"- a: [1\n- b", "not YAML"),
}


@pytest.mark.parametrize(("name", "content", "said"), WHOLE.values(), ids=WHOLE)
def test_a_file_that_cannot_be_read_is_refused_whole(
    workspace: Workspace, write: Write, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(CallsheetError, match=said) as error:
        run(workspace, write(name, content))
    assert error.value.mend
    assert workspace.facts.batches() == []
    assert not any(workspace.facts.counts().values())
    landing = imports.landing_of(workspace)
    assert not landing.exists() or not list(landing.glob("part-*"))


def test_a_missing_file_and_a_folder_are_named(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        run(workspace, tmp_path / "nothing.csv")
    with pytest.raises(BadInput, match="is a folder"):
        run(workspace, tmp_path)


ROWS: dict[str, tuple[str, int, str]] = {
    "too few cells": ("b,B\n", 3, "2 cells, the header names 3"),
    "too many cells": ("b,B,2025-01-02,more\n", 3, "4 cells, the header names 3"),
    "a quote that never closes": ('b,"B,2025-01-02\n', 3, "quotes"),
    "no date": ("b,B,soon\n", 3, "'soon' is not a date"),
    "no key": (",B,2025-01-02\n", 3, "item_id"),
}


@pytest.mark.parametrize(("row", "line", "said"), ROWS.values(), ids=ROWS)
def test_a_broken_row_is_set_aside_and_its_neighbours_land(
    workspace: Workspace, write: Write, row: str, line: int, said: str
) -> None:
    done = run(workspace, write("a.csv", HEAD + "a,A,2025-01-01\n" + row + "c,C,2025-01-03\n"))
    assert set(work(workspace)) == {"a", "c"}
    (aside,) = workspace.facts.quarantined(done.info.id)
    assert aside["line"] == line
    assert said in aside["error"]
    assert aside["raw"] == row.rstrip("\n")
    assert done.landed.rows == 3


def test_a_stray_quote_does_not_swallow_the_rows_after_it(workspace: Workspace, write: Write) -> None:
    rows = 'a,"A,2025-01-01\nb,B,2025-01-02\nc,C,2025-01-03\nd,"D",2025-01-04\n'
    done = run(workspace, write("a.csv", HEAD + rows))
    assert set(work(workspace)) == {"b", "c", "d"}
    assert [row["line"] for row in workspace.facts.quarantined(done.info.id)] == [2]


def test_a_cell_may_run_over_lines(workspace: Workspace, write: Write) -> None:
    done = run(workspace, write("a.csv", HEAD + 'a,"one\ntwo\nthree",2025-01-01\nb,B,never\n'))
    assert work(workspace)["a"]["title"] == "one\ntwo\nthree"
    assert [row["line"] for row in workspace.facts.quarantined(done.info.id)] == [5]


TEXT = HEAD + "a,Größe,2025-01-01\nb,naïve café,2025-01-02\n"
ENCODINGS = {
    "UTF-8": (TEXT.encode(), ""), "UTF-8 with a mark": (TEXT.encode("utf-8-sig"), ""),
    "UTF-16": (TEXT.encode("utf-16"), "UTF-16"), "UTF-16 without a mark": (TEXT.encode("utf-16-le"), "UTF-16"),
    "Windows-1252": (TEXT.encode("cp1252"), "Windows-1252"), "Latin-1": (TEXT.encode("latin-1"), "Windows-1252"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), ENCODINGS.values(), ids=ENCODINGS)
def test_the_encoding_is_found_and_said(workspace: Workspace, write: Write, content: bytes, said: str) -> None:
    done = run(workspace, write("a.csv", content))
    assert work(workspace)["a"]["title"] == "Größe"
    assert said in " ".join(done.notes)


def test_a_row_of_wrong_bytes_in_good_utf8_is_set_aside(workspace: Workspace, write: Write) -> None:
    good = "".join(f"g{n},Größe,2025-01-01\n" for n in range(9))
    done = run(workspace, write("a.csv", (HEAD + good).encode() + b"x,Gr\xf6\xdfe,2025-01-01\n"))
    assert len(work(workspace)) == 9
    assert "not UTF-8" in workspace.facts.quarantined(done.info.id)[0]["error"]


def test_repeated_column_names_are_read_by_position(workspace: Workspace, write: Write) -> None:
    content = "item_id,title,Labels,Labels\na,A,one,two\n"
    done = run(
        workspace,
        write("a.csv", content),
        mapping={"table": "work", "item_id": "item_id", "labels": "{Labels} {Labels_2}"},
    )
    assert done.columns == ["item_id", "title", "Labels", "Labels_2"]
    assert work(workspace)["a"]["labels"] == "one two"


def test_a_repeated_header_line_is_no_row(workspace: Workspace, write: Write) -> None:
    done = run(workspace, write("a.csv", HEAD + "a,A,2025-01-01\n" + HEAD + "b,B,2025-01-02\n"))
    assert set(work(workspace)) == {"a", "b"}
    assert "2 times" in done.notes[0]


def test_dates_in_five_notations_in_one_column(workspace: Workspace, write: Write) -> None:
    dates = ["2025-03-14", "14.03.2025", "03/14/2025", "14 Mar 2025", '"Mar 14, 2025"']
    rows = "".join(f"{n},T,{written}\n" for n, written in enumerate(dates))
    done = run(workspace, write("a.csv", HEAD + rows))
    assert done.info.quarantined == 0
    assert {row["created_at"] for row in work(workspace).values()} == {datetime(2025, 3, 14)}


SPANS = {"null": (None, 0), "keep": (datetime(2025, 1, 1), 0), "quarantine": (None, 1)}


@pytest.mark.parametrize(("option", "end", "aside"), [(name, *wanted) for name, wanted in SPANS.items()], ids=SPANS)
def test_an_end_before_its_start_is_said(
    workspace: Workspace, write: Write, option: str, end: datetime | None, aside: int
) -> None:
    path = write("a.csv", "id,from,to\nx,2025-01-05,2025-01-01\ny,2025-01-05,2025-01-06\n")
    mapping = {
        "table": "incidents", "incident_id": "id", "started_at": "from", "resolved_at": "to",
        "span": ["started_at", "resolved_at"], "on_negative": option,
    }  # fmt: skip
    done = run(workspace, path, mapping=mapping)
    rows = {row["incident_id"]: row for row in workspace.facts.run(workspace.facts.tables()["incidents"]).to_pylist()}
    assert done.info.quarantined == aside
    assert ("x" in rows) is not bool(aside)
    if not aside:
        assert rows["x"]["resolved_at"] == end
        assert done.landed.warned == 1
        assert "lies before" in done.landed.warnings[0]["error"]


def test_of_two_rows_with_one_key_the_last_wins_and_is_counted(workspace: Workspace, write: Write) -> None:
    done = run(workspace, write("a.csv", HEAD + "a,first,2025-01-01\na,last,2025-01-01\n"))
    assert work(workspace)["a"]["title"] == "last"
    assert done.info.total("duplicates") == 1


def test_a_line_that_is_no_json_is_set_aside(workspace: Workspace, write: Write) -> None:
    done = run(workspace, write("a.jsonl", '{"item_id": "a"}\n{"item_id": \n[1]\n{"item_id": "b"}\n'), kind="work")
    assert set(work(workspace)) == {"a", "b"}
    assert [row["line"] for row in workspace.facts.quarantined(done.info.id)] == [2, 3]


DELIMITERS = {"semicolon": ";", "tab": "\t", "bar": "|", "comma": ","}


@pytest.mark.parametrize("sign", DELIMITERS.values(), ids=DELIMITERS)
def test_the_delimiter_is_found(workspace: Workspace, write: Write, sign: str) -> None:
    run(workspace, write("a.csv", "item_id,title\na,A\nb,B\n".replace(",", sign)))
    assert set(work(workspace)) == {"a", "b"}


MAPPINGS: dict[str, tuple[Any, str]] = {
    "an unknown table": ({"table": "tickets"}, "no fact table"),
    "an unknown field": ({"table": "work", "item_id": "item_id", "titel": "title"}, "titel"),
    "an unknown column": ({"table": "work", "item_id": "key"}, "no column 'key'"),
    "no key": ({"table": "work", "title": "title"}, "no item_id"),
    "an unknown recipe key": ({"table": "work", "item_id": {"column": "item_id", "colour": 1}}, "colour"),
    "a broken pattern": ({"table": "work", "item_id": {"column": "item_id", "pattern": "("}}, "regular expression"),
    "an unknown zone": ({"table": "work", "item_id": "item_id", "zone": "Mars/Olympus"}, "time zone"),
}


@pytest.mark.parametrize(("mapping", "said"), MAPPINGS.values(), ids=MAPPINGS)
def test_a_mapping_that_does_not_fit_is_named(workspace: Workspace, write: Write, mapping: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        run(workspace, write("a.csv", HEAD + "a,A,2025-01-01\n"), mapping=mapping)
    assert workspace.facts.batches() == []


def test_a_link_of_no_possible_confidence_is_set_aside(workspace: Workspace, write: Write) -> None:
    """One of 7 would make every trace that meets it fail, one of 0 would count as sure."""
    rows = "".join(f"work:{n},done_in,change:1,{told}\n" for n, told in enumerate(("", "0.4", "1", "0", "7", "-1")))
    done = run(workspace, write("links.csv", f"from_ref,kind,to_ref,confidence\n{rows}"), kind="links")
    assert [error["line"] for error in done.landed.errors] == [5, 6, 7]
    assert workspace.facts.counts()["links"] == 3
