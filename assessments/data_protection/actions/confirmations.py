"""What one owner cannot do alone: delete a plan early, erase most people, lift a hold, or reset a
member's two-step sign-in.

An owner asks for it, and the people it concerns are emailed. A second owner can then carry it out,
or, except for a reset, any owner once the waiting period is over. Any owner can cancel it before
that. A request that is not carried out in time lapses: see `outcomes.end_requests`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.plans.models import Plan
from councils.actions import lock_person, reset_second_factor
from councils.mail import count_email, send_to
from councils.models import Council, Membership, User
from councils.permissions import Right, accesses_with
from councils.sessions import lock_access_of

from ..access import erasable_in, needs_request, pending_requests, why_not_reset
from ..expiry import expiry_of, retention_of
from ..models import WAITING_DAYS, ConfirmationRequest, PurgeCertificate, Retention
from .erasure import erase_person
from .outcomes import cancel_requests, close_requests, people_concerned, tell_of_deletion
from .retention import AFTER_END, AFTER_RETENTION, ON_REQUEST, lift_hold, lock_for_purge, purge_plan

Kind = ConfirmationRequest.Kind
LinkFor = Callable[[ConfirmationRequest], str]


class NeedsSecondOwner(Exception):
    """A second owner has to confirm this, so it must be asked for first."""


class ResetRefused(Exception):
    """Owners cannot reset the person's two-step sign-in; the message says why."""


class ErasureRefused(Exception):
    """Owners cannot erase the person; the message says why."""


class NotPending(Exception):
    """The request has been carried out, cancelled or has ended since it was fetched."""


class NotYet(Exception):
    """This owner cannot carry the request out, or not before the waiting period is over."""


def delete_plan(plan: Plan, *, by: User) -> PurgeCertificate:
    """Permanently delete a plan whose retention period is over; return the certificate.

    Everyone with access to the council's plans is emailed afterwards. Raises NeedsSecondOwner
    before the period is over, OnHold and AlreadyDeleted.
    """
    with transaction.atomic():
        lock_for_purge(plan)
        if expiry_of(plan).needs_second_owner(timezone.localdate()):
            raise NeedsSecondOwner
        is_kept_for_years = retention_of(plan.council).years is not None
        rule = AFTER_RETENTION if is_kept_for_years else AFTER_END
        return _purge(plan, rule, by=by)


def _purge(plan: Plan, rule: str, *, by: User) -> PurgeCertificate:
    council = plan.council
    certificate = purge_plan(plan, by=by, rule=rule)
    tell_of_deletion(certificate, council, by=by)
    return certificate


def erase_member(membership: Membership, *, by: User) -> None:
    """Erase a person who never signed in and holds no statutory office.

    Raises NeedsSecondOwner for anyone else, ErasureRefused, and LastOwner.
    """

    def check() -> None:
        stored = Membership.objects.select_related("user").get(pk=membership.pk)
        if needs_request(stored):
            raise NeedsSecondOwner
        require_here_alone(membership.user, membership.council)

    erase_person(membership.user, by=by, check=check)


def ask_to_delete_plan(plan: Plan, *, by: User, link_for: LinkFor) -> ConfirmationRequest:
    """Ask for a plan to be deleted; every member of the council is emailed.

    `link_for(request)` returns the address of the page where it can be confirmed. A request for the
    same that is still pending is returned with `is_new` false. `concerns_others` says whether
    anyone was emailed. Raises TooManyEmails.
    """
    about: dict[str, Any] = {"plan_number": plan.pk, "election_day": plan.election_day}
    return _ask(plan.council, Kind.DELETE_PLAN, by=by, link_for=link_for, **about)


def ask_to_erase(
    person: User, *, council: Council, by: User, link_for: LinkFor
) -> ConfirmationRequest:
    """Ask for a person to be erased; as `ask_to_delete_plan`.

    The person, the owners, the council's statutory officers and their deputies are emailed.
    """
    return _ask(council, Kind.ERASE_PERSON, by=by, link_for=link_for, person=person)


def ask_to_lift_hold(
    council: Council, *, by: User, link_for: LinkFor
) -> ConfirmationRequest | None:
    """Ask for the hold to be lifted, as `ask_to_delete_plan`; None if there is no hold."""
    if not retention_of(council).hold:
        return None
    return _ask(council, Kind.LIFT_HOLD, by=by, link_for=link_for)


def ask_to_reset_second_factor(
    person: User, *, council: Council, by: User, link_for: LinkFor
) -> ConfirmationRequest:
    """Ask for a reset of a member's two-step sign-in; as `ask_to_delete_plan`.

    The person and the owners are emailed. Raises ResetRefused.
    """
    if problem := why_not_reset(person, council, by=by):
        raise ResetRefused(problem)
    return _ask(council, Kind.RESET_SECOND_FACTOR, by=by, link_for=link_for, person=person)


