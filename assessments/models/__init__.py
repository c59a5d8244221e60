from .balances import AdoptedSeats, BalanceCommittee, PoliticalBalance, TieChoice
from .compositions import CompositionGroup, CouncilComposition, Overruled, Rule
from .events import Event, EventChange
from .grants import LONGEST_MONTHS, SAME_LOOK, AdviserGrant, AdviserLook, latest_until
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .readers import STAGES, carry, stages_in_words
from .restricted import RestrictedNote, RestrictedNoteEvent
from .scenarios import Scenario, ScenarioChange, ScenarioEvent

__all__ = [
    "DUE_SOON_DAYS",
    "LONGEST_MONTHS",
    "OPEN_STATUSES",
    "SAME_LOOK",
    "STAGES",
    "AdoptedSeats",
    "AdviserGrant",
    "AdviserLook",
    "BalanceCommittee",
    "CompositionGroup",
    "Control",
    "ControlStanding",
    "CouncilComposition",
    "Event",
    "EventChange",
    "Formality",
    "Marking",
    "Overruled",
    "Plan",
    "PlanItem",
    "PoliticalBalance",
    "RestrictedNote",
    "RestrictedNoteEvent",
    "Rule",
    "Scenario",
    "ScenarioChange",
    "ScenarioEvent",
    "Status",
    "TieChoice",
    "carry",
    "latest_until",
    "stages_in_words",
]
