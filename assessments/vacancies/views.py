"""Pages of vacancies and of motions of no confidence."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context
from assessments.plans.actions import TooManyEntries
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.register.forms import groups_of
from assessments.seats.models import CouncilComposition
from assessments.versions import Difference, StaleVersion, changes_between
from assessments.words import moment_in_words
from councils.once import once
from councils.permissions import Right

from . import actions
from .access import row_for, vacancies_for
from .documents import vacancy_note
from .forms import MotionForm, VacancyForm
from .models import MotionState, NoConfidenceMotion, Vacancy, VacancyState
from .page import not_in_composition, page_of


@require_safe
def vacancies(request, plan_id):
    """Show each vacancy and motion with its rules and what it does to control."""
    plan, rights = vacancies_for(request.user, plan_id)
    mistakes = []
    if rights.can_edit:
        mistakes = [
            *Vacancy.objects.filter(plan=plan, state=VacancyState.MISTAKE),
            *NoConfidenceMotion.objects.filter(plan=plan, state=MotionState.MISTAKE),
        ]
    context = plan_context(plan, rights) | {
        "page": page_of(plan),
        "mistakes": [(str(each), _address(each)) for each in mistakes],
    }
    return render(request, "assessments/vacancies/vacancies.html", context)


@require_POST
@in_turn
def note(request, plan_id):
    """Download the note in Word; the history says so."""
    plan, _ = vacancies_for(request.user, plan_id, needs=Right.EXPORT)
    page, today = page_of(plan), timezone.localdate()
    content = vacancy_note(page, made_on=today)
    actions.record_vacancy_note(plan, by=request.user)
    title = "vacancies and motions"
    name = document_name(str(plan.council), title, marking=page.marking, day=today)
    return file_response(content, WORD_TYPE, f"{name}.docx")


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, plan_id):
    """Record a vacancy."""
    plan, rights = vacancies_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    data = _started(request)
    form = VacancyForm(data, groups=groups_of(plan.council))
    return _add(request, plan, rights, form, actions.add_vacancy)


@require_http_methods(["GET", "HEAD", "POST"])
def vacancy(request, plan_id, vacancy_id):
    """Change a vacancy; a stale save returns 409 with both texts."""
    plan, found, rights = row_for(request.user, plan_id, Vacancy, vacancy_id)
    form = VacancyForm(_sent(request), groups=groups_of(plan.council), row=found)
    return _change(request, plan, rights, form, found)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def motion_add(request, plan_id):
    """Record a motion of no confidence."""
    plan, rights = vacancies_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    return _add(request, plan, rights, MotionForm(_started(request)), actions.add_motion)


@require_http_methods(["GET", "HEAD", "POST"])
def motion(request, plan_id, motion_id):
    """Change a motion; a stale save returns 409 with both texts."""
    plan, found, rights = row_for(request.user, plan_id, NoConfidenceMotion, motion_id)
    return _change(request, plan, rights, MotionForm(_sent(request), row=found), found)


def _sent(request):
    return request.POST if request.method == "POST" else None


def _started(request):
    """Return what was sent, with the version of a new row; None if nothing was."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    data["version"] = "0"
    return data


def _add(request, plan, rights, form, action):
    if request.method != "POST":
        return _page(request, plan, rights, form)
    if not form.is_valid():
        return _page(request, plan, rights, form, status=422)
    try:
        row = action(plan, by=request.user, **form.answers())
    except TooManyEntries as error:
        form.add_error(None, str(error))
        return _page(request, plan, rights, form, status=422)
    what = f"vacancy in {row}" if isinstance(row, Vacancy) else "motion of no confidence"
    messages.success(request, " ".join([f"The {what} has been recorded.", *_filled(row)]))
    return redirect(_place_of(row))


def _change(request, plan, rights, form, found):
    if request.method != "POST":
        return _page(request, plan, rights, form, found=found)
    if not form.is_valid():
        return _page(request, plan, rights, form, found=found, status=422)
    answers = form.answers()
    version = form.cleaned_data["version"]
    try:
        actions.save_row(found, version=version, by=request.user, **answers)
    except StaleVersion:
        plan, found, rights = row_for(request.user, plan.pk, type(found), found.pk)
        theirs = [
            Difference(str(form.fields[change.name].label), change.before, change.after)
            for change in changes_between(found, answers)
        ]
        return _page(request, plan, rights, form, found=found, theirs=theirs, status=409)
    messages.success(request, " ".join([f"“{found}” has been saved.", *_filled(found)]))
    return redirect(_place_of(found))


def _filled(row):
    """Return, in a list, that the composition does not have who filled a vacancy, if so."""
    if not isinstance(row, Vacancy):
        return []
    composition = CouncilComposition.objects.of(row.plan.council).first()
    words = not_in_composition(row, composition.as_at) if composition else ""
    return [words] if words else []


def _page(request, plan, rights, form, *, found=None, theirs=None, status=200):
    is_motion = isinstance(form, MotionForm)
    noun = "motion of no confidence" if is_motion else "vacancy"
    context = plan_context(plan, rights) | {
        "form": form,
        "found": found,
        "heading": f"Change this {noun}" if found else f"Record a {noun}",
        "theirs": theirs,
        "theirs_when": moment_in_words(found.saved_at) if found else "",
        "version": found.version if theirs is not None else form["version"].value(),
    }
    return render(request, "assessments/vacancies/form.html", context, status=status)


def _address(row):
    name = "vacancy" if isinstance(row, Vacancy) else "confidence_motion"
    return reverse(name, args=[row.plan_id, row.pk])


def _place_of(row):
    kind = "vacancy" if isinstance(row, Vacancy) else "motion"
    return reverse("vacancies", args=[row.plan_id]) + f"#{kind}-{row.pk}"
