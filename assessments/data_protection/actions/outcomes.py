"""How requests end, and who is emailed about them and about a plan that was deleted."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from assessments.exports.kept import forget_pdfs
from assessments.plans.models import Plan
from assessments.portfolio.actions import forget_pdfs_in_bundles
from assessments.words import day_in_words
from councils.mail import send_to
from councils.models import STATUTORY_OFFICES, Council, Deputy, Membership, User
from councils.permissions import Right, accesses_with

from ..models import ConfirmationOutcome, ConfirmationRequest, PurgeCertificate

Kind = ConfirmationRequest.Kind


def close_requests(
    requests: QuerySet[ConfirmationRequest], *, by: User | None, is_carried_out: bool
) -> None:
    """Record the outcome of those requests that are still pending."""
    for request in requests.filter(outcome=None).select_related("council"):
        ConfirmationOutcome.objects.create(request=request, by=by, is_carried_out=is_carried_out)


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


def tell_of_cancelling(request: ConfirmationRequest, *, by: User) -> None:
    """Email those who were emailed about a request that it has been cancelled.

    These emails count towards no limit: each follows one about the request, which was counted, and
    a limit must not stop anyone from cancelling a request.
    """
    council = request.council
    for person in _in_order(people_concerned(request) - {by}):
        what = request.what_to(person)
        _send(
            person,
            f"{council}: the request to {what} has been cancelled",
            "cancelled_email.txt",
            by=by,
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


def _in_order(people: set[User]) -> list[User]:
    return sorted(people, key=lambda person: person.pk)


def _send(person: User, subject: str, template: str, **context: Any) -> None:
    context["person"] = person
    body = render_to_string(f"assessments/data_protection/{template}", context)
    transaction.on_commit(partial(send_to, person.email, subject=subject, body=body))


def forget_copies(plans: QuerySet[Plan]) -> None:
    """Delete the PDFs of these plans that are kept for a day, which name people as they were."""
    forget_pdfs(plans)
    forget_pdfs_in_bundles(plans)
