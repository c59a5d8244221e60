"""Which plan a calendar address leads to."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import would_pass
from assessments.plans.models import Plan
from councils.permissions import Right

from .models import CalendarFeed


def feed_for(token: str) -> tuple[Plan | None, CalendarFeed]:
    """Return the plan of a calendar address and its feed, which names the holder. Raises 404.

    Checked at every request. The plan is None if the holder has lost their membership, adviser
    access or account: the address must then be ended, so that it does not work again if they get
    access back. While the council's access is stopped, it leads nowhere, but it does not end.
    No one is signed in here, so the view logs an adviser's access.
    """
    feeds = CalendarFeed.objects.filter(plan__council__stopped_at=None).for_token(token)
    feed = get_object_or_404(feeds.select_related("user"))
    plans = Plan.objects.visible_to(feed.user).select_related("council")
    plan = plans.filter(pk=feed.plan_id).first() if feed.user.is_active else None
    if plan and not would_pass(plan, Right.VIEW):  # they have to set up two-step sign-in first
        raise Http404
    return plan, feed
