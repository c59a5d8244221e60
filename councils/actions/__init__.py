"""Every change to councils and their people: atomic, keyword-only, with `by=`, leaving an event.

`by` is None for what a command does. Callers have checked the right to do it.
"""

from .addresses import (
    AddressStep,
    StandInRefused,
    ask_to_change_address,
    cancel_address_change,
    confirm_address,
    stand_in_for_address,
)
from .amendments import declare_purged
from .council_directory import CouncilsImported, add_council, import_councils
from .data import record_data_export, record_retention
from .deputies import end_deputy, name_deputy
from .digests import choose_digest, claim_digest, give_digest_back, stop_digests
from .domain_moves import (
    agree_to_move_domain,
    ask_to_move_address,
    ask_to_move_domain,
    cancel_domain_move,
    delete_ended_moves,
)
from .erasure import (
    erase_account,
    forget_invitation,
    forgettable_invitations,
    invitations_never_accepted,
    name_after_erasure,
    named_author,
    names_of_members,
    rewordings_for,
)
from .invitations import accept, invite, invite_several, resend
from .members import (
    LastOwner,
    MemberAdded,
    MemberChanged,
    add_member,
    change_member,
    end_membership,
    lock_council,
)
from .merges import (
    MergeRefused,
    ask_to_merge,
    cancel_merge,
    carry_rows,
    held_merge,
    merge_accounts,
)
from .people import (
    NAMES_IN_A_MONTH,
    change_name,
    find_or_add_person,
    lock_open_account,
    lock_person,
)
from .second_factor import reset_second_factor
from .withdrawals import invitations_sent_by, withdraw

__all__ = [
    "NAMES_IN_A_MONTH",
    "AddressStep",
    "CouncilsImported",
    "LastOwner",
    "MemberAdded",
    "MemberChanged",
    "MergeRefused",
    "StandInRefused",
    "accept",
    "add_council",
    "add_member",
    "agree_to_move_domain",
    "ask_to_change_address",
    "ask_to_merge",
    "ask_to_move_address",
    "ask_to_move_domain",
    "cancel_address_change",
    "cancel_domain_move",
    "cancel_merge",
    "carry_rows",
    "change_member",
    "change_name",
    "choose_digest",
    "claim_digest",
    "confirm_address",
    "declare_purged",
    "delete_ended_moves",
    "end_deputy",
    "end_membership",
    "erase_account",
    "find_or_add_person",
    "forget_invitation",
    "forgettable_invitations",
    "give_digest_back",
    "held_merge",
    "import_councils",
    "invitations_never_accepted",
    "invitations_sent_by",
    "invite",
    "invite_several",
    "lock_council",
    "lock_open_account",
    "lock_person",
    "merge_accounts",
    "name_after_erasure",
    "name_deputy",
    "named_author",
    "names_of_members",
    "record_data_export",
    "record_retention",
    "resend",
    "reset_second_factor",
    "rewordings_for",
    "stand_in_for_address",
    "stop_digests",
    "withdraw",
]
