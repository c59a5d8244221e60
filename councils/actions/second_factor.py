from functools import partial

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.template.loader import render_to_string

from ..mail import send_to
from ..models import CouncilEvent, Membership, User
from ..sessions import end_access_of
from .events import record_member


def reset_second_factor(
    user: User, *, by: User | None, who: str = "your system administrator"
) -> bool:
    """Delete a person's authenticator app and recovery codes; return False if they had none.

    For a person who has lost both. They are signed out everywhere and told by email, and each of
    their councils gets an event. `who` is how the email names those who did it. Until they set it
    up again, the password alone signs them in.
    """
    with transaction.atomic():
        had, _ = Authenticator.objects.filter(user=user).delete()
        if not had:
            return False
        end_access_of(user, by=by)
        memberships = Membership.objects.current().filter(user=user).select_related("council")
        # Writing an event locks its council's chain: always in the same order.
        for membership in memberships.order_by("council_id"):
            record_member(membership, CouncilEvent.Kind.SECOND_FACTOR_RESET, by=by)
        transaction.on_commit(
            partial(
                send_to,
                user.email,
                subject="Your two-step sign-in has been reset",
                body=render_to_string(
                    "councils/email/second_factor_reset.txt", {"user": user, "who": who}
                ),
            )
        )
    return True
