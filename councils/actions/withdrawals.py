from django.db import transaction
from django.utils import timezone

from ..models import CouncilEvent, Invitation, Membership, User
from .events import record_invitation


def withdraw(invitation: Invitation, *, by: User | None) -> bool:
    """End an invitation's link. Returns False if it was accepted or withdrawn before."""
    with transaction.atomic():
        open_one = Invitation.objects.open().filter(pk=invitation.pk)
        if not open_one.update(withdrawn_at=timezone.now()):
            return False
        record_invitation(invitation, CouncilEvent.Kind.INVITATION_WITHDRAWN, by=by)
    return True


def invitations_sent_by(membership: Membership) -> list[Invitation]:
    """Return the member's open invitations, which end with their right to invite."""
    sent = Invitation.objects.open().filter(
        council=membership.council_id, invited_by=membership.user_id
    )
    return list(sent.select_related("council"))


def withdraw_sent_by(membership: Membership, *, by: User | None) -> list[Invitation]:
    """Withdraw the member's open invitations and return them."""
    return [sent for sent in invitations_sent_by(membership) if withdraw(sent, by=by)]
