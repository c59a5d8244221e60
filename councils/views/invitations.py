"""Accepting an invitation."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from .. import actions
from ..forms import FirstPasswordForm
from ..models import Invitation, Membership, User, invited_person
from ..permissions import must_sign_in_twice
from ..sessions import remember_new_password


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, token):
    """Show an invitation and accept it. A GET changes nothing, because mail scanners open links.

    A person who has a password or has signed in before must be signed in; others choose a
    password.
    """
    invitations = Invitation.objects.for_token(token)
    invitation = invitations.select_related("council", "invited_by").first()
    known = invited_person(invitation) if invitation else None
    if invitation is None or (known and not known.is_active):
        return _gone(request, token)
    # Also without a password, as people with single sign-on: the link may have gone to an address
    # that was theirs then and is someone else's now.
    must_sign_in = known is not None and (
        known.has_usable_password() or known.last_login is not None
    )
    is_someone_else = request.user.is_authenticated and request.user != known
    if is_someone_else or (must_sign_in and not request.user.is_authenticated):
        return render(request, "councils/join_sign_in.html", {"invitation": invitation})
    form = None
    if not must_sign_in:
        person = known or User(email=invitation.email, name=invitation.name)
        form = FirstPasswordForm(request.POST or None, user=person)
    if request.method != "POST" or (form and not form.is_valid()):
        return _page(request, invitation, known, form)
    try:
        membership = actions.accept(token, password=form.cleaned_data["password"] if form else "")
    except actions.LastOwner:
        problem = (
            f"You are the only owner of {invitation.council}, and this invitation gives less "
            "access. Make someone else an owner first. Nothing has changed."
        )
        return _page(request, invitation, known, form, problem=problem)
    except ValidationError as error:
        problem = f"{' '.join(error.messages)}. Nothing has changed."
        return _page(request, invitation, known, form, problem=problem)
    if membership is None:
        return _gone(request, token)
    messages.success(request, f"You have joined {membership.council.name}.")
    if form:
        remember_new_password(request, membership.user)
        # As on the sign-in page, a person with two-step sign-in is asked for their code.
        return perform_login(request, membership.user, redirect_url=reverse("home"))
    return redirect("home")


def _page(request, invitation, known, form, *, problem=""):
    current = Membership.objects.current().filter(user=known, council=invitation.council)
    context = {
        "invitation": invitation,
        "form": form,
        "problem": problem,
        "sets_up_second_factor": known is None and must_sign_in_twice(invitation),
        "membership": current.first() if known else None,
    }
    status = 409 if problem else 422 if form and form.is_bound else 200
    return render(request, "councils/join.html", context, status=status)


def _gone(request, token):
    """Say that the link cannot be used; send a person who has just used it to their plans."""
    if request.method == "POST" and request.user.is_authenticated:
        used = Invitation.objects.filter(token_digest=Invitation.digest_of(token))
        found = used.exclude(accepted_at=None).first()
        if found is not None and invited_person(found) == request.user:
            return redirect("home")
    return render(request, "councils/join_gone.html", status=404)
