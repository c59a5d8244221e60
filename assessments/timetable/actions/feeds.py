from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, record
from assessments.plans.models import Event
from councils.tokens import new_token

from ..models import CalendarFeed


def make_feed(plan, *, by):
    """A new calendar address of the plan for `by`; returns its token, which is kept nowhere.

    Their address before it stops working.
    """
    token = new_token()
    with transaction.atomic():
        # One at a time: of two made at once, the later ends the earlier.
        hold(plan)
        _open_feeds(plan, by).update(ended_at=timezone.now())
        CalendarFeed.objects.create(plan=plan, user=by, token_digest=CalendarFeed.digest_of(token))
        record(plan, Event.Kind.FEED_MADE, by=by)
    return token


def end_feed(plan, *, by):
    """End the calendar address that `by` has. Does nothing if there is none."""
    with transaction.atomic():
        if _open_feeds(plan, by).update(ended_at=timezone.now()):
            record(plan, Event.Kind.FEED_ENDED, by=by)


def _open_feeds(plan, user):
    return CalendarFeed.objects.open().filter(plan=plan, user=user)
