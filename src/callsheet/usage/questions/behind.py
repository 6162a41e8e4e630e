"""Who is behind some rows, and how often."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.usage.questions.common import Units
from callsheet.usage.questions.rows import Rows


def with_times(rows: Rows, chosen: NDArray[np.bool_], unit: str) -> Units:
    """Return the units of some rows with how many events each has in them, those with most first."""
    times = np.bincount(rows.unit[chosen], rows.count[chosen], rows.size).astype(np.int64)
    codes = np.unique(rows.unit[chosen])
    codes = codes[np.argsort(-times[codes], kind="stable")]
    told: dict[str, int] = {}
    for name, amount in zip(rows.names(int(code) for code in codes), times[codes].tolist(), strict=True):
        told[name] = told.get(name, 0) + amount
    ids = sorted(told, key=told.__getitem__, reverse=True)
    return Units(unit, ids, [told[name] for name in ids])
