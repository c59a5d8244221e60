from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.data_protection.council_import import (
    CouncilImported,
    Destination,
    ImportRefused,
    import_council,
)
from assessments.data_protection.models import WAITING_DAYS
from councils.actions import CouncilsImported, add_member, import_councils, invite
from councils.actions import add_council as add_council_alone
from councils.council_directory import DirectoryEntry
from councils.mail import send_to
from councils.models import (
    Access,
    Council,
    CouncilEvent,
    Invitation,
    Membership,
    Office,
    User,
)

from ..access import owners_of
from ..models import OperatorEvent

JOB_TITLE_LENGTH = Membership._meta.get_field("job_title").max_length


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


def import_from_file(
    path: Path,
    destination: Destination,
    *,
    successor: str = "",
    kept_head: tuple[int, str] | None = None,
    by: User | None,
) -> CouncilImported:
    """Import a council from a complete export, with an entry in the operators' log.

    `successor` is the slug of a council that takes over from it: it is then listed among the
    successor's predecessors, and the successor's owners become reviewers of the imported council,
    if they do not belong to it already, so that they can read its plans as they are. Raises
    ImportRefused.
    """
    with transaction.atomic():
        takes_over = _successor(successor) if successor else None
        imported = import_council(path, destination, kept_head=kept_head, by=by)
        council = imported.council
        if takes_over is not None:
            if takes_over == council:
                raise ImportRefused("A council cannot take over from itself.")
            takes_over.predecessors.add(council)
            for owner in owners_of(takes_over).filter(user__is_active=True):
                _let_read(owner, council, by)
                imported.notes.append(f"{owner.user.email} can read the plans of {council.name}.")
        OperatorEvent.objects.create(
            kind=OperatorEvent.Kind.COUNCIL_IMPORTED,
            council=council,
            by=by,
            detail=imported.in_words(),
        )
    return imported


def invite_first_owner(
    council: Council, *, link_for: Callable[[str], str], by: User, **place: Any
) -> Invitation:
    """Invite a council's first owner; `place` is name, email, office and job_title.

    Raises HasOwner if the council has an active owner, ValueError if the address is an operator's,
    since operators see no council's content, and TooManyEmails.
    """
    with transaction.atomic():
        Council.objects.select_for_update(no_key=True).get(pk=council.pk)
        if Membership.objects.active_owners().filter(council=council).exists():
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


def _successor(slug: str) -> Council:
    found = Council.objects.filter(slug=slug).first()
    if found is None:
        raise ImportRefused(f"No council has the slug “{slug}”.")
    return found


def _let_read(owner: Membership, council: Council, by: User | None) -> None:
    """Make an owner of the successor a reviewer of the council, unless they are a member of it.

    Their officer role there is not a statutory one: a statutory officer of the successor must not
    count as the council's own.
    """
    if Membership.objects.current().filter(user=owner.user_id, council=council).exists():
        return
    add_member(
        council=council,
        email=owner.user.email,
        name=owner.user.name,
        office=Office.SLT_MEMBER,
        job_title=f"{owner.post}, {owner.council}"[:JOB_TITLE_LENGTH],
        access=Access.REVIEWER,
        by=by,
    )


def _record(council: Council, kind: str, *, by: User, detail: str = "") -> None:
    """Record the event in the operators' log and in the council's own record."""
    OperatorEvent.objects.create(
        kind=OperatorEvent.Kind[kind], council=council, by=by, detail=detail
    )
    CouncilEvent.objects.create(kind=CouncilEvent.Kind[kind], council=council, by=by, after=detail)


def _tell_owners(council: Council, subject: str, template: str, reason: str = "") -> None:
    owners = Membership.objects.active_owners().filter(council=council)
    for owner in owners.select_related("user"):
        context = {"person": owner.user, "council": council, "reason": reason, "days": WAITING_DAYS}
        transaction.on_commit(
            partial(
                send_to,
                owner.user.email,
                subject=subject,
                body=render_to_string(template, context),
            )
        )
