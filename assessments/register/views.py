"""Pages of the joint working register."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context
from assessments.fields import version_in
from assessments.links.places import links_on, place_of_entry
from assessments.links.views import links_page
from assessments.plans.actions import TooManyEntries
from assessments.plans.removal import confirm_removal, restored
from assessments.versions import Difference, StaleVersion, changes_between
from assessments.words import moment_in_words
from councils.once import once
from councils.permissions import Right
from frameworks.models import CoalitionComponent, Step

from . import actions
from .access import plans_with_register, register_entry_for, register_for
from .forms import groups_of
from .kinds import BY_NOUN, KINDS
from .lines import COMPONENTS, sections_of


@require_safe
def registers(request):
    """Redirect from the guidance to the register the person can see; list them if several."""
    plans = plans_with_register(request.user)
    if len(plans) == 1:
        return redirect("register", plans[0].pk)
    return render(request, "assessments/register/registers.html", {"plans": plans})


@require_safe
def register(request, plan_id):
    """Show the register; people who can edit also see removed entries, to restore them."""
    plan, rights = register_for(request.user, plan_id)
    sections = sections_of(plan, today=timezone.localdate(), can_edit=rights.can_edit)
    return _page(
        request,
        plan,
        rights,
        "register",
        sections=sections,
        removed=_removed(plan) if rights.can_edit else [],
        components=CoalitionComponent.objects.filter(
            framework=plan.components_id, number__in=COMPONENTS
        ),
        steps=_steps(plan),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, plan_id, noun):
    plan, rights = register_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    kind = _kind(noun)
    if request.method != "POST":
        return _form(request, plan, rights, kind, kind.form(plan=plan))
    data = request.POST.copy()
    data["version"] = "1"
    form = kind.form(data, plan=plan)
    if not form.is_valid():
        return _form(request, plan, rights, kind, form, status=422)
    try:
        entry = actions.add_to_register(kind.model, plan, by=request.user, **form.fields_to_save())
    except TooManyEntries as error:
        form.add_error(None, str(error))
        return _form(request, plan, rights, kind, form, status=422)
    messages.success(request, f"“{entry}” has been added.")
    return redirect(_place_of(noun, entry))


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request, plan_id, noun, entry_id):
    """Change an entry; a stale save returns 409 with both texts."""
    kind = _kind(noun)
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
    messages.success(request, f"“{found}” has been saved.")
    return redirect(_place_of(noun, found))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def links(request, plan_id, noun, entry_id):
    """Show the links to documents on an entry; POST adds or removes one."""
    kind = _kind(noun)
    needs = Right.EDIT_ITEMS if request.method == "POST" else Right.VIEW
    plan, found, rights = register_entry_for(
        request.user, plan_id, kind.model, entry_id, needs=needs
    )
    if found.removed_at:
        raise Http404
    placed = links_on(plan, kind.field, **{kind.field: found.pk})
    place = place_of_entry(noun, found.pk, plan, str(found), placed, can_edit=rights.can_edit)
    return links_page(request, place, rights)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, noun, entry_id):
    """Remove an entry, after confirmation."""
    kind = _kind(noun)
    plan, found, rights = register_entry_for(request.user, plan_id, kind.model, entry_id)
    return confirm_removal(
        request,
        found,
        "assessments/register/remove.html",
        plan_context(plan, rights) | {"noun": noun, "kind": kind, "entry": found},
        remove=actions.remove_from_register,
        back=reverse("register", args=[plan.pk]),
    )


@require_POST
def restore(request, plan_id, noun, entry_id):
    """Restore a removed entry."""
    _, found, _ = register_entry_for(request.user, plan_id, _kind(noun).model, entry_id)
    place = _place_of(noun, found)
    return restored(request, found, restore=actions.restore_to_register, place=place)


def _kind(noun):
    try:
        return BY_NOUN[noun]
    except KeyError:
        raise Http404 from None


def _save(request, entry, form):
    """Save an entry. `overwrite` is the version of a removed entry to restore with these texts."""
    version = form.cleaned_data["version"]
    if entry.removed_at and version_in(request.POST, "overwrite") == entry.version:
        actions.restore_to_register(entry, by=request.user)
        version = entry.version
    actions.save_in_register(entry, version=version, by=request.user, **form.fields_to_save())


def _stale(request, kind, entry, form):
    """Return 409 with both texts; the person's own are still in the boxes."""
    plan, entry, rights = register_entry_for(request.user, entry.plan_id, kind.model, entry.pk)
    return _form(
        request,
        plan,
        rights,
        kind,
        form,
        entry=entry,
        version=entry.version,
        theirs=[
            Difference(kind.label_of(change.name), theirs=change.before, mine=change.after)
            for change in changes_between(entry, form.fields_to_save())
        ],
        theirs_when=moment_in_words(entry.saved_at),
        status=409,
    )


def _removed(plan):
    return [
        (kind.noun, entry)
        for kind in KINDS
        for entry in kind.on(plan).filter(removed_at__isnull=False)
    ]


def _steps(plan):
    """Return the steps related to the register's components, of the stages the reader can see."""
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
    context |= plan_context(plan, rights)
    return render(request, f"assessments/register/{name}.html", context, status=status)
