from .dates import BankHoliday, PlanDate
from .events import Event, EventChange
from .feeds import CalendarFeed
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Election, Formality, Marking, Plan
from .restricted import RestrictedNote, RestrictedNoteEvent

__all__ = [
    "DUE_SOON_DAYS",
    "OPEN_STATUSES",
    "BankHoliday",
    "CalendarFeed",
    "Control",
    "ControlStanding",
    "Election",
    "Event",
    "EventChange",
    "Formality",
    "Marking",
    "Plan",
    "PlanDate",
    "PlanItem",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Status",
]
