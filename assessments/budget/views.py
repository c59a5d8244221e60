"""Pages of the budget: its dates, the amendments of groups, and those given in confidence."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context
from assessments.fields import version_in
from assessments.plans.actions import TooManyEntries
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.register.forms import groups_of
from assessments.restricted import NEW_READERS
from assessments.timetable.governance import governance_of
from assessments.versions import Difference, StaleVersion, changes_between
from assessments.words import day_in_words, moment_in_words, within_sentence
from councils.models import Office
from councils.once import once
from councils.permissions import Right
from elections.budget import OWN_STEPS
from elections.timetable import LAST_YEAR

from . import actions
from .access import (
    amendment_for,
    amendments_for,
    budget_for,
    confidential_amendment_for,
    confidential_amendments_for,
    new_confidential_amendment_for,
    others_in,
    publication_for,
    section_151_post,
    statement_for,
)
from .documents import budget_word
from .forms import AMENDMENT_FIELDS, AmendmentForm, AmendmentStatementForm, BudgetForm
from .models import Budget
from .page import default_year, page_of, schedule_for, sheet_of
from .words import lines_in_words


@require_safe
def budget(request, plan_id):
    """Show the dates of the budget, the amendments, and those in confidence the person can read."""
    plan, rights = budget_for(request.user, plan_id)
    page = page_of(plan, amendments_for(plan))
    today = timezone.localdate()
    context = plan_context(plan, rights) | {
        "page": page,
        "dates": [(each, each.is_past(today)) for each in page.schedule.dates],
        "confidential": confidential_amendments_for(request.user, plan),
        "can_state": section_151_post(plan) is not None,
    }
    return render(request, "assessments/budget/budget.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request, plan_id):
    """Change the year, the figures and the dates that the council sets."""
    plan, rights = budget_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    found = _budget_of(plan)
    year = default_year(plan)
    schedule = schedule_for(plan, found, governance_of(plan))
    options = {
        "years": sorted({year, min(year + 1, LAST_YEAR), *([found.year] if found else [])}),
        "suggested": {
            each.step: day_in_words(each.suggested or each.date)
            for each in schedule.dates
            if each.can_change
        },
    }
    theirs, status = None, 200
    if request.method == "POST":
        form, status = BudgetForm(request.POST, **options), 422
        if form.is_valid():
            try:
                actions.save_budget(
                    plan,
                    version=form.cleaned_data["version"],
                    by=request.user,
                    **form.answers(),
                )
            except StaleVersion:
                found, status = _budget_of(plan), 409
                theirs = _budget_differences(found, form)
            else:
                messages.success(request, "The dates and figures have been saved.")
                return redirect("budget", plan.pk)
    else:
        initial = {"version": 0, "year": year}
        if found:
            names = ("version", "year", "requirement", "tax_base")
            initial = {name: getattr(found, name) for name in names}
            initial |= {each.step: each.date for each in found.own_dates.all()}
        form = BudgetForm(initial=initial, **options)
    context = plan_context(plan, rights) | {
        "form": form,
        "theirs": theirs,
        "version": found.version if theirs is not None else form["version"].value(),
    }
    return render(request, "assessments/budget/settings.html", context, status=status)


@require_POST
@in_turn
def download(request, plan_id):
    """Download the dates and amendments in Word, without those given in confidence."""
    plan, _ = budget_for(request.user, plan_id, needs=Right.EXPORT)
    page = page_of(plan, amendments_for(plan))
    today = timezone.localdate()
    content = budget_word(page, made_on=today)
    actions.record_budget_document(plan, by=request.user)
    title = within_sentence(page.title)
    name = document_name(str(plan.council), title, marking=page.marking, day=today)
    return file_response(content, WORD_TYPE, f"{name}.docx")


# --- Open amendments ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, plan_id):
    """Add an amendment that every member with access to the plan can read."""
    plan, rights = budget_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    if request.method != "POST":
        return _amendment_page(request, plan, rights, AmendmentForm())
    data = request.POST.copy()
    data["version"] = "0"
    form = AmendmentForm(data)
    if not form.is_valid():
        return _amendment_page(request, plan, rights, form, status=422)
    try:
        added = actions.add_amendment(plan, by=request.user, **form.answers())
    except TooManyEntries as error:
        form.add_error(None, str(error))
        return _amendment_page(request, plan, rights, form, status=422)
    messages.success(request, f"“{added}” has been added.")
    return redirect(_place_of(added))


@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request, plan_id, amendment_id):
    """Change an amendment; a stale save returns 409 with both texts."""
    plan, found, rights = amendment_for(request.user, plan_id, amendment_id)
    if request.method != "POST":
        return _amendment_page(request, plan, rights, AmendmentForm(amendment=found), found=found)
    form = AmendmentForm(request.POST, amendment=found)
    if not form.is_valid():
        return _amendment_page(request, plan, rights, form, found=found, status=422)
    version = form.cleaned_data["version"]
    try:
        actions.save_amendment(found, version=version, by=request.user, **form.answers())
    except StaleVersion:
        plan, found, rights = amendment_for(request.user, plan_id, amendment_id)
        return _stale(request, plan, rights, form, found)
    messages.success(request, f"“{found}” has been saved.")
    return redirect(_place_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request, plan_id, amendment_id):
    """Make the section 151 officer's statement on an amendment."""
    plan, found, rights = statement_for(request.user, plan_id, amendment_id)

    def again():
        return statement_for(request.user, plan_id, amendment_id)

    return _statement(request, plan, found, rights, again)


