from .balances import (
    AdoptedSeats,
    BalanceCommittee,
    BalanceJointGroup,
    Kind,
    PoliticalBalance,
    TieChoice,
)
from .compositions import CompositionGroup, CouncilComposition, Overruled, Rule
from .scenarios import Scenario, ScenarioChange, ScenarioEvent, ScenarioReader
from .suggestions import CompositionSuggestion

__all__ = [
    "AdoptedSeats",
    "BalanceCommittee",
    "BalanceJointGroup",
    "CompositionGroup",
    "CompositionSuggestion",
    "CouncilComposition",
    "Kind",
    "Overruled",
    "PoliticalBalance",
    "Rule",
    "Scenario",
    "ScenarioChange",
    "ScenarioEvent",
    "ScenarioReader",
    "TieChoice",
]
