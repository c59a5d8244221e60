from functools import partial

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from ..models import INVITATION_LIFE, CouncilEvent, Invitation
from ..tokens import new_token
from .members import add_member, in_words


def invite(*, council, by, link_for, **place):
    """Offer a place in a council by e-mail; `link_for(token)` makes the whole address of the link.

    `place` is email, name, office, job_title and access. An invitation of the same address that is
    still open is withdrawn: only the latest link works.
    """
    place["email"] = place["email"].strip().lower()
    with transaction.atomic():
        for earlier in Invitation.objects.open().filter(council=council, email=place["email"]):
            withdraw(earlier, by=by)
        invitation = Invitation(council=council, invited_by=by, **place)
        _send(invitation, by, link_for)
        _record(invitation, CouncilEvent.Kind.INVITED, by=by)
    return invitation


def resend(invitation, *, by, link_for):
    """Send a new link, good for another 72 hours. The one before stops working."""
    with transaction.atomic():
        open_ones = Invitation.objects.open().select_for_update()
        if open_ones.filter(pk=invitation.pk).exists():
            _send(invitation, by, link_for)
            _record(invitation, CouncilEvent.Kind.INVITATION_RESENT, by=by)


def withdraw(invitation, *, by):
    """Make an invitation's link useless. Does nothing if it was used or withdrawn before."""
    with transaction.atomic():
        open_one = Invitation.objects.open().filter(pk=invitation.pk)
        if open_one.update(withdrawn_at=timezone.now()):
            _record(invitation, CouncilEvent.Kind.INVITATION_WITHDRAWN, by=by)


def accept(token, *, password=""):
    """Take up an invitation: the membership it made, or None if the link can no longer be used.

    However many redeem one link at once, one of them succeeds. `password` is set only for somebody
    whose account has none; whoever has one has signed in with it before (the view sees to that).
    """
    with transaction.atomic():
        invitation = Invitation.objects.for_token(token).select_related("council").first()
        # The update decides: of two at once, the second finds nothing left to take.
        if not invitation or not (
            Invitation.objects.for_token(token).update(accepted_at=timezone.now())
        ):
            return None
        membership = add_member(
            council=invitation.council,
            email=invitation.email,
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
    return membership


def _send(invitation, by, link_for):
    token = new_token()
    invitation.token_digest = Invitation.digest_of(token)
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + INVITATION_LIFE
    invitation.save()
    context = {"invitation": invitation, "by": by, "link": link_for(token)}
    transaction.on_commit(
        partial(
            send_mail,
            f"Join {invitation.council} in the transition planner",
            render_to_string("councils/email/invitation.txt", context),
            None,
            [invitation.email],
        )
    )


def _record(invitation, kind, *, by):
    CouncilEvent.objects.create(
        council=invitation.council,
        kind=kind,
        by=by,
        person=f"{invitation.name} ({invitation.email})",
        after=in_words(invitation),
    )
