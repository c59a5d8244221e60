"""For you: one page across a person's plans."""

import datetime as dt

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.access import plan_context
from assessments.plans.by_date import keys_not_shown
from assessments.plans.models import Marking
from assessments.plans.rows import way_back
from assessments.words import short_weekday, time_in_words

from . import page
from .access import plan_among, plans_of
from .actions import note_visit
from .waiting import waiting_for


@require_safe
def for_you(request):
    """Show For you outside a plan; with only one plan, lead to it there, with its navigation."""
    plans = plans_of(request.user)
    if len(plans) == 1:
        return redirect("plan_for_you", plans[0].pk)
    return _for_you(request, plans, {})


@require_safe
def plan_for_you(request, plan_id):
    """Show For you, of all the person's plans, with the navigation of this one."""
    plans = plans_of(request.user)
    plan, rights = plan_among(request.user, plan_id, plans)
    return _for_you(request, plans, plan_context(plan, rights), plan.pk)


def _for_you(request, plans, context, plan_id=None):
    """Show the page, with the content of `plan_id` and of plans in which the user is a member.

    The adviser access log records a look at the plan in the address. Of other plans that the user
    advises, the page says only that there is something to answer.
    """
    user, today = request.user, timezone.localdate()
    since = note_visit(user)
    show = request.GET.get("show", "")
    shown = page.shown_on_page(plans, plan_id)
    from_ = since or timezone.now() - page.FIRST_VISIT
    new = page.newly_assigned(user, since=from_)
    items = page.actions_of(user, plans)
    groups = page.groups_of(items, plans, shown, today=today, show=show, new=new)
    waiting = waiting_for(user)
    changes, changed = page.changes_by_others(user, shown, since=from_)
    # The page shows all plans, so it is marked as the most sensitive of them.
    for plan in plans:
        if plan.marking == Marking.OFFICIAL_SENSITIVE:
            context["marking"] = plan.get_marking_display()
    return render(
        request,
        "assessments/for_you/for_you.html",
        {
            **context,
            **way_back(request.get_full_path()),
            "today": today,
            "plans": plans,
            "can_have_actions": any(each.membership_id for each in plans),
            "waiting": page.waiting_on_page(waiting, plans, shown),
            "for_you_count": len(waiting),  # in the bar
            "groups": groups,
            "not_shown": keys_not_shown(groups),
            "here": request.path,
            "changes": changes,
            "changed": changed,
            "is_first": since is None,
            "since": _in_words(since, today),
            "elsewhere": page.with_someone_else(user, plans, today=today),
            "is_adviser": any(each.grant_id for each in plans),
            "shared": page.shared_with(user),
        },
    )


def _in_words(since: dt.datetime | None, today: dt.date) -> str:
    if since is None:
        return f"In the last {page.FIRST_VISIT.days} days"
    since = timezone.localtime(since)
    return f"Since {short_weekday(since.date(), today)}, {time_in_words(since)}"
