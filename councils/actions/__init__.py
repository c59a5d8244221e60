"""Every change to councils and their people: atomic, keyword-only, with `by=`, leaving an event.

`by` is empty for what is done from the shell. Callers have checked the right to do it.
"""

from .invitations import accept, invite, resend, withdraw
from .members import LastOwner, MemberAdded, add_member, change_member, end_membership
from .people import find_or_add_person
from .register import CouncilsImported, import_councils
from .second_factor import reset_second_factor

__all__ = [
    "CouncilsImported",
    "LastOwner",
    "MemberAdded",
    "accept",
    "add_member",
    "change_member",
    "end_membership",
    "find_or_add_person",
    "import_councils",
    "invite",
    "resend",
    "reset_second_factor",
    "withdraw",
]
