"""The councils as an operator sees them: counts, dates and stages, and nothing of the content."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.words import counted
from councils.council_directory import DirectoryError
from councils.mail import TooManyEmails
from councils.once import once

from .. import actions
from ..access import (
    council_for,
    councils_listed,
    for_operators,
    open_invitations_of,
    owners_of,
    plans_of,
)
from ..forms import CouncilForm, FirstOwnerForm, RegisterFileForm, StopForm
from ..navigation import page
from ..storage import bytes_kept_for, in_words

PAGE_SIZE = 50


@require_safe
@for_operators
def councils(request):
    """List the councils in use, or all; a text searches them."""
    text = request.GET.get("text", "").strip()[:120].replace("\0", "")
    shows_all = bool(text) or "all" in request.GET
    listed = councils_listed(text=text, only_in_use=not shows_all)
    found = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": found, "text": text, "shows_all": shows_all}
    return page(request, "councils", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
@once
def council_new(request):
    form = CouncilForm(request.POST or None)
    if form.is_valid():
        answers = form.cleaned_data | {"gss_code": form.cleaned_data["gss_code"] or ""}
        try:
            added = actions.add_council(by=request.user, **answers)
        except ValidationError as error:
            form.add_error(None if "__all__" in error.message_dict else "name", error.messages)
        else:
            messages.success(request, f"{added.name} has been added.")
            return redirect("operate_council", added.slug)
    return page(request, "council_new", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def register(request):
    """Add and update councils from the published register."""
    is_sent = request.method == "POST"
    form = RegisterFileForm(request.POST, request.FILES) if is_sent else RegisterFileForm()
    if form.is_valid():
        try:
            outcome = actions.import_register(
                entries=form.entries, with_shadow=form.cleaned_data["with_shadow"], by=request.user
            )
        except DirectoryError as error:
            form.add_error("register", error.problems)
        else:
            messages.success(
                request,
                f"{counted(len(outcome.created), 'council')} added, {outcome.changed} changed, "
                f"{outcome.unchanged} already up to date.",
            )
            return redirect(f"{reverse('operate')}?all=1")
    return page(request, "register", {"form": form})


@require_safe
@for_operators
def council(request, council_slug):
    found = council_for(council_slug)
    today = timezone.localdate()
    plans = [{"plan": plan, "stage": _stage_of(plan, today)} for plan in plans_of(found)]
    context = {
        "about": found,
        "plans": plans,
        "owners": owners_of(found),
        "invitations": open_invitations_of(found),
        "storage": in_words(bytes_kept_for(found)),
        "entries": found.chain_head.sequence if hasattr(found, "chain_head") else 0,
    }
    return page(request, "council", context)


def _stage_of(plan, today):
    """Return the stage of a plan in words: an operator sees no more of it."""
    if plan.is_over(today):
        return "first year ended"
    return f"stage {plan.boundaries.stage_on(today)}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
@once
def invite(request, council_slug):
    """Invite the first owner of a council that has none."""
    found = council_for(council_slug)
    form = FirstOwnerForm(request.POST or None)
    if form.is_valid():
        try:
            actions.invite_first_owner(
                found,
                by=request.user,
                link_for=lambda token: request.build_absolute_uri(reverse("join", args=[token])),
                **form.cleaned_data,
            )
        except (actions.HasOwner, ValueError, TooManyEmails) as error:
            form.add_error("email", str(error))
        else:
            messages.success(
                request, f"We have sent an invitation to {form.cleaned_data['email']}."
            )
            return redirect("operate_council", council_slug)
    return page(request, "invite", {"about": found, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def stop(request, council_slug):
    found = council_for(council_slug)
    form = StopForm(request.POST or None)
    if form.is_valid():
        if actions.stop_access(found, reason=form.cleaned_data["reason"], by=request.user):
            messages.success(request, f"Access to {found.name} has been stopped.")
        return redirect("operate_council", council_slug)
    return page(request, "stop", {"about": found, "form": form})


@require_POST
@for_operators
def restart(request, council_slug):
    found = council_for(council_slug)
    if actions.restart_access(found, by=request.user):
        messages.success(request, f"Access to {found.name} has restarted.")
    return redirect("operate_council", council_slug)
