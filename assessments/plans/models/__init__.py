from .bulk import BulkChange, BulkChangeRow
from .dates import BankHoliday, PlanDate
from .events import Event, EventChange
from .grants import LONGEST_MONTHS, SAME_LOOK, AdviserGrant, AdviserLook, latest_until
from .items import (
    DUE_SOON_DAYS,
    OPEN_STATUSES,
    OWNER_NAME_MAX_LENGTH,
    TITLE_MAX_LENGTH,
    PlanItem,
    Status,
)
from .offsets import OffsetField
from .plans import Control, ControlStanding, Election, Formality, Marking, Plan
from .readers import STAGES, NoReader, carry, stages_in_words
from .removable import RemovableEntry, RemovableQuerySet
from .reviews import Review, ReviewMark, Verdict
from .signoffs import SignOff, SignOffStatement
from .snapshots import (
    Snapshot,
    SnapshotDate,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
)

__all__ = [
    "DUE_SOON_DAYS",
    "LONGEST_MONTHS",
    "OPEN_STATUSES",
    "OWNER_NAME_MAX_LENGTH",
    "SAME_LOOK",
    "STAGES",
    "TITLE_MAX_LENGTH",
    "AdviserGrant",
    "AdviserLook",
    "BankHoliday",
    "BulkChange",
    "BulkChangeRow",
    "Control",
    "ControlStanding",
    "Election",
    "Event",
    "EventChange",
    "Formality",
    "Marking",
    "NoReader",
    "OffsetField",
    "Plan",
    "PlanDate",
    "PlanItem",
    "RemovableEntry",
    "RemovableQuerySet",
    "Review",
    "ReviewMark",
    "SignOff",
    "SignOffStatement",
    "Snapshot",
    "SnapshotDate",
    "SnapshotItem",
    "SnapshotMark",
    "SnapshotSource",
    "SnapshotStage",
    "SnapshotStep",
    "Status",
    "Verdict",
    "carry",
    "latest_until",
    "stages_in_words",
]
