from .bundles import BUNDLE_LIMIT, Bundle, BundlePlan
from .dates import BankHoliday, PlanDate
from .events import Event, EventChange
from .feeds import CalendarFeed
from .grants import LONGEST_MONTHS, SAME_LOOK, AdviserGrant, AdviserLook, latest_until
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Election, Formality, Marking, Plan
from .readers import STAGES, carry, stages_in_words
from .restricted import RestrictedNote, RestrictedNoteEvent

__all__ = [
    "BUNDLE_LIMIT",
    "DUE_SOON_DAYS",
    "LONGEST_MONTHS",
    "OPEN_STATUSES",
    "SAME_LOOK",
    "STAGES",
    "AdviserGrant",
    "AdviserLook",
    "BankHoliday",
    "Bundle",
    "BundlePlan",
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
    "carry",
    "latest_until",
    "stages_in_words",
]
