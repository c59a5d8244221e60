"""The address at which digests are stopped without signing in.

It holds who it is for, signed: nobody can make one for somebody else, and it opens nothing.
"""

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from .models import User

_signer = Signer(salt="councils.digests")


def stop_path(user):
    return reverse("digest_stop", args=[_signer.sign(user.pk)])


def user_to_stop(token):
    """Whose digests an address stops; else 404."""
    try:
        pk = _signer.unsign(token)
    except BadSignature as error:
        raise Http404 from error
    return get_object_or_404(User, pk=pk, is_active=True)
