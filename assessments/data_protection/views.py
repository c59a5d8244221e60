"""A council's data, for its owners: exporting it, retention, deleting plans and erasing people."""

from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_for
from assessments.fields import version_in
from assessments.plans.models import Plan
from assessments.printing.pdf import PdfNotMade
from assessments.printing.turns import in_turn
from assessments.rounds.actions import may_keep_sets_of
from assessments.versions import StaleVersion, differences
from assessments.words import day_in_words
from councils.actions import (
    AddressStep,
    LastOwner,
    StandInRefused,
    record_data_export,
    stand_in_for_address,
)
from councils.mail import TooManyEmails
from councils.models import DAYS_AS_OWNER, ChainHead
from councils.permissions import Right, may, membership_for

from . import actions
from .access import (
    address_change_for,
    erasable_by,
    erasable_for,
    forgettable_for,
    is_statutory_officer,
    needs_request,
    never_joined,
    pending_requests,
    request_for,
    request_to_reset,
    resettable_for,
    why_no_second_owner,
    why_not_reset,
    why_not_stand_in,
)
from .council_export import RestrictedSelection, export_to_temporary_file, file_name
from .expiry import expiries_of, expiry_of, retention_of
from .forms import UNTIL_DELETED, DataExportForm, RetentionForm, TypedForm
from .models import LAPSES_AFTER_DAYS, WAITING_DAYS, PurgeCertificate
from .traces import traces_of

STOOD_IN = {
    AddressStep.DONE: "The email address has been changed.",
    AddressStep.TAKEN: "The address was not changed: another account now uses it.",
    AddressStep.WAITING: "You have confirmed the change. It takes effect once the others have "
    "confirmed it too.",
    AddressStep.WAITING_FOR_NEW: "You are the second person to confirm the change. The address "
    "changes once it is confirmed from the email to the new address.",
}
NOT_STOOD_IN = "This change is no longer waiting. Nothing has changed."
NOT_PENDING = "This request has already been carried out or cancelled, or has ended."
NOT_YET = "You cannot carry this request out yet"
ON_HOLD = "No plan can be deleted while there is a hold"
JUST_CHANGED = (
    "The plan or the retention period has just changed. Read what now has to happen before you "
    "continue"
)


