"""The browsers in which a person is signed in, and signing them out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .models import AccountMerge, AddressChange, User

View = Callable[..., Any]

# What else ends with `end_access_of`; other apps add to it.
ALSO_ENDED: list[Callable[[User], None]] = []
# Lock what `ALSO_ENDED` changes; other apps add to it. Each is called in a transaction with the key
# of the person.
LOCKED_FIRST: list[Callable[[int], None]] = []

# Most browsers also name those below them in this list.
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


def in_background(view: View) -> View:
    """Mark a view that open pages request by themselves, so that it does not extend the session."""
    view.is_in_background = True  # type: ignore[attr-defined]
    return view


def is_in_background(request: HttpRequest) -> bool:
    """Return whether an open page made the request by itself. Needs the resolved view."""
    view = request.resolver_match and request.resolver_match.func
    return getattr(view, "is_in_background", False)


def remember_new_password(request: HttpRequest, user: User) -> None:
    """Record that `user` has just chosen a password, so that setting up two-step sign-in next does
    not ask for it again.
    """
    record_authentication(request, user, method="password", reauthenticated=True)


@dataclass(frozen=True)
class OpenSession:
    """One browser in which a person is signed in, as the account page shows it."""

    pk: int
    browser: str
    ip: str
    signed_in_at: datetime
    used_at: datetime
    is_this: bool


def browser_in_words(user_agent: str) -> str:
    """Return a browser's name and system in plain words, such as "Chrome on Windows"."""
    browser = next((name for mark, name in BROWSERS if re.search(mark, user_agent)), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    if not browser:
        return f"A browser on {system}" if system else "An unknown browser"
    return f"{browser} on {system}" if system else browser


def open_sessions_of(user: User) -> QuerySet[UserSession]:
    """Return one row for each browser in which `user` is signed in now."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    return UserSession.objects.filter(user=user, session_key__in=alive.values("session_key"))


def sessions_in_words(user: User, *, here: str | None) -> list[OpenSession]:
    """Return the person's open sessions, that with the key `here` first, then by last use."""
    sessions = [
        OpenSession(
            pk=session.pk,
            browser=browser_in_words(session.user_agent),
            ip=session.ip,
            signed_in_at=session.created_at,
            used_at=session.last_seen_at,
            is_this=session.session_key == here,
        )
        for session in open_sessions_of(user).order_by("-last_seen_at", "-pk")
    ]
    return sorted(sessions, key=lambda session: not session.is_this)


def end_sessions(sessions: QuerySet[UserSession]) -> None:
    """Sign out the browsers of a queryset of sessions, from their next request."""
    keys = list(sessions.values_list("session_key", flat=True))
    with transaction.atomic():
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()


def end_sessions_of(user: User, *, but: str | None = None) -> None:
    """Sign `user` out of every browser, except the one whose session has the key `but`."""
    end_sessions(UserSession.objects.filter(user=user).exclude(session_key=but))


def hold_session(key: str | None) -> None:
    """Lock the session of a request until the transaction ends, for what outlives the session.

    Who ends the session then waits, and ends that too. Raises PermissionDenied if it has been
    ended since the request began, and OperationalError while it is being ended: they can wait for
    a plan that this request holds.
    """
    locked = Session.objects.select_for_update(no_key=True, nowait=True)
    if not list(locked.filter(session_key=key).values("pk")):
        raise PermissionDenied("You have been signed out.")


def lock_access_of(person_id: int) -> None:
    """Lock what `end_access_of` changes of a person. Call it before the person is locked.

    Plans are locked before people, as where someone is given access to a plan.
    """
    for lock in LOCKED_FIRST:
        lock(person_id)


def end_access_of(user: User, *, but: str | None = None, by: User | None) -> None:
    """End what a person's account has opened: other sessions, as above, and calendar addresses.

    For when someone else may have their password or a link of theirs. That person may also have
    asked for a change of address or a merge of accounts, so one that is waiting is cancelled. The
    change has an event in each of their councils.
    """
    from .actions.addresses import record_cancelled  # which imports this module

    with transaction.atomic():
        # First: waits for what they make at this moment, and nothing more is made with them.
        end_sessions_of(user, but=but)
        was_waiting = AddressChange.objects.open().filter(user=user).exists()
        AddressChange.objects.filter(user=user).delete()
        AccountMerge.objects.of(user).delete()
        for end in ALSO_ENDED:
            end(user)
        if was_waiting:
            record_cancelled(user, by=by, how="Their other sessions were ended")
