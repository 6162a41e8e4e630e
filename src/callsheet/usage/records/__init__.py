"""The decisions of usage, one module a noun."""

from callsheet.usage.records.alerts import Alert
from callsheet.usage.records.cohorts import Cohort, CohortMember
from callsheet.usage.records.deletions import PersonDeletion
from callsheet.usage.records.event_sources import EventRule, EventSource
from callsheet.usage.records.features import Feature
from callsheet.usage.records.notes import Annotation
from callsheet.usage.records.reports import Board, SavedReport, Share

__all__ = [
    "Alert",
    "Annotation",
    "Board",
    "Cohort",
    "CohortMember",
    "EventRule",
    "EventSource",
    "Feature",
    "PersonDeletion",
    "SavedReport",
    "Share",
]
