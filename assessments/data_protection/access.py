"""What a council's owner can reach: people who can be erased, and requests to confirm."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assessments.plans.models import AdviserGrant, AdviserLook, Plan
from councils.actions import invitations_never_accepted
from councils.models import (
    DAYS_AS_OWNER,
    STATUTORY_OFFICES,
    AddressChange,
    Council,
    Invitation,
    Membership,
    User,
    signs_in_twice,
)
from councils.permissions import Right, accesses_with, membership_for
from councils.prepared import PreparedQuery

from .models import ConfirmationRequest


def erasable_for(user: User, slug: str, member_id: int) -> Membership:
    """Return the membership of a person `user` can erase; else 404 or 403.

    An owner cannot erase a person who belongs, or belonged, to another council, or has advised
    one, nor themselves.
    """
    me = membership_for(user, slug, needs=Right.MANAGE_DATA)
    return get_object_or_404(erasable_by(me), pk=member_id)


def erasable_by(me: Membership) -> QuerySet[Membership]:
    """Return the memberships, current and ended, of people the holder of `me` can erase.

    A grant to an adviser counts once they have used it. Another council makes a grant alone, so
    one that was never used cannot keep this council from erasing the person; erasing ends it.
    """
    erasable = erasable_in(me.council).exclude(user=me.user_id)
    return erasable.select_related("user", "council")


def erasable_in(council: Council) -> QuerySet[Membership]:
    """Return the memberships of people who belong, and ever belonged, to this council alone."""
    elsewhere = Membership.objects.filter(user=OuterRef("user")).exclude(council=council)
    advises = AdviserLook.objects.filter(grant__adviser=OuterRef("user"))
    advises = advises.exclude(grant__plan__council=council)
    return Membership.objects.filter(
        ~Exists(elsewhere),
        ~Exists(advises),
        user__erased_at=None,
        user__merged_into=None,
        council=council,
    )


def forgettable_for(user: User, slug: str, pk: int) -> Invitation:
    """Return an invitation of a council that `user` owns, to a person who never joined.

    Raises 404, or 403 for members who are not owners.
    """
    me = membership_for(user, slug, needs=Right.MANAGE_DATA)
    return get_object_or_404(invitations_never_accepted(), council=me.council, pk=pk)


def never_joined(council: Council) -> list[Invitation]:
    """Return the latest invitation to each person who was invited here and never joined."""
    invitations = invitations_never_accepted().filter(council=council)
    latest = {invitation.email: invitation for invitation in invitations}
    return sorted(latest.values(), key=lambda invitation: (invitation.name, invitation.pk))


def is_statutory_officer(membership: Membership) -> bool:
    """Return whether a membership, current or ended, is that of a statutory officer or of someone
    who is or was their deputy.
    """
    deputy = membership.deputy_posts.filter(office__in=STATUTORY_OFFICES)
    return membership.office in STATUTORY_OFFICES or deputy.exists()


def needs_request(membership: Membership) -> bool:
    """Return whether erasing the person needs a second owner or a waiting period.

    It does for a statutory officer, whose name is evidence of who gave advice, and for anyone who
    has signed in: they may keep a private record here, and may have held another post before.
    """
    return is_statutory_officer(membership) or membership.user.last_login is not None


def pending_requests(council: Council) -> QuerySet[ConfirmationRequest]:
    """Return the council's requests that can still be carried out or cancelled."""
    return _pending().filter(council=council)


def requests_about(user: User) -> QuerySet[ConfirmationRequest]:
    """Return the pending requests of owners that are about a person. One query."""
    return _pending().filter(person=user)


def request_to_delete(plan: Plan) -> ConfirmationRequest | None:
    """Return the pending request to delete a plan, if there is one. One query."""
    found = _requests_to_delete.fetch(plan.pk, today=timezone.localdate())
    return found[0] if found else None


@PreparedQuery
def _requests_to_delete(plan_id: int, *, today: dt.date) -> QuerySet[ConfirmationRequest]:
    """Return the pending requests to delete a plan, with the owners who made them."""
    requests = ConfirmationRequest.objects.pending(today).select_related("by", "council")
    return requests.filter(kind=ConfirmationRequest.Kind.DELETE_PLAN, plan_number=plan_id)


def request_to_reset(person: User, council: Council) -> ConfirmationRequest | None:
    """Return the council's pending request to reset a person's two-step sign-in, if any."""
    kind = ConfirmationRequest.Kind.RESET_SECOND_FACTOR
    return pending_requests(council).filter(kind=kind, person=person).first()


def requests_ended_by_merge(kept: User, ended: User) -> QuerySet[ConfirmationRequest]:
    """Return the pending requests that end if two accounts are merged.

    The person they are about was told what would be erased with one account, not with both.
    """
    return _pending().filter(ends_with_merge(kept, ended))


def ends_with_merge(kept: User, ended: User) -> Q:
    """Return the condition that a request is about one of two accounts, or made by `ended`."""
    return Q(person__in=[kept, ended]) | Q(by=ended)


def _pending() -> QuerySet[ConfirmationRequest]:
    requests = ConfirmationRequest.objects.pending(timezone.localdate())
    return requests.select_related("by", "person", "council")


