"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event; those on a
person's own development record leave none (see `development`).

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from ..stages import MoveRefused, StageSignedOff
from .bundles import ask_for_bundle, clear_bundles, finish_bundle, keep_pdf, leave_out
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
from .development import delete_record, save_answer, start_record
from .erasure import erase_person
from .grants import change_grant, grant_adviser, record_look, revoke_grant
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .journal import remove_entry, save_entry, write_entry
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .presence import note_presence
from .restricted import save_restricted_note
from .retention import ON_REQUEST, OnHold, purge_plan, set_retention
from .reviews import answer_concern, ask_for_review, call_off_review, change_review, mark_step
from .shares import end_share, share_record
from .signoffs import NotLookedAt, latest_change, not_looked_at, reopen_stage, sign_off_stage
from .snapshots import take_snapshot

__all__ = [
    "ITEM_FIELDS",
    "ON_REQUEST",
    "PLAN_FIELDS",
    "Difference",
    "MoveRefused",
    "NotLookedAt",
    "OnHold",
    "StageSignedOff",
    "StaleVersion",
    "TooLate",
    "add_item",
    "answer_concern",
    "ask_for_bundle",
    "ask_for_review",
    "call_off_review",
    "change_grant",
    "change_plan",
    "change_review",
    "clear_bundles",
    "create_plan",
    "delete_record",
    "differences",
    "edit_comment",
    "end_share",
    "erase_person",
    "finish_bundle",
    "grant_adviser",
    "keep_pdf",
    "latest_change",
    "leave_out",
    "mark_seen",
    "mark_step",
    "not_looked_at",
    "note_presence",
    "purge_plan",
    "record_export",
    "record_look",
    "remove_comment",
    "remove_entry",
    "remove_item",
    "reopen_stage",
    "reopen_thread",
    "reply",
    "resolve_thread",
    "restore_item",
    "revoke_grant",
    "save_answer",
    "save_entry",
    "save_item",
    "save_restricted_note",
    "set_retention",
    "share_record",
    "sign_off_stage",
    "start_record",
    "start_thread",
    "take_snapshot",
    "write_entry",
]
