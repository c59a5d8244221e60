"""Pages of the comparison with other councils."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_context, plan_for_member
from councils.permissions import Right

from . import actions
from .access import latest_publication, live_share, spreads_for
from .disclosure import FEWEST_OTHERS
from .figures import figures_of, first_week, is_compared, week_of
from .words import day_of_poll_in_words, spread_in_words


@require_safe
def comparison(request, plan_id):
    """Show the council's counts beside the spread of its group, or why nothing is shown."""
    plan, rights = plan_for_member(request.user, plan_id)
    share = live_share(plan)
    context = _context(plan, rights) | {"share": share}
    if share:
        context |= _published(request.user, plan, share, context["figures"])
    return render(request, "assessments/comparisons/comparison.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def share(request, plan_id):
    """Show an owner exactly what would be shared; POST shares it."""
    plan, rights = plan_for_member(request.user, plan_id, needs=Right.MANAGE_DATA)
    if request.method == "POST":
        try:
            actions.share_figures(plan, by=request.user)
        except actions.ShareRefused as error:
            messages.error(request, str(error))
            return redirect("comparison", plan.pk)
        messages.success(request, "The counts of this plan are now shared for comparison.")
        return redirect("comparison", plan.pk)
    context = _context(plan, rights) | {"share": live_share(plan)}
    return render(request, "assessments/comparisons/share.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, plan_id):
    """Say what happens if an owner withdraws consent; POST withdraws it."""
    plan, rights = plan_for_member(request.user, plan_id, needs=Right.MANAGE_DATA)
    if request.method == "POST":
        actions.stop_sharing(plan, by=request.user)
        messages.success(
            request,
            "The counts of this plan are no longer shared. No published figure includes them.",
        )
        return redirect("comparison", plan.pk)
    return render(request, "assessments/comparisons/stop.html", _context(plan, rights))


def _context(plan, rights):
    """Return what every page shows: the council's own counts, as they are shared."""
    today = timezone.localdate()
    return plan_context(plan, rights) | {
        "figures": figures_of([plan])[plan.pk],
        "day": day_of_poll_in_words(plan.election_day, today),
        "next_day": week_of(today) + dt.timedelta(days=7),
        "fewest": FEWEST_OTHERS,
        "is_over": not is_compared(plan, today),
    }


def _published(user, plan, share, figures):
    """Return the rows of the table, and what the page says if a row has no spread."""
    spreads, is_kept_back = spreads_for(user, plan)
    by_stage = {spread.stage: spread for spread in spreads}
    found = ((count, by_stage.get(count.stage)) for count in figures.stages)
    starts = first_week(
        shared_on=timezone.localdate(share.given_at),
        created_on=timezone.localdate(plan.created_at),
    )
    return {
        "rows": [
            {
                "count": count,
                "spread": spread,
                "words": spread_in_words(spread) if spread else "",
            }
            for count, spread in found
        ],
        "publication": latest_publication(),
        "is_shown": bool(spreads),
        "is_kept_back": is_kept_back,
        "starts": starts if starts > timezone.localdate() else None,
    }
