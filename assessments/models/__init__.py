from .development import DevelopmentRecord, Rating, RatingMark, StandardAnswer
from .events import Event, EventChange
from .grants import LONGEST_MONTHS, SAME_LOOK, AdviserGrant, AdviserLook, latest_until
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .journal import JournalEntry
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .readers import STAGES, carry, stages_in_words
from .restricted import RestrictedNote, RestrictedNoteEvent
from .shares import DevelopmentShare

__all__ = [
    "DUE_SOON_DAYS",
    "LONGEST_MONTHS",
    "OPEN_STATUSES",
    "SAME_LOOK",
    "STAGES",
    "AdviserGrant",
    "AdviserLook",
    "Control",
    "ControlStanding",
    "DevelopmentRecord",
    "DevelopmentShare",
    "Event",
    "EventChange",
    "Formality",
    "JournalEntry",
    "Marking",
    "Plan",
    "PlanItem",
    "Rating",
    "RatingMark",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "StandardAnswer",
    "Status",
    "carry",
    "latest_until",
    "stages_in_words",
]
