"""Who: people, councils, the memberships that join them, and how someone is let in."""

from .amendments import AmendedEntry, Amendment
from .chain import ChainHead, ChainLink
from .councils import Council, CouncilType, ElectionCycle
from .events import AppendOnly, AppendOnlyModel, CouncilEvent, WriteOnceModel
from .invitations import INVITATION_LIFE, Invitation
from .people import (
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

__all__ = [
    "INVITATION_LIFE",
    "Access",
    "AdviserAccess",
    "AmendedEntry",
    "Amendment",
    "AppendOnly",
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
    "User",
    "WriteOnceModel",
    "has_second_factor",
    "is_current_member",
    "signs_in_twice",
]
