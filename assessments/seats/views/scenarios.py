"""Scenarios for the poll. Only owners and the people they name can see that there are any."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.plans.actions import TooManyEntries
from assessments.printing.names import document_name
from assessments.printing.responses import file_response
from assessments.printing.turns import in_turn
from assessments.printing.workbook import EXCEL_TYPE
from assessments.restricted import NEW_READERS
from assessments.versions import StaleVersion
from assessments.words import moment_in_words
from councils.models import Membership
from councils.once import once
from councils.permissions import Right, accesses_with

from .. import actions
from ..access import scenario_for, scenarios_for
from ..comparison import compare
from ..models import CouncilComposition
from ..scenario_forms import ScenarioForm, initial_of
from ..scenario_workbook import comparison_workbook


@require_safe
def scenarios(request, plan_id):
    """Every scenario the person may read, side by side with the council before and after."""
    plan, readable, rights = scenarios_for(request.user, plan_id)
    return _page(request, plan, readable, rights)


def _page(request, plan, readable, rights, *, problem="", status=200):
    compositions = list(CouncilComposition.objects.of(plan.council))
    return render(
        request,
        "assessments/seats/scenarios/scenarios.html",
        _context(plan, rights)
        | {
            "scenarios": readable,
            "comparison": _comparison(plan, readable, compositions),
            "has_composition": bool(compositions),
            "result": _result(plan, compositions),
            "is_locked": _is_locked(plan),
            "problem": problem,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def scenario_new(request, plan_id):
    """A new what-if on the council's composition before the poll; an owner begins one."""
    plan, _, rights = scenarios_for(request.user, plan_id)
    if not rights.can_restrict:
        raise Http404
    base = _before(plan, list(CouncilComposition.objects.of(plan.council)))
    if base is None:
        messages.info(request, "Enter the council’s composition first.")
        return redirect("scenarios", plan.pk)
    return _edit(request, plan, None, base, rights)


@require_http_methods(["GET", "HEAD", "POST"])
def scenario(request, plan_id, scenario_id):
    plan, found, rights = scenario_for(request.user, plan_id, scenario_id)
    return _edit(request, plan, found, found.base, rights)


def _edit(request, plan, found, base, rights):
    others = None
    if rights.can_restrict:
        others = (
            Membership.objects.current()
            .filter(council=plan.council_id)
            .exclude(access__in=accesses_with(Right.RESTRICTED))
            .select_related("user")
        )
    theirs, status = None, 200
    options = {"area": plan.council.area, "others": others, "has_earlier_texts": found is not None}
    if request.method == "POST":
        form = ScenarioForm(request.POST, base=base.worked_out, **options)
        if form.is_valid():
            answers = form.cleaned_data
            try:
                actions.save_scenario(
                    found,
                    plan=plan,
                    base=base,
                    name=answers["name"],
                    changes=answers["changes"],
                    version=answers["version"],
                    readers=answers.get("readers"),
                    earlier=answers.get("earlier", False),
                    by=request.user,
                )
            except StaleVersion:
                # The save that came first may have ended this person's access.
                plan, found, rights = scenario_for(request.user, plan.pk, found.pk)
                theirs = found
            except TooManyEntries as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The scenario has been saved.")
                return redirect("scenarios", plan.pk)
        status = 409 if theirs else 422
    else:
        initial = initial_of(found) if found else {"version": 0}
        form = ScenarioForm(initial=initial, base=base.worked_out, **options)
    return render(
        request,
        "assessments/seats/scenarios/scenario.html",
        _context(plan, rights)
        | {
            "form": form,
            "found": found,
            "base": base,
            "readers": found.readers_in_words if found else NEW_READERS,
            "saved": found.saved_texts_for(request.user) if found else None,
            "theirs": theirs,
            "theirs_when": moment_in_words(theirs.saved_at) if theirs else "",
        },
        status=status,
    )


@require_POST
@in_turn
def scenarios_export(request, plan_id):
    """The comparison as a workbook; in the pre-election period only if an owner says so."""
    plan, readable, rights = scenarios_for(request.user, plan_id)
    reason = " ".join(request.POST.get("reason", "").split())[:200]
    if _is_locked(plan):
        if not rights.can_restrict:
            problem = "During the pre-election period, only an owner can download scenarios."
            return _page(request, plan, readable, rights, problem=problem, status=422)
        if not reason:
            problem = "Enter why you need to download these scenarios"
            return _page(request, plan, readable, rights, problem=problem, status=422)
    compositions = list(CouncilComposition.objects.of(plan.council))
    marking = f"{plan.get_marking_display()}, restricted"
    content = comparison_workbook(
        _comparison(plan, readable, compositions),
        title=f"{plan.council}, election of {plan.election_day:%-d %B %Y}: scenarios",
        council=str(plan.council),
        marking=marking,
    )
    actions.record_scenarios_export(readable, by=request.user, text=reason)
    day = timezone.localdate()
    name = document_name(str(plan.council), "scenarios", marking=marking, day=day)
    return file_response(content, EXCEL_TYPE, f"{name}.xlsx")


def _context(plan, rights):
    marking = plan.get_marking_display()
    return {"plan": plan, "council": plan.council, "marking": marking, "rights": rights}


def _is_locked(plan):
    return plan.is_in_pre_election_period(timezone.localdate())


def _before(plan, compositions):
    """The last composition before the poll, else the first there is."""
    before = [each for each in compositions if each.as_at < plan.election_day]
    return before[0] if before else (compositions[-1] if compositions else None)


def _result(plan, compositions):
    """Return the first composition from election day on, None until it has been entered."""
    since = [each for each in compositions if each.as_at >= plan.election_day]
    return next((each for each in since if each.as_at == since[-1].as_at), None)


def _comparison(plan, readable, compositions):
    before, result = _before(plan, compositions), _result(plan, compositions)
    named = []
    if before and before != result:
        named.append(("Before the poll", None, before.worked_out))
    named += [(each.name, each.pk, each.worked_out) for each in readable]
    if result:
        named.append(("The result", None, result.worked_out))
    return compare(named)
