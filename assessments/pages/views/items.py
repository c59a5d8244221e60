"""Show, edit, save, add, remove and restore one action: a fragment for htmx, otherwise a page."""

from contextlib import suppress
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import SHOWN, item_for, plan_context, plan_for
from assessments.fields import id_in, invited_to, members_of, version_in
from assessments.links.places import links_on, place_of_item
from assessments.links.views import links_page
from assessments.notices.actions import add_item, save_item
from assessments.plans.actions import TooManyActions, offset_of, remove_item, restore_item
from assessments.plans.item_fields import RESTORABLE_FIELDS
from assessments.plans.item_forms import ItemForm, StatusForm, initial_of
from assessments.plans.merging import MergeChoice, choices_for, merged
from assessments.plans.models import EventChange, PlanItem, Status
from assessments.plans.progress import tally_of
from assessments.plans.rows import ItemRow, way_back
from assessments.plans.stages import StageSignedOff, current_sign_offs
from assessments.versions import StaleVersion
from assessments.words import moment_in_words, saved_words
from councils.models import User
from councils.once import once
from councils.permissions import Right
from frameworks.models import SuggestedDue
from govuk.templatetags.govuk import error_messages

from ..lists_by_date import list_by_date
from ..step_queries import SHOWN as SHOWN_OF_STEP
from .due import rule_in_words
from .steps import step_of, step_page

MAX_BACK = 2000
PLACED = (*SHOWN, *(f"step__{name}" for name in SHOWN_OF_STEP))


@dataclass(frozen=True)
class ItemConflict:
    """Two answers to one action: what the user sent, and what was saved before."""

    who: User | str
    when: str
    version: int
    differences: list[MergeChoice]
    removed: bool
    undecided: str


@require_http_methods(["GET", "HEAD", "POST"])
def item(request, plan_id, item_id):
    """GET: show the action as text. POST: save its answer, or with `part=status` its status."""
    if request.method != "POST":
        item, rights = item_for(request.user, plan_id, item_id)
        if not request.htmx:
            return redirect(_place_of(item))
        return _closed(request, item, rights, focus=True)
    is_status = request.POST.get("part") == "status"
    closes = "close" in request.POST or "merge" in request.POST
    if not request.htmx or closes:
        related = SHOWN
    else:
        related = ("plan", "step") if is_status else ("plan", "step", "owner__user")
    item, rights = item_for(request.user, plan_id, item_id, needs=Right.EDIT_ITEMS, related=related)
    if is_status:
        # Keep the saved reason: a list has no field for it.
        form = StatusForm({"reason": item.reason, **request.POST.dict()})
    else:
        form = _form(item, request.POST)
    if not form.is_valid():
        return _invalid(request, item, rights, form)
    try:
        _save(request, item, form)
    except StaleVersion:
        return _conflict(request, item, rights, form)
    except (StageSignedOff, TooManyActions) as error:
        return _signed_off(request, item, rights, form, error)
    if not request.htmx:
        messages.success(request, f"{saved_words()}: {item.words(item.plan.term)}")
        return redirect(_back(request, item))
    if closes:
        return _closed(request, item, rights, saved=saved_words(), focus=True)
    progress = _progress(request, item, _list_by_date(request, item))
    context = {"row": _row(item, saved=saved_words()), **progress}
    context |= {"errors": _slots(form)} if isinstance(form, ItemForm) else {"listed": True}
    return render(request, "assessments/pages/_item_saved.html", context)


