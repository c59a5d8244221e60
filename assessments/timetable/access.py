"""Which plan a calendar address leads to."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import would_pass
from assessments.plans.models import Plan
from councils.permissions import Right

from .models import CalendarFeed


def feed_for(token: str) -> tuple[Plan, CalendarFeed]:
    """Return the plan of a calendar address and its feed, which names the holder. Raises 404.

    Checked at every request, so the address stops working when its holder loses their membership,
    adviser access or account. No one is signed in here, so the view logs an adviser's access.
    """
    feed = get_object_or_404(CalendarFeed.objects.for_token(token).select_related("user"))
    plans = Plan.objects.visible_to(feed.user).select_related("council")
    plan = plans.filter(pk=feed.plan_id).first()
    if plan is None or not feed.user.is_active or not would_pass(plan, Right.VIEW):
        raise Http404
    return plan, feed
