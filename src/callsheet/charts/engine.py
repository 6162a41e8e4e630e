"""ECharts in QuickJS: one context, in one thread of its own, made when the first chart is drawn.

A QuickJS context must stay in the thread that made it, so all calls go through a one-worker executor; callers
in any number of threads wait their turn. Start takes about 0.1 s, a chart 10 to 50 ms.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Final

import quickjs

from callsheet.base.errors import CallsheetError
from callsheet.charts import fonts

SECONDS: Final = 20
BYTES: Final = 512 * 1024 * 1024

_SHIM: Final = """
var console = {log() {}, warn() {}, error() {}, info() {}};
var setTimeout = () => 0, clearTimeout = () => {}, setInterval = () => 0, clearInterval = () => {};
"""
_DRAW: Final = """
var WIDTHS = JSON.parse(WIDTHS_JSON);
function measure(text, font) {
  var size = parseFloat((/([0-9.]+)px/.exec(font || '') || [0, 12])[1]);
  var em = 0;
  for (var letter of text || '') em += WIDTHS[letter.codePointAt(0)] ?? 1;
  return {width: em * size * (/bold|[6-9]00/.test(font || '') ? 1.05 : 1)};
}
echarts.setPlatformAPI({measureText: measure});
function draw(option, width, height) {
  var chart = echarts.init(null, null, {renderer: 'svg', ssr: true, width: width, height: height});
  try { chart.setOption(JSON.parse(option)); return chart.renderToSVGString(); }
  finally { chart.dispose(); }
}
"""


class Engine:
    """One QuickJS context with ECharts in it; safe to call from any thread."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")
        self._context: Any = None

    def draw(self, option: dict[str, Any], width: int, height: int) -> str:
        """The option as an SVG document, as ECharts writes it; the option's colours are already resolved."""
        text = json.dumps(option, ensure_ascii=False, allow_nan=False)
        return self._worker.submit(self._draw, text, width, height).result()

    def _draw(self, option: str, width: int, height: int) -> str:
        try:
            self._context = self._context or _context()
            return str(self._context.get("draw")(option, width, height))
        except quickjs.JSException as wrong:
            self._context = None
            raise CallsheetError(
                f"The chart could not be drawn: {str(wrong).splitlines()[0]}",
                mend="Check the option; `?format=json` of the same chart shows it.",
            ) from wrong


def _context() -> Any:
    context = quickjs.Context()
    context.set_memory_limit(BYTES)
    context.set_time_limit(SECONDS)
    context.eval(_SHIM)
    context.eval((fonts.VENDOR / "echarts.min.js").read_text(encoding="utf-8"))
    context.set("WIDTHS_JSON", json.dumps(fonts.widths()))
    context.eval(_DRAW)
    return context


_lock = Lock()
_engine: Engine | None = None


def engine() -> Engine:
    """The engine of this process, made at the first call."""
    global _engine
    with _lock:
        _engine = _engine or Engine()
        return _engine


def _forget() -> None:
    """After a fork the worker thread is gone: the child makes an engine of its own."""
    global _engine, _lock
    _engine, _lock = None, Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
