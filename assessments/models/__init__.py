from .comments import (
    COMMENT_MAX_LENGTH,
    EDIT_WINDOW,
    Comment,
    Mention,
    Thread,
    ThreadMark,
)
from .events import Event, EventChange
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .presence import Presence
from .restricted import RestrictedNote, RestrictedNoteEvent

__all__ = [
    "COMMENT_MAX_LENGTH",
    "DUE_SOON_DAYS",
    "EDIT_WINDOW",
    "OPEN_STATUSES",
    "Comment",
    "Control",
    "ControlStanding",
    "Event",
    "EventChange",
    "Formality",
    "Marking",
    "Mention",
    "Plan",
    "PlanItem",
    "Presence",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Status",
    "Thread",
    "ThreadMark",
]