@require_safe
def home(request, slug):
    """Show what an owner can do with the council's data, and requests that are pending."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_DATA)
    context = {
        "council": me.council,
        "head": ChainHead.objects.filter(council=me.council).first(),
        "has_deleted": PurgeCertificate.objects.filter(council=me.council).exists(),
        "retention": retention_of(me.council),
        "requests": pending_requests(me.council),
    }
    return render(request, "assessments/data_protection/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def export(request, slug):
    """Ask what to include, then send the zip. It leaves an event, so the file is sent by POST."""
    return _export(request, membership_for(request.user, slug, needs=Right.MANAGE_DATA))


@reauthentication_required(allow_get=True)
def _export(request, me):
    council = me.council
    form = DataExportForm(
        request.POST if request.method == "POST" else None,
        plans=Plan.objects.filter(council=council).count(),
        may_read_restricted=may(me, Right.RESTRICTED),
    )
    if form.is_valid():
        chosen = form.cleaned_data
        restricted = (
            RestrictedSelection.readable_by(request.user) if chosen.get("restricted") else None
        )
        try:
            file, contents = export_to_temporary_file(
                council, by=request.user, pdfs=chosen["pdfs"], restricted=restricted
            )
        except PdfNotMade as error:
            form.add_error("pdfs", f"{error}. You can leave the PDFs out")
        else:
            said = contents.in_words(pdfs=chosen["pdfs"], restricted=restricted is not None)
            with ExitStack() as closing:  # unless it is recorded, no one gets the file
                closing.enter_context(file)
                record_data_export(council, by=request.user, contents=said)
                closing.pop_all()
            name = file_name(council, timezone.localdate())
            return FileResponse(file, as_attachment=True, filename=name)
    status = 422 if form.is_bound else 200
    context = {"council": council, "form": form}
    return render(request, "assessments/data_protection/export.html", context, status=status)


@require_safe
def people(request, slug):
    """List the people the owner can erase, and those who were invited and never joined."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_DATA)
    context = {
        "council": me.council,
        "members": erasable_by(me),
        "invited": never_joined(me.council),
        "days": settings.INVITATION_RETENTION_DAYS,
    }
    return render(request, "assessments/data_protection/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, slug, pk):
    """Show what would be erased and what stays; erase the person, or ask for it, by POST."""
    membership = erasable_for(request.user, slug, pk)
    council, person = membership.council, membership.user
    form = TypedForm(request.POST if request.method == "POST" else None, words=person.name)
    needs_second_owner = needs_request(membership)
    if form.is_valid():
        try:
            if needs_second_owner:
                asked = actions.ask_to_erase(
                    person, council=council, by=request.user, link_for=_link_for(request)
                )
                return _asked(request, asked)
            actions.erase_member(membership, by=request.user)
        except actions.NeedsSecondOwner:
            form.add_error("typed", "They have signed in since you opened this page. Try again")
        except (LastOwner, TooManyEmails, actions.ErasureRefused) as error:
            form.add_error("typed", str(error))
        else:
            messages.success(request, f"Erased. What they did is now shown as “{person.name}”.")
            return redirect("council_data_people", slug)
    context = {
        "council": council,
        "person": person,
        "form": form,
        "traces": traces_of(person, [council]),
        "needs_second_owner": needs_second_owner,
        "is_statutory": is_statutory_officer(membership),
        "days": WAITING_DAYS,
        "days_to_act": LAPSES_AFTER_DAYS,
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessments/data_protection/erase.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def forget(request, slug, pk):
    """Ask, then erase a person who was invited and never joined."""
    invitation = forgettable_for(request.user, slug, pk)
    if request.method == "POST":
        actions.forget_invited(invitation, by=request.user)
        messages.success(request, "The invitation has been erased, with its name and address.")
        return redirect("council_data_people", slug)
    context = {"council": invitation.council, "invitation": invitation}
    return render(request, "assessments/data_protection/forget.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request, slug, pk):
    """Explain a reset of a member's two-step sign-in, and ask for it by POST."""
    membership = resettable_for(request.user, slug, pk)
    council, person = membership.council, membership.user
    problem = why_not_reset(person, council, by=request.user)
    if request.method == "POST" and not problem:
        try:
            asked = actions.ask_to_reset_second_factor(
                person, council=council, by=request.user, link_for=_link_for(request)
            )
        except (actions.ResetRefused, TooManyEmails) as error:
            problem = str(error)
        else:
            return _asked(request, asked)
    context = {
        "council": council,
        "membership": membership,
        "problem": problem,
        "asked": request_to_reset(person, council),
        "days_to_act": LAPSES_AFTER_DAYS,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/data_protection/second_factor.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def address(request, slug, pk):
    """Confirm a member's change of email address in place of their lost mailbox."""
    membership, change = address_change_for(request.user, slug, pk)
    council = membership.council
    problem = why_not_stand_in(change, council, by=request.user)
    if request.method == "POST" and not problem:
        try:
            step = stand_in_for_address(
                change,
                by=request.user,
                why_not=partial(why_not_stand_in, council=council, by=request.user),
            )
        except StandInRefused as error:
            problem = str(error)
        else:
            messages.success(request, STOOD_IN.get(step, NOT_STOOD_IN))
            return redirect("people", slug)
    context = {
        "council": council,
        "membership": membership,
        "change": change,
        "problem": problem,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/data_protection/address.html", context, status=status)


# --- Retention and deletion -----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def retention(request, slug):
    """Show and change how long plans are kept and the hold. A stale save shows both (409)."""
    council = membership_for(request.user, slug, needs=Right.MANAGE_DATA).council
    stored = retention_of(council)
    stored.council = council
    version, theirs, status = stored.version, None, 200
    on_hold = bool(stored.hold)
    if request.method == "POST":
        form = RetentionForm(request.POST, on_hold=on_hold)
        status = 422
        if form.is_valid():
            asked = version_in(request.POST)
            try:
                actions.set_retention(stored, version=asked, by=request.user, **form.cleaned_data)
            except StaleVersion:
                theirs, status = differences(stored, form.cleaned_data), 409
            else:
                messages.success(request, "The retention settings have been saved.")
                return redirect("council_data_retention", slug)
        else:
            version = version_in(request.POST)
    else:
        initial = {"years": stored.years or UNTIL_DELETED, "hold": stored.hold}
        form = RetentionForm(initial=initial, on_hold=on_hold)
    today = timezone.localdate()
    context = {
        "council": council,
        "form": form,
        "version": version,
        "theirs": theirs,
        "retention": stored,
        "on_hold": on_hold,
        "days": WAITING_DAYS,
        "days_to_act": LAPSES_AFTER_DAYS,
        "why_no_second_owner": why_no_second_owner(council, by=request.user),
        "today": today,
        "is_deleted_when_due": settings.DELETE_EXPIRED_PLANS,
        "requests": pending_requests(council),
        "expiries": [
            (expiry, expiry.is_due(today)) for expiry in expiries_of(council, retention_of(council))
        ],
        "certificates": PurgeCertificate.objects.filter(council=council).select_related("by"),
    }
    return render(request, "assessments/data_protection/retention.html", context, status=status)


@require_POST
def ask_to_lift_hold(request, slug):
    """Ask for the hold to be lifted."""
    council = membership_for(request.user, slug, needs=Right.MANAGE_DATA).council
    try:
        asked = actions.ask_to_lift_hold(council, by=request.user, link_for=_link_for(request))
    except TooManyEmails as error:
        messages.error(request, str(error))
        return redirect("council_data_retention", slug)
    if asked is None:
        messages.info(request, "There is no hold.")
        return redirect("council_data_retention", slug)
    return _asked(request, asked)


@require_http_methods(["GET", "HEAD", "POST"])
def purge(request, slug, plan_id):
    """Show what would be deleted with a plan; delete it, or ask for it to be deleted, by POST."""
    council = membership_for(request.user, slug, needs=Right.MANAGE_DATA).council
    plan, _ = plan_for(request.user, plan_id, needs=Right.MANAGE_DATA)
    if plan.council_id != council.pk:
        raise Http404
    form = TypedForm(
        request.POST if request.method == "POST" else None, words=day_in_words(plan.election_day)
    )
    today = timezone.localdate()
    try:
        expiry = expiry_of(plan)
    except Plan.DoesNotExist as error:  # deleted since it was fetched
        raise Http404 from error
    needs_second_owner = expiry.needs_second_owner(today)
    on_hold = retention_of(council).hold
    if form.is_valid() and on_hold:
        form.add_error("typed", ON_HOLD)
    if form.is_valid():
        try:
            if needs_second_owner:
                asked = actions.ask_to_delete_plan(
                    plan, by=request.user, link_for=_link_for(request)
                )
                return _asked(request, asked)
            certificate = actions.delete_plan(plan, by=request.user)
        except actions.OnHold:
            form.add_error("typed", ON_HOLD)
        except actions.NeedsSecondOwner:
            form.add_error("typed", JUST_CHANGED)
            expiry, needs_second_owner = expiry_of(plan), True
        except actions.AlreadyDeleted as error:
            raise Http404 from error
        except TooManyEmails as error:
            form.add_error("typed", str(error))
        else:
            return _deleted(request, slug, certificate)
    context = {
        "council": council,
        "plan": plan,
        "form": form,
        "retention": retention_of(council),
        "expiry": expiry,
        "needs_second_owner": needs_second_owner,
        "why_no_second_owner": why_no_second_owner(council, by=request.user),
        "from_day": today + timedelta(days=WAITING_DAYS),
        "may_keep_lists": may_keep_sets_of(plan),
        "has_ended": expiry.ends < today,
        "days": WAITING_DAYS,
        "days_to_act": LAPSES_AFTER_DAYS,
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessments/data_protection/purge.html", context, status=status)


@require_safe
def certificate(request, slug, pk):
    """Show what was deleted with a plan, to keep or to print."""
    council = membership_for(request.user, slug, needs=Right.MANAGE_DATA).council
    certificates = PurgeCertificate.objects.filter(council=council).select_related("by")
    context = {"council": council, "certificate": get_object_or_404(certificates, pk=pk)}
    return render(request, "assessments/data_protection/certificate.html", context)


# --- Requests that need a second owner ------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def request_detail(request, slug, pk):
    """Show a pending request; carry it out by POST once its words have been typed.

    Of one that is no longer pending, say so on the page of the council's data.
    """
    asked, is_pending = request_for(request.user, slug, pk)
    if not is_pending:
        return _not_pending(request, slug)
    form = TypedForm(request.POST if request.method == "POST" else None, words=asked.words_to_type)
    can_carry_out = asked.can_be_carried_out_by(request.user, timezone.localdate())
    if form.is_valid() and not can_carry_out:
        form.add_error("typed", NOT_YET)
    if form.is_valid():
        try:
            certificate = actions.carry_out(asked, by=request.user)
        except actions.AlreadyDeleted as error:
            raise Http404 from error
        except actions.NotPending:
            return _not_pending(request, slug)
        except actions.NotYet:  # who is an owner has changed since it was checked above
            form.add_error("typed", NOT_YET)
        except actions.OnHold:
            form.add_error("typed", ON_HOLD)
        except (LastOwner, actions.ResetRefused, actions.ErasureRefused) as error:
            form.add_error("typed", str(error))
        else:
            if certificate:
                return _deleted(request, slug, certificate)
            if asked.waits:
                messages.success(request, "The request has been carried out.")
            else:
                messages.success(
                    request,
                    f"Two-step sign-in has been reset for {asked.person.name}. We have emailed "
                    "them.",
                )
            return redirect("council_data", slug)
    second_owners = asked.second_owners()
    context = {
        "council": asked.council,
        "asked": asked,
        "form": form,
        "can_carry_out": can_carry_out,
        "concerns_others": bool(actions.people_concerned(asked) - {asked.by}),
        "is_own": asked.by == request.user,
        "is_about_me": asked.person == request.user,
        "asker_is_settled": asked.by_id in asked.settled_owners(),
        "has_second_owner": bool(second_owners),
        "is_second_owner": request.user.pk in second_owners,
        "days": WAITING_DAYS,
        "days_to_act": LAPSES_AFTER_DAYS,
        "days_as_owner": DAYS_AS_OWNER,
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessments/data_protection/request.html", context, status=status)


@require_POST
def cancel_request(request, slug, pk):
    """Cancel a pending request."""
    asked, is_pending = request_for(request.user, slug, pk)
    others = (actions.people_concerned(asked) | {asked.by}) - {request.user}
    if not is_pending or not actions.cancel_request(asked, by=request.user):
        return _not_pending(request, slug)
    emailed = " We have emailed the people it concerns." if others else ""
    messages.success(request, f"The request has been cancelled.{emailed}")
    return redirect("council_data", slug)


def _not_pending(request, slug):
    messages.info(request, NOT_PENDING)
    return redirect("council_data", slug)


def _asked(request, asked):
    """Say what the request did, which may have been made before or concern no one else."""
    if not asked.is_new:
        messages.info(
            request,
            f"There is already a request, made by {asked.by.name} on "
            f"{day_in_words(timezone.localdate(asked.at))}. No email was sent again.",
        )
    elif asked.concerns_others:
        messages.success(
            request, "Your request has been made. We have emailed the people it concerns."
        )
    else:
        messages.success(
            request,
            "Your request has been made. No one else at the council has access, so no one was "
            "emailed.",
        )
    return redirect("council_data_request", asked.council.slug, asked.pk)


def _deleted(request, slug, certificate):
    messages.success(request, "The plan has been permanently deleted.")
    return redirect("council_data_certificate", slug, certificate.pk)


def _link_for(request):
    return lambda asked: request.build_absolute_uri(
        reverse("council_data_request", args=[asked.council.slug, asked.pk])
    )
