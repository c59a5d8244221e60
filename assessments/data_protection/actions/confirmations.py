"""What one owner cannot do alone: delete a plan early, erase a statutory officer, lift a hold.

An owner asks for it, and the people it concerns are emailed. A second owner can then carry it out,
or any owner once the waiting period is over. Any owner can cancel it before that.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.plans.models import Plan
from councils.mail import count_email, send_to
from councils.models import Council, Membership, User
from councils.permissions import Right, accesses_with

from ..access import STATUTORY_OFFICES, is_statutory_officer, pending_requests
from ..expiry import expiry_of, retention_of
from ..models import WAITING_DAYS, ConfirmationRequest, PurgeCertificate
from .erasure import erase_person
from .outcomes import close_requests
from .retention import ON_REQUEST, lift_hold, purge_plan

Kind = ConfirmationRequest.Kind
LinkFor = Callable[[ConfirmationRequest], str]


class NeedsSecondOwner(Exception):
    """A second owner has to confirm this, so it must be asked for first."""


class NotYet(Exception):
    """The owner who asked for this cannot carry it out before the waiting period is over."""


def delete_plan(plan: Plan, *, by: User) -> PurgeCertificate:
    """Permanently delete a plan whose retention period is over; return the certificate.

    Raises NeedsSecondOwner before then, and OnHold.
    """
    if expiry_of(plan).needs_second_owner(timezone.localdate()):
        raise NeedsSecondOwner
    return purge_plan(plan, by=by)


def erase_member(membership: Membership, *, by: User) -> None:
    """Erase a person who never held a statutory office at the council.

    Raises NeedsSecondOwner if they did, and LastOwner.
    """
    if is_statutory_officer(membership):
        raise NeedsSecondOwner
    erase_person(membership.user, by=by)


def ask_to_delete_plan(plan: Plan, *, by: User, link_for: LinkFor) -> ConfirmationRequest:
    """Ask for a plan to be deleted; every member of the council is emailed.

    `link_for(request)` returns the address of the page where it can be confirmed. A request for the
    same that is still pending is returned as it is. Raises TooManyEmails.
    """
    about: dict[str, Any] = {"plan_number": plan.pk, "election_day": plan.election_day}
    everyone = Membership.objects.current().filter(council=plan.council_id)
    return _ask(plan.council, Kind.DELETE_PLAN, everyone, by=by, link_for=link_for, **about)


def ask_to_erase(
    person: User, *, council: Council, by: User, link_for: LinkFor
) -> ConfirmationRequest:
    """Ask for a statutory officer to be erased; as `ask_to_delete_plan`.

    The person, the owners and the council's statutory officers are emailed.
    """
    concerned = Membership.objects.current().filter(
        Q(access__in=accesses_with(Right.MANAGE_DATA))
        | Q(office__in=STATUTORY_OFFICES)
        | Q(user=person),
        council=council,
    )
    return _ask(
        council, Kind.ERASE_PERSON, concerned, by=by, link_for=link_for, also=person, person=person
    )


def ask_to_lift_hold(
    council: Council, *, by: User, link_for: LinkFor
) -> ConfirmationRequest | None:
    """Ask for the hold to be lifted, as `ask_to_delete_plan`; None if there is no hold."""
    if not retention_of(council).hold:
        return None
    everyone = Membership.objects.current().filter(council=council)
    return _ask(council, Kind.LIFT_HOLD, everyone, by=by, link_for=link_for)


def carry_out(request: ConfirmationRequest, *, by: User) -> PurgeCertificate | None:
    """Carry a request out; return the certificate if it deletes a plan.

    Does nothing if it is no longer pending. Raises NotYet if `by` made the request and the waiting
    period is not over, or is the person to be erased; OnHold; and LastOwner.
    """
    if not request.can_be_carried_out_by(by, timezone.localdate()):
        raise NotYet
    with transaction.atomic():
        if not _hold(request):
            return None
        if request.kind == Kind.DELETE_PLAN:
            plan = Plan.objects.select_related("council").get(pk=request.plan_number)
            return purge_plan(plan, by=by, rule=_rule(request, by))
        if request.person:
            erase_person(request.person, by=by)
        else:
            lift_hold(request.council, by=by)
    return None


def cancel_request(request: ConfirmationRequest, *, by: User) -> None:
    """Cancel a request. Does nothing if it is no longer pending."""
    with transaction.atomic():
        if _hold(request):
            this = ConfirmationRequest.objects.filter(pk=request.pk)
            close_requests(this, by=by, is_carried_out=False)


def _ask(
    council: Council,
    kind: str,
    members: QuerySet[Membership],
    *,
    by: User,
    link_for: Callable[[ConfirmationRequest], str],
    also: User | None = None,
    **about: Any,
) -> ConfirmationRequest:
    with transaction.atomic():
        Council.objects.select_for_update(no_key=True).get(pk=council.pk)
        earlier = pending_requests(council).filter(kind=kind, **about).first()
        if earlier:
            return earlier
        request = ConfirmationRequest.objects.create(council=council, kind=kind, by=by, **about)
        people = {member.user for member in members.select_related("user")} - {by}
        if also and also != by:
            people.add(also)
        for person in sorted(people, key=lambda person: person.pk):
            count_email(sender=by, recipient=person.email, council=council)
            _tell(person, request, link_for(request))
    return request


def _tell(person: User, request: ConfirmationRequest, link: str) -> None:
    council = request.council
    can_decide = accesses_with(Right.MANAGE_DATA)
    owns = Membership.objects.current().filter(council=council, access__in=can_decide)
    context = {
        "person": person,
        "request": request,
        "council": council,
        "days": WAITING_DAYS,
        "is_owner": owns.filter(user=person).exists(),
        "is_about_them": request.person == person,
        "link": link,
    }
    transaction.on_commit(
        partial(
            send_to,
            person.email,
            subject=f"{council}: {request.by.name} has asked to {request.what}",
            body=render_to_string("assessments/data_protection/request_email.txt", context),
        )
    )


def _hold(request: ConfirmationRequest) -> bool:
    """Lock a request until the transaction ends; return whether it is still pending."""
    list(ConfirmationRequest.objects.select_for_update().filter(pk=request.pk).values("pk"))
    return ConfirmationRequest.objects.filter(pk=request.pk, outcome=None).exists()


def _rule(request: ConfirmationRequest, by: User) -> str:
    """Return the reason that a certificate gives, which names no one."""
    how = "by a second owner" if by.pk != request.by_id else f"after {WAITING_DAYS} days’ notice"
    return f"{ON_REQUEST} and confirmed {how}"
