"""People, councils, memberships, invitations, and the sealed record of events."""

from .amendments import AmendedEntry, Amendment
from .chain import ChainHead, ChainLink
from .councils import Council, CouncilType, ElectionCycle
from .events import SYSTEM_ADMINISTRATOR, AppendOnlyModel, CouncilEvent, WriteOnceModel
from .invitations import INVITATION_LIFE, Invitation, offices_not_invited
from .people import (
    STATUTORY_OFFICES,
    Access,
    AdviserAccess,
    DigestFrequency,
    Membership,
    Office,
    User,
    has_second_factor,
    is_current_member,
    signs_in_twice,
)
from .readers import ReaderLink
from .submissions import SubmittedForm

__all__ = [
    "INVITATION_LIFE",
    "STATUTORY_OFFICES",
    "SYSTEM_ADMINISTRATOR",
    "Access",
    "AdviserAccess",
    "AmendedEntry",
    "Amendment",
    "AppendOnlyModel",
    "ChainHead",
    "ChainLink",
    "Council",
    "CouncilEvent",
    "CouncilType",
    "DigestFrequency",
    "ElectionCycle",
    "Invitation",
    "Membership",
    "Office",
    "ReaderLink",
    "SubmittedForm",
    "User",
    "WriteOnceModel",
    "has_second_factor",
    "is_current_member",
    "offices_not_invited",
    "signs_in_twice",
]
