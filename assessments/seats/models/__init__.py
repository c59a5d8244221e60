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

__all__ = [
    "AdoptedSeats",
    "BalanceCommittee",
    "BalanceJointGroup",
    "CompositionGroup",
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
