"""Leaders' meetings: the next agenda, notes afterwards, and the actions that are made from them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context, plan_for_member
from assessments.fields import members_of
from assessments.plans.actions import TooManyActions, TooManyEntries, record_export
from assessments.plans.removal import confirm_removal, restored
from assessments.plans.stages import StageSignedOff, current_sign_offs
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.versions import StaleVersion, differences
from assessments.words import counted, moment_in_words
from councils.once import once
from councils.permissions import Right
from frameworks.models import Step

from .. import actions
from ..access import meeting_for
from ..forms import LeadersMeetingForm, NewActionsForm
from ..leaders import actions_made, leaders_agenda, lines_to_do, meetings_of
from ..leaders_word import leaders_word


@require_safe
def leaders(request, plan_id):
    """Show the agenda of the next meeting, and the meetings that were recorded."""
    plan, rights = plan_for_member(request.user, plan_id)
    meetings = meetings_of(plan)
    context = plan_context(plan, rights) | {
        "agenda": leaders_agenda(plan, today=timezone.localdate()),
        "meetings": [(each, len(lines_to_do(each))) for each in meetings if not each.removed_at],
        "removed": [each for each in meetings if each.removed_at] if rights.can_edit else [],
    }
    return render(request, "assessments/packs/leaders.html", context)


@require_POST
@in_turn
def download(request, plan_id):
    """Download the agenda in Word."""
    plan, _ = plan_for_member(request.user, plan_id, needs=Right.EXPORT)
    today = timezone.localdate()
    agenda = leaders_agenda(plan, today=today)
    content = leaders_word(agenda, made_on=today)
    record_export(plan, by=request.user, detail="Leaders’ meeting: agenda (Word)")
    title, marking = "leaders meeting agenda", plan.get_marking_display()
    name = document_name(str(plan.council), title, marking=marking, day=today)
    return file_response(content, WORD_TYPE, f"{name}.docx")


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, plan_id):
    """Record a meeting."""
    plan, rights = plan_for_member(request.user, plan_id, needs=Right.EDIT_ITEMS)
    if request.method != "POST":
        initial = {"version": 0, "held_on": timezone.localdate()}
        return _form(request, plan, rights, LeadersMeetingForm(initial=initial))
    form = LeadersMeetingForm(request.POST)
    if not form.is_valid():
        return _form(request, plan, rights, form, status=422)
    try:
        found = actions.add_leaders_meeting(plan, by=request.user, **form.fields_to_save())
    except TooManyEntries as error:
        form.add_error(None, str(error))
        return _form(request, plan, rights, form, status=422)
    messages.success(request, f"“{found}” has been saved.")
    return _after(found)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request, plan_id, meeting_id):
    """Show and save a meeting; a stale save returns 409 with both texts."""
    needs = Right.EDIT_ITEMS if request.method == "POST" else Right.TAKE_PART
    plan, found, rights = meeting_for(request.user, plan_id, meeting_id, needs=needs)
    if request.method != "POST":
        if found.removed_at:
            raise Http404
        names = ("version", "held_on", "notes", "to_do")
        form = LeadersMeetingForm(initial={name: getattr(found, name) for name in names})
        return _form(request, plan, rights, form if rights.can_edit else None, found=found)
    form = LeadersMeetingForm(request.POST)
    if not form.is_valid():
        return _form(request, plan, rights, form, found=found, status=422)
    fields = form.fields_to_save()
    try:
        actions.save_leaders_meeting(
            found, version=form.cleaned_data["version"], by=request.user, **fields
        )
    except StaleVersion:
        plan, found, rights = meeting_for(request.user, plan_id, meeting_id)
        context = {
            "theirs": differences(found, fields),
            "theirs_when": moment_in_words(found.saved_at),
            "version": found.version,
        }
        return _form(request, plan, rights, form, found=found, status=409, **context)
    messages.success(request, f"“{found}” has been saved.")
    return _after(found)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, plan_id, meeting_id):
    """Remove a meeting, after confirmation."""
    plan, found, rights = meeting_for(request.user, plan_id, meeting_id)
    return confirm_removal(
        request,
        found,
        "assessments/packs/meeting_remove.html",
        plan_context(plan, rights) | {"found": found},
        remove=actions.remove_leaders_meeting,
        back=reverse("leaders_meetings", args=[plan.pk]),
    )


@require_POST
def restore(request, plan_id, meeting_id):
    """Restore a removed meeting."""
    _, found, _ = meeting_for(request.user, plan_id, meeting_id)
    place = reverse("leaders_meetings", args=[plan_id])
    return restored(request, found, restore=actions.restore_leaders_meeting, place=place)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def make_actions(request, plan_id, meeting_id):
    """Show the lines of a meeting as the actions they would be, and add those that are selected."""
    plan, found, rights = meeting_for(request.user, plan_id, meeting_id)
    if found.removed_at and request.method != "POST":
        raise Http404
    signed_off = current_sign_offs(plan)
    steps = Step.objects.filter(framework=plan.transition_id).select_related("stage")
    form = NewActionsForm(
        request.POST if request.method == "POST" else None,
        lines=lines_to_do(found),
        steps={str(each.pk): each for each in steps if each.stage_id not in signed_off},
        owners={str(each.pk): each for each in members_of(plan)},
        version=found.version,
    )
    refused, status = "", 422 if form.is_bound else 200
    if form.is_bound and request.POST.get("version") != str(found.version):
        # The lines have changed, so that what was sent is about others.
        refused, status = _STALE, 409
    elif form.is_bound and form.is_valid():
        try:
            number = actions.make_actions(
                found,
                form.fields_to_add(),
                left=form.lines_left(),
                version=found.version,
                by=request.user,
            )
        except StaleVersion:
            refused, status = _STALE, 409
        except (StageSignedOff, TooManyActions) as error:
            refused, status = str(error), 409
        else:
            has_or_have = "has" if number == 1 else "have"
            messages.success(
                request, f"{counted(number, 'action')} {has_or_have} been added to the plan."
            )
            return redirect("leaders_meetings", plan.pk)
    context = plan_context(plan, rights) | {
        "form": form,
        "found": found,
        "refused": refused,
        "sent": _titles(request.POST) if refused == _STALE else [],
    }
    return render(request, "assessments/packs/make_actions.html", context, status=status)


_STALE = (
    "The meeting was saved or removed after you opened this page, or these actions have been added "
    "already. Nothing has been added now. Open the meeting to see what is left to do."
)


def _titles(data):
    """Return the words of the actions that were sent, which a stale form must not lose."""
    return [value for name, value in data.items() if name.startswith("title-") and value]


def _after(found):
    """Lead to the actions to make, if there are any, else to the list of meetings."""
    if lines_to_do(found):
        return redirect(reverse("leaders_actions", args=[found.plan_id, found.pk]))
    return redirect("leaders_meetings", found.plan_id)


def _form(request, plan, rights, form, *, found=None, status=200, **context):
    context = (
        plan_context(plan, rights)
        | {
            "form": form,
            "found": found,
            "to_do": lines_to_do(found) if found else [],
            "made": actions_made(found, today=timezone.localdate()) if found else [],
            "version": form["version"].value() if form else "",
        }
        | context
    )
    return render(request, "assessments/packs/meeting.html", context, status=status)
