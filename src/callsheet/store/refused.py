"""Events that were refused: which of them were taken at a later try."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from callsheet.base.errors import ConfigError
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.warehouse import Warehouse


def mark_retried(house: Warehouse, refused_ids: Sequence[str], moment: datetime) -> None:
    """Note that refused events have been taken after all. ConfigError for a warehouse that is only read."""
    if not isinstance(house, DuckWarehouse):
        raise ConfigError("This warehouse is only read: no events can be sent to it.", "Send them there.")
    with house.change() as cursor:
        cursor.execute(
            "UPDATE refused SET retried_at = ? WHERE retried_at IS NULL AND refused_id IN (SELECT unnest(?::VARCHAR[]))",
            [moment, list(refused_ids)],
        )
    house.grow(version=False)
