"""Named figures and reports: one definition each, read alike by page, API, command, detector and mail."""

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.reader import Reader
from callsheet.metrics.registry import Column, Metric, Report, ReportSpec, Value, metric, report

__all__ = ["Column", "Facts", "Metric", "Period", "Reader", "Report", "ReportSpec", "Value", "metric", "report"]
