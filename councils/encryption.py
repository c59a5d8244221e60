"""Secrets of two-step sign-in are kept encrypted: a copy of the database alone makes no codes.

The key follows from SECRET_KEY. What was encrypted under an earlier one can be read as long as that
stands in SECRET_KEY_FALLBACKS; without it, people's codes are lost and are to be set up again
(`manage.py reset_second_factor`).
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def encrypt(text):
    return _box().encrypt(text.encode()).decode()


def decrypt(encrypted_text):
    try:
        return _box().decrypt(encrypted_text).decode()
    except InvalidToken as error:
        raise ImproperlyConfigured(
            "A secret of two-step sign-in was encrypted under a SECRET_KEY that is in use no more: "
            "add that one to SECRET_KEY_FALLBACKS."
        ) from error


def _box():
    """Encrypts under the first key, decrypts under any."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key_from(secret)) for secret in secrets])


def _key_from(secret):
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"councils.second_factor")
    return urlsafe_b64encode(derivation.derive(secret.encode()))
