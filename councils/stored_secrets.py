"""The secrets of two-step sign-in as they are stored: see `encryption`."""

from allauth.mfa.models import Authenticator

from .encryption import SecretUnreadable, decrypt

# What `Authenticator.data` holds encrypted; the other values are numbers.
SECRETS = ("secret", "seed")


def count_unreadable_secrets() -> int:
    """Return how many authenticators have a secret that no key in the settings can read."""
    return sum(not _is_readable(each) for each in Authenticator.objects.order_by("pk"))


def _is_readable(authenticator: Authenticator) -> bool:
    try:
        for name in SECRETS:
            if name in authenticator.data:
                decrypt(authenticator.data[name])
    except SecretUnreadable:
        return False
    return True
