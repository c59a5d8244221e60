"""People, councils, memberships, invitations, and the sealed record of events."""

from .addresses import CHANGE_LIFE, AddressChange, EarlierAddress, sent_to
from .amendments import AmendedEntry, Amendment
from .chain import ChainHead, ChainLink
from .councils import WARDS, AreaWords, Council, CouncilType, ElectionCycle
from .deputies import DEPUTISED_OFFICES, ActingPost, Deputy, posts_of
from .domain_moves import DOMAIN_LENGTH, MOVE_LIFE, DomainMove, DomainMovePerson
from .events import (
    ON_HOLD,
    SYSTEM_ADMINISTRATOR,
    AppendOnlyModel,
    AppendOnlyQuerySet,
    CouncilEvent,
    WriteOnceModel,
)
from .imports import CouncilImport
from .invitations import INVITATION_LIFE, Invitation, invited_person, offices_not_invited
from .merges import AccountMerge
from .people import (
    DAYS_AS_OWNER,
    STATUTORY_OFFICES,
    Access,
    AdviserAccess,
    DigestFrequency,
    EarlierName,
    Membership,
    Office,
    User,
    counts_in,
    has_second_factor,
    is_current_member,
    signs_in_twice,
    uses_two_steps_since,
)
from .readers import ReaderLink
from .standing import Standing, StandingHasEnded
from .submissions import SubmittedForm

__all__ = [
    "CHANGE_LIFE",
    "DAYS_AS_OWNER",
    "DEPUTISED_OFFICES",
    "DOMAIN_LENGTH",
    "INVITATION_LIFE",
    "MOVE_LIFE",
    "ON_HOLD",
    "STATUTORY_OFFICES",
    "SYSTEM_ADMINISTRATOR",
    "WARDS",
    "Access",
    "AccountMerge",
    "ActingPost",
    "AddressChange",
    "AdviserAccess",
    "AmendedEntry",
    "Amendment",
    "AppendOnlyModel",
    "AppendOnlyQuerySet",
    "AreaWords",
    "ChainHead",
    "ChainLink",
    "Council",
    "CouncilEvent",
    "CouncilImport",
    "CouncilType",
    "Deputy",
    "DigestFrequency",
    "DomainMove",
    "DomainMovePerson",
    "EarlierAddress",
    "EarlierName",
    "ElectionCycle",
    "Invitation",
    "Membership",
    "Office",
    "ReaderLink",
    "Standing",
    "StandingHasEnded",
    "SubmittedForm",
    "User",
    "WriteOnceModel",
    "counts_in",
    "has_second_factor",
    "invited_person",
    "is_current_member",
    "offices_not_invited",
    "posts_of",
    "sent_to",
    "signs_in_twice",
    "uses_two_steps_since",
]
