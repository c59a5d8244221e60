from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import CouncilRights
from assessments.versions import StaleVersion
from councils.once import once
from councils.permissions import Right, membership_for
from elections.composition import (
    ControlStatus,
    control_of,
    exact_halves,
    minimal_combinations,
    standings,
)

from .. import actions
from ..access import composition_for, has_elected_mayor, suggestion_for
from ..composition_forms import CompositionForm, initial_of_rows
from ..composition_words import needs_in_words
from ..models import CompositionSuggestion, CouncilComposition, Overruled, PoliticalBalance, Rule
from ..picture import seat_picture

COMBINATIONS_SHOWN = 30


@require_safe
def composition(request, slug):
    """The council's current composition with what follows from it, and those before."""
    me = membership_for(request.user, slug)
    history = list(CouncilComposition.objects.of(me.council).select_related("recorded_by")[:100])
    current = _current(history)
    return _page(request, me, current or (history[0] if history else None), history)


def _current(history):
    """Return the composition that applies today; None if there is none, or none yet."""
    return next((each for each in history if not each.is_to_come), None)


@require_safe
def composition_at(request, slug, pk):
    """An earlier one, as it was."""
    me, earlier = composition_for(request.user, slug, pk)
    history = list(CouncilComposition.objects.of(me.council).select_related("recorded_by")[:100])
    return _page(request, me, earlier, history)


@require_POST
def suggestion_dismiss(request, slug, pk):
    """Dismiss a suggested composition."""
    me, found = suggestion_for(request.user, slug, pk)
    actions.dismiss_suggestion(found, by=request.user)
    messages.success(request, "The suggestion has been dismissed.")
    return redirect("composition", me.council.slug)


def _page(request, me, shown, history):
    rights = CouncilRights.of(me)
    suggestions = CompositionSuggestion.objects.filter(council=me.council, settled_at=None)
    context = {
        "council": me.council,
        "rights": rights,
        "suggestion": suggestions.first() if rights.can_record else None,
        "shown": shown,
        "is_current": shown is not None and shown == _current(history),
        "to_come": [each for each in history if each.is_to_come],
        "history": history,
    }
    if shown:
        worked_out = shown.worked_out
        control = control_of(worked_out)
        combinations = minimal_combinations(worked_out)
        has_mayor = has_elected_mayor(me.council)
        balance = PoliticalBalance.objects.filter(council=me.council).first()
        context |= {
            "worked_out": worked_out,
            "control": control,
            "is_noc": control.status is ControlStatus.NOC,
            "has_group_of_one": any(group.members == 1 for group in worked_out.groups),
            "standings": [
                (each, needs_in_words(each, worked_out)) for each in standings(worked_out)
            ],
            "combinations": combinations[:COMBINATIONS_SHOWN],
            "combinations_more": max(0, len(combinations) - COMBINATIONS_SHOWN),
            # Where an elected mayor votes too, half of the councillors is not half of the votes.
            "halves": ()
            if has_mayor
            else exact_halves(worked_out, with_ungrouped=True)[:COMBINATIONS_SHOWN],
            "has_mayor": has_mayor,
            "picture": seat_picture(worked_out),
            "has_changed_since": balance is not None and balance.composition_id != history[0].pk,
            "has_balance": balance is not None,
        }
    return render(request, "assessments/seats/compositions/composition.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def composition_new(request, slug):
    """Record who holds the seats: typed, pasted or uploaded, from the current composition.

    With `suggestion` in the query, the boxes start from an open suggestion.
    """
    me = membership_for(request.user, slug, needs=Right.RECORD_SEATS)
    suggestion = None
    if (number := request.GET.get("suggestion", "")).isdecimal() and len(number) < 19:
        open_ones = CompositionSuggestion.objects.filter(council=me.council, settled_at=None)
        suggestion = open_ones.filter(pk=number).first()
    current = CouncilComposition.objects.of(me.council).first()
    theirs, status = None, 200
    if request.method != "POST":
        form = CompositionForm(initial=_initial(current, suggestion), latest=current)
    else:
        form = CompositionForm(request.POST, request.FILES, latest=current)
        if "add" in request.POST:
            form = form.with_more_rows()
        elif form.has_text_to_read or "read" in request.POST:
            if read := form.read():
                for notice in form.notices:
                    messages.info(request, notice)
                messages.info(request, "Check the table, then save. Nothing has been saved yet.")
                form = form.again(
                    rows=[(group.name, group.members) for group in read.groups],
                    ungrouped=read.ungrouped or "",
                    vacancies=read.vacancies or "",
                )
            else:
                status = 422
        elif not form.is_valid():
            status = 422
        else:
            answers = form.cleaned_data
            try:
                actions.record_composition(
                    council=me.council,
                    by=request.user,
                    as_at=answers["as_at"],
                    composition=answers["composition"],
                    overruled=answers["overruled"],
                    reason=answers["reason"],
                    based_on=answers["based_on"] or None,
                    suggestion=suggestion,
                )
            except StaleVersion:
                theirs, status = current, 409
            else:
                messages.success(request, "The composition has been saved.")
                return redirect("composition", slug)
    return render(
        request,
        "assessments/seats/compositions/composition_new.html",
        {
            "council": me.council,
            "rights": CouncilRights.of(me),
            "form": form,
            "theirs": theirs,
            "suggestion": suggestion,
            "based_on": theirs.pk if theirs else form["based_on"].value() or "",
        },
        status=status,
    )


def _initial(current, suggestion=None):
    """Return what the boxes start from: the suggestion, else the current composition."""
    source = suggestion or current
    if source is None:
        return {"rows": 6, "rule": Rule.SEATS, "overruled": Overruled.NOT}
    groups = [(group.name, group.members) for group in source.worked_out.groups]
    return initial_of_rows(groups) | {
        "ungrouped": source.ungrouped or "",
        "vacancies": source.vacancies or "",
        "rule": current.rule if current else Rule.SEATS,
        "overruled": Overruled.NOT,
        "based_on": current.pk if current else None,
    }
