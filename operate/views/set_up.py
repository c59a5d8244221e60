"""The one-time address that makes the first operator of a new service."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from councils.sessions import remember_new_password

from .. import actions
from ..actions.operators import is_set_up_open
from ..forms import FirstOperatorForm


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request, token):
    """Make the first operator, who then turns on two-step sign-in. A GET changes nothing."""
    if not is_set_up_open(token):
        return render(request, "operate/set_up_gone.html", status=404)
    form = FirstOperatorForm(request.POST or None)
    if form.is_valid():
        try:
            person = actions.make_first_operator(token, **form.cleaned_data)
        except actions.SetUpEnded:
            return render(request, "operate/set_up_gone.html", status=404)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if not person.check_password(form.cleaned_data["password"]):
                messages.info(
                    request,
                    "You had an account, and it is now an operator’s. Sign in with its password.",
                )
                return redirect("account_login")
            remember_new_password(request, person)
            return perform_login(request, person, redirect_url=reverse("operate"))
    status = 422 if form.is_bound else 200
    return render(request, "operate/set_up.html", {"form": form}, status=status)
