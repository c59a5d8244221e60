"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event.

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from .changes import Difference, StaleVersion, differences
from .erasure import erase_person
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .restricted import save_restricted_note
from .retention import ON_REQUEST, OnHold, purge_plan, set_retention

__all__ = [
    "ITEM_FIELDS",
    "ON_REQUEST",
    "PLAN_FIELDS",
    "Difference",
    "OnHold",
    "StaleVersion",
    "add_item",
    "change_plan",
    "create_plan",
    "differences",
    "erase_person",
    "purge_plan",
    "record_export",
    "remove_item",
    "restore_item",
    "save_item",
    "save_restricted_note",
    "set_retention",
]
