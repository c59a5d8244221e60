from ..models import DigestFrequency, User


def choose_digest(user, frequency):
    """How often `user` is sent a digest. It is about nobody else, so no council's record has it."""
    user.digest_frequency = frequency
    user.save(update_fields=["digest_frequency"])


def stop_digests(user):
    choose_digest(user, DigestFrequency.NEVER)


def claim_digest(user, *, now):
    """Take it on to send `user` the digest of this period; False if it is not due any more.

    Of several senders at once, one is let: the row is tested and written in one statement.
    """
    return bool(User.objects.due_a_digest(now).filter(pk=user.pk).update(digest_sent_at=now))


def give_digest_back(user, *, now):
    """Undo the claim made at `now` for a digest that could not be sent; the next run tries again.

    `user` is as it was before the claim.
    """
    claimed = User.objects.filter(pk=user.pk, digest_sent_at=now)
    claimed.update(digest_sent_at=user.digest_sent_at)
