"""Who is an operator, and resets of two-step sign-in, which need two of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.data_protection.models import LAPSES_AFTER_DAYS
from councils.actions import AddressStep, MergeRefused, StandInRefused
from councils.once import once
from councils.tasks import request_password_reset

from .. import access, actions
from ..access import for_operators
from ..forms import OperatorForm, ResetRequestForm
from ..navigation import page

NOT_OPEN = "This request has already been carried out or cancelled, or has ended."


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
@once
def operators(request):
    """List the operators, and give someone the role."""
    form = OperatorForm(request.POST or None)
    if form.is_valid():
        try:
            person = actions.add_operator(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = f"{person.name} is now an operator."
            if not person.has_usable_password():
                request_password_reset(person.email, request.build_absolute_uri("/"))
                words += " We have sent them an email with a link to choose a password."
            messages.success(request, words)
            return redirect("operate_operators")
    listed = access.operators()
    return page(request, "operators", {"form": form, "operators": listed})


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def remove(request, pk):
    person = access.operator_for(pk)
    problem = ""
    if request.method == "POST":
        try:
            actions.remove_operator(person, by=request.user)
        except actions.LastOperator as error:
            problem = str(error)
        else:
            if person == request.user:
                messages.success(request, "You are no longer an operator.")
                return redirect("home")
            messages.success(request, f"{person.name} is no longer an operator.")
            return redirect("operate_operators")
    context = {"person": person, "problem": problem}
    return page(request, "operator_remove", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
@once
def resets(request):
    """List the open requests, and ask for a reset."""
    form = ResetRequestForm(request.POST or None)
    if form.is_valid():
        try:
            actions.request_reset(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Your request has been saved. Another operator has to agree.")
            return redirect("operate_resets")
    context = {"form": form, "resets": access.open_resets(), "me": request.user}
    context["days"] = LAPSES_AFTER_DAYS
    context["is_alone"] = access.operators().count() < 2
    return page(request, "resets", context)


@require_POST
@for_operators
def reset_agree(request, pk):
    reset = access.reset_for(pk)
    try:
        if actions.agree_to_reset(reset, by=request.user):
            messages.success(request, f"Two-step sign-in for {reset.person.name} has been reset.")
        else:
            messages.info(request, NOT_OPEN)
    except actions.NeedsSecondOperator as error:
        messages.error(request, str(error))
    return redirect("operate_resets")


@require_POST
@for_operators
def reset_cancel(request, pk):
    reset = access.reset_for(pk)
    if actions.cancel_reset(reset, by=request.user):
        messages.success(
            request, "The request has been cancelled. We have emailed the people it concerns."
        )
    else:
        messages.info(request, NOT_OPEN)
    return redirect("operate_resets")


@require_safe
@for_operators
def addresses(request):
    """List what waits for operators to confirm in place of a lost mailbox: addresses and merges."""
    merges = list(access.merges())
    names = access.councils_of_accounts(
        account for merge in merges for account in (merge.kept, merge.ended)
    )
    context = {
        "changes": access.address_changes(),
        "merges": [
            {
                "merge": merge,
                "kept_at": names.get(merge.kept.pk, []),
                "ended_at": names.get(merge.ended.pk, []),
            }
            for merge in merges
        ],
        "me": request.user,
    }
    return page(request, "addresses", context)


@require_POST
@for_operators
def merge_agree(request, pk):
    merge = access.merge_for(pk)
    try:
        step = actions.confirm_merge_of(merge, by=request.user)
    except actions.NeedsSecondOperator as error:
        messages.error(request, str(error))
    except MergeRefused as error:
        messages.error(request, " ".join(error.problems))
    else:
        if step is actions.MergeStep.DONE:
            messages.success(request, f"The accounts of {merge.kept.name} have been merged.")
        elif step is actions.MergeStep.WAITING:
            messages.success(
                request, "You have confirmed it. Another operator has to confirm it too."
            )
        else:
            messages.error(request, "The accounts have not been merged.")
    return redirect("operate_addresses")


@require_POST
@for_operators
def address_agree(request, pk):
    change = access.address_change_for(pk)
    try:
        step = actions.confirm_address_of(change, by=request.user)
    except (actions.NeedsSecondOperator, StandInRefused) as error:
        messages.error(request, str(error))
    else:
        if step is AddressStep.DONE:
            messages.success(request, f"The address of {change.user.name} has been changed.")
        elif step is AddressStep.WAITING:
            messages.success(
                request,
                "You have confirmed it. It takes effect once the others have confirmed it too.",
            )
        elif step is AddressStep.WAITING_FOR_NEW:
            messages.success(
                request,
                "You are the second person to confirm it. The address changes once it is confirmed "
                "from the email to the new address.",
            )
        else:
            messages.error(request, "The address has not been changed.")
    return redirect("operate_addresses")
