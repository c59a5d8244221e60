"""Changing one's own email address."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from .. import actions
from ..domain_moves import move_of
from ..forms import AddressForm
from ..mail import TooManyEmails
from ..models import AddressChange
from ..once import once


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
@once
def email(request):
    """Ask for a change of one's own address, and show one that is waiting to be confirmed."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.ask_to_change_address(
                request.user,
                link_for=link_for(request),
                session_key=request.session.session_key,
                **form.cleaned_data,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except TooManyEmails as error:
            form.add_error("email", str(error))
        else:
            return redirect("account_email_change")
    status = 422 if form.is_bound else 200
    waiting = AddressChange.objects.open().filter(user=request.user).first()
    context = {"form": form, "change": waiting, "person": move_of(request.user)}
    return render(request, "councils/email_change.html", context, status=status)


@require_POST
def cancel(request):
    """Cancel the change of one's own address that is waiting."""
    change = AddressChange.objects.filter(user=request.user).select_related("user").first()
    if change is not None:
        actions.cancel_address_change(change)
        messages.success(request, "The change has been cancelled. Your address stays as it is.")
    return redirect("account_email_change")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, token):
    """Confirm or cancel a change from a link in an email; the link itself is the proof.

    A GET changes nothing, because mail scanners open links. In a move to another domain
    only the new address confirms it, so the person must also be signed in.
    """
    change = AddressChange.objects.for_token(token).select_related("user").first()
    if change is None:
        return render(request, "councils/email_change_gone.html", status=404)
    if request.method == "POST" and "cancel" in request.POST:
        from_old = change.is_from_old(token)
        sent_to = "current" if from_old else "new"
        how = f"From the link sent to the {sent_to} address"
        if request.user != change.user:
            how += ", which anyone who reads email there can open"
        actions.cancel_address_change(change, how=how)
        context = {"step": "cancelled", "from_old": from_old}
        return render(request, "councils/email_change_result.html", context)
    mine = request.user == change.user
    if change.move_id and not change.is_from_old(token) and not mine:
        status = 403 if request.method == "POST" else 200
        context = {"change": change}
        return render(request, "councils/email_change_sign_in.html", context, status=status)
    if request.method == "POST":
        key = request.session.session_key if mine else None
        step = actions.confirm_address(token, but=key, by=request.user if mine else None)
        if step is None:
            return render(request, "councils/email_change_gone.html", status=404)
        context = {"step": step.value, "from_old": change.is_from_old(token), "change": change}
        status = 409 if step is actions.AddressStep.TAKEN else 200
        return render(request, "councils/email_change_result.html", context, status=status)
    from_old = change.is_from_old(token)
    is_confirmed = (change.old_confirmed_at if from_old else change.new_confirmed_at) is not None
    context = {"change": change, "from_old": from_old, "is_confirmed": is_confirmed}
    return render(request, "councils/email_change_confirm.html", context)


def link_for(request):
    return lambda token: request.build_absolute_uri(reverse("account_email_confirm", args=[token]))
