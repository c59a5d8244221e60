"""The browsers that a person is signed in with, and ending that."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

# In this order: most browsers also claim to be the ones below them.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "a Chromebook"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def in_background(view):
    """For a view that an open page asks by itself: asking it is not using the session."""
    view.is_in_background = True
    return view


def is_in_background(request):
    """Whether an open page asked by itself; to be known once the view was found."""
    view = request.resolver_match and request.resolver_match.func
    return getattr(view, "is_in_background", False)


@dataclass(frozen=True)
class SessionInWords:
    pk: int
    browser: str
    ip: str
    signed_in_at: datetime
    used_at: datetime
    is_this: bool


def browser_in_words(user_agent):
    """What a browser calls itself, as a person would: "Chrome on Windows"."""
    browser = next((name for mark, name in BROWSERS if re.search(mark, user_agent)), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    if not browser:
        return f"A browser on {system}" if system else "A browser we do not know"
    return f"{browser} on {system}" if system else browser


def open_sessions_of(user):
    """One row for each browser in which `user` is signed in now."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    return UserSession.objects.filter(user=user, session_key__in=alive.values("session_key"))


def sessions_in_words(request):
    """The person's open sessions: this one first, then the latest used. One query."""
    here = request.session.session_key
    sessions = [
        SessionInWords(
            pk=session.pk,
            browser=browser_in_words(session.user_agent),
            ip=session.ip,
            signed_in_at=session.created_at,
            used_at=session.last_seen_at,
            is_this=session.session_key == here,
        )
        for session in open_sessions_of(request.user).order_by("-last_seen_at", "-pk")
    ]
    return sorted(sessions, key=lambda session: not session.is_this)


def end_sessions(sessions):
    """Sign out the browsers of a queryset of sessions, from their next request on."""
    keys = list(sessions.values_list("session_key", flat=True))
    with transaction.atomic():
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()


def end_sessions_of(user, *, but=None):
    """Sign `user` out of every browser, or of all but the one whose session has the key `but`."""
    end_sessions(UserSession.objects.filter(user=user).exclude(session_key=but))