# --- Amendments in confidence ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@once
def confidential_new(request, plan_id):
    """Record an amendment that a group gave in confidence."""
    plan, rights = new_confidential_amendment_for(request.user, plan_id)
    return _confidential(request, plan, rights, None)


@require_http_methods(["GET", "HEAD", "POST"])
def confidential(request, plan_id, confidential_id):
    """Show and save an amendment in confidence."""
    plan, found, rights = confidential_amendment_for(request.user, plan_id, confidential_id)
    return _confidential(request, plan, rights, found)


@require_http_methods(["GET", "HEAD", "POST"])
def confidential_statement(request, plan_id, confidential_id):
    """Make the section 151 officer's statement on an amendment in confidence."""

    def again():
        return confidential_amendment_for(request.user, plan_id, confidential_id, states=True)

    plan, found, rights = again()
    return _statement(request, plan, found, rights, again)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request, plan_id, confidential_id):
    """Publish an amendment in confidence to everyone with access to the plan, once confirmed."""
    plan, found, rights = publication_for(request.user, plan_id, confidential_id)
    status = 200
    if request.method == "POST":
        try:
            published = actions.publish_amendment(
                found, version=version_in(request.POST), by=request.user
            )
        except StaleVersion:
            plan, found, rights = publication_for(request.user, plan_id, confidential_id)
            status = 409
        else:
            messages.success(request, f"“{published}” has been published.")
            return redirect(_place_of(published))
    context = plan_context(plan, rights) | {
        "found": found,
        "sheet": sheet_of(found, _budget_of(plan)),
        "is_stale": status == 409,
    }
    return render(request, "assessments/budget/publish.html", context, status=status)


def _confidential(request, plan, rights, found):
    others = others_in(plan) if rights.can_restrict else None
    options = {"amendment": found, "in_confidence": True, "others": others}
    if request.method != "POST":
        named = found.readers.all() if found else _finance_officers(others)
        form = AmendmentForm(**options, readers=named)
        return _amendment_page(request, plan, rights, form, found=found, in_confidence=True)
    form = AmendmentForm(request.POST, **options)
    if not form.is_valid():
        return _amendment_page(
            request, plan, rights, form, found=found, in_confidence=True, status=422
        )
    version = form.cleaned_data["version"]
    try:
        saved = actions.save_confidential_amendment(
            found, plan=plan, version=version, by=request.user, **form.answers()
        )
    except StaleVersion:
        plan, found, rights = confidential_amendment_for(request.user, plan.pk, found.pk)
        return _stale(request, plan, rights, form, found, in_confidence=True)
    except TooManyEntries as error:
        form.add_error(None, str(error))
        return _amendment_page(request, plan, rights, form, in_confidence=True, status=422)
    messages.success(request, "The amendment has been saved.")
    place = f"#confidential-{saved.pk}"
    return redirect(reverse("budget", args=[plan.pk]) + place)


