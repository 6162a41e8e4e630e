"""The decisions of usage, one module a noun."""

from callsheet.usage.records.alerts import Alert
from callsheet.usage.records.cohorts import Cohort, CohortMember
from callsheet.usage.records.deletions import PersonDeletion
from callsheet.usage.records.event_sources import EventRule, EventSource
from callsheet.usage.records.features import Feature
from callsheet.usage.records.notes import Annotation
from callsheet.usage.records.reports import Board, SavedReport, Share
from callsheet.usage.records.schema import EventNote, PropertyNote

__all__ = [
    "Alert",
    "Annotation",
    "Board",
    "Cohort",
    "CohortMember",
    "EventNote",
    "EventRule",
    "EventSource",
    "Feature",
    "PersonDeletion",
    "PropertyNote",
    "SavedReport",
    "Share",
]
