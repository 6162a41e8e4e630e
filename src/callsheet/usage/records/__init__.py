"""The decisions of usage, one module a noun."""

from callsheet.usage.records.features import Feature

__all__ = ["Feature"]
