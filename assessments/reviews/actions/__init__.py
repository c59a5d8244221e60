from .control import look_again, record_control_change
from .reviews import answer_concern, ask_for_review, call_off_review, change_review, mark_step
from .signoffs import NotLookedAt, latest_change, not_looked_at, reopen_stage, sign_off_stage
from .snapshots import take_snapshot

__all__ = [
    "NotLookedAt",
    "answer_concern",
    "ask_for_review",
    "call_off_review",
    "change_review",
    "latest_change",
    "look_again",
    "mark_step",
    "not_looked_at",
    "record_control_change",
    "reopen_stage",
    "sign_off_stage",
    "take_snapshot",
]
