"""Secrets that are sent in an address: 256 random bits, of which only a digest is kept.

Whoever reads the database cannot use them.
"""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token():
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token):
    return hashlib.sha256(token.encode()).hexdigest()
