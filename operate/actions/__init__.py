"""What operators do: each is atomic, takes `by=`, and leaves an entry in the operators' log.

What the timetable does has no person behind it, and a row of its own: see `scheduled_runs`.
"""

from .addresses import confirm_address_of
from .councils import (
    HasOwner,
    add_council,
    import_from_file,
    import_register,
    invite_first_owner,
    restart_access,
    stop_access,
)
from .domain_moves import agree_to_domain_move, cancel_move, request_domain_move
from .merges import MergeStep, confirm_merge_of
from .notices import end_notice, show_notice
from .operators import (
    LastOperator,
    SetUpEnded,
    add_operator,
    make_first_operator,
    new_set_up_address,
    remove_operator,
)
from .resets import agree_to_reset, cancel_reset, end_lapsed_resets, request_reset
from .scheduled_runs import begin_run, claim_next_attempt, claim_run, end_run
from .second_operator import NeedsSecondOperator

__all__ = [
    "HasOwner",
    "LastOperator",
    "MergeStep",
    "NeedsSecondOperator",
    "SetUpEnded",
    "add_council",
    "add_operator",
    "agree_to_domain_move",
    "agree_to_reset",
    "begin_run",
    "cancel_move",
    "cancel_reset",
    "claim_next_attempt",
    "claim_run",
    "confirm_address_of",
    "confirm_merge_of",
    "end_lapsed_resets",
    "end_notice",
    "end_run",
    "import_from_file",
    "import_register",
    "invite_first_owner",
    "make_first_operator",
    "new_set_up_address",
    "remove_operator",
    "request_domain_move",
    "request_reset",
    "restart_access",
    "show_notice",
    "stop_access",
]
