"""A picture of a chart that speaks for itself: its title and what is asked above it, what it rests on below."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from callsheet.charts.fonts import width
from callsheet.charts.theme import FONT, Theme, colour

PAD = 24
_WIDER = 1.06
"""How much wider semi-bold letters are than regular ones, at most."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around a chart; empty texts take no room."""

    title: str = ""
    line: str = ""
    foot: str = ""


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    step: float
    colour: str
    most: int
    weight: int = 400


_TITLE = _Style(18, 25, "@ink", 2, 600)
_LINE = _Style(13, 19, "@ink-2", 3)
_FOOT = _Style(11.5, 17, "@ink-3", 3)


def framed(drawn: str, words: Words, theme: Theme, size: tuple[int, int]) -> str:
    """Return the SVG of a chart of `size` pixels with words around it, which makes it higher and PAD wider on both sides.

    Long texts are broken into lines, and shortened after the second or third.
    """
    wide, tall = size
    above = list(_lines(words.title, _TITLE, wide)) + list(_lines(words.line, _LINE, wide))
    below = list(_lines(words.foot, _FOOT, wide))
    top = PAD + sum(style.step for _, style in above) + (14 if above else 0)
    end = top + tall + (6 if below else 0)
    height = end + sum(style.step for _, style in below) + PAD
    texts = [*_texts(above, PAD, theme), *_texts(below, end, theme)]
    whole, inner = wide + 2 * PAD, re.sub(r"^<svg ", f'<svg x="{PAD}" y="{top}" ', drawn, count=1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{height}" viewBox="0 0 {whole} {height}">'
        f"{''.join(texts)}{inner}</svg>"
    )


def _texts(lines: list[tuple[str, _Style]], top: float, theme: Theme) -> Iterator[str]:
    for text, style in lines:
        base = top + style.size
        top += style.step
        yield (
            f'<text x="{PAD}" y="{base}" fill="{colour(style.colour, theme)}" font-family="{FONT}" '
            f'font-size="{style.size}" font-weight="{style.weight}">{html.escape(text)}</text>'
        )


def _lines(text: str, style: _Style, room: float) -> Iterator[tuple[str, _Style]]:
    """Yield the lines that a text takes; the last that may be ends with three dots where there is more."""
    left = text.split()
    for place in range(style.most):
        if not left:
            return
        last = place == style.most - 1
        taken = _taken(left, style, room)
        line, left = " ".join(left[:taken]), left[taken:]
        yield _shortened(line, bool(left) and last, style, room), style


def _taken(words: list[str], style: _Style, room: float) -> int:
    """How many words fit into a line; one at least."""
    count = 1
    while count < len(words) and _width(" ".join(words[: count + 1]), style) <= room:
        count += 1
    return count


def _shortened(line: str, more: bool, style: _Style, room: float) -> str:
    text = f"{line} …" if more else line
    while _width(text, style) > room and len(line) > 1:
        line = line[:-1]
        text = f"{line.rstrip()}…"
    return text


def _width(text: str, style: _Style) -> float:
    return width(text, style.size) * (_WIDER if style.weight > 400 else 1)
