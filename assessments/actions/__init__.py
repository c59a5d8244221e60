"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event; those on a
person's own development record leave none (see `development`).

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

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
from .control import look_again, record_control_change
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
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .register import (
    add_to_register,
    remove_from_register,
    restore_to_register,
    save_in_register,
)
from .restricted import save_restricted_note
from .reviews import answer_concern, ask_for_review, call_off_review, change_review, mark_step
from .signoffs import NotLookedAt, latest_change, not_looked_at, reopen_stage, sign_off_stage
from .snapshots import take_snapshot

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "NotLookedAt",
    "TooLate",
    "add_bank_holiday",
    "add_item",
    "add_to_register",
    "answer_concern",
    "ask_for_review",
    "call_off_review",
    "change_plan",
    "change_review",
    "clear_date",
    "create_plan",
    "due_by",
    "edit_comment",
    "end_feed",
    "latest_change",
    "look_again",
    "make_feed",
    "mark_seen",
    "mark_step",
    "moves",
    "not_looked_at",
    "offset_of",
    "record_control_change",
    "record_export",
    "remove_bank_holiday",
    "remove_comment",
    "remove_from_register",
    "remove_item",
    "reopen_stage",
    "reopen_thread",
    "reply",
    "resolve_thread",
    "restore_item",
    "restore_to_register",
    "save_in_register",
    "save_item",
    "save_restricted_note",
    "set_date",
    "set_due_in_bulk",
    "sign_off_stage",
    "start_thread",
    "suggest_due_in_bulk",
    "suggested_rules",
    "take_snapshot",
]
