from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.plans.actions import hold, hold_all, record
from assessments.plans.models import Event, Plan
from councils.models import Membership, User
from councils.sessions import hold_session
from councils.tokens import new_token

from ..models import CalendarFeed


def make_feed(plan: Plan, *, by: User, session_key: str | None = None) -> str:
    """Make a calendar address of the plan for `by` and return its token, which is not stored.

    The address that they had before stops working. `session_key` is that of the request: raises
    PermissionDenied if the session has been ended meanwhile, with which such addresses end.
    """
    token = new_token()
    with transaction.atomic():
        # One at a time: of two made at once, the later ends the earlier.
        hold(plan)
        if session_key is not None:
            hold_session(session_key)
        _open_feeds(plan, by).update(ended_at=timezone.now())
        CalendarFeed.objects.create(plan=plan, user=by, token_digest=CalendarFeed.digest_of(token))
        record(plan, Event.Kind.FEED_MADE, by=by)
    return token


def end_feed(plan: Plan, *, by: User) -> None:
    """End the calendar address that `by` has. Does nothing if there is none."""
    end_feeds(_open_feeds(plan, by))


def end_feed_of(plan: Plan, user: User) -> None:
    """End the calendar address of a plan that someone made when they had access before."""
    end_feed(plan, by=user)


def end_feeds_of(user: User) -> None:
    """End every calendar address of a person, as when their sessions end."""
    feeds = CalendarFeed.objects.open().filter(user=user).select_related("plan", "user")
    end_feeds(feeds.order_by("plan_id"))


def end_feeds_of_member(membership: Membership, by: User | None) -> None:
    """End a person’s calendar addresses of a council that they leave."""
    feeds = CalendarFeed.objects.open().filter(
        user=membership.user_id, plan__council=membership.council_id
    )
    end_feeds(feeds.select_related("plan", "user").order_by("plan_id"))


def lock_feeds_of(person_id: int) -> None:
    """Lock the plans of which a person has a calendar address, until the transaction ends."""
    feeds = CalendarFeed.objects.open().filter(user=person_id)
    hold_all(Plan.objects.filter(pk__in=feeds.values("plan")))


def end_feeds(feeds: Iterable[CalendarFeed]) -> None:
    """End calendar addresses, on behalf of their holders, unless they have ended already."""
    feeds = list(feeds)
    with transaction.atomic():
        # All of them before the first event, which locks the record that others wait for.
        hold_all(Plan.objects.filter(pk__in=[feed.plan_id for feed in feeds]))
        for feed in feeds:
            if _open_feeds(feed.plan, feed.user).filter(pk=feed.pk).update(ended_at=timezone.now()):
                record(feed.plan, Event.Kind.FEED_ENDED, by=feed.user)


def _open_feeds(plan: Plan, user: User) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.open().filter(plan=plan, user=user)
