"""The history of a plan, a step or an item, newest first."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.access import item_for, plan_for
from assessments.plans.models import BulkChange
from assessments.plans.stages import current_sign_offs

from .entries import days_of, events_of
from .forms import HistoryForm

PAGE = 25
UNDOABLE = 10  # the latest changes to many actions, which can be undone


@require_safe
def history(request, plan_id):
    """Show the history of a plan, filtered by `subject`, `by` and `step` of the query string."""
    plan, rights = plan_for(request.user, plan_id)
    form = HistoryForm(request.GET, plan=plan)
    asked = {name: value for name in form.fields if (value := request.GET.get(name))}
    if not form.is_valid():
        return _history(request, plan, rights, [], form=form, status=422)
    events = events_of(plan, **form.cleaned_data)
    return _history(
        request,
        plan,
        rights,
        events,
        form=form,
        query=urlencode(asked),
        undoable=_undoable(plan) if rights.can_edit and not asked else [],
        title_words=", ".join(_chosen(form, name) for name in asked),
    )


def _undoable(plan):
    changes = BulkChange.objects.filter(plan=plan, undone_at=None).select_related("by")
    return changes[:UNDOABLE]


def _chosen(form, name):
    """Return the label of the choice that was made in a field of the form."""
    return next(
        str(label) for value, label in form.fields[name].choices if str(value) == form.data[name]
    )


@require_safe
def item_history(request, plan_id, item_id):
    """Show the history of one item, removed ones included."""
    item, rights = item_for(request.user, plan_id, item_id)
    events = events_of(item.plan, item=item)
    words = item.words(item.plan.term)
    return _history(request, item.plan, rights, events, item=item, words=words)


def _history(request, plan, rights, events, *, status=200, **context):
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    read_only = current_sign_offs(plan)
    return render(
        request,
        "assessments/history/history.html",
        {
            "plan": plan,
            "council": plan.council,
            "marking": plan.get_marking_display(),
            "rights": rights,
            "page": page,
            "days": days_of(page, plan, can_edit=rights.can_edit, read_only=read_only),
            **context,
        },
        status=status,
    )
