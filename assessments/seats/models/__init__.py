from .balances import AdoptedSeats, BalanceCommittee, PoliticalBalance, TieChoice
from .compositions import CompositionGroup, CouncilComposition, Overruled, Rule
from .scenarios import Scenario, ScenarioChange, ScenarioEvent, ScenarioReader

__all__ = [
    "AdoptedSeats",
    "BalanceCommittee",
    "CompositionGroup",
    "CouncilComposition",
    "Overruled",
    "PoliticalBalance",
    "Rule",
    "Scenario",
    "ScenarioChange",
    "ScenarioEvent",
    "ScenarioReader",
    "TieChoice",
]
