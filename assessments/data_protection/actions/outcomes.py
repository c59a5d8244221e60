"""How requests end, and who is emailed about them and about a plan that was deleted."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.exports.kept import forget_pdfs
from assessments.plans.models import Plan
from assessments.portfolio.actions import forget_pdfs_in_bundles
from assessments.words import day_in_words
from councils.mail import send_to
from councils.models import STATUTORY_OFFICES, Council, Deputy, Membership, User
from councils.permissions import Right, accesses_with

from ..models import ConfirmationOutcome, ConfirmationRequest, PurgeCertificate

Kind = ConfirmationRequest.Kind

# Why a request ended. The emails of these 2 say what can still be done.
PERSON_ERASED = "The person has been erased."
ACCOUNTS_MERGED = "Two accounts of one person have been merged."


def close_requests(
    requests: QuerySet[ConfirmationRequest], *, by: User | None, is_carried_out: bool
) -> list[ConfirmationRequest]:
    """Record the outcome of those requests that have none, and return them."""
    with transaction.atomic():
        # Of two who end a request at once, the second then finds its outcome.
        keys = list(requests.filter(outcome=None).order_by("pk").values_list("pk", flat=True))
        these = ConfirmationRequest.objects.filter(pk__in=keys).order_by("pk")
        list(these.select_for_update(no_key=True).values("pk"))
        closed = list(these.filter(outcome=None).select_related("council", "by", "person"))
        for request in closed:
            ConfirmationOutcome.objects.create(
                request=request, by=by, is_carried_out=is_carried_out
            )
    return closed


def cancel_requests(
    requests: QuerySet[ConfirmationRequest],
    *,
    by: User | None,
    because: str = "",
    but: User | None = None,
) -> list[ConfirmationRequest]:
    """Cancel those requests that have no outcome, and return them.

    The people who were emailed about one are emailed, except `by` and `but`. `because` is a
    sentence that says why, unless `by` cancelled it for its own sake.
    """
    with transaction.atomic():
        closed = close_requests(requests, by=by, is_carried_out=False)
        for request in closed:
            tell_of_cancelling(request, by=by, because=because, but=but)
    return closed


def end_requests() -> int:
    """Close the requests that have lapsed or whose notice is out of date; return how many.

    The people who were emailed about one are emailed.
    """
    number = 0
    for request in list(ConfirmationRequest.objects.ended(timezone.localdate())):
        this = ConfirmationRequest.objects.filter(pk=request.pk)
        number += len(cancel_requests(this, by=None, because=_why_ended(request)))
    return number


def _why_ended(request: ConfirmationRequest) -> str:
    if request.lapses_on <= timezone.localdate():
        return f"No one carried it out before {day_in_words(request.lapses_on)}."
    return "The person’s access to the council’s plans has changed since the request was made."


def people_concerned(request: ConfirmationRequest) -> set[User]:
    """Return who is emailed about a request: of the council, and the person it is about.

    Everyone with access to the council's plans, or of a request about a person, the owners; of an
    erasure, the council's statutory officers and their deputies as well.
    """
    members = Membership.objects.current().filter(council=request.council_id)
    owners = Q(access__in=accesses_with(Right.MANAGE_DATA))
    if request.kind == Kind.ERASE_PERSON:
        deputies = Deputy.objects.current().filter(office__in=STATUTORY_OFFICES)
        is_officer = Q(office__in=STATUTORY_OFFICES) | Q(pk__in=deputies.values("membership"))
        members = members.filter(owners | is_officer)
    elif request.kind == Kind.RESET_SECOND_FACTOR:
        members = members.filter(owners)
    people = {member.user for member in members.select_related("user")}
    return people | {request.person} if request.person else people


def tell_of_cancelling(
    request: ConfirmationRequest, *, by: User | None, because: str = "", but: User | None = None
) -> None:
    """Email those who were emailed about a request that it has been cancelled, or has ended.

    It ended by itself if `by` is None; `because` is a sentence that says why. These emails count
    towards no limit: each follows one about the request, which was counted, and a limit must not
    stop anyone from cancelling a request.
    """
    council = request.council
    told = {each.merged_into or each for each in people_concerned(request) | {request.by}}
    for person in _in_order({each for each in told if each.is_active} - {by, but}):
        what = request.what_to(person)
        done = "been cancelled" if by else "ended"
        _send(
            person,
            f"{council}: the request to {what} has {done}",
            "cancelled_email.txt",
            by=by,
            because=because,
            is_erased=because == PERSON_ERASED,
            is_merged=because == ACCOUNTS_MERGED,
            what=what,
            request=request,
            council=council,
            is_about_them=request.person == person,
        )


def tell_of_deletion(certificate: PurgeCertificate, council: Council, *, by: User) -> None:
    """Email everyone with access to the council's plans that one has been deleted."""
    members = Membership.objects.current().filter(council=council).select_related("user")
    for person in _in_order({member.user for member in members} - {by}):
        day = day_in_words(certificate.election_day)
        _send(
            person,
            f"{council}: the plan for the election on {day} has been permanently deleted",
            "deleted_email.txt",
            by=by,
            certificate=certificate,
            council=council,
        )


def _in_order(people: set[Any]) -> list[User]:
    return sorted(people, key=lambda person: person.pk)


def _send(person: User, subject: str, template: str, **context: Any) -> None:
    context["person"] = person
    body = render_to_string(f"assessments/data_protection/{template}", context)
    transaction.on_commit(partial(send_to, person.email, subject=subject, body=body))


def forget_copies(plans: QuerySet[Plan]) -> None:
    """Delete the PDFs of these plans that are kept for a day, which name people as they were."""
    forget_pdfs(plans)
    forget_pdfs_in_bundles(plans)
