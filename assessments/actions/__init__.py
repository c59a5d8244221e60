"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event; those on a
person's own development record leave none (see `development`).

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from .changes import Difference, StaleVersion, differences
from .development import delete_record, save_answer, start_record
from .grants import change_grant, grant_adviser, record_look, revoke_grant
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .journal import remove_entry, save_entry, write_entry
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .restricted import save_restricted_note
from .shares import end_share, share_record

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "Difference",
    "StaleVersion",
    "add_item",
    "change_grant",
    "change_plan",
    "create_plan",
    "delete_record",
    "differences",
    "end_share",
    "grant_adviser",
    "record_export",
    "record_look",
    "remove_entry",
    "remove_item",
    "restore_item",
    "revoke_grant",
    "save_answer",
    "save_entry",
    "save_item",
    "save_restricted_note",
    "share_record",
    "start_record",
    "write_entry",
]
