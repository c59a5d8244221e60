"""Moving a council's people to addresses of another domain, which needs two operators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from councils.domain_moves import addresses_to_move
from councils.once import once

from .. import access, actions
from ..access import for_operators
from ..forms import DomainForm, DomainPeopleForm
from ..navigation import page


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
@once
def domain(request, council_slug):
    """Show a move that is open; else ask for the domains, show who would move, and save it."""
    council = access.council_for(council_slug)
    move = access.open_move_of(council)
    is_sent = request.method == "POST"
    asked = request.POST if is_sent else request.GET
    domains = DomainForm(asked if "old_domain" in asked or is_sent else None)
    context = {"about": council, "move": move, "me": request.user, "domains": domains}
    context["form"] = domains
    if move is not None or not domains.is_valid():
        return page(request, "domain", context, status=409 if move and is_sent else 0)
    rows = addresses_to_move(council, **domains.cleaned_data)
    form = DomainPeopleForm(
        request.POST if is_sent else None, rows=rows, initial=domains.cleaned_data
    )
    if form.is_valid():
        try:
            actions.request_domain_move(council, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Your request has been saved. Another operator has to agree.")
            return redirect("operate_domain", council_slug)
    context |= {"form": form, "rows": rows, "shows_people": True}
    return page(request, "domain", context)


@require_POST
@for_operators
def agree(request, council_slug):
    move = access.open_move_for(council_slug)
    account_page = request.build_absolute_uri(reverse("account_domain_move"))
    try:
        if actions.agree_to_domain_move(move, by=request.user, account_page=account_page):
            messages.success(request, "The move has begun. Each person confirms their own address.")
    except actions.NeedsSecondOperator as error:
        messages.error(request, str(error))
    return redirect("operate_domain", council_slug)


@require_POST
@for_operators
def cancel(request, council_slug):
    move = access.open_move_for(council_slug)
    if actions.cancel_move(move, by=request.user):
        messages.success(request, "The move has been cancelled. Confirmed addresses stay.")
    return redirect("operate_domain", council_slug)
