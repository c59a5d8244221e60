from .balances import (
    VOTE_FIELDS,
    accept_table,
    adopt_seats,
    clear_table,
    create_balance,
    record_balance_export,
    record_vote,
    settle_ties,
    unsettle_ties,
)
from .compositions import record_composition
from .scenarios import record_scenarios_export, save_scenario
from .suggestions import dismiss_suggestion, suggest_compositions

__all__ = [
    "VOTE_FIELDS",
    "accept_table",
    "adopt_seats",
    "clear_table",
    "create_balance",
    "dismiss_suggestion",
    "record_balance_export",
    "record_composition",
    "record_scenarios_export",
    "record_vote",
    "save_scenario",
    "settle_ties",
    "suggest_compositions",
    "unsettle_ties",
]
