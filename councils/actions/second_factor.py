from functools import partial

from allauth.mfa.models import Authenticator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from ..models import CouncilEvent, Membership
from ..sessions import end_sessions_of
from .members import record


def reset_second_factor(user, *, by):
    """Take away someone's app and recovery codes, for whoever lost both; returns whether they had
    any. They are signed out everywhere and told by e-mail, and each of their councils sees it.

    From then on the password alone signs them in, until they set it up again.
    """
    with transaction.atomic():
        had, _ = Authenticator.objects.filter(user=user).delete()
        if not had:
            return False
        end_sessions_of(user)
        memberships = Membership.objects.current().filter(user=user).select_related("council")
        # Each council's chain is locked as it is written to: by everyone in the same order.
        for membership in memberships.order_by("council_id"):
            record(membership, CouncilEvent.Kind.SECOND_FACTOR_RESET, by=by)
        transaction.on_commit(
            partial(
                send_mail,
                "Your two-step sign-in was taken away",
                render_to_string("councils/email/second_factor_reset.txt", {"user": user}),
                None,
                [user.email],
            )
        )
    return True
