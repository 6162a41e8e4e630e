"""Charts drawn on the server."""

from __future__ import annotations

import re
import struct
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from callsheet import charts
from callsheet.base.errors import BadInput, CallsheetError
from callsheet.charts import fonts
from callsheet.charts.engine import Engine
from callsheet.charts.framed import PAD, Words, framed
from callsheet.charts.render import png, svg
from tests.charts import gallery

Make = Callable[[], charts.Option]
EVERY = pytest.mark.parametrize("make", gallery.ALL.values(), ids=gallery.ALL)

LABELS = {
    "line": ["team split", "days"],
    "lines": ["Data", "Growth", "40%"],
    "stacked_area": ["first review 4.2", "coding 1.2", "Oct"],
    "bar": ["Features", "Chores", "7 Sep"],
    "lying": ["Who changed this?", "€141k"],
    "scatter": ["85% · 6.4"],
    "histogram": ["50% · 3.1", "85% · 8.6"],
    "cfd": ["In review 15.6"],
    "fan": ["promised 14 Dec", "all 52 items"],
    "finish": ["50% · 12 Dec", "today"],
    "range_row": ["Bulk import", "23%", "today"],
    "funnel": ["Imported data", "5,214"],
    "heatmap": ["31 Aug · 412", "100"],
    "lifecycle": ["resurrecting", "dormant", "onboarding checklist"],
    "intervals": ["+2.1 [+0.9, +3.3]", "worthwhile", "points"],
    "calibration": ["n = 41", "predicted"],
    "bubbles": ["Import fails on large files", "revenue"],
    "empty": ["No data in this period"],
}


