from .control import ControlChange, StepReopening
from .events import Event, EventChange
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .restricted import RestrictedNote, RestrictedNoteEvent
from .reviews import Review, ReviewMark, Verdict
from .signoffs import SignOff
from .snapshots import (
    Snapshot,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
)

__all__ = [
    "DUE_SOON_DAYS",
    "OPEN_STATUSES",
    "Control",
    "ControlChange",
    "ControlStanding",
    "Event",
    "EventChange",
    "Formality",
    "Marking",
    "Plan",
    "PlanItem",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Review",
    "ReviewMark",
    "SignOff",
    "Snapshot",
    "SnapshotItem",
    "SnapshotMark",
    "SnapshotSource",
    "SnapshotStage",
    "SnapshotStep",
    "Status",
    "StepReopening",
    "Verdict",
]