def carry_out(request: ConfirmationRequest, *, by: User) -> PurgeCertificate | None:
    """Carry a request out; return the certificate if it deletes a plan.

    Raises NotPending, NotYet if `can_be_carried_out_by` says so, OnHold, AlreadyDeleted, LastOwner,
    ResetRefused and ErasureRefused.
    """
    with transaction.atomic():
        # Who is an owner cannot change any more.
        Council.objects.select_for_update(no_key=True).get(pk=request.council_id)
        if request.kind == Kind.LIFT_HOLD:
            # Before the request, as `set_retention` does: otherwise each could wait for the other.
            list(Retention.objects.select_for_update().filter(council=request.council_id))
        if not _hold(request):
            raise NotPending
        if not request.can_be_carried_out_by(by, timezone.localdate()):
            raise NotYet
        if request.kind == Kind.DELETE_PLAN:
            plans = Plan.objects.filter(council=request.council_id).select_related("council")
            plan = plans.get(pk=request.plan_number)
            return _purge(plan, _rule(request, by), by=by)
        if request.kind == Kind.RESET_SECOND_FACTOR:
            _reset(request, by=by)
        elif person := request.person:
            # They may have joined another council since.
            check = partial(require_here_alone, person, request.council)
            erase_person(person, by=by, check=check)
        else:
            lift_hold(request.council, by=by)
    return None


def require_here_alone(person: User, council: Council) -> None:
    """Raise ErasureRefused if the person also belongs to another council, or advised one."""
    if not erasable_in(council).filter(user=person).exists():
        raise ErasureRefused(
            f"{person.name} also belongs, or belonged, to another council, or has advised one, so "
            "only your system administrator can erase them."
        )


def _reset(request: ConfirmationRequest, *, by: User) -> None:
    person, council = request.person, request.council
    assert person is not None  # noqa: S101 - a constraint of the table
    # The person may have joined another council since; once they are locked, they cannot.
    lock_access_of(person.pk)
    lock_person(person.pk)
    if problem := why_not_reset(person, council, by=request.by):
        raise ResetRefused(problem)
    who = f"{request.by.name} and {by.name}, owners of the plan of {council}"
    reset_second_factor(person, by=by, who=who)
    this = ConfirmationRequest.objects.filter(pk=request.pk)
    close_requests(this, by=by, is_carried_out=True)


def cancel_request(request: ConfirmationRequest, *, by: User) -> bool:
    """Cancel a request, and email the people it concerns.

    Returns False, with nothing changed, if it is no longer pending.
    """
    with transaction.atomic():
        if not _hold(request):
            return False
        cancel_requests(ConfirmationRequest.objects.filter(pk=request.pk), by=by)
    return True


def _ask(
    council: Council,
    kind: str,
    *,
    by: User,
    link_for: LinkFor,
    **about: Any,
) -> ConfirmationRequest:
    with transaction.atomic():
        Council.objects.select_for_update(no_key=True).get(pk=council.pk)
        earlier = pending_requests(council).filter(kind=kind, **about).first()
        if earlier:
            earlier.is_new = False
            return earlier
        request = ConfirmationRequest.objects.create(council=council, kind=kind, by=by, **about)
        others = people_concerned(request) - {by}
        request.concerns_others = bool(others)
        for person in sorted(others, key=lambda person: person.pk):
            count_email(sender=by, recipient=person.email, council=council)
            _tell(person, request, link_for(request))
    return request


def _tell(person: User, request: ConfirmationRequest, link: str) -> None:
    council = request.council
    can_decide = accesses_with(Right.MANAGE_DATA)
    owns = Membership.objects.current().filter(council=council, access__in=can_decide)
    what = request.what_to(person)
    second_owners = request.second_owners()
    context = {
        "person": person,
        "request": request,
        "what": what,
        "council": council,
        "days": WAITING_DAYS,
        "is_owner": owns.filter(user=person).exists(),
        "has_second_owner": bool(second_owners),
        "can_confirm": not request.always_waits and person.pk in second_owners,
        "is_about_them": request.person == person,
        "link": link,
    }
    transaction.on_commit(
        partial(
            send_to,
            person.email,
            subject=f"{council}: {request.by.name} has asked to {what}",
            body=render_to_string("assessments/data_protection/request_email.txt", context),
        )
    )


def _hold(request: ConfirmationRequest) -> bool:
    """Lock a request until the transaction ends; return whether it is still pending."""
    list(ConfirmationRequest.objects.select_for_update().filter(pk=request.pk).values("pk"))
    return pending_requests(request.council).filter(pk=request.pk).exists()


def _rule(request: ConfirmationRequest, by: User) -> str:
    """Return the reason that a certificate gives, which names no one."""
    is_second = request.is_confirmed_by(by)
    if by == request.by and not people_concerned(request) - {by}:
        return f"{ON_REQUEST}, who carried it out after {WAITING_DAYS} days"
    how = "by a second owner" if is_second else f"after {WAITING_DAYS} days’ notice"
    return f"{ON_REQUEST} and confirmed {how}"
