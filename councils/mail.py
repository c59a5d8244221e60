"""Email that people cause to be sent to others: its subject, and how much of it in a day."""

import datetime as dt
import hashlib
import json
import logging
from collections import Counter
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import task
from django_tasks.base import Task

from .encryption import SecretUnreadable, decrypt, encrypt
from .models import Council, User
from .validators import in_an_email, on_one_line

logger = logging.getLogger(__name__)

A_DAY = 24 * 60 * 60  # seconds
SENDERS_TO_ONE_ADDRESS = 4  # who can reach their limit for the same address on the same day
# When an email is sent again that the mail server did not take, or that this worker could not read:
# while SECRET_KEY changes, another machine may already have encrypted it under the new one. For 13
# hours in all.
RETRY_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 180, 600))


class TooManyEmails(Exception):
    """A daily limit on email has been reached. The text is for the person who tried to send."""


def count_email(*, sender: User, recipient: str, council: Council | None = None) -> None:
    """Count one email from `sender` to the address `recipient`, on behalf of `council` if given.

    It is counted once the transaction is committed, so that the counters are not locked until then.
    Raises TooManyEmails, and counts nothing, if the sender or the council has reached its limit for
    today (`settings.EMAILS_A_DAY`), if the sender has reached that for this address, or all senders
    together SENDERS_TO_ONE_ADDRESS times that.
    """
    limits = settings.EMAILS_A_DAY
    busy = "We cannot send more emails to {recipient} today. Try again tomorrow."
    address = hashlib.sha256(recipient.strip().lower().encode()).hexdigest()
    checks = [
        (
            f"sender:{sender.pk}",
            limits["sender"],
            "You have reached today’s limit of {limit} emails. Try again tomorrow.",
        ),
        # Each sender has a share of what an address gets, so that no one can use all of it up.
        (f"from:{sender.pk}:to:{address}", limits["recipient"], busy),
        (f"recipient:{address}", limits["recipient"] * SENDERS_TO_ONE_ADDRESS, busy),
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
    sent, uncommitted = cache.get_many(counts), _uncommitted()
    for key, (limit, words) in counts.items():
        if sent.get(key, 0) + uncommitted[key] >= limit:
            raise TooManyEmails(words.format(limit=limit, recipient=recipient))
    transaction.on_commit(_EmailCount(tuple(counts)), robust=True)


class _EmailCount:
    """Add one to each of some counters, when it is called."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.is_done = False

    def __call__(self) -> None:
        sent = cache.get_many(self.keys)
        cache.set_many({key: sent.get(key, 0) + 1 for key in self.keys}, timeout=A_DAY)
        self.is_done = True


def _uncommitted() -> Counter[str]:
    """Return what this transaction has counted so far, by counter."""
    hooks = [hook for _, hook, _ in transaction.get_connection().run_on_commit]
    counts = [hook for hook in hooks if isinstance(hook, _EmailCount) and not hook.is_done]
    return Counter(key for count in counts for key in count.keys)


def send_letter(recipient: str, subject: str, template: str, context: dict[str, Any]) -> None:
    """Send the text of `councils/email/TEMPLATE.txt` once the transaction is committed."""
    body = render_to_string(f"councils/email/{template}.txt", context)
    transaction.on_commit(partial(send_to, recipient, subject=subject, body=body))


def send_to(recipient: str, *, subject: str, body: str) -> None:
    """Send a plain text email from the planner's own address; the subject is put on one line.

    Where a worker runs (EMAIL_IN_BACKGROUND), it sends it: no page waits for the mail server, and
    an email that the server does not take is sent later. It waits encrypted, since it may have a
    link that lets its reader in.
    """
    letter = [recipient, on_one_line(subject), in_an_email(body)]
    if settings.EMAIL_IN_BACKGROUND:
        send_queued_email.enqueue(encrypt(json.dumps(letter)), 1)
    else:
        send_now(*letter)


def send_now(recipient: str, subject: str, body: str) -> None:
    """Send an email; for tasks, which take care of a mail server that does not take it."""
    send_mail(subject, body, None, [recipient])


@task()
def send_queued_email(sealed: str, attempt: int) -> None:
    """Send an email that `send_to` has queued; if that fails, again after each of RETRY_AFTER."""
    try:
        send_now(*json.loads(decrypt(sealed)))
    except (OSError, SecretUnreadable):  # SMTPException is an OSError
        if not try_later(send_queued_email, sealed, attempt=attempt):
            raise


def try_later(job: Task, *arguments: object, attempt: int) -> bool:
    """Queue the next attempt of an email's task; return False if it was the last.

    Its last argument must be the number of the attempt.
    """
    if attempt > len(RETRY_AFTER):
        return False
    logger.warning("An email was not sent at attempt %s; it is sent again later.", attempt)
    later = timezone.now() + RETRY_AFTER[attempt - 1]
    job.using(run_after=later).enqueue(*arguments, attempt + 1)
    return True
