"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event; those on a
person's own development record leave none (see `development`).

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from .due import (
    due_by,
    moves,
    offset_of,
    set_due_in_bulk,
    suggest_due_in_bulk,
    suggested_rules,
)
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "add_item",
    "change_plan",
    "create_plan",
    "due_by",
    "moves",
    "offset_of",
    "record_export",
    "remove_item",
    "restore_item",
    "save_item",
    "set_due_in_bulk",
    "suggest_due_in_bulk",
    "suggested_rules",
]
