"""What a signed-in member can see of group notices, nominations and appointments."""

from django.db.models import QuerySet
from django.http import Http404

from assessments.seats.access import balance_for
from assessments.seats.models import PoliticalBalance
from councils.models import Membership, User
from councils.permissions import Right, membership_for

from .models import CouncilAppointment, GroupNotice
from .seats_due import GroupSeats, group_seats, report_of


def group_notices_for(
    user: User, slug: str, *, needs: Right = Right.VIEW
) -> tuple[Membership, list[GroupNotice]]:
    """Return the membership and the council's notices, newest first. Raises 404, or 403."""
    membership = membership_for(user, slug, needs=needs)
    notices = GroupNotice.objects.filter(council=membership.council)
    return membership, list(notices.select_related("recorded_by"))


def party_for(
    user: User, slug: str, pk: int, number: int, *, needs: Right = Right.RECORD_SEATS
) -> tuple[Membership, PoliticalBalance, GroupSeats]:
    """Return the membership, an allocation and the seats of one group in it. Raises 404, or 403.

    `number` is the group's place among the parties of the allocation, from 1.
    """
    membership, balance = balance_for(user, slug, pk, needs=needs)
    for group in group_seats(report_of(balance)):
        if group.number == number and group.is_group:
            return membership, balance, group
    raise Http404


def appointments_for(
    user: User, slug: str, *, needs: Right = Right.VIEW
) -> tuple[Membership, QuerySet[CouncilAppointment]]:
    """Return the membership and the council's appointments. Raises 404, or 403."""
    membership = membership_for(user, slug, needs=needs)
    return membership, CouncilAppointment.objects.filter(council=membership.council)
