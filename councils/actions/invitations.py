from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from ..mail import count_email, send_to
from ..models import (
    INVITATION_LIFE,
    Council,
    CouncilEvent,
    Invitation,
    Membership,
    User,
    invited_person,
)
from ..permissions import must_sign_in_twice
from ..tokens import new_token
from .events import record_invitation
from .members import add_member, lock_council
from .people import lock_person, name_on_joining
from .withdrawals import withdraw

# A form sent twice within this time sends one email.
JUST_NOW = timedelta(minutes=1)

PLACE_FIELDS = ("name", "email", "office", "job_title", "access")

LinkFor = Callable[[str], str]

# What else happens once a person has joined by an invitation; other apps add to it.
AFTER_JOINING: list[Callable[[Membership, Invitation], None]] = []


def invite(*, council: Council, by: User, link_for: LinkFor, **place: Any) -> Invitation:
    """Offer a membership by email and return the invitation.

    `place` is email, name, office, job_title and access; `link_for` returns the address for a
    token. An open invitation to the same address is withdrawn, so only the latest link works;
    but the same invitation by the same person within a minute is returned as it is, without
    another email. Raises TooManyEmails.
    """
    place["email"] = place["email"].strip().lower()
    with transaction.atomic():
        lock_council(council)
        for earlier in Invitation.objects.open().filter(council=council, email=place["email"]):
            if _was_just_sent(earlier, by) and all(
                getattr(earlier, field) == place.get(field, "") for field in PLACE_FIELDS
            ):
                return earlier
            withdraw(earlier, by=by)
        invitation = Invitation(council=council, **place)
        _send(invitation, by, link_for)
        record_invitation(invitation, CouncilEvent.Kind.INVITED, by=by)
    return invitation


def invite_several(
    people: Iterable[dict[str, Any]], *, council: Council, by: User, link_for: LinkFor
) -> list[Invitation]:
    """Invite several people, or none of them: raises TooManyEmails. See `invite`."""
    with transaction.atomic():
        return [invite(council=council, by=by, link_for=link_for, **person) for person in people]


def resend(invitation: Invitation, *, by: User, link_for: LinkFor) -> bool:
    """Send a new link, valid for 72 hours, and end the earlier one.

    Returns False, and sends nothing, if the invitation is no longer open or `by` sent a link less
    than a minute ago. The invitation then depends on the rights of `by`. Raises TooManyEmails.
    """
    with transaction.atomic():
        lock_council(invitation.council)
        stored = Invitation.objects.open().filter(pk=invitation.pk).first()
        if stored is None or _was_just_sent(stored, by):
            return False
        _send(stored, by, link_for)
        record_invitation(stored, CouncilEvent.Kind.INVITATION_RESENT, by=by)
    return True


def accept(token: str, *, password: str = "") -> Membership | None:
    """Accept an invitation and return the membership, or None if the link cannot be used.

    If one link is used several times at once, one use succeeds. `password` is set only for a
    person who has none; a person with a password has signed in before (the view makes sure).
    Raises LastOwner, and changes nothing, if the person is the council's only owner and the
    invitation gives less access, and ValidationError if a colleague has their name.
    """
    with transaction.atomic():
        usable = Invitation.objects.for_token(token).select_related("council")
        invitation = usable.first()
        if not invitation:
            return None
        # Whether its sender can invite depends on who is an owner, so it is asked again.
        lock_council(invitation.council)
        if not usable.filter(pk=invitation.pk).exists():
            return None
        # Only one of two simultaneous updates finds the invitation still open. The condition is on
        # its row alone: PostgreSQL does not evaluate a subquery again after waiting for another.
        still_open = Invitation.objects.open().filter(pk=invitation.pk)
        if not still_open.update(accepted_at=timezone.now()):
            return None
        known = invited_person(invitation)
        if known is not None:
            known = lock_person(known.pk)
        name_on_joining(known, invitation)
        membership = add_member(
            council=invitation.council,
            email=known.email if known else invitation.email,
            name=invitation.name,
            office=invitation.office,
            job_title=invitation.job_title,
            access=invitation.access,
            by=invitation.invited_by,
            joined=True,
        ).membership
        if password and not membership.user.has_usable_password():
            membership.user.set_password(password)
            membership.user.save(update_fields=["password"])
        for follow in AFTER_JOINING:
            transaction.on_commit(partial(follow, membership, invitation), robust=True)
    return membership


def _was_just_sent(invitation: Invitation, by: User) -> bool:
    return invitation.invited_by_id == by.pk and invitation.sent_at > timezone.now() - JUST_NOW


def _send(invitation: Invitation, by: User, link_for: LinkFor) -> None:
    count_email(sender=by, council=invitation.council, recipient=invitation.email)
    token = new_token()
    invitation.token_digest = Invitation.digest_of(token)
    invitation.invited_by = by
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + INVITATION_LIFE
    # No more than that of one sent before: it may have been withdrawn since it was fetched.
    again = ("token_digest", "invited_by", "sent_at", "expires_at")
    invitation.save(update_fields=again if invitation.pk else None)
    context = {
        "invitation": invitation,
        "by": by,
        "link": link_for(token),
        "must_sign_in_twice": must_sign_in_twice(invitation),
    }
    transaction.on_commit(
        partial(
            send_to,
            invitation.email,
            subject=f"Join {invitation.council} in the transition planner",
            body=render_to_string("councils/email/invitation.txt", context),
        )
    )