def request_for(user: User, slug: str, pk: int) -> tuple[ConfirmationRequest, bool]:
    """Return a request of a council that `user` owns, and whether it is pending; else 404 or 403.

    An owner who follows the link in an email is told that the request is no longer waiting.
    """
    me = membership_for(user, slug, needs=Right.MANAGE_DATA)
    requests = ConfirmationRequest.objects.filter(council=me.council)
    found = get_object_or_404(requests.select_related("by", "person", "council"), pk=pk)
    return found, pending_requests(me.council).filter(pk=pk).exists()


def resettable_for(user: User, slug: str, member_id: int) -> Membership:
    """Return the membership of another member whose two-step sign-in `user`, an owner, can ask to
    reset, if `why_not_reset` agrees; else 404 or 403.
    """
    me = membership_for(user, slug, needs=Right.MANAGE_DATA)
    members = Membership.objects.current().filter(council=me.council).exclude(user=user)
    return get_object_or_404(members.select_related("user", "council"), pk=member_id)


def why_not_reset(person: User, council: Council, *, by: User) -> str:
    """Return why owners cannot reset a person's two-step sign-in; "" if they can.

    It also guards what the person can open elsewhere, so it is only for those who belong to this
    council alone. `by` asks for it, and another owner must be there to confirm it. Both must be
    `settled_owners`.
    """
    current = Membership.objects.current().filter(
        council=council, access__in=accesses_with(Right.MANAGE_DATA), user__is_active=True
    )
    settled = Membership.objects.settled_owners(timezone.now()).filter(council=council)
    if not signs_in_twice(person):
        return f"{person.name} does not use two-step sign-in, so there is nothing to reset."
    if _belongs_elsewhere(person, council):
        return (
            f"{person.name} can sign in to more than this council’s plans, so only your system "
            "administrator can reset their two-step sign-in."
        )
    if not current.exclude(user__in=[by, person]).exists():
        return (
            "Another owner has to confirm this, and there is none. Make someone else an owner "
            "first, or ask your system administrator."
        )
    if not settled.filter(user=by).exists():
        return (
            f"You have been an owner for less than {DAYS_AS_OWNER} days, so you cannot ask for "
            f"this. Ask {_who_can_ask(settled, person)}."
        )
    if not settled.exclude(user__in=[by, person]).exists():
        return (
            f"Another owner has to confirm this, and none has been an owner for {DAYS_AS_OWNER} "
            "days. Ask your system administrator, or ask again once one has."
        )
    return ""


def _who_can_ask(settled: QuerySet[Membership], person: User) -> str:
    """Return who can ask for a reset if an owner cannot: it needs 2 other settled owners."""
    if settled.exclude(user=person).count() > 1:
        return "another owner, or your system administrator"
    return "your system administrator"


def address_change_for(user: User, slug: str, member_id: int) -> tuple[Membership, AddressChange]:
    """Return another member and their change of address that waits for others to confirm it in
    place of a lost mailbox, for `user`, an owner; else 404 or 403.
    """
    membership = resettable_for(user, slug, member_id)
    waiting = AddressChange.objects.to_stand_in_for()
    return membership, get_object_or_404(waiting, user=membership.user_id)


def why_not_stand_in(change: AddressChange, council: Council, *, by: User) -> str:
    """Return why `by`, an owner, cannot confirm a change of address in place of a lost mailbox.

    "" if they can. The holder of the address can set a password, so the rules are those of a reset.
    """
    if _belongs_elsewhere(change.user, council):
        return (
            f"{change.user.name} can sign in to more than this council’s plans, so only your "
            "system administrators can confirm the change."
        )
    if change.first_stand_in_id == by.pk:
        return "You have confirmed this. A second person has to confirm it too."
    settled = Membership.objects.settled_owners(change.asked_at)
    if not settled.filter(council=council, user=by).exists():
        return (
            f"You became an owner less than {DAYS_AS_OWNER} days before the request was made, so "
            "you cannot confirm it. Another owner can, or your system administrators."
        )
    return ""


def why_no_second_owner(council: Council, *, by: User) -> str:
    """Return why no second owner could confirm a request that `by` makes now; "" if one could.

    A sentence part. Both have to be `settled_owners`.
    """
    owners = Membership.objects.current().filter(
        council=council, access__in=accesses_with(Right.MANAGE_DATA), user__is_active=True
    )
    settled = Membership.objects.settled_owners(timezone.now()).filter(council=council)
    if not owners.exclude(user=by).exists():
        return "the council has no other owner"
    if not settled.filter(user=by).exists():
        return f"you have been an owner for less than {DAYS_AS_OWNER} days"
    if not settled.exclude(user=by).exists():
        return f"no other owner has been one for {DAYS_AS_OWNER} days"
    return ""


def _belongs_elsewhere(person: User, council: Council) -> bool:
    """Return whether a person can sign in to more than the plans of one council."""
    elsewhere = Membership.objects.current().filter(user=person).exclude(council=council)
    advises = AdviserGrant.objects.live().filter(adviser=person).exclude(plan__council=council)
    return person.is_operator or elsewhere.exists() or advises.exists()
