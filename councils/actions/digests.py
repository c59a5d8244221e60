import datetime as dt

from django.utils import timezone

from ..models import DigestFrequency, User


def choose_digest(user: User, frequency: str) -> None:
    """Set how often `user` gets email updates. It concerns only them, so it leaves no event."""
    user.digest_frequency = frequency
    user.digest_chosen_at = timezone.now()
    user.save(update_fields=["digest_frequency", "digest_chosen_at"])


def stop_digests(user: User) -> None:
    choose_digest(user, DigestFrequency.NEVER)


def claim_digest(user: User, *, now: dt.datetime) -> bool:
    """Mark the update of this period as sent by the caller; False if it is no longer due.

    Test and update are one statement, so only one of several simultaneous senders succeeds.
    """
    return bool(User.objects.due_a_digest(now).filter(pk=user.pk).update(digest_sent_at=now))


def give_digest_back(user: User, *, now: dt.datetime) -> None:
    """Undo the claim made at `now`, after sending failed, so that the next run tries again.

    `user` has the values from before the claim.
    """
    claimed = User.objects.filter(pk=user.pk, digest_sent_at=now)
    claimed.update(digest_sent_at=user.digest_sent_at)
