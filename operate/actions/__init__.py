"""What operators do: each is atomic, takes `by=`, and leaves an entry in the operators' log."""

from .councils import (
    HasOwner,
    add_council,
    import_register,
    invite_first_owner,
    restart_access,
    stop_access,
)
from .notices import end_notice, show_notice
from .operators import (
    LastOperator,
    SetUpEnded,
    add_operator,
    make_first_operator,
    new_set_up_address,
    remove_operator,
)
from .resets import NeedsSecondOperator, agree_to_reset, cancel_reset, request_reset

__all__ = [
    "HasOwner",
    "LastOperator",
    "NeedsSecondOperator",
    "SetUpEnded",
    "add_council",
    "add_operator",
    "agree_to_reset",
    "cancel_reset",
    "end_notice",
    "import_register",
    "invite_first_owner",
    "make_first_operator",
    "new_set_up_address",
    "remove_operator",
    "request_reset",
    "restart_access",
    "show_notice",
    "stop_access",
]
