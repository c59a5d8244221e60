"""Sends the email updates that are due; the content is made in `news`."""

import datetime as dt
import logging
from dataclasses import dataclass, field

from councils.actions import claim_digest, give_digest_back
from councils.models import User

from .news import digest_for

logger = logging.getLogger(__name__)


@dataclass
class DigestsSent:
    """How many updates were sent, and for each that was not: the person's key and the reason."""

    sent: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)


def send_due_digests(*, now: dt.datetime) -> DigestsSent:
    """Send every update that is due. One that fails is due again; no one is sent 2 in a period."""
    done = DigestsSent()
    for user in User.objects.due_a_digest(now):
        try:
            done.sent += _send(user, now=now)
        except Exception as error:
            # Whatever it is, the other people get their updates.
            if not isinstance(error, OSError):  # an SMTPException is one: the mail server said no
                logger.exception("An update could not be made or sent")
            done.failed.append((user.pk, type(error).__name__))
    return done


def _send(user, *, now):
    """Return whether an update was sent: there may be no news, or another process may send it."""
    message = digest_for(user, now=now)
    if message is None or not claim_digest(user, now=now):
        return False
    try:
        message.send()
    except Exception:
        give_digest_back(user, now=now)
        raise
    return True
