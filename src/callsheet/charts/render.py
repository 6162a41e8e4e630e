"""The same option as in the browser, drawn on the server: SVG text and PNG bytes, with no browser.

ECharts writes the SVG (`engine`), resvg turns it into pixels with the shipped font. Characters that the
shipped font lacks (Japanese, say) are taken from the fonts of the system, where there are any.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from functools import lru_cache
from typing import Any, Final

import resvg_py

from callsheet.base.errors import BadInput
from callsheet.charts import fonts
from callsheet.charts.engine import engine
from callsheet.charts.framed import Words, framed
from callsheet.charts.theme import FONT, Theme, colour, resolve

HEIGHT: Final = 240
LARGEST: Final = 4000
_IDS: Final = re.compile(r"\bzr\d+-")
_CLASS: Final = re.compile(r' class="zr\d+-[^"]*"')
_STYLE: Final = re.compile(r"<style\b.*?</style>", re.DOTALL)


def svg(option: dict[str, Any], theme: Theme = "light", width: int = 720, height: int | None = None) -> str:
    """The option as an SVG document of `width` x `height` pixels, transparent behind.

    Without a height, the natural height of the chart is taken (`callsheet.height`), else 240. The option's
    aria description becomes the title of the picture. The same option always gives the same text.
    """
    tall = _tall(option, height)
    if not (0 < width <= LARGEST and 0 < tall <= LARGEST):
        raise BadInput(f"A chart cannot be {width} x {tall} pixels.", mend=f"Use sizes of 1 to {LARGEST} pixels.")
    return _svg(json.dumps(option, sort_keys=False, ensure_ascii=False), theme, width, tall)


def png(
    option: dict[str, Any],
    theme: Theme = "light",
    width: int = 720,
    height: int | None = None,
    scale: float = 2,
    words: Words | None = None,
) -> bytes:
    """The option as a PNG of `width * scale` by `height * scale` pixels, on the theme's surface colour.

    `words` around it make the picture larger than the chart; without any there is no margin either.
    """
    if not 0 < scale <= 4:
        raise BadInput(f"A chart cannot be scaled by {scale}.", mend="Use a scale above 0, up to 4.")
    drawn = svg(option, theme, width, height)
    if words and words != Words():
        drawn = framed(drawn, words, theme, (width, _tall(option, height)))
    return _png(drawn, colour("@surface", theme), scale)


def _tall(option: dict[str, Any], height: int | None) -> int:
    return int(height or option.get("callsheet", {}).get("height") or HEIGHT)


@lru_cache(maxsize=128)
def _svg(option: str, theme: Theme, width: int, height: int) -> str:
    resolved = resolve(json.loads(option), theme)
    resolved["animation"] = False
    resolved["textStyle"] = {**resolved.get("textStyle", {}), "fontFamily": FONT}
    drawn = engine().draw(resolved, width, height)
    said = resolved.get("aria", {}).get("label", {}).get("description", "")
    name = hashlib.sha256(f"{theme}{width}{height}{option}".encode()).hexdigest()[:8]
    return _own(drawn, said, name)


def _own(drawn: str, description: str, name: str) -> str:
    """Drop hover styles, give ids a prefix of this chart (many may stand in one page), say what it shows."""
    bare = _IDS.sub(f"c{name}-", _CLASS.sub("", _STYLE.sub("", drawn)))
    said = html.escape(description, quote=True)
    head, body = bare.split(">", 1)
    return f'{head} role="img" aria-label="{said}"><title>{said}</title>{body}'


@lru_cache(maxsize=32)
def _png(drawn: str, background: str, scale: float) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawn,
            background=background,
            zoom=scale,
            skip_system_fonts=fonts.covered(drawn),
            font_files=[str(path) for path in fonts.FILES],
            font_family="Inter",
            sans_serif_family="Inter",
        )
    )
