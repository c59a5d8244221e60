"""Pages of the parity log, and of requests made in confidence."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context, plan_for_member
from assessments.plans.actions import TooManyEntries, record_export
from assessments.plans.removal import confirm_removal, restored
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.printing.workbook import EXCEL_TYPE
from assessments.register.forms import groups_of
from assessments.restricted import NEW_READERS
from assessments.versions import Difference, StaleVersion, changes_between
from assessments.words import moment_in_words
from councils.once import once
from councils.permissions import Right

from . import actions
from .access import (
    new_request_for,
    others_in,
    parity_entry_for,
    request_for,
    requests_for,
)
from .documents import parity_word, parity_workbook
from .forms import ConfidentialRequestForm, ParityForm
from .log import log_of
from .models import ParityEntry


@require_safe
def parity(request, plan_id):
    """Show what was offered and given to each group, and the requests the person can read."""
    plan, rights = plan_for_member(request.user, plan_id)
    entries = ParityEntry.objects.filter(plan=plan)
    context = plan_context(plan, rights) | {
        "log": log_of(plan),
        "removed": entries.exclude(removed_at=None) if rights.can_edit else [],
        "requests": requests_for(request.user, plan),
    }
    return render(request, "assessments/parity/parity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, plan_id):
    plan, rights = plan_for_member(request.user, plan_id, needs=Right.EDIT_ITEMS)
    groups = groups_of(plan.council)
    if request.method != "POST":
        return _form(request, plan, rights, ParityForm(groups=groups))
    data = request.POST.copy()
    data["version"] = "1"
    form = ParityForm(data, groups=groups)
    if not form.is_valid():
        return _form(request, plan, rights, form, status=422)
    try:
        entry = actions.add_parity_entry(
            plan, shares=form.shares(), by=request.user, **form.fields_to_save()
        )
    except TooManyEntries as error:
        form.add_error(None, str(error))
        return _form(request, plan, rights, form, status=422)
    messages.success(request, f"“{entry}” has been added.")
    return redirect(_place_of(entry))


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request, plan_id, parity_id):
    """Change an entry; a stale save returns 409 with both texts."""
    plan, found, rights = parity_entry_for(request.user, plan_id, parity_id)
    if found.removed_at:
        raise Http404
    groups = groups_of(plan.council)
    if request.method != "POST":
        return _form(request, plan, rights, ParityForm(groups=groups, entry=found), entry=found)
    form = ParityForm(request.POST, groups=groups, entry=found)
    if not form.is_valid():
        return _form(request, plan, rights, form, entry=found, status=422)
    try:
        actions.save_parity_entry(
            found,
            version=form.cleaned_data["version"],
            shares=form.shares(),
            by=request.user,
            **form.fields_to_save(),
        )
    except StaleVersion:
        return _stale(request, plan_id, parity_id, form)
    messages.success(request, f"“{found}” has been saved.")
    return redirect(_place_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, parity_id):
    """Remove an entry, after confirmation."""
    plan, found, rights = parity_entry_for(request.user, plan_id, parity_id)
    return confirm_removal(
        request,
        found,
        "assessments/parity/remove.html",
        plan_context(plan, rights) | {"entry": found},
        remove=actions.remove_parity_entry,
        back=reverse("parity", args=[plan.pk]),
    )


@require_POST
def restore(request, plan_id, parity_id):
    """Restore a removed entry."""
    _, found, _ = parity_entry_for(request.user, plan_id, parity_id)
    return restored(request, found, restore=actions.restore_parity_entry, place=_place_of(found))


@require_POST
@in_turn
def download(request, plan_id):
    """Download the log in Word or Excel, without the requests made in confidence."""
    plan, _ = plan_for_member(request.user, plan_id, needs=Right.EXPORT)
    log = log_of(plan)
    if request.POST.get("format") == "word":
        content, kind, ending = parity_word(log), WORD_TYPE, "docx"
        detail = "Parity log (Word)"
    else:
        content, kind, ending = parity_workbook(log), EXCEL_TYPE, "xlsx"
        detail = "Parity log (Excel)"
    record_export(plan, by=request.user, detail=detail)
    day = timezone.localdate()
    name = document_name(str(plan.council), "parity log", marking=log.marking, day=day)
    return file_response(content, kind, f"{name}.{ending}")


@require_http_methods(["GET", "HEAD", "POST"])
@once
def request_new(request, plan_id):
    """Record a request that a group made in confidence."""
    plan, rights = new_request_for(request.user, plan_id)
    return _request(request, plan, rights, None)


@require_http_methods(["GET", "HEAD", "POST"])
def confidential_request(request, plan_id, request_id):
    """Show and save a request made in confidence."""
    plan, found, rights = request_for(request.user, plan_id, request_id)
    return _request(request, plan, rights, found)


def _request(request, plan, rights, found):
    others = others_in(plan) if rights.can_restrict else None
    options = {"others": others, "has_earlier_texts": found is not None}
    theirs, status = None, 200
    if request.method == "POST":
        form, status = ConfidentialRequestForm(request.POST, **options), 422
        if form.is_valid():
            try:
                actions.save_confidential_request(
                    found, plan=plan, by=request.user, **form.cleaned_data
                )
            except StaleVersion:
                _, theirs, _ = request_for(request.user, plan.pk, found.pk)
                status = 409
            except TooManyEntries as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The request has been saved.")
                return redirect(reverse("parity", args=[plan.pk]) + "#requests")
    else:
        names = ("version", "group", "asked_on", "words", "answer")
        initial = {name: getattr(found, name) for name in names} if found else {"version": 0}
        if found:
            initial["readers"] = found.readers.all()
        form = ConfidentialRequestForm(initial=initial, **options)
    now = theirs or found
    context = plan_context(plan, rights) | {
        "form": form,
        "found": found,
        "version": now.version if now and theirs else form["version"].value(),
        "readers": found.readers_in_words if found else NEW_READERS,
        "saved": found.saved_texts_for(request.user) if found else None,
        "theirs": _differences(theirs, form) if theirs else None,
        "theirs_by": theirs.saved_by if theirs else None,
        "theirs_when": moment_in_words(theirs.saved_at) if theirs else "",
    }
    return render(request, "assessments/parity/request.html", context, status=status)


def _differences(theirs, form):
    names = ("group", "asked_on", "words", "answer")
    return [
        Difference(str(form.fields[change.name].label), change.before, change.after)
        for change in changes_between(theirs, {name: form.cleaned_data[name] for name in names})
    ]


def _stale(request, plan_id, parity_id, form):
    """Return 409 with both texts; the person's own are still in the boxes."""
    plan, found, rights = parity_entry_for(request.user, plan_id, parity_id)
    theirs = [
        Difference(str(form.fields[change.name].label), change.before, change.after)
        for change in changes_between(found, form.fields_to_save())
    ]
    before = actions.in_words([(s.group, s.outcome, s.given_on) for s in found.shares.all()])
    after = actions.in_words(form.shares())
    if before != after:
        theirs.append(Difference("Each group", before, after))
    return _form(request, plan, rights, form, entry=found, theirs=theirs, status=409)


def _place_of(entry):
    return reverse("parity", args=[entry.plan_id]) + f"#entry-{entry.pk}"


def _form(request, plan, rights, form, *, entry=None, theirs=None, status=200):
    context = plan_context(plan, rights) | {
        "form": form,
        "entry": entry,
        "theirs": theirs,
        "theirs_when": moment_in_words(entry.saved_at) if entry else "",
        "version": entry.version if theirs is not None else form["version"].value(),
    }
    return render(request, "assessments/parity/form.html", context, status=status)
