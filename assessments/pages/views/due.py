"""Change the due dates of several actions at once: what changes is shown before."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_context, plan_for
from assessments.fields import DueRuleField
from assessments.plans.actions import (
    due_by,
    due_wanted,
    set_due_in_bulk,
    suggest_due_in_bulk,
    suggestion_wanted,
)
from assessments.plans.bulk import preview
from assessments.plans.models import PlanItem
from assessments.plans.stages import current_sign_offs
from assessments.versions import StaleVersion
from assessments.words import weekday_in_words
from councils.once import once
from councils.permissions import Right

from ..forms import BulkDueForm

NOT_TODAY = "These actions have changed since you checked. Check again what will change."
RULE = DueRuleField()


@require_http_methods(["GET", "HEAD", "POST"])
@once
def bulk(request, plan_id):
    """Ask which due dates change and how, show what that does, and do it once confirmed."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    form = BulkDueForm(request.POST or None, plan=plan)
    if not form.is_valid():
        return _ask(request, plan, rights, form)
    items = PlanItem.objects.on(plan).live().open()
    items = form.items(items.select_related("step__stage", "source__component"))
    planned = _planned(plan, items, form)
    is_same = request.POST.get("versions") == planned.versions
    if "confirm" in request.POST and is_same:
        chosen = items.filter(pk__in=[each.item.pk for each in planned.changed])
        seen = {each.item.pk: each.item.version for each in planned.changed}
        try:
            done = _change(plan, form, chosen, seen, request.user)
        except StaleVersion:  # saved by someone else, or by a second press of the button
            planned = _planned(plan, items.all(), form)
        else:
            if done is None:
                messages.success(request, "No due dates needed to change.")
                return redirect("plan_open", plan.pk)
            return redirect("plan_bulk_done", plan.pk, done.pk)
    stale = NOT_TODAY if "confirm" in request.POST else ""
    context = {
        **plan_context(plan, rights),
        "title": "Check the new due dates",
        "planned": planned,
        "lines": [(each, each.item.words(plan.term)) for each in planned.changed],
        "refused": [(each, each.item.words(plan.term)) for each in planned.refused],
        "posted": [
            (name, value)
            for name in request.POST
            if name not in {"csrfmiddlewaretoken", "confirm", "versions"}
            for value in request.POST.getlist(name)
        ],
        "stale": stale,
    }
    status = 409 if stale else 200
    return render(request, "assessments/pages/bulk_check.html", context, status=status)


def _ask(request, plan, rights, form):
    items = PlanItem.objects.on(plan).live().open()
    items = items.exclude(step__stage__in=current_sign_offs(plan))
    context = {
        **plan_context(plan, rights),
        "form": form,
        "counts": counts_in_words(
            following=items.filter(due_rule__isnull=False).count(),
            own_dates=items.filter(due_rule=None, due__isnull=False).count(),
            undated=items.filter(due=None, due_rule=None).count(),
        ),
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessments/pages/due.html", context, status=status)


def counts_in_words(*, following: int, own_dates: int, undated: int) -> str:
    """Return a sentence on how many open actions have which kind of due date, without zeros."""
    if not following and not own_dates:
        return "No open action has a due date." if undated else "There are no open actions."
    parts = (
        (following, "is counted from a key date and moves with it"),
        (own_dates, "has a date of its own"),
        (undated, "has no due date"),
    )
    plural = (
        "are counted from a key date and move with it",
        "have dates of their own",
        "have no due date",
    )
    found = [
        f"{number} {one if number == 1 else many}"
        for (number, one), many in zip(parts, plural, strict=True)
        if number
    ]
    *most, last = found
    # A comma before "and", because the first part has an "and" itself.
    counts = f"{', '.join(most)}, and {last}" if most else last
    return f"Of the open actions, {counts}."


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


def _arguments(form):
    answers = form.cleaned_data
    match answers["change"]:
        case form.SHIFT:
            return {"shift": timedelta(days=answers["days"])}
        case form.RULE:
            return {"due_rule": answers["rule"]}
    return {}


def _planned(plan, items, form):
    is_suggested = form.cleaned_data["change"] == form.SUGGESTED
    wanted = suggestion_wanted(plan) if is_suggested else due_wanted(plan, **_arguments(form))

    def fields(item):
        found = wanted(item)
        return {"due_rule": found[0], "due": found[1]} if found else None

    return preview(plan, items, fields, signed_off=current_sign_offs(plan))


def _change(plan, form, items, seen, by):
    if form.cleaned_data["change"] == form.SUGGESTED:
        return suggest_due_in_bulk(plan, items, seen=seen, by=by)
    return set_due_in_bulk(plan, items, seen=seen, by=by, **_arguments(form))
