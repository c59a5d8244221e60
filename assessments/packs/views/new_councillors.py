"""Day one for new councillors: the tally of what they returned, their names, and the pack."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context, plan_for_member
from assessments.plans.actions import record_export
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.versions import Difference, StaleVersion
from assessments.words import counted, moment_in_words
from councils.permissions import Right

from .. import actions
from ..access import returns_for
from ..forms import CouncillorListForm, ReturnsForm
from ..models import CouncillorList
from ..new_councillors import (
    as_lines,
    deadline_of,
    listed,
    names_in_notices,
    new_councillors_pack,
    tally_of,
)
from ..new_councillors_word import new_councillors_word


@require_safe
def new_councillors(request, plan_id):
    """Show who has returned which form, and what is late."""
    plan, rights = plan_for_member(request.user, plan_id)
    context = plan_context(plan, rights) | {"tally": tally_of(plan, today=timezone.localdate())}
    return render(request, "assessments/packs/new_councillors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def names(request, plan_id):
    """Enter the names; a stale save returns 409 with both lists."""
    plan, rights = plan_for_member(request.user, plan_id, needs=Right.EDIT_ITEMS)
    found = CouncillorList.objects.filter(plan=plan).select_related("saved_by").first()
    people = list(found.councillors.prefetch_related("returns")) if found else []
    version = found.version if found else 0
    if request.method != "POST":
        suggested = "" if people else as_lines(names_in_notices(plan))
        form = CouncillorListForm(people=people, version=version, names=suggested)
        return _names(request, plan, rights, form, is_suggested=bool(suggested))
    form = CouncillorListForm(request.POST, people=people, version=version)
    if not form.is_valid():
        return _names(request, plan, rights, form, status=422)
    data = form.cleaned_data
    try:
        actions.save_councillors(plan, data["names"], version=data["version"], by=request.user)
    except StaleVersion:
        theirs = Difference("Names", as_lines(listed(people)), as_lines(data["names"]))
        context = {
            "theirs": [theirs] if theirs.theirs != theirs.mine else [],
            "theirs_by": found.saved_by if found else "Someone",
            "theirs_when": moment_in_words(found.saved_at) if found else "",
            "version": version,
        }
        return _names(request, plan, rights, form, status=409, **context)
    number = len(data["names"])
    messages.success(
        request, f"{counted(number, 'name')} {'has' if number == 1 else 'have'} been saved."
    )
    return redirect("new_councillors", plan.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def returns(request, plan_id, form):
    """Record who has returned one form. Recording the same again changes nothing."""
    plan, found, rights = returns_for(request.user, plan_id, form)
    tally = tally_of(plan, today=timezone.localdate())
    rows = [(row.pk, row.label, row.words_of(found)) for row in tally.rows]
    status = 200
    answers = ReturnsForm(
        request.POST if request.method == "POST" else None,
        rows=rows,
        first_day=plan.election_day,
    )
    if answers.is_bound:
        if answers.is_valid():
            changed = actions.record_returns(
                plan, found, by=request.user, **answers.fields_to_save()
            )
            said = f"{found.title}: {counted(changed, 'councillor')} recorded."
            messages.success(request, said if changed else "Nothing has changed.")
            return redirect("new_councillors", plan.pk)
        answers.show_open_ones()
        status = 422
    context = plan_context(plan, rights) | {
        "form": answers,
        "found": found,
        "deadline": deadline_of(plan, found),
        "tally": tally,
    }
    return render(request, "assessments/packs/returns.html", context, status=status)


@require_POST
@in_turn
def download(request, plan_id):
    """Download the pack in Word."""
    plan, _ = plan_for_member(request.user, plan_id, needs=Right.EXPORT)
    today = timezone.localdate()
    content = new_councillors_word(new_councillors_pack(plan), made_on=today)
    record_export(plan, by=request.user, detail="Day one: pack for new councillors (Word)")
    name = document_name(str(plan.council), "pack for new councillors", day=today)
    return file_response(content, WORD_TYPE, f"{name}.docx")


def _names(request, plan, rights, form, *, status=200, **context):
    context = (
        plan_context(plan, rights) | {"form": form, "version": form["version"].value()} | context
    )
    return render(request, "assessments/packs/names.html", context, status=status)
