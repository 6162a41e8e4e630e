"""Charts: data in, an ECharts option (a plain dict, JSON as it is) out; `render` draws the same option.

The contract with the browser, for every option made here:

- **Colours are tokens.** A string that starts with "@" and stands under a colour key (a key that is `fill` or
  `stroke` or ends in `color`, whatever its case, lists included) names a design token: "@accent" is
  `var(--accent)`. "@accent/55" is 55% of the token over "@surface", as an opaque colour
  (`color-mix(in srgb, var(--accent) 55%, var(--surface))`). `theme.resolve` replaces them on the server, the
  browser from its CSS variables. Elsewhere a string with "@" is data and stays.
- **No functions.** An option is JSON. Tooltip numbers are formatted by the browser from `callsheet.unit`.
- **`callsheet`**, ignored by ECharts: `{"chart": kind, "unit": unit, "height": px, "empty": bool}`, where
  `height` is the natural height at any width.
- **Helpers.** Series whose id starts with "_" are drawing aids (bands, labels, joins), out of tooltips.
- **Units.** "%" takes values of 0 to 100; "share" takes 0 to 1 and is shown in per cent (the option then says
  "%"); "€", "$" and "£" stand before the number; any other unit is a word, written once above the axis.
- **Times** are ISO strings (`2026-11-16` or `2026-11-16T09:00:00`), read as local wall-clock times.
- Parts of ECharts in use: line, bar, scatter, heatmap, sankey; grid, tooltip, legend, markLine, markArea, visualMap,
  graphic, aria, and the label layout and SVG renderer features.
"""

from callsheet.charts.bar import bar
from callsheet.charts.bubbles import bubbles
from callsheet.charts.calibration import calibration
from callsheet.charts.cfd import cfd
from callsheet.charts.fan import fan
from callsheet.charts.finish import finish
from callsheet.charts.funnel import funnel
from callsheet.charts.heatmap import heatmap
from callsheet.charts.histogram import histogram
from callsheet.charts.intervals import intervals
from callsheet.charts.lifecycle import lifecycle
from callsheet.charts.line import line
from callsheet.charts.parts import Option, empty
from callsheet.charts.range_row import range_row
from callsheet.charts.sankey import sankey
from callsheet.charts.scatter import scatter
from callsheet.charts.sparkline import sparkline
from callsheet.charts.stacked_area import stacked_area

__all__ = [
    "Option",
    "bar",
    "bubbles",
    "calibration",
    "cfd",
    "empty",
    "fan",
    "finish",
    "funnel",
    "heatmap",
    "histogram",
    "intervals",
    "lifecycle",
    "line",
    "range_row",
    "sankey",
    "scatter",
    "sparkline",
    "stacked_area",
]
