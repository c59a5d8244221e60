"""A person's part in the move of their council to another domain."""

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from .. import actions
from ..domain_moves import move_of
from ..mail import TooManyEmails
from ..models import AddressChange
from ..once import once
from .addresses import link_for


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
@once
def move(request):
    """Show the person's new address, and send a link to it.

    Redirects to the account if no move waits for them: it has been confirmed, has ended or has been
    cancelled since they were sent the address of this page. Opened after signing in, with the page
    to go on to as `next`.
    """
    person = move_of(request.user)
    if person is None:
        words = "You have no new address to confirm. You sign in with"
        messages.info(request, f"{words} {request.user.email}.")
        return redirect("account")
    going = get_next_redirect_url(request, REDIRECT_FIELD_NAME)
    problem = ""
    if request.method == "POST":
        try:
            actions.ask_to_move_address(request.user, link_for=link_for(request))
        except TooManyEmails as error:
            problem = str(error)
        else:
            messages.success(request, f"We have sent an email to {person.new_email}.")
            return redirect("account_domain_move")
    waiting = AddressChange.objects.open().filter(user=request.user, move=person).first()
    context = {
        "person": person,
        "change": waiting,
        "going": going or reverse("home"),
        "next": going,
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "councils/domain_move.html", context, status=status)
