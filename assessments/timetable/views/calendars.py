"""A plan's dates in other people's calendar programs: a secret address, or a file to take."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_for
from assessments.advisers.actions import record_look
from assessments.printing.names import document_name
from assessments.printing.responses import file_response

from .. import actions
from ..access import feed_for
from ..ical import calendar_for, name_of
from ..models import CalendarFeed

CALENDAR_TYPE = "text/calendar; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request, plan_id):
    """What there is. POST makes a new address, shown this once, or (`end`) ends the one."""
    plan, rights = plan_for(request.user, plan_id)
    address = ""
    if request.method == "POST":
        if "end" in request.POST:
            actions.end_feed(plan, by=request.user)
            messages.success(request, "The calendar address has been stopped.")
            return redirect("plan_calendar", plan.pk)
        token = actions.make_feed(plan, by=request.user, session_key=request.session.session_key)
        address = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    context = {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        "address": address,
        "calendar_name": name_of(plan),
        "feed": CalendarFeed.objects.live().filter(plan=plan, user=request.user).first(),
    }
    return render(request, "assessments/timetable/calendar.html", context)


@require_safe
def file(request, plan_id):
    """Download the dates as they are now."""
    plan, _ = plan_for(request.user, plan_id)
    content = _calendar(request, plan)
    name = document_name(str(plan.council), "election dates", day=timezone.localdate())
    return file_response(content, CALENDAR_TYPE, f"{name}.ics")


@login_not_required
@require_safe
def feed(request, token):
    """What a calendar program fetches, again and again. It has no session: the address is the key.

    An answer that has not changed since is 304, so that asking often costs little.
    """
    plan, found = feed_for(token)
    if plan is None:
        actions.end_feeds([found])
        raise Http404
    if plan.grant_id:
        record_look(plan.grant_id, what="the calendar feed")
    content = _calendar(request, plan)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        content, content_type=CALENDAR_TYPE
    )
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _calendar(request, plan):
    def absolute(name, *args):
        return request.build_absolute_uri(reverse(name, args=args))

    return calendar_for(
        plan,
        host=request.get_host(),
        link=absolute("plan_dates", plan.pk),
        item_link=lambda step: absolute("plan_step", plan.pk, step),
        own_link=absolute("plan_for_you", plan.pk),
        register_link=absolute("register", plan.pk),
    )
