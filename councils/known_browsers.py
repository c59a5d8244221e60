"""Browsers that a person is known to use, so that others' failures do not lock them out.

Failed sign-ins are counted for each address. Someone who only knows an address could use that to
keep its owner out. A browser with this cookie has a count of its own for that address. It is set
where a person has signed in, or chosen a password by a link in an email.
"""

from secrets import token_urlsafe

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from .models import User

LIFE = 180 * 24 * 60 * 60  # seconds

_signer = TimestampSigner(salt="councils.known_browsers")


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Set the cookie; the newest account replaces the one before."""
    if not mark_of(request, user.email):
        response.set_cookie(
            settings.KNOWN_BROWSER_COOKIE_NAME,
            _signer.sign(f"{user.email}:{token_urlsafe(16)}"),
            max_age=LIFE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def mark_of(request: HttpRequest, email: str) -> str:
    """Return what identifies the browser as one in which `email` has signed in, or ""."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        address, _colon, mark = _signer.unsign(cookie, max_age=LIFE).rpartition(":")
    except BadSignature:
        return ""
    return mark if address == email.strip().lower() else ""
