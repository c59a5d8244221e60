"""What a council's owner can reach: people who can be erased, and requests to confirm."""

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404

from assessments.plans.models import AdviserGrant
from councils.models import STATUTORY_OFFICES, Council, Membership, User
from councils.permissions import Right, membership_for

from .models import ConfirmationRequest


def erasable_for(user: User, slug: str, member_id: int) -> Membership:
    """Return the membership of a person `user` can erase; else 404 or 403.

    An owner cannot erase a person who belongs, or belonged, to another council, or advises one,
    nor themselves.
    """
    me = membership_for(user, slug, needs=Right.MANAGE_DATA)
    return get_object_or_404(erasable_by(me), pk=member_id)


def erasable_by(me: Membership) -> QuerySet[Membership]:
    """Return the memberships, current and ended, of people the holder of `me` can erase."""
    elsewhere = Membership.objects.filter(user=OuterRef("user")).exclude(council=me.council_id)
    advises = AdviserGrant.objects.filter(adviser=OuterRef("user"))
    advises = advises.exclude(plan__council=me.council_id)
    return (
        Membership.objects.filter(~Exists(elsewhere), ~Exists(advises), user__erased_at=None)
        .filter(council=me.council_id)
        .exclude(user=me.user_id)
        .select_related("user", "council")
    )


def is_statutory_officer(membership: Membership) -> bool:
    """Return whether a membership, current or ended, is that of one of STATUTORY_OFFICES.

    Erasing one of these needs a second owner or a waiting period: their names are evidence of who
    gave statutory advice.
    """
    return membership.office in STATUTORY_OFFICES


def pending_requests(council: Council) -> QuerySet[ConfirmationRequest]:
    """Return the council's requests that have been neither carried out nor cancelled."""
    requests = ConfirmationRequest.objects.filter(council=council, outcome=None)
    return requests.select_related("by", "person", "council")


def request_for(user: User, slug: str, pk: int) -> ConfirmationRequest:
    """Return a pending request of a council that `user` owns; else 404 or 403."""
    me = membership_for(user, slug, needs=Right.MANAGE_DATA)
    return get_object_or_404(pending_requests(me.council), pk=pk)
