"""The register: what the groups agreed, what could divide them, and their early wins."""

from contextlib import suppress
from dataclasses import dataclass

from django.contrib import messages
from django.db import models
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.fields import version_in
from assessments.versions import StaleVersion, differences
from assessments.words import moment_in_words
from councils.permissions import Right
from frameworks.models import CoalitionComponent, Step

from . import actions
from .access import plans_with_register, register_entry_for, register_for
from .forms import AgreementForm, EarlyWinForm, IssueForm, RegisterForm, groups_of
from .lines import COMPONENTS, sections_of
from .models import Agreement, EarlyWin, Issue


@dataclass(frozen=True)
class Noun:
    """One of the three kinds of entry, as addresses and pages name it."""

    model: type[models.Model]
    form: type[RegisterForm]
    words: str
    add: str


NOUNS = {
    "agreement": Noun(Agreement, AgreementForm, "agreement", "Record an agreement"),
    "issue": Noun(Issue, IssueForm, "red line or crunch issue", "Add a red line or crunch issue"),
    "early-win": Noun(EarlyWin, EarlyWinForm, "early win", "Add an early win"),
}


@require_safe
def registers(request):
    """The way from the guidance: to the one register that the person may see, or to choose one."""
    plans = plans_with_register(request.user)
    if len(plans) == 1:
        return redirect("register", plans[0].pk)
    return render(request, "assessments/register/registers.html", {"plans": plans})


@require_safe
def register(request, plan_id):
    """All of it, open entries first, with those that were removed for whoever can put them back."""
    plan, rights = register_for(request.user, plan_id)
    sections = sections_of(plan, today=timezone.localdate())
    return _page(
        request,
        plan,
        rights,
        "register",
        sections=[(section, NOUNS[section.noun].add) for section in sections],
        removed=_removed(plan) if rights.can_edit else [],
        components=CoalitionComponent.objects.filter(
            framework=plan.components_id, number__in=COMPONENTS
        ),
        steps=_steps(plan),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request, plan_id, noun):
    plan, rights = register_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    kind = _noun(noun)
    if request.method != "POST":
        return _form(request, plan, rights, kind, kind.form(plan=plan))
    data = request.POST.copy()
    data["version"] = "1"
    form = kind.form(data, plan=plan)
    if not form.is_valid():
        return _form(request, plan, rights, kind, form, status=422)
    entry = actions.add_to_register(kind.model, plan, by=request.user, **form.fields_to_save())
    messages.success(request, f"Added: {entry}")
    return redirect(_place_of(noun, entry))


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request, plan_id, noun, entry_id):
    """Change an entry; a stale save shows what the other person saved."""
    kind = _noun(noun)
    plan, found, rights = register_entry_for(request.user, plan_id, kind.model, entry_id)
    if request.method != "POST":
        if found.removed_at:
            raise Http404
        form = kind.form(plan=plan, entry=found)
        return _form(request, plan, rights, kind, form, entry=found)
    form = kind.form(request.POST, plan=plan, entry=found)
    if not form.is_valid():
        return _form(request, plan, rights, kind, form, entry=found, status=422)
    try:
        _save(request, found, form)
    except StaleVersion:
        return _stale(request, kind, found, form)
    messages.success(request, f"Saved: {found}")
    return redirect(_place_of(noun, found))


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, noun, entry_id):
    """Ask, then take an entry off the register."""
    kind = _noun(noun)
    plan, found, rights = register_entry_for(request.user, plan_id, kind.model, entry_id)
    if found.removed_at:
        raise Http404
    context = {"noun": noun, "kind": kind, "entry": found}
    if request.method != "POST":
        return _page(request, plan, rights, "remove", **context)
    try:
        actions.remove_from_register(found, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        return _page(request, plan, rights, "remove", status=409, is_stale=True, **context)
    messages.success(request, f"Removed: {found}")
    return redirect("register", plan.pk)


@require_POST
def restore(request, plan_id, noun, entry_id):
    """Put a removed entry back."""
    _, found, _ = register_entry_for(request.user, plan_id, _noun(noun).model, entry_id)
    with suppress(StaleVersion):  # someone else has just put it back
        actions.restore_to_register(found, by=request.user)
    messages.success(request, f"Put back: {found}")
    return redirect(_place_of(noun, found))


def _noun(noun):
    try:
        return NOUNS[noun]
    except KeyError:
        raise Http404 from None


def _save(request, entry, form):
    """`overwrite` names the version of a removed entry that somebody puts back with their words."""
    version = form.cleaned_data["version"]
    if entry.removed_at and version_in(request.POST, "overwrite") == entry.version:
        actions.restore_to_register(entry, by=request.user)
        version = entry.version
    actions.save_in_register(entry, version=version, by=request.user, **form.fields_to_save())


def _stale(request, kind, entry, form):
    """Both texts side by side; the person's own stay in the boxes, to be saved over the other."""
    plan, entry, rights = register_entry_for(request.user, entry.plan_id, kind.model, entry.pk)
    return _form(
        request,
        plan,
        rights,
        kind,
        form,
        entry=entry,
        version=entry.version,
        theirs=differences(entry, form.fields_to_save()),
        theirs_when=moment_in_words(entry.saved_at),
        status=409,
    )


def _removed(plan):
    return [
        (noun, entry)
        for noun, kind in NOUNS.items()
        for entry in kind.model.objects.on(plan).filter(removed_at__isnull=False)
    ]


def _steps(plan):
    """The steps that the register's components bear on, of the stages that the reader may see."""
    return (
        Step.objects.filter(
            framework=plan.transition_id,
            stage__number__in=plan.stages,
            component_links__component__framework=plan.components_id,
            component_links__component__number__in=COMPONENTS,
        )
        .select_related("role_area")
        .distinct()
    )


def _place_of(noun, entry):
    return reverse("register", args=[entry.plan_id]) + f"#{noun}-{entry.pk}"


def _form(request, plan, rights, kind, form, *, entry=None, version=None, status=200, **context):
    context |= {
        "kind": kind,
        "form": form,
        "entry": entry,
        "version": version or form["version"].value(),
        "groups": groups_of(plan.council) if "group" in form.fields else [],
    }
    return _page(request, plan, rights, "form", status=status, **context)


def _page(request, plan, rights, name, *, status=200, **context):
    context |= {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
    }
    return render(request, f"assessments/register/{name}.html", context, status=status)