def _finance_officers(others):
    """Return the section 151 officers among the members who can be named, to suggest them."""
    return [each for each in others or () if each.office == Office.SECTION_151_OFFICER]


# --- Both -----------------------------------------------------------------------------------------


def _statement(request, plan, found, rights, again):
    """Answer for a statement; `again` fetches the amendment after a stale save."""
    status, is_stale = 200, False
    if request.method == "POST":
        form, status = AmendmentStatementForm(request.POST, working=found.working), 422
        if form.is_valid():
            post = section_151_post(plan)
            data = form.cleaned_data | {"as_deputy": post is not None and post.as_deputy}
            try:
                actions.state_amendment(found, by=request.user, **data)
            except StaleVersion:
                plan, found, rights = again()
                status, is_stale = 409, True
            else:
                messages.success(request, "Your statement has been saved.")
                return redirect("budget", plan.pk)
    else:
        initial = {"version": found.version, "statement": found.statement}
        form = AmendmentStatementForm(initial=initial, working=found.working)
    context = plan_context(plan, rights) | {
        "form": form,
        "sheet": sheet_of(found, _budget_of(plan)),
        "found": found,
        "is_stale": is_stale,
        "version": found.version if is_stale else form["version"].value(),
    }
    return render(request, "assessments/budget/statement.html", context, status=status)


def _stale(request, plan, rights, form, found, *, in_confidence=False):
    """Return 409 with both texts; the person's own are still in the boxes."""
    answers = {name: form.cleaned_data[name] for name in AMENDMENT_FIELDS}
    theirs = [
        Difference(str(form.fields[change.name].label), change.before, change.after)
        for change in changes_between(found, answers)
    ]
    before, after = (
        lines_in_words(lines) for lines in (found.working.lines, form.cleaned_data["lines"])
    )
    if before != after:
        theirs.append(Difference("Figures", before, after))
    return _amendment_page(
        request,
        plan,
        rights,
        form,
        found=found,
        theirs=theirs,
        in_confidence=in_confidence,
        status=409,
    )


def _budget_differences(found, form):
    answers = form.answers()
    own = answers.pop("own")
    theirs = [
        Difference(str(form.fields[change.name].label), change.before, change.after)
        for change in changes_between(found, answers)
    ]
    before = {each.step: each.date for each in found.own_dates.all()}
    for step, title in OWN_STEPS.items():
        days = [before.get(step), own.get(step)]
        if days[0] != days[1]:
            texts = [day_in_words(day) if day else "As suggested" for day in days]
            theirs.append(Difference(title, *texts))
    return theirs


def _amendment_page(
    request, plan, rights, form, *, found=None, theirs=None, in_confidence=False, status=200
):
    is_stale = theirs is not None
    context = plan_context(plan, rights) | {
        "form": form,
        "found": found,
        "sheet": sheet_of(found, _budget_of(plan)) if found else None,
        "groups": groups_of(plan.council),
        "theirs": theirs,
        "theirs_when": moment_in_words(found.saved_at) if found else "",
        "version": found.version if is_stale else form["version"].value(),
        "in_confidence": in_confidence,
        "can_state": in_confidence and section_151_post(plan) is not None,
        "readers": found.readers_in_words if found and in_confidence else NEW_READERS,
        "saved": found.saved_texts_for(request.user) if found and in_confidence else None,
    }
    return render(request, "assessments/budget/amendment.html", context, status=status)


def _budget_of(plan):
    return Budget.objects.filter(plan=plan).prefetch_related("own_dates").first()


def _place_of(amendment):
    return reverse("budget", args=[amendment.plan_id]) + f"#amendment-{amendment.pk}"
