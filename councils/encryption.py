"""Encrypts the secrets of two-step sign-in, so that a copy of the database alone makes no codes.

Emails and addresses that wait in the queue are encrypted in the same way.

The key is derived from SECRET_KEY. Text encrypted under an earlier key can be read while that key
is in SECRET_KEY_FALLBACKS. `manage.py renew_encryption` encrypts the secrets of two-step sign-in
again, so that the earlier key can be removed. Without it, people have to set up two-step sign-in
again (`manage.py reset_second_factor`).
"""

import logging
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import PermissionDenied

logger = logging.getLogger(__name__)


class SecretUnreadable(PermissionDenied):
    """A secret was encrypted under a key that is no longer known. The text is for its owner."""


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypt(encrypted_text: str) -> str:
    """Return the text. Raises SecretUnreadable."""
    try:
        return _box().decrypt(encrypted_text).decode()
    except InvalidToken as error:
        logger.error(
            "A secret of two-step sign-in, or what waits in the queue, was encrypted under a "
            "SECRET_KEY that is no longer in use. Add that key to SECRET_KEY_FALLBACKS."
        )
        raise SecretUnreadable(
            "We cannot check your code, because the planner’s own settings have changed. Your "
            "account is safe. Ask your system administrator for help."
        ) from error


def encrypted_again(encrypted_text: str) -> str:
    """Return the same text encrypted under the first key. Raises SecretUnreadable."""
    return encrypt(decrypt(encrypted_text))


def _box() -> MultiFernet:
    """Encrypts under the first key, decrypts under any."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key_from(secret)) for secret in secrets])


def _key_from(secret: str) -> bytes:
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"councils.second_factor")
    return urlsafe_b64encode(derivation.derive(secret.encode()))
