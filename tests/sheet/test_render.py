"""What is written into a sheet stays text, and nothing is fetched for it."""

from __future__ import annotations

from typing import Any

import css_inline
import pytest

from callsheet.metrics.registry import Column
from callsheet.sheet import render
from callsheet.sheet.model import Section
from tests.sheet.test_compose import sheet


def test_pills_and_heads_are_not_marked_up() -> None:
    row = {"pill": "*now*", "title": "t", "id": "f", "sentence": "s"}
    part = Section("x", "a_b_", "table", findings=[row], columns=[Column("c", "x|y")], rows=[{"c": "v"}])
    found = render.markdown(sheet("h", part))
    assert "## a\\_b\\_\n" in found
    assert "- **\\*now\\*** t" in found
    assert "| x\\|y |" in found


def test_no_style_is_fetched_for_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link to a stylesheet in the page is left alone, not asked for from this server's network."""
    asked: list[Any] = []
    made = css_inline.CSSInliner

    def inliner(**options: Any) -> Any:
        asked.append(options)
        return made(**options)

    monkeypatch.setattr(css_inline, "CSSInliner", inliner)
    assert "Northlight" in render.html(sheet("h"), "http://127.0.0.1:8000")
    assert asked == [{"load_remote_stylesheets": False}]