@require_safe
def edit(request, plan_id, item_id):
    """Open the action for editing, in place or on the page of its step."""
    item, rights = item_for(request.user, plan_id, item_id, needs=Right.EDIT_ITEMS, related=PLACED)
    if item.removed_at:
        raise Http404
    opened = _opened(request, item, _form(item, initial=initial_of(item)))
    if suggestion := opened["suggested"]:
        # Fill in the suggestion, so that selecting “Counted from a key date” is enough.
        opened["form"].initial["due_rule"] = item.due_rule or offset_of(suggestion)
    if request.htmx:
        _require_open(item.plan, item.step)
        return render(
            request, "assessments/pages/_item_form.html", {"opened": opened, "rights": rights}
        )
    step = step_of(request.user, item.plan, item.step.number)
    return step_page(request, item.plan, rights, step, open_item=opened, begins=True)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, plan_id, number):
    """Add an action of the council’s own to a step."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    step = step_of(request.user, plan, number)
    if request.method != "POST":
        form = ItemForm(**_owners_of(plan), is_own=True, dom="new", initial={"version": 1})
        return _adding(request, plan, rights, step, form)
    data = request.POST.copy()
    data["version"] = "1"
    data.setdefault("status", "not-started")
    form = ItemForm(data, **_owners_of(plan), is_own=True, dom="new")
    if not form.is_valid():
        return _adding(request, plan, rights, step, form, status=422)
    try:
        item = add_item(plan, step, by=request.user, **form.fields_to_save())
    except StageSignedOff as error:
        return _adding(request, plan, rights, step, form, refused=str(error), status=409)
    except TooManyActions as error:
        form.add_error("title", str(error))
        return _adding(request, plan, rights, step, form, status=422)
    messages.success(request, f"“{item.title}” has been added.")
    return redirect(reverse("plan_step", args=[plan.pk, number]) + f"#item-{item.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, item_id):
    """Ask for confirmation, then remove one of the council’s own actions."""
    item, rights = item_for(request.user, plan_id, item_id, needs=Right.EDIT_ITEMS)
    if not item.is_own or item.removed_at:
        raise Http404
    context = plan_context(item.plan, rights) | {"item": item, "stale": False}
    if request.method != "POST":
        return render(request, "assessments/pages/item_remove.html", context)
    try:
        remove_item(item, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        context["stale"] = True
        return render(request, "assessments/pages/item_remove.html", context, status=409)
    except StageSignedOff as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, f"Removed: {item.title}")
    return redirect("plan_step", item.plan_id, item.step.number)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def links(request, plan_id, item_id):
    """Show the links to documents on an action; POST adds or removes one."""
    needs = Right.EDIT_ITEMS if request.method == "POST" else Right.VIEW
    item, rights = item_for(request.user, plan_id, item_id, needs=needs)
    if item.removed_at:
        raise Http404
    plan, number = item.plan, item.step.number
    can_edit = rights.can_edit and item.step.stage_id not in current_sign_offs(plan)
    placed = links_on(plan, "item", item=item)
    about = item.words(plan.term)
    place = place_of_item(item, plan, about, number, placed, can_edit=can_edit)
    return links_page(request, place, rights)


@require_POST
def restore(request, plan_id, item_id):
    """Restore a removed action."""
    item, _ = item_for(request.user, plan_id, item_id, needs=Right.EDIT_ITEMS)
    try:
        with suppress(StaleVersion):  # someone else has just restored it
            restore_item(item, by=request.user)
    except (StageSignedOff, TooManyActions) as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, f"Restored: {item.words(item.plan.term)}")
    return redirect(_place_of(item))


@require_POST
def bring_back(request, plan_id, item_id):
    """Restore an earlier text of the action: the one that the EventChange `change` replaced.

    Its other fields are kept. A stale or refused save is answered like any other.
    """
    item, rights = item_for(request.user, plan_id, item_id, needs=Right.EDIT_ITEMS)
    change = get_object_or_404(
        EventChange, pk=id_in(request.POST, "change"), event__item=item, field__in=RESTORABLE_FIELDS
    )
    form = _form(item, _answer_with(item, change, version=request.POST.get("version", "")))
    if change.field not in form.fields:
        raise Http404
    if not form.is_valid():
        return _invalid(request, item, rights, form)
    if change.field == "reason" and item.status != Status.NOT_NEEDED:
        raise PermissionDenied(
            "You can only restore the reason of an action that is marked as not needed."
        )
    try:
        _save(request, item, form)
    except StaleVersion:
        return _conflict(request, item, rights, form)
    except (StageSignedOff, TooManyActions) as error:
        return _signed_off(request, item, rights, form, error)
    messages.success(request, f"The earlier text has been restored: {item.words(item.plan.term)}")
    return redirect(_place_of(item))


def _answer_with(item, change, *, version):
    """The item's answer as its form would send it, with the text from before `change`."""
    due = item.due
    parts = {"due-day": due.day, "due-month": due.month, "due-year": due.year} if due else {}
    answer = initial_of(item) | parts | {"version": version, change.field: change.before}
    return {name: value for name, value in answer.items() if value is not None}


def _require_open(plan, step):
    """Raise PermissionDenied, with the reason, if the stage of the step is signed off."""
    if sign_off := current_sign_offs(plan).get(step.stage_id):
        raise PermissionDenied(str(StageSignedOff(sign_off)))


