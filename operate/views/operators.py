"""Who is an operator, and resets of two-step sign-in, which need two of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from councils.tasks import request_password_reset

from .. import access, actions
from ..access import for_operators
from ..forms import OperatorForm, ResetRequestForm
from ..navigation import page


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
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
                words += " We have sent them an email to choose a password."
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
            messages.success(request, f"{person.name} is no longer an operator.")
            return redirect("home" if person == request.user else "operate_operators")
    context = {"person": person, "problem": problem}
    return page(request, "operator_remove", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
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
    context["is_alone"] = access.operators().count() < 2
    return page(request, "resets", context)


@require_POST
@for_operators
def reset_agree(request, pk):
    reset = access.open_reset_for(pk)
    try:
        if actions.agree_to_reset(reset, by=request.user):
            messages.success(
                request, f"The two-step sign-in of {reset.person.name} has been reset."
            )
    except actions.NeedsSecondOperator as error:
        messages.error(request, str(error))
    return redirect("operate_resets")


@require_POST
@for_operators
def reset_cancel(request, pk):
    reset = access.open_reset_for(pk)
    if actions.cancel_reset(reset, by=request.user):
        messages.success(request, "The request has been cancelled.")
    return redirect("operate_resets")
