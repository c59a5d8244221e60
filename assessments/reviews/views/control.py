"""Changes of political control during a plan, and the steps to review again because of them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_for
from assessments.register.models import Agreement
from assessments.timetable.governance import governance_of
from assessments.versions import StaleVersion, differences
from councils.once import once
from councils.permissions import Right

from .. import actions
from ..access import reopening_for
from ..control_forms import LEADERS, ControlChangeForm
from ..models import ControlChange, StepReopening


@require_safe
def changes(request, plan_id):
    """List the changes of control since the election, the latest first."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    reopenings = {}
    for reopening in StepReopening.objects.of(plan).select_related("looked_by"):
        reopenings.setdefault(reopening.change_id, []).append(reopening)
    found = list(ControlChange.objects.filter(plan=plan).select_related("snapshot", "by"))
    latest = found[0].kind if found else None
    has_agreement = Agreement.objects.live().filter(plan=plan).exists()
    return _page(
        request,
        plan,
        rights,
        "changes",
        changes=[(change, reopenings.get(change.pk, [])) for change in found],
        moved_seats=latest in ControlChange.MOVES_SEATS,
        leader=LEADERS[governance_of(plan)],
        moved_parties=has_agreement and latest in ControlChange.MOVES_PARTIES,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, plan_id):
    """Record a change of control. A stale save shows what the other person saved."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    governance = governance_of(plan)
    if request.method != "POST":
        initial = {
            "version": plan.version,
            "day": timezone.localdate(),
            "control": plan.control,
            "control_standing": plan.control_standing,
            "formality": plan.formality,
            "coalition_term": plan.coalition_term,
        }
        form = ControlChangeForm(plan=plan, governance=governance, initial=initial)
        return _page(request, plan, rights, "new", form=form, version=plan.version)
    form = ControlChangeForm(request.POST, plan=plan, governance=governance)
    if not form.is_valid():
        version = form["version"].value()
        return _page(request, plan, rights, "new", form=form, version=version, status=422)
    try:
        actions.record_control_change(plan, by=request.user, **form.cleaned_data)
    except StaleVersion:
        settings = ("control", "control_standing", "formality", "coalition_term")
        theirs = differences(plan, {name: form.cleaned_data[name] for name in settings})
        context = {"form": form, "theirs": theirs, "version": plan.version}
        return _page(request, plan, rights, "new", status=409, **context)
    messages.success(
        request,
        "The change of control has been recorded. A snapshot keeps the plan as it was before.",
    )
    return redirect("control_changes", plan.pk)


@require_POST
def look_again(request, plan_id, reopening_id):
    """Record that a step has been reviewed again."""
    reopening, _ = reopening_for(request.user, plan_id, reopening_id, needs=Right.EDIT_ITEMS)
    actions.look_again(reopening, by=request.user)
    messages.success(request, f"Step {reopening.step.number} has been reviewed again.")
    return redirect("plan_step", plan_id, reopening.step.number)


def _page(request, plan, rights, name, *, status=200, **context):
    context |= {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
    }
    return render(request, f"assessments/reviews/control/{name}.html", context, status=status)
