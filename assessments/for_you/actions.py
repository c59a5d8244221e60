"""Note that a person has opened For you."""

import datetime as dt

from django.utils import timezone

from councils.models import User

from .models import ForYouVisit

# Opening the page again within this time is the same visit.
SAME_VISIT = dt.timedelta(minutes=30)


def note_visit(user: User) -> dt.datetime | None:
    """Note the visit; return the end of the one before, or None if this is the first."""
    now = timezone.now()
    visit = ForYouVisit.objects.filter(user=user).first()
    if visit is None:
        ForYouVisit.objects.get_or_create(user=user, defaults={"at": now})
        return None
    since = visit.at if now - visit.at > SAME_VISIT else visit.since
    ForYouVisit.objects.filter(user=user).update(at=now, since=since)
    return since
