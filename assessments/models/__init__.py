from .bundles import BUNDLE_LIMIT, Bundle, BundlePlan
from .events import Event, EventChange
from .grants import LONGEST_MONTHS, SAME_LOOK, AdviserGrant, AdviserLook, latest_until
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .readers import STAGES, carry, stages_in_words
from .restricted import RestrictedNote, RestrictedNoteEvent
from .retention import (
    FEWEST_YEARS,
    MOST_YEARS,
    PurgeCertificate,
    PurgedRows,
    Retention,
)

__all__ = [
    "BUNDLE_LIMIT",
    "DUE_SOON_DAYS",
    "FEWEST_YEARS",
    "LONGEST_MONTHS",
    "MOST_YEARS",
    "OPEN_STATUSES",
    "SAME_LOOK",
    "STAGES",
    "AdviserGrant",
    "AdviserLook",
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
    "PurgeCertificate",
    "PurgedRows",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Retention",
    "Status",
    "carry",
    "latest_until",
    "stages_in_words",
]
