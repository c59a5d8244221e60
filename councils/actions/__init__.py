"""Every change to councils and their people: atomic, keyword-only, with `by=`, leaving an event.

`by` is None for what a command does. Callers have checked the right to do it.
"""

from .amendments import declare_purged
from .council_directory import CouncilsImported, add_council, import_councils
from .data import record_data_export, record_retention
from .digests import choose_digest, claim_digest, give_digest_back, stop_digests
from .erasure import (
    erase_account,
    forget_invitation,
    forgettable_invitations,
    name_after_erasure,
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
)
from .people import find_or_add_person
from .second_factor import reset_second_factor
from .withdrawals import invitations_sent_by, withdraw

__all__ = [
    "CouncilsImported",
    "LastOwner",
    "MemberAdded",
    "MemberChanged",
    "accept",
    "add_council",
    "add_member",
    "change_member",
    "choose_digest",
    "claim_digest",
    "declare_purged",
    "end_membership",
    "erase_account",
    "find_or_add_person",
    "forget_invitation",
    "forgettable_invitations",
    "give_digest_back",
    "import_councils",
    "invitations_sent_by",
    "invite",
    "invite_several",
    "name_after_erasure",
    "record_data_export",
    "record_retention",
    "resend",
    "reset_second_factor",
    "rewordings_for",
    "stop_digests",
    "withdraw",
]
