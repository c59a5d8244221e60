from .balances import AdoptedSeats, BalanceCommittee, PoliticalBalance, TieChoice
from .compositions import CompositionGroup, CouncilComposition, Overruled, Rule
from .events import Event, EventChange
from .items import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from .plans import Control, ControlStanding, Formality, Marking, Plan
from .restricted import RestrictedNote, RestrictedNoteEvent
from .scenarios import Scenario, ScenarioChange, ScenarioEvent

__all__ = [
    "DUE_SOON_DAYS",
    "OPEN_STATUSES",
    "AdoptedSeats",
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
]
