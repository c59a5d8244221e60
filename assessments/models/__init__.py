from assessments.data_protection.models import (
    FEWEST_YEARS,
    MOST_YEARS,
    PurgeCertificate,
    PurgedRows,
    Retention,
)
from assessments.development.models import (
    CheckIn,
    CheckInPart,
    DevelopmentRecord,
    DevelopmentShare,
    JournalEntry,
    Rating,
    RatingMark,
    Reflection,
    StandardAnswer,
)
from assessments.rounds.models import (
    ANSWER_MAX_LENGTH,
    LONGEST_WEEKS,
    Respondent,
    RespondentGroup,
    Round,
    RoundAnswer,
    RoundItem,
    RoundState,
    Way,
    suggested_rounds,
)

from .balances import AdoptedSeats, BalanceCommittee, PoliticalBalance, TieChoice
from .bundles import BUNDLE_LIMIT, Bundle, BundlePlan
from .comments import (
    COMMENT_MAX_LENGTH,
    EDIT_WINDOW,
    Comment,
    Mention,
    Thread,
    ThreadMark,
)
from .compositions import CompositionGroup, CouncilComposition, Overruled, Rule
from .control import ControlChange, StepReopening
from .dates import BankHoliday, PlanDate
from .events import Event, EventChange
from .feeds import CalendarFeed
from .grants import LONGEST_MONTHS, SAME_LOOK, AdviserGrant, AdviserLook, latest_until
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Election, Formality, Marking, Plan
from .presence import Presence
from .readers import STAGES, carry, stages_in_words
from .register import Agreement, EarlyWin, Issue, in_short
from .restricted import RestrictedNote, RestrictedNoteEvent
from .reviews import Review, ReviewMark, Verdict
from .scenarios import Scenario, ScenarioChange, ScenarioEvent
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
    "ANSWER_MAX_LENGTH",
    "BUNDLE_LIMIT",
    "COMMENT_MAX_LENGTH",
    "DUE_SOON_DAYS",
    "EDIT_WINDOW",
    "FEWEST_YEARS",
    "LONGEST_MONTHS",
    "LONGEST_WEEKS",
    "MOST_YEARS",
    "OPEN_STATUSES",
    "SAME_LOOK",
    "STAGES",
    "AdoptedSeats",
    "AdviserGrant",
    "AdviserLook",
    "Agreement",
    "BalanceCommittee",
    "BankHoliday",
    "Bundle",
    "BundlePlan",
    "CalendarFeed",
    "CheckIn",
    "CheckInPart",
    "Comment",
    "CompositionGroup",
    "Control",
    "ControlChange",
    "ControlStanding",
    "CouncilComposition",
    "DevelopmentRecord",
    "DevelopmentShare",
    "EarlyWin",
    "Election",
    "Event",
    "EventChange",
    "Formality",
    "Issue",
    "JournalEntry",
    "Marking",
    "Mention",
    "Overruled",
    "Plan",
    "PlanDate",
    "PlanItem",
    "PoliticalBalance",
    "Presence",
    "PurgeCertificate",
    "PurgedRows",
    "Rating",
    "RatingMark",
    "Reflection",
    "Respondent",
    "RespondentGroup",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Retention",
    "Review",
    "ReviewMark",
    "Round",
    "RoundAnswer",
    "RoundItem",
    "RoundState",
    "Rule",
    "Scenario",
    "ScenarioChange",
    "ScenarioEvent",
    "SignOff",
    "Snapshot",
    "SnapshotItem",
    "SnapshotMark",
    "SnapshotSource",
    "SnapshotStage",
    "SnapshotStep",
    "StandardAnswer",
    "Status",
    "StepReopening",
    "Thread",
    "ThreadMark",
    "TieChoice",
    "Verdict",
    "Way",
    "carry",
    "in_short",
    "latest_until",
    "stages_in_words",
    "suggested_rounds",
]
