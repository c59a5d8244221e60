"""Sends the email updates that are due; the content is made in `news`."""

import datetime as dt
from dataclasses import dataclass, field
from smtplib import SMTPException

from councils.actions import claim_digest, give_digest_back
from councils.models import User

from .news import digest_for


@dataclass
class DigestsSent:
    """How many updates were sent, and for each that was not: the person's key and the reason."""

    sent: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)


def send_due_digests(*, now: dt.datetime) -> DigestsSent:
    """Send every update that is due. One that fails is due again; no one is sent 2 in a period."""
    done = DigestsSent()
    for user in User.objects.due_a_digest(now):
        message = digest_for(user, now=now)
        if message is None or not claim_digest(user, now=now):
            continue
        try:
            message.send()
        except (SMTPException, OSError) as error:
            give_digest_back(user, now=now)
            done.failed.append((user.pk, type(error).__name__))
        else:
            done.sent += 1
    return done
