from .confirmations import (
    ErasureRefused,
    NeedsSecondOwner,
    NotYet,
    ResetRefused,
    ask_to_delete_plan,
    ask_to_erase,
    ask_to_lift_hold,
    ask_to_reset_second_factor,
    cancel_request,
    carry_out,
    delete_plan,
    erase_member,
)
from .erasure import erase_person, forget_choices_of, forget_invited
from .merging import confirm_merge, lock_places_of, merge_people
from .retention import AlreadyDeleted, HoldNotLifted, OnHold, lift_hold, purge_plan, set_retention

__all__ = [
    "AlreadyDeleted",
    "ErasureRefused",
    "HoldNotLifted",
    "NeedsSecondOwner",
    "NotYet",
    "OnHold",
    "ResetRefused",
    "ask_to_delete_plan",
    "ask_to_erase",
    "ask_to_lift_hold",
    "ask_to_reset_second_factor",
    "cancel_request",
    "carry_out",
    "confirm_merge",
    "delete_plan",
    "erase_member",
    "erase_person",
    "forget_choices_of",
    "forget_invited",
    "lift_hold",
    "lock_places_of",
    "merge_people",
    "purge_plan",
    "set_retention",
]
