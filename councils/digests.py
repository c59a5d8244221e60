"""The address that stops email updates without signing in.

It contains the person's id, signed, so no one can make an address for another person. It gives
access to nothing else, so it does not expire: people may open an email long after it was sent, and
their mail programs must be able to stop it with one request, without signing in (RFC 8058).
"""

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from .models import User

_signer = Signer(salt="councils.digests")


def stop_path(user: User) -> str:
    return reverse("digest_stop", args=[_signer.sign(str(user.pk))])


def user_to_stop(token: str) -> User:
    """Return the person whose email updates an address stops. Raises Http404."""
    try:
        pk = _signer.unsign(token)
    except BadSignature as error:
        raise Http404 from error
    return get_object_or_404(User, pk=pk, is_active=True)
