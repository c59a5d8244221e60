"""Change the owner, date or status of chosen actions: shown before, and undone after."""

import re

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments.access import plan_context, plan_for
from assessments.fields import invited_to, members_of
from assessments.plans.actions import change_in_bulk, undo_bulk_change
from assessments.plans.bulk import preview
from assessments.plans.models import BulkChange, PlanItem
from assessments.plans.stages import MoveRefused, current_sign_offs
from assessments.versions import StaleVersion
from assessments.words import counted
from councils.once import once
from councils.permissions import Right

from ..forms import ChosenActionsForm

LEFT = "Not undone, because they have been changed, removed or signed off since then"
STALE = "Some of these actions have changed since you checked. Check again what will change."


@require_http_methods(["GET", "HEAD", "POST"])
@once
def chosen(request, plan_id):
    """Ask how the chosen actions change, show what that does, and do it once confirmed."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    data = request.POST if request.method == "POST" else request.GET
    pks = [int(pk) for pk in data.getlist("items") if re.fullmatch("[0-9]{1,18}", pk)][:200]
    items = PlanItem.objects.on(plan).live().filter(pk__in=pks)
    items = items.with_everything().select_related("step__stage")
    is_asked = "change" in data or "check" in data
    members = list(members_of(plan))
    form = ChosenActionsForm(
        data if is_asked else None, members=members, invitations=invited_to(plan)
    )
    context = {
        **plan_context(plan, rights),
        "items": [(item, item.words(plan.term)) for item in items],
        "form": form,
    }
    if not is_asked or not items or not form.is_valid():
        status = 422 if is_asked else 200
        return render(request, "assessments/pages/bulk.html", context, status=status)
    planned = preview(plan, items, form.fields_to_save, signed_off=current_sign_offs(plan))
    problem = ""
    if request.method == "POST" and "confirm" in request.POST:
        problem = STALE
        if request.POST.get("versions") == planned.versions:
            try:
                done = _change(plan, planned, form, request.user)
            except (StaleVersion, MoveRefused):
                problem = STALE
            else:
                return redirect("plan_bulk_done", plan.pk, done.pk)
    context |= {
        "title": "Check what will change",
        "planned": planned,
        "lines": [(each, each.item.words(plan.term)) for each in planned.changed],
        "refused": [(each, each.item.words(plan.term)) for each in planned.refused],
        "without_lead": [
            (item, item.words(plan.term), why) for item in items if (why := form.lead_problem(item))
        ],
        "posted": [
            (name, value)
            for name in data
            if name not in {"csrfmiddlewaretoken", "confirm", "versions"}
            for value in data.getlist(name)
        ],
        "stale": problem,
    }
    status = 409 if problem else 200
    return render(request, "assessments/pages/bulk_check.html", context, status=status)


def _change(plan, planned, form, user):
    for each in planned.changed:
        each.item.plan = plan
    number = counted(len(planned.changed), "action")
    return change_in_bulk(plan, planned, what=f"{number}: {form.words()}", by=user)


@require_http_methods(["GET", "HEAD", "POST"])
def done(request, plan_id, bulk_id):
    """Say what was changed, and undo it."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    bulk = get_object_or_404(BulkChange, plan=plan, pk=bulk_id)
    bulk.plan = plan
    if request.method == "POST":
        undone, left = undo_bulk_change(bulk, by=request.user)
        if not undone and not left:
            messages.info(request, "This change has already been undone.")
            return redirect("plan_open", plan.pk)
        words = f"Undone for {counted(undone, 'action')}"
        if left:
            words += f". {LEFT}: {counted(left, 'action')}"
        messages.success(request, words)
        return redirect("plan_open", plan.pk)
    context = {**plan_context(plan, rights), "bulk": bulk, "number": bulk.rows.count()}
    return render(request, "assessments/pages/bulk_done.html", context)
