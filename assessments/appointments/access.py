"""What a signed-in member can see of group notices, nominations and appointments."""

from django.db.models import Case, QuerySet, When
from django.db.models.functions import Lower
from django.http import Http404

from assessments.seats.access import balance_for
from assessments.seats.models import BalanceCommittee, PoliticalBalance
from councils.models import Membership, User
from councils.permissions import Right, membership_for

from .models import HEADINGS, CouncilAppointment, GroupNotice, Nomination, SeatsNotice
from .seats_due import SeatsOfGroup, group_seats, report_of


def group_notices_for(
    user: User, slug: str, *, needs: Right = Right.VIEW
) -> tuple[Membership, list[GroupNotice]]:
    """Return the membership and the council's notices, newest first. Raises 404, or 403."""
    membership = membership_for(user, slug, needs=needs)
    notices = GroupNotice.objects.filter(council=membership.council)
    return membership, list(notices.select_related("recorded_by"))


def party_for(
    user: User, slug: str, pk: int, number: int, *, needs: Right = Right.RECORD_SEATS
) -> tuple[Membership, PoliticalBalance, SeatsOfGroup]:
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
    """Return the membership and the council's appointments, by kind. Raises 404, or 403."""
    membership = membership_for(user, slug, needs=needs)
    order = Case(*(When(kind=kind, then=place) for place, kind in enumerate(HEADINGS)))
    found = CouncilAppointment.objects.filter(council=membership.council)
    return membership, found.order_by(order, Lower("post"), "pk")


def latest_balance_of(membership: Membership) -> PoliticalBalance | None:
    """Return the latest allocation of the member's council, if there is one."""
    return PoliticalBalance.objects.filter(council=membership.council).first()


def notice_to(balance: PoliticalBalance, group: SeatsOfGroup) -> SeatsNotice | None:
    """Return the notice to a group of its seats in an allocation that the user can see."""
    return SeatsNotice.objects.filter(balance=balance, group=group.name).first()


def nomination_by(committee: BalanceCommittee, group: SeatsOfGroup) -> Nomination | None:
    """Return what a group nominates to a body of an allocation that the user can see."""
    return Nomination.objects.filter(committee=committee, group=group.name).first()
