"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event.

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from .balances import (
    VOTE_FIELDS,
    adopt_seats,
    create_balance,
    record_balance_export,
    record_vote,
    settle_ties,
    unsettle_ties,
)
from .changes import Difference, StaleVersion, differences
from .compositions import record_composition
from .grants import change_grant, grant_adviser, record_look, revoke_grant
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .restricted import save_restricted_note
from .scenarios import record_scenarios_export, save_scenario

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "VOTE_FIELDS",
    "Difference",
    "StaleVersion",
    "add_item",
    "adopt_seats",
    "change_grant",
    "change_plan",
    "create_balance",
    "create_plan",
    "differences",
    "grant_adviser",
    "record_balance_export",
    "record_composition",
    "record_export",
    "record_look",
    "record_scenarios_export",
    "record_vote",
    "remove_item",
    "restore_item",
    "revoke_grant",
    "save_item",
    "save_restricted_note",
    "save_scenario",
    "settle_ties",
    "unsettle_ties",
]
