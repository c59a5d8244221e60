"""Make the next plan from one."""

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessments.access import plan_context, plan_for
from councils.permissions import Right

from . import actions
from .access import next_plan_of
from .forms import NextPlanForm

MADE_MEANWHILE = (
    "Someone has just made a plan for this election day, or the plan that follows this one"
)


@require_http_methods(["GET", "HEAD", "POST"])
def next_plan(request, plan_id):
    """Ask what to carry forward, show the answers to check, then make the next plan."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    if following := next_plan_of(request.user, plan):
        return redirect(following)
    data = request.POST if request.method == "POST" else None
    form = NextPlanForm(data, plan=plan, today=timezone.localdate())
    if request.method != "POST":
        return _page(request, plan, rights, form, "ask")
    if not form.is_valid():
        return _page(request, plan, rights, form, "ask", status=422)
    if "change" in request.POST:
        return _page(request, plan, rights, form, "ask")
    if "make" not in request.POST:
        return _page(request, plan, rights, form, "check")
    try:
        following = actions.make_next_plan(plan, by=request.user, **form.carried)
    except IntegrityError:
        form.add_error("election_day", MADE_MEANWHILE)
        return _page(request, plan, rights, form, "ask", status=422)
    words = "The next plan is ready. Only the history of the previous plan has changed."
    messages.success(request, words)
    return redirect(following)


def _page(request, plan, rights, form, name, *, status=200):
    carried = form.carried if name == "check" else None
    context = {
        **plan_context(plan, rights),
        "form": form,
        "carried": carried,
        "lessons": [(item, item.words(plan.term)) for item in carried["lessons"]]
        if carried
        else [],
    }
    return render(request, f"assessments/next_cycle/{name}.html", context, status=status)