def _save(request, item, form):
    """Save the form.

    In the request, `overwrite` is the version the user decided to overwrite, and `merge` the one
    they merged theirs with. Raises StaleVersion while a choice is missing.
    """
    version = form.cleaned_data["version"]
    fields = form.fields_to_save()
    if version_in(request.POST, "merge") == item.version and not item.removed_at:
        choices = choices_for(item, version, fields, request.POST)
        if not all(choice.chosen for choice in choices):
            raise StaleVersion
        fields, version = merged(item, fields, choices), item.version
    if version_in(request.POST, "overwrite") == item.version:
        restore_item(item, by=request.user)
        version = item.version
    save_item(item, version=version, by=request.user, **fields)


def _place_of(item):
    return reverse("plan_step", args=[item.plan_id, item.step.number]) + f"#item-{item.pk}"


def _back_of(request):
    return request.POST.get("back") or request.GET.get("back", "")


def _list_by_date(request, item):
    """Return the list by date that the request comes from, if it does."""
    return list_by_date(_back_of(request), plan_id=item.plan_id, user=request.user)


def _back(request, item):
    """Return the URL of the list the action was saved from, if in its plan; else of its step."""
    back = request.POST.get("back", "")
    try:
        page = resolve(back.partition("?")[0])
    except Resolver404:
        return _place_of(item)
    is_short = len(back) < MAX_BACK  # browsers and Django refuse to follow the longest addresses
    in_plan = page.kwargs.get("plan_id") == item.plan_id
    inside = is_short and (in_plan or _list_by_date(request, item))
    return f"{back}#item-{item.pk}" if inside else _place_of(item)


def _row(item, **kwargs):
    return ItemRow(item, item.plan, today=timezone.localdate(), **kwargs)


def _closed(request, item, rights, *, saved="", focus=False):
    is_read_only = not saved and item.step.stage_id in current_sign_offs(item.plan)
    row = _row(item, saved=saved, focus=focus, is_read_only=is_read_only)
    context = {"row": row, "rights": rights}
    page = _list_by_date(request, item)
    if saved:
        context |= _progress(request, item, page)
    name = "_item_closed"
    if page:
        name = "_action_row"
        row.plan_name = page.plan_name(item)
        context |= {"is_own_list": page.is_own_list, **way_back(_back_of(request))}
    response = render(request, f"assessments/pages/{name}.html", context)
    response.headers["HX-Retarget"] = f"#item-{item.pk}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _progress(request, item, page):
    """Return the counts to update after a save: of `page`, a list by date, or else of the step."""
    today = timezone.localdate()
    if page:
        return {"counts": page.counts(item, request.user, today=today)}
    items = PlanItem.objects.live().filter(plan=item.plan_id, step=item.step_id)
    return {"tally": tally_of(items, today=today)}


def _form(item, data=None, **kwargs):
    owners = _owners_of(item.plan, owner_id=item.owner_id)
    return ItemForm(data, **owners, is_own=item.is_own, dom=f"item-{item.pk}", **kwargs)


def _owners_of(plan, *, owner_id=None):
    """Return who can own an action of the plan: members, and people who are invited.

    Each member knows whether anyone is invited, so that most pages do not ask for invitations.
    """
    invited = invited_to(plan)
    members = members_of(plan, owner_id=owner_id).annotate(others_are_invited=Exists(invited))
    members = list(members)
    others = invited if any(each.others_are_invited for each in members) else ()
    return {"members": members, "invited": others}


def _opened(request, item, form, *, conflict=None, asked="", wrong=(), refused=""):
    """Return the context of an action open for editing.

    `asked` is the error of its reason, `wrong` what else kept it from being saved, and `refused`
    why it cannot be saved at all.
    """
    source_id = item.new_wording_id or item.source_id
    suggested = SuggestedDue.objects.filter(item=source_id, step=item.step_id).first()
    problems = [(words, f"item-{item.pk}-status_0") for words in wrong]
    if asked:
        problems.append((asked, f"item-{item.pk}-reason"))
    if conflict and conflict.undecided:
        name = next(choice.name for choice in conflict.differences if not choice.chosen)
        problems.append((conflict.undecided, f"item-{item.pk}-merge-{name}-theirs"))
    return {
        "row": _row(item, saved=". ".join(("Not saved", *wrong)) if wrong else ""),
        "form": form,
        "conflict": conflict,
        "asked": asked,
        "refused": refused,
        "problems": problems,
        "removed": item.removed_at is not None,
        "suggested": suggested,
        "suggestion": f"{offset_of(suggested)}. {suggested.reason}" if suggested else "",
        "due_day": rule_in_words(item.due_rule, item.due) if item.due_rule else "",
        "due_url": reverse("plan_due_day", args=[item.plan_id]),
        "back": _back_of(request),
    }


