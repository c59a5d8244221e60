from .confirmations import (
    NeedsSecondOwner,
    NotYet,
    ask_to_delete_plan,
    ask_to_erase,
    ask_to_lift_hold,
    cancel_request,
    carry_out,
    delete_plan,
    erase_member,
)
from .erasure import erase_person
from .retention import HoldNotLifted, OnHold, lift_hold, purge_plan, set_retention

__all__ = [
    "HoldNotLifted",
    "NeedsSecondOwner",
    "NotYet",
    "OnHold",
    "ask_to_delete_plan",
    "ask_to_erase",
    "ask_to_lift_hold",
    "cancel_request",
    "carry_out",
    "delete_plan",
    "erase_member",
    "erase_person",
    "lift_hold",
    "purge_plan",
    "set_retention",
]
