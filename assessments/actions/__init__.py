"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event.

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from .changes import Difference, StaleVersion, differences
from .grants import change_grant, grant_adviser, record_look, revoke_grant
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .restricted import save_restricted_note

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "Difference",
    "StaleVersion",
    "add_item",
    "change_grant",
    "change_plan",
    "create_plan",
    "differences",
    "grant_adviser",
    "record_export",
    "record_look",
    "remove_item",
    "restore_item",
    "revoke_grant",
    "save_item",
    "save_restricted_note",
]
