"""Change the due dates of several actions at once."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_context, plan_for
from assessments.fields import DueRuleField
from assessments.plans.actions import due_by, set_due_in_bulk, suggest_due_in_bulk
from assessments.plans.models import PlanItem
from assessments.plans.stages import current_sign_offs
from assessments.words import counted, weekday_in_words
from councils.permissions import Right

from ..forms import BulkDueForm

RULE = DueRuleField()


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request, plan_id):
    """Change the due dates of the open actions of a stage, a step or an officer role."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    form = BulkDueForm(request.POST or None, plan=plan)
    if form.is_valid():
        changed = _change(plan, form, request.user)
        words = f"{counted(changed, 'due date')} changed"
        messages.success(request, words if changed else "No due dates needed to change")
        return redirect("plan_open", plan.pk)
    items = PlanItem.objects.on(plan).live().open()
    items = items.exclude(step__stage__in=current_sign_offs(plan))
    context = {
        **plan_context(plan, rights),
        "form": form,
        "following": items.filter(due_rule__isnull=False).count(),
        "own_dates": items.filter(due_rule=None, due__isnull=False).count(),
        "undated": items.filter(due=None, due_rule=None).count(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessments/pages/due.html", context, status=status)


@require_safe
def day(request, plan_id):
    """Return the day that a rule comes to, as text, while a person is editing the rule."""
    plan, _ = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    try:
        rule = RULE.clean(RULE.widget.value_from_datadict(request.GET, {}, "due_rule"))
    except ValidationError:
        rule = None
    words = rule_in_words(rule, due_by(rule, plan.timetable)) if rule else ""
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def rule_in_words(rule, due):
    """Return what a rule comes to: "1 week before annual council: Tuesday 11 May 2027"."""
    words = str(rule)
    day = weekday_in_words(due) if due else "no date yet"
    return f"{words[0].upper()}{words[1:]}: {day}"


def _change(plan, form, by):
    answers = form.cleaned_data
    items = form.items(PlanItem.objects.on(plan).live().open().select_related("step", "source"))
    match answers["change"]:
        case form.SHIFT:
            shift = timedelta(days=answers["days"])
            return set_due_in_bulk(plan, items, by=by, shift=shift)
        case form.RULE:
            return set_due_in_bulk(plan, items, by=by, due_rule=answers["rule"])
        case form.SUGGESTED:
            return suggest_due_in_bulk(plan, items, by=by)
    return set_due_in_bulk(plan, items, by=by)
