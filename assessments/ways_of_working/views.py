"""Pages of the protocols that a council agrees with its political groups."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context, plan_for_member
from assessments.plans.actions import record_export
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.register.forms import groups_of
from assessments.versions import Difference, StaleVersion
from assessments.words import moment_in_words, within_sentence
from councils.permissions import Right

from . import actions
from .access import protocol_for, saved_protocols
from .documents import protocol_word
from .forms import ProtocolAgreementForm, ProtocolForm
from .wording import wording_of, wordings_of


@require_safe
def ways_of_working(request, plan_id):
    """List the protocols with their state."""
    plan, rights = plan_for_member(request.user, plan_id)
    context = plan_context(plan, rights) | {"wordings": wordings_of(plan, saved_protocols(plan))}
    return render(request, "assessments/ways_of_working/ways_of_working.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def protocol(request, plan_id, protocol):
    """Show a protocol, as a form to editors; a stale save returns 409 with both texts."""
    needs = Right.EDIT_ITEMS if request.method == "POST" else Right.TAKE_PART
    plan, found_protocol, found, rights = protocol_for(request.user, plan_id, protocol, needs=needs)
    wording = wording_of(plan, found_protocol, found)
    if request.method != "POST":
        form = None
        if rights.can_edit:
            form = ProtocolForm(lines=wording.points, version=wording.version)
        return _page(request, plan, rights, wording, form)
    form = ProtocolForm(request.POST, lines=wording.points)
    if not form.is_valid():
        return _page(request, plan, rights, wording, form, status=422)
    try:
        actions.save_protocol(
            plan,
            found_protocol,
            version=form.cleaned_data["version"],
            answers=form.answers(),
            by=request.user,
        )
    except StaleVersion:
        return _stale(request, plan_id, protocol, form)
    messages.success(request, f"“{found_protocol.title}” has been saved.")
    return redirect("ways_of_working", plan.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request, plan_id, protocol):
    """Record when a protocol was agreed and by which groups, or that it is a draft again."""
    plan, found_protocol, found, rights = protocol_for(
        request.user, plan_id, protocol, needs=Right.EDIT_ITEMS
    )
    if found is None:
        raise Http404
    groups = groups_of(plan.council)
    wording = wording_of(plan, found_protocol, found, all_groups=groups)
    options = {"groups": groups, "found": found, "open_titles": wording.open_titles}
    status, is_stale = 200, False
    if request.method == "POST":
        form, status = ProtocolAgreementForm(request.POST, **options), 422
        if form.is_valid():
            try:
                actions.save_agreement(
                    found,
                    version=form.cleaned_data["version"],
                    agreed_on=form.cleaned_data["agreed_on"],
                    groups=form.cleaned_data["groups"],
                    by=request.user,
                )
            except StaleVersion:
                is_stale, status = True, 409
                *_, found, rights = protocol_for(request.user, plan_id, protocol)
                wording = wording_of(plan, found_protocol, found, all_groups=groups)
            else:
                messages.success(request, f"“{found_protocol.title}” has been saved.")
                return redirect("ways_of_working", plan.pk)
    else:
        form = ProtocolAgreementForm(**options)
    context = plan_context(plan, rights) | {
        "wording": wording,
        "form": form,
        "version": found.version if is_stale else form["version"].value(),
        "is_stale": is_stale,
        "theirs_when": moment_in_words(found.saved_at),
    }
    return render(request, "assessments/ways_of_working/agreement.html", context, status=status)


@require_POST
@in_turn
def download(request, plan_id, protocol):
    """Download a protocol in Word. What has not been saved is in our suggested wording."""
    plan, found_protocol, found, _ = protocol_for(
        request.user, plan_id, protocol, needs=Right.EXPORT
    )
    wording = wording_of(plan, found_protocol, found)
    today = timezone.localdate()
    content = protocol_word(plan, wording, made_on=today)
    record_export(plan, by=request.user, detail=f"{found_protocol.title} (Word)")
    title = within_sentence(found_protocol.title)
    name = document_name(str(plan.council), title, day=today)
    return file_response(content, WORD_TYPE, f"{name}.docx")


def _stale(request, plan_id, protocol, form):
    """Return 409 with both texts; the person's own are still in the boxes."""
    plan, found_protocol, found, rights = protocol_for(request.user, plan_id, protocol)
    wording = wording_of(plan, found_protocol, found)
    theirs = [
        Difference(
            found_protocol.point(change.name.partition(f"{protocol}-")[2]).title,
            theirs=change.before,
            mine=change.after,
        )
        for change in actions.answer_changes(found_protocol, found, form.answers())
    ]
    return _page(request, plan, rights, wording, form, theirs=theirs, status=409)


def _page(request, plan, rights, wording, form, *, theirs=None, status=200):
    context = plan_context(plan, rights) | {
        "wording": wording,
        "form": form,
        "theirs": theirs,
        "theirs_when": moment_in_words(wording.found.saved_at) if wording.found else "",
        "version": wording.version
        if form is None or theirs is not None
        else form["version"].value(),
    }
    return render(request, "assessments/ways_of_working/protocol.html", context, status=status)
