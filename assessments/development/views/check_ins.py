"""Check-ins: two people answer the same prompts separately, and see both when both agree."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.versions import StaleVersion, differences
from councils.mail import TooManyEmails, count_email
from councils.once import once
from councils.permissions import require_second_factor

from .. import actions
from ..access import check_ins_of, offer_for, own_record, part_for, part_seen_by
from ..forms import CheckInForm, PartForm
from ..models import CheckInPart
from ..offers import OFFER_DAYS
from ..tasks import offer_check_in
from .records import development_page

PAGE = 20
NOTHING = "Enter at least one answer before you share"
SHOWN = "You chose to share this in another window. What you typed is below and has not been saved."


def check_in_page(request, name, **context):
    """Render a page; people without a record see no links to the rest of a record."""
    is_guest = own_record(request.user) is None
    return development_page(request, name, section="check_ins", is_guest=is_guest, **context)


@require_safe
def check_ins(request):
    parts = check_ins_of(request.user).defer(*CheckInPart.ANSWERS)
    page = Paginator(parts, PAGE).get_page(request.GET.get("page"))
    return check_in_page(request, "check_ins", page=page)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    """Offer a check-in to the person with an address. The answer is the same for every address."""
    require_second_factor(request.user)
    form = CheckInForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            count_email(sender=request.user, recipient=email)
        except TooManyEmails as error:
            form.add_error("email", str(error))
        else:
            offer_check_in(request.user, email, request.build_absolute_uri("/").rstrip("/"))
            messages.success(
                request,
                f"If {email} has an account, we have emailed them. The check-in will appear here "
                "when they accept it.",
            )
            return redirect("check_ins")
    return check_in_page(
        request,
        "check_in_new",
        form=form,
        days=OFFER_DAYS,
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request, token):
    """Ask whether to accept a check-in that someone offered, then open it."""
    person = offer_for(request.user, token)
    if request.method != "POST":
        return check_in_page(request, "check_in_accept", person=person)
    part = actions.open_check_in(
        person, other=request.user, link_for=lambda part: _link(request, part)
    )
    messages.success(request, "The check-in is open.")
    return redirect("check_in", part.check_in_id)


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request, check_in_id):
    """Show one's own part to write, or both parts once both have chosen to share.

    A stale save shows both texts.
    """
    part = part_for(request.user, check_in_id)
    if request.method == "POST":
        return _save(request, part)
    initial = {name: getattr(part, name) for name in ("version", *CheckInPart.ANSWERS)}
    return _part_page(request, part, PartForm(initial=initial) if part.can_write else None)


def _save(request, part):
    form, show = PartForm(request.POST), "show" in request.POST
    if form.is_valid() and show and not any(form.fields_to_save.values()):
        form.add_error(CheckInPart.ANSWERS[0], NOTHING)
    if not form.is_valid():
        return _part_page(request, part, form, status=422)
    fields = form.fields_to_save
    try:
        actions.save_part(
            part,
            version=form.cleaned_data["version"],
            show=show,
            link=_link(request, part),
            **fields,
        )
    except StaleVersion:
        part = part_for(request.user, part.check_in_id)
        theirs = differences(part, fields)
        if not part.can_write:
            if show and not theirs:  # pressed twice
                return redirect("check_in", part.check_in_id)
            form.add_error(None, SHOWN)
        return _part_page(request, part, form, theirs=theirs, status=409)
    shared = ", and you have chosen to share them" if show else ""
    messages.success(request, f"Your answers have been saved{shared}.")
    return redirect("check_in", part.check_in_id)


@require_POST
def take_back(request, check_in_id):
    part = part_for(request.user, check_in_id)
    if actions.take_back(part):
        messages.success(request, "You have stopped sharing your answers. You can edit them.")
    else:
        messages.info(request, "You have both chosen to share, so you can no longer stop sharing.")
    return redirect("check_in", check_in_id)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, check_in_id):
    """Ask for confirmation, then delete one's own part."""
    part = part_for(request.user, check_in_id)
    if request.method != "POST":
        return check_in_page(request, "check_in_leave", part=part)
    actions.leave_check_in(part)
    messages.success(request, "Your part of the check-in has been deleted.")
    return redirect("check_ins")


def _part_page(request, part, form, *, theirs=None, status=200):
    other = part_seen_by(request.user, part.check_in_id)
    version = part.version
    if form is not None and theirs is None:
        version = form["version"].value()
    both = zip(part.answers, other.answers, strict=True) if other else []
    return check_in_page(
        request,
        "check_in",
        part=part,
        form=form,
        theirs=theirs,
        version=version,
        both=[(prompt, mine, yours) for (prompt, mine), (_, yours) in both],
        status=status,
    )


def _link(request, part):
    return request.build_absolute_uri(reverse("check_in", args=[part.check_in_id]))
