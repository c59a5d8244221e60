from .control import look_again, record_control_change
from .reviews import answer_concern, ask_for_review, call_off_review, change_review, mark_step
from .signoffs import (
    ReasonNeeded,
    latest_change,
    make_statement,
    reopen_stage,
    reviewers_not_finished,
    sign_off_stage,
    statutory_concerns,
    steps_not_reviewed,
)
from .snapshots import TooManySnapshots, take_snapshot

__all__ = [
    "ReasonNeeded",
    "TooManySnapshots",
    "answer_concern",
    "ask_for_review",
    "call_off_review",
    "change_review",
    "latest_change",
    "look_again",
    "make_statement",
    "mark_step",
    "record_control_change",
    "reopen_stage",
    "reviewers_not_finished",
    "sign_off_stage",
    "statutory_concerns",
    "steps_not_reviewed",
    "take_snapshot",
]