def _adding(request, plan, rights, step, form, *, refused="", status=200):
    url = reverse("item_add", args=[plan.pk, step.number])
    due_url = reverse("plan_due_day", args=[plan.pk])
    adding = {"form": form, "url": url, "due_url": due_url, "refused": refused}
    begins = not form.is_bound
    return step_page(request, plan, rights, step, adding=adding, begins=begins, status=status)


def _on_its_step(request, item, rights, opened, *, status):
    step = step_of(request.user, item.plan, item.step.number)
    return step_page(request, item.plan, rights, step, open_item=opened, status=status)


def _invalid(request, item, rights, form):
    """Show errors beside their fields; what the user typed is kept."""
    if isinstance(form, ItemForm):
        if request.htmx:
            problem = " ".join(form.errors.get("version", []))
            context = {"row": _row(item), "not_saved": True, "problem": problem}
            context["errors"] = _slots(form)
            return render(request, "assessments/pages/_item_saved.html", context, status=422)
        opened = _opened(request, item, form)
    else:
        # A list has no place for errors: open the action with the user’s choice.
        chosen = {name: form.data[name] for name in ("status", "reason") if name in form.data}
        full = _form(item, initial=initial_of(item) | chosen)
        asked = form.errors.get("reason", [])
        wrong = [words for name in ("version", "status") for words in form.errors.get(name, [])]
        opened = _opened(request, item, full, asked=" ".join(asked), wrong=wrong)
        if request.htmx:
            # The person has only chosen the status: they are asked for a reason, not corrected.
            opened["is_asked_first"] = not wrong
            response = render(
                request,
                "assessments/pages/_item_form.html",
                {"opened": opened, "rights": rights},
                status=422,
            )
            response.headers["HX-Retarget"] = f"#item-{item.pk}"
            response.headers["HX-Reswap"] = "outerHTML"
            return response
    return _on_its_step(request, item, rights, opened, status=422)


def _slots(form):
    """Return the name and error of each field; an empty error clears a previous one."""
    return [(field.name, next(iter(error_messages(field)), "")) for field in form.visible_fields()]


def _conflict(request, item, rights, form):
    """Show both answers side by side; what the user typed is kept in the fields."""
    item, rights = item_for(request.user, item.plan_id, item.pk)
    version, fields = form.cleaned_data["version"], form.fields_to_save()
    choices = choices_for(item, version, fields, request.POST)
    tried = version_in(request.POST, "merge") == item.version
    undecided = [choice.label.lower() for choice in choices if tried and not choice.chosen]
    conflict = ItemConflict(
        who=item.saved_by or "Someone",
        when=moment_in_words(item.saved_at),
        version=item.version,
        differences=choices,
        removed=item.removed_at is not None,
        undecided=f"Select which {get_text_list(undecided, 'and')} to keep" if undecided else "",
    )
    if request.htmx:
        context = {
            "row": _row(item),
            "conflict": conflict,
            "not_saved": True,
            **({"errors": _slots(form)} if isinstance(form, ItemForm) else {"listed": True}),
        }
        return render(request, "assessments/pages/_item_saved.html", context, status=409)
    opened = _opened(request, item, _whole(item, form), conflict=conflict)
    return _on_its_step(request, item, rights, opened, status=409)


def _whole(item, form):
    """Return the whole form of the action with what was sent, even if that was only its status."""
    if isinstance(form, ItemForm):
        return form
    initial = initial_of(item) | {"version": form.cleaned_data["version"]}
    initial |= {name: form.cleaned_data[name] for name in ("status", "reason")}
    return _form(item, initial=initial)


def _signed_off(request, item, rights, form, error):
    """Say that the stage was signed off before the save; what the user typed is kept."""
    item, rights = item_for(request.user, item.plan_id, item.pk)
    if request.htmx:
        context = {"row": _row(item), "refused": str(error), "not_saved": True}
        context |= {"errors": _slots(form)} if isinstance(form, ItemForm) else {"listed": True}
        return render(request, "assessments/pages/_item_saved.html", context, status=409)
    opened = _opened(request, item, _whole(item, form), refused=str(error))
    return _on_its_step(request, item, rights, opened, status=409)
