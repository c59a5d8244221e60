from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessments.access import plan_for
from assessments.plans.models import Plan
from councils.permissions import Right

from . import actions
from .forms import NextPlanForm

MADE_MEANWHILE = "Somebody has just made a plan for this election day, or from this plan"


@require_http_methods(["GET", "HEAD", "POST"])
def next_plan(request, plan_id):
    """What to carry over, then the answers to check, then the plan for the next election."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    if following := Plan.objects.filter(previous=plan).first():
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
    messages.success(request, "The next plan is ready. The last one stays as it is.")
    return redirect(following)


def _page(request, plan, rights, form, name, *, status=200):
    context = {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        "form": form,
        "carried": form.carried if name == "check" else None,
    }
    return render(request, f"assessments/next_cycle/{name}.html", context, status=status)
