"""Design tokens and their replacement in options, for drawing on the server (the contract is in `charts`)."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from callsheet.base.errors import BadInput

Theme = Literal["light", "dark"]

FONT: Final = "Inter, DejaVu Sans, sans-serif"
TOKENS: Final[dict[Theme, dict[str, str]]] = {
    "light": {
        "bg": "#fbfbfa",
        "surface": "#ffffff",
        "raised": "#ffffff",
        "line": "#e7e6e3",
        "line-soft": "#f0efec",
        "ink": "#1d1c1a",
        "ink-2": "#55524d",
        "ink-3": "#706c66",
        "accent": "#3b5bdb",
        "accent-soft": "#edf1ff",
        "good": "#237a35",
        "good-soft": "#ebfbee",
        "warn": "#a15200",
        "warn-soft": "#fff4e6",
        "bad": "#c92a2a",
        "bad-soft": "#fff0f0",
        "violet": "#6741d9",
        "violet-soft": "#f3f0ff",
    },
    "dark": {
        "bg": "#131314",
        "surface": "#1a1a1c",
        "raised": "#202023",
        "line": "#2c2c30",
        "line-soft": "#242427",
        "ink": "#ececed",
        "ink-2": "#b0afb4",
        "ink-3": "#918f96",
        "accent": "#91a7ff",
        "accent-soft": "#1e2440",
        "good": "#69db7c",
        "good-soft": "#14261a",
        "warn": "#ffb066",
        "warn-soft": "#2b2013",
        "bad": "#ff8787",
        "bad-soft": "#2e1919",
        "violet": "#b197fc",
        "violet-soft": "#231d38",
    },
}
_TOKEN = re.compile(r"@([a-z0-9-]+)(?:/(\d{1,3}))?")


def colour(token: str, theme: Theme) -> str:
    """The colour "#rrggbb" of a token such as "@accent" or "@accent/55" (per cent over the surface).

    An unknown token, or a share above 100, is an error: it is a slip in a builder, never data.
    """
    match = _TOKEN.fullmatch(token)
    names = TOKENS[theme]
    if not match or match[1] not in names or int(match[2] or 100) > 100:
        raise BadInput(f"{token!r} is not a design token.", mend=f"Use one of {', '.join(names)}, as in '@accent/55'.")
    share = int(match[2] or 100) / 100
    over, under = _channels(names[match[1]]), _channels(names["surface"])
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in zip(over, under, strict=True))


def resolve(option: dict[str, Any], theme: Theme) -> dict[str, Any]:
    """A copy of the option in which every token under a colour key is a colour; data is left as it is."""
    if theme not in TOKENS:
        raise BadInput(f"There is no theme {theme!r}.", mend="Use 'light' or 'dark'.")
    resolved: dict[str, Any] = _replace(option, "", theme)
    return resolved


def is_colour_key(key: str) -> bool:
    """Whether strings under this key of an option are colours."""
    return key in ("fill", "stroke") or key.lower().endswith("color")


def _replace(value: Any, key: str, theme: Theme) -> Any:
    if isinstance(value, dict):
        return {k: _replace(v, k, theme) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replace(item, key, theme) for item in value]
    if isinstance(value, str) and value.startswith("@") and is_colour_key(key):
        return colour(value, theme)
    return value


def _channels(code: str) -> tuple[int, int, int]:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
