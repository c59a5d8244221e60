"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event.

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from ..stages import MoveRefused, StageSignedOff
from .changes import Difference, StaleVersion, differences
from .control import look_again, record_control_change
from .items import ITEM_FIELDS, add_item, remove_item, restore_item, save_item
from .next_cycle import make_next_plan
from .plans import PLAN_FIELDS, change_plan, create_plan, record_export
from .restricted import save_restricted_note
from .reviews import answer_concern, ask_for_review, call_off_review, change_review, mark_step
from .signoffs import NotLookedAt, latest_change, not_looked_at, reopen_stage, sign_off_stage
from .snapshots import take_snapshot

__all__ = [
    "ITEM_FIELDS",
    "PLAN_FIELDS",
    "Difference",
    "MoveRefused",
    "NotLookedAt",
    "StageSignedOff",
    "StaleVersion",
    "add_item",
    "answer_concern",
    "ask_for_review",
    "call_off_review",
    "change_plan",
    "change_review",
    "create_plan",
    "differences",
    "latest_change",
    "look_again",
    "make_next_plan",
    "mark_step",
    "not_looked_at",
    "record_control_change",
    "record_export",
    "remove_item",
    "reopen_stage",
    "restore_item",
    "save_item",
    "save_restricted_note",
    "sign_off_stage",
    "take_snapshot",
]
