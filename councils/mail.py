"""Email that people cause to be sent to others: its subject, and how much of it in a day."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.utils import timezone

from .models import Council, User
from .validators import on_one_line

A_DAY = 24 * 60 * 60  # seconds


class TooManyEmails(Exception):
    """A daily limit on email has been reached. The text is for the person who tried to send."""


def count_email(*, sender: User, recipient: str, council: Council | None = None) -> None:
    """Count one email from `sender` to the address `recipient`, on behalf of `council` if given.

    Raises TooManyEmails, and counts nothing, if the sender, the council or the recipient has
    reached its limit for today (`settings.EMAILS_A_DAY`).
    """
    limits = settings.EMAILS_A_DAY
    address = hashlib.sha256(recipient.strip().lower().encode()).hexdigest()
    checks = [
        (
            f"sender:{sender.pk}",
            limits["sender"],
            "You have reached today’s limit of {limit} emails. Try again tomorrow.",
        ),
        (
            f"recipient:{address}",
            limits["recipient"],
            "We cannot send more emails to this address today. Try again tomorrow.",
        ),
    ]
    if council is not None:
        checks.append(
            (
                f"council:{council.pk}",
                limits["council"],
                "Your council has reached today’s limit of {limit} emails. Try again tomorrow.",
            )
        )
    today = timezone.localdate().isoformat()
    counts = {f"emails:{today}:{key}": (limit, words) for key, limit, words in checks}
    sent = cache.get_many(counts)
    for key, (limit, words) in counts.items():
        if sent.get(key, 0) >= limit:
            raise TooManyEmails(words.format(limit=limit))
    cache.set_many({key: sent.get(key, 0) + 1 for key in counts}, timeout=A_DAY)


def send_to(recipient: str, *, subject: str, body: str) -> None:
    """Send a plain text email from the planner's own address; the subject is put on one line."""
    send_mail(on_one_line(subject), body, None, [recipient])
