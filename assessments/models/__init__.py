from .bundles import BUNDLE_LIMIT, Bundle, BundlePlan
from .events import Event, EventChange
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .restricted import RestrictedNote, RestrictedNoteEvent

__all__ = [
    "BUNDLE_LIMIT",
    "DUE_SOON_DAYS",
    "OPEN_STATUSES",
    "Bundle",
    "BundlePlan",
    "Control",
    "ControlStanding",
    "Event",
    "EventChange",
    "Formality",
    "Marking",
    "Plan",
    "PlanItem",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Status",
]
