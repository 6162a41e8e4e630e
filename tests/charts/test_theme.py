"""Tokens and their colours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest

from callsheet.base.errors import BadInput
from callsheet.charts import theme


def test_a_share_of_a_token_is_mixed_over_the_surface() -> None:
    # By hand, #3b5bdb over #ffffff: 59 / 2 + 127.5 = 157 = 9d, 91 / 2 + 127.5 = 173 = ad, 237 = ed.
    assert theme.colour("@accent", "light") == "#3b5bdb"
    assert theme.colour("@accent/50", "light") == "#9daded"
    assert theme.colour("@accent/0", "dark") == theme.TOKENS["dark"]["surface"]


@pytest.mark.parametrize("token", ["@nope", "@accent/101", "@", "accent", "@accent/x"])
def test_a_slip_in_a_token_is_an_error_that_names_the_tokens(token: str) -> None:
    with pytest.raises(BadInput, match="not a design token") as caught:
        theme.colour(token, "light")
    assert "accent" in caught.value.mend


def test_only_colour_keys_hold_tokens() -> None:
    option = {
        "name": "@accent",
        "data": ["@mira"],
        "itemStyle": {"color": "@ink"},
        "inRange": {"color": ["@good"]},
    }
    assert theme.resolve(option, "light") == {
        "name": "@accent",
        "data": ["@mira"],
        "itemStyle": {"color": "#1d1c1a"},
        "inRange": {"color": [theme.TOKENS["light"]["good"]]},
    }


def test_charts_drawn_here_wear_the_colours_of_the_pages() -> None:
    """web/src/app/tokens.css is where the colours are chosen; the copy here must not drift from it."""
    css = (Path(__file__).parents[2] / "web" / "src" / "app" / "tokens.css").read_text(encoding="utf-8")
    light, dark = css.split('[data-theme="dark"]')
    blocks: tuple[tuple[Literal["light", "dark"], str], ...] = (("light", light), ("dark", dark))
    for name, block in blocks:
        chosen = {key: _six(value) for key, value in re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]+)", block)}
        assert {key: chosen[key] for key in theme.TOKENS[name]} == theme.TOKENS[name]


def _six(colour: str) -> str:
    return "#" + "".join(digit * 2 for digit in colour[1:]) if len(colour) == 4 else colour


def test_both_themes_have_the_same_tokens() -> None:
    assert theme.TOKENS["light"].keys() == theme.TOKENS["dark"].keys()
