"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event.

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from .bundles import ask_for_bundle, clear_bundles, finish_bundle, keep_pdf, leave_out
from .changes import Difference, StaleVersion, differences
from .dates import add_bank_holiday, clear_date, remove_bank_holiday, set_date
from .due import (
    due_by,
    moves,
    offset_of,
    set_due_in_bulk,
    suggest_due_in_bulk,
    suggested_rules,
)
from .feeds import end_feed, make_feed
from .grants import change_grant, grant_adviser, record_look, revoke_grant
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .restricted import save_restricted_note

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "Difference",
    "StaleVersion",
    "add_bank_holiday",
    "add_item",
    "ask_for_bundle",
    "change_grant",
    "change_plan",
    "clear_bundles",
    "clear_date",
    "create_plan",
    "differences",
    "due_by",
    "end_feed",
    "finish_bundle",
    "grant_adviser",
    "keep_pdf",
    "leave_out",
    "make_feed",
    "moves",
    "offset_of",
    "record_export",
    "record_look",
    "remove_bank_holiday",
    "remove_item",
    "restore_item",
    "revoke_grant",
    "save_item",
    "save_restricted_note",
    "set_date",
    "set_due_in_bulk",
    "suggest_due_in_bulk",
    "suggested_rules",
]
