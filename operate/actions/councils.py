from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from councils.actions import CouncilsImported, import_councils, invite
from councils.actions import add_council as add_council_alone
from councils.council_directory import DirectoryEntry
from councils.mail import send_to
from councils.models import Access, Council, CouncilEvent, Invitation, Membership, User

from ..models import OperatorEvent


class HasOwner(Exception):
    """The council has an owner, who invites people. An operator only invites a first owner."""

    def __str__(self) -> str:
        return "This council has an owner. Ask them to invite people."


def add_council(*, name: str, type: str, gss_code: str = "", by: User) -> Council:
    """Add a council, also one that is not yet established. Raises ValidationError by field."""
    with transaction.atomic():
        council = add_council_alone(name=name, type=type, gss_code=gss_code)
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.COUNCIL_ADDED, council=council, by=by)
    return council


def import_register(
    *, entries: Iterable[DirectoryEntry], with_shadow: bool, by: User
) -> CouncilsImported:
    """Add and update councils from the register. Raises DirectoryError with every row at fault."""
    with transaction.atomic():
        outcome = import_councils(entries=entries, with_shadow=with_shadow)
        OperatorEvent.objects.create(
            kind=OperatorEvent.Kind.COUNCILS_IMPORTED,
            by=by,
            detail=f"{len(outcome.created)} added, {outcome.changed} changed",
        )
    return outcome


def invite_first_owner(
    council: Council, *, link_for: Callable[[str], str], by: User, **place: Any
) -> Invitation:
    """Invite a council's first owner; `place` is name, email, office and job_title.

    Raises HasOwner if the council has an active owner, ValueError if the address is an operator's,
    since operators see no council's content, and TooManyEmails.
    """
    with transaction.atomic():
        Council.objects.select_for_update(no_key=True).get(pk=council.pk)
        owners = Membership.objects.current().filter(council=council, access=Access.OWNER)
        if owners.filter(user__is_active=True).exists():
            raise HasOwner
        if User.objects.filter(email=place["email"].strip().lower(), is_operator=True).exists():
            raise ValueError("An operator cannot be a council’s first owner.")
        invitation = invite(council=council, by=by, link_for=link_for, access=Access.OWNER, **place)
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.OWNER_INVITED, council=council, by=by)
    return invitation


def stop_access(council: Council, *, reason: str, by: User) -> bool:
    """End all access to the council's plans until it is restarted; False if it was stopped before.

    Nothing is deleted. The owners are told by email, with the reason.
    """
    with transaction.atomic():
        running = Council.objects.filter(pk=council.pk, stopped_at=None)
        if not running.update(stopped_at=timezone.now()):
            return False
        _record(council, "ACCESS_STOPPED", by=by, detail=reason)
        _tell_owners(
            council, f"Access to {council} has been stopped", "operate/email/stopped.txt", reason
        )
    return True


def restart_access(council: Council, *, by: User) -> bool:
    """Give everyone the access they had before; False if it was not stopped. Owners are told."""
    with transaction.atomic():
        stopped = Council.objects.filter(pk=council.pk, stopped_at__isnull=False)
        if not stopped.update(stopped_at=None):
            return False
        _record(council, "ACCESS_RESTARTED", by=by)
        _tell_owners(council, f"Access to {council} has restarted", "operate/email/restarted.txt")
    return True


def _record(council: Council, kind: str, *, by: User, detail: str = "") -> None:
    """Record the event in the operators' log and in the council's own record."""
    OperatorEvent.objects.create(
        kind=OperatorEvent.Kind[kind], council=council, by=by, detail=detail
    )
    CouncilEvent.objects.create(kind=CouncilEvent.Kind[kind], council=council, by=by, after=detail)


def _tell_owners(council: Council, subject: str, template: str, reason: str = "") -> None:
    owners = Membership.objects.current().filter(
        council=council, access=Access.OWNER, user__is_active=True
    )
    for owner in owners.select_related("user"):
        context = {"person": owner.user, "council": council, "reason": reason}
        transaction.on_commit(
            partial(
                send_to,
                owner.user.email,
                subject=subject,
                body=render_to_string(template, context),
            )
        )