def pixels(data: bytes) -> tuple[int, int, bytes]:
    """Width, height and the unfiltered-enough bytes of a PNG: enough to tell blank from drawn."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    parts, start = b"", 8
    while start < len(data):
        (size,) = struct.unpack(">I", data[start : start + 4])
        if data[start + 4 : start + 8] == b"IDAT":
            parts += data[start + 8 : start + 8 + size]
        start += size + 12
    return width, height, zlib.decompress(parts)


@EVERY
@pytest.mark.parametrize("width", [360, 1100])
def test_svg_is_well_formed_and_carries_its_labels(make: Make, width: int) -> None:
    drawn = svg(make(), "light", width)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own text
    texts = {"".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")}
    assert root.get("width") == str(width)
    assert root.get("aria-label") == make()["aria"]["label"]["description"]
    assert set(LABELS.get(make.__name__, [])) <= texts
    assert "@" not in "".join(re.findall(r'(?:fill|stroke)="([^"]*)"', drawn))
    assert "NaN" not in drawn


@EVERY
def test_png_has_its_size_is_not_blank_and_dark_differs(make: Make) -> None:
    option = make()
    tall = option["callsheet"]["height"]
    light, dark = (pixels(png(option, name, 360)) for name in ("light", "dark"))
    assert light[:2] == dark[:2] == (720, 2 * tall)
    assert len(set(light[2])) > 20
    assert light[2] != dark[2]


def test_a_picture_with_words_says_what_it_shows() -> None:
    words = Words("Who opens boards & cards", "board_opened, unique · " * 20, "n = 40,258 events")
    option = gallery.line()
    tall = option["callsheet"]["height"]
    plain, said = pixels(png(option, "dark", 360)), pixels(png(option, "dark", 360, words=words))
    assert said[0] == plain[0] + 2 * 2 * PAD
    # a line of title (25) and three of its line (19 each, the rest is cut) above, and one line (17) below
    assert said[1] == 2 * (PAD + 25 + 3 * 19 + 14 + tall + 6 + 17 + PAD)
    assert png(option, words=Words()) == png(option), "without words there is no margin"
    drawn = framed(svg(option, width=360), words, "light", (360, tall))
    texts = ["".join(one.itertext()) for one in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    above = [one for one in texts if "unique" in one]
    assert texts[0] == "Who opens boards & cards"
    assert [one.endswith("…") for one in above] == [False, False, True]
    assert all(fonts.width(one, 13) <= 360 for one in above)


def test_one_word_wider_than_the_picture_is_cut() -> None:
    drawn = framed(svg(gallery.line(), width=200), Words("W" * 400), "light", (200, 240))
    title = next(ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")).text  # noqa: S314
    assert title is not None
    assert title.endswith("…")
    assert fonts.width(title, 18) <= 200


def test_the_shipped_font_draws_the_text() -> None:
    said = charts.line({}, title="t")
    other = charts.line({}, title="t")
    other["graphic"][0]["style"]["text"] = "Nothing to say"
    assert png(said) != png(other)


def test_letters_outside_of_the_shipped_font_ask_for_system_fonts() -> None:
    assert fonts.covered("Größe, Ťažké, Ελλάδα, Россия: €412k − ≥ 4.2 · ▲")
    assert not fonts.covered("会議")
    assert png(charts.bar(["会議"], {"n": [1]}, title="t"))


def test_widths_are_those_of_the_font() -> None:
    # Inter is proportional: "i" < "1" < "0" < "W"; 3.19 has over 2,000 letters.
    known = fonts.widths()
    assert 0.2 < known[ord("i")] < known[ord("1")] < known[ord("0")] < known[ord("W")] < 1.1
    assert len(known) > 2000


def test_markup_in_names_is_only_text() -> None:
    name = '<script>alert("{b}")</script> & {a|x}'
    drawn = svg(charts.bar([name], {"n": [1]}, title=name), width=1100)
    ElementTree.fromstring(drawn)  # noqa: S314 - our own text
    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_the_same_option_gives_the_same_text_and_ids_of_its_own() -> None:
    first, again = (Engine() for _ in range(2))
    option: charts.Option = {"series": [], "xAxis": {}, "yAxis": {}}
    assert first.draw(option, 200, 100) == again.draw(option, 200, 100)
    one, two = svg(gallery.line()), svg(gallery.fan())
    assert not set(re.findall(r'\bid="([^"]+)"', one)) & set(re.findall(r'\bid="([^"]+)"', two))
    assert "zr" not in one


def test_twenty_renders_from_several_threads_agree_with_one() -> None:
    makes = [make for make in gallery.ALL.values() if make.__name__ != "empty"][:10] * 2
    sizes = range(500, 520)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda pair: svg(pair[0](), "light", pair[1]), zip(makes, sizes, strict=True)))
    svg_again = [svg(make(), "light", size) for make, size in zip(makes, sizes, strict=True)]
    assert drawn == svg_again
    assert len(set(drawn)) == 20


def test_the_first_chart_starts_fast_and_the_next_are_quick() -> None:
    engine = Engine()
    option = {"series": [{"type": "line", "data": [1, 2]}], "xAxis": {"type": "category"}, "yAxis": {}}
    took = []
    for width in (400, 401, 402):
        start = time.process_time()
        engine.draw(option, width, 200)
        took.append(time.process_time() - start)
    assert took[0] < 2
    assert min(took[1:]) < 0.3


def test_an_option_that_echarts_refuses_is_an_error_and_the_next_chart_is_drawn() -> None:
    engine = Engine()
    with pytest.raises(CallsheetError, match="could not be drawn"):
        engine.draw({"xAxis": {"gridIndex": 9}, "yAxis": {}, "series": [{"type": "line", "data": [1]}]}, 200, 100)
    assert engine.draw({"series": []}, 200, 100).startswith("<svg")


@pytest.mark.parametrize(("width", "height"), [(0, 100), (-5, 100), (100, 5000)])
def test_impossible_sizes_are_refused(width: int, height: int) -> None:
    with pytest.raises(BadInput, match="pixels"):
        svg(gallery.line(), "light", width, height)
