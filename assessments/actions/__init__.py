"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event.

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from .changes import Difference, StaleVersion, differences
from .comments import (
    TooLate,
    edit_comment,
    mark_seen,
    remove_comment,
    reopen_thread,
    reply,
    resolve_thread,
    start_thread,
)
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .presence import note_presence
from .restricted import save_restricted_note

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "Difference",
    "StaleVersion",
    "TooLate",
    "add_item",
    "change_plan",
    "create_plan",
    "differences",
    "edit_comment",
    "mark_seen",
    "note_presence",
    "record_export",
    "remove_comment",
    "remove_item",
    "reopen_thread",
    "reply",
    "resolve_thread",
    "restore_item",
    "save_item",
    "save_restricted_note",
    "start_thread",
]
