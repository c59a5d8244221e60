from .events import Event, EventChange
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .restricted import RestrictedNote, RestrictedNoteEvent
from .retention import (
    FEWEST_YEARS,
    MOST_YEARS,
    PurgeCertificate,
    PurgedRows,
    Retention,
)

__all__ = [
    "DUE_SOON_DAYS",
    "FEWEST_YEARS",
    "MOST_YEARS",
    "OPEN_STATUSES",
    "Control",
    "ControlStanding",
    "Event",
    "EventChange",
    "Formality",
    "Marking",
    "Plan",
    "PlanItem",
    "PurgeCertificate",
    "PurgedRows",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Retention",
    "Status",
]
