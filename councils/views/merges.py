"""Asking to merge two accounts of one's own."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from .. import actions
from ..forms import MergeForm
from ..mail import TooManyEmails
from ..models import AccountMerge
from ..once import once


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
@once
def merge(request):
    """Ask to merge another account with one's own, and show a request that is waiting."""
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.ask_to_merge(
                request.user,
                link_for=_link_for(request),
                session_key=request.session.session_key,
                **form.cleaned_data,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except TooManyEmails as error:
            form.add_error("email", str(error))
        else:
            return redirect("account_merge")
    waiting = AccountMerge.objects.open().filter(asked_by=request.user)
    context = {"form": form, "merge": waiting.select_related("first_stand_in").first()}
    status = 422 if form.is_bound else 200
    return render(request, "councils/merge.html", context, status=status)


@require_POST
def cancel(request):
    """Cancel one's own request that is waiting."""
    waiting = AccountMerge.objects.filter(asked_by=request.user).first()
    if waiting is not None:
        actions.cancel_merge(waiting)
        messages.success(request, "The request has been cancelled. Both accounts stay.")
    return redirect("account_merge")


def _link_for(request):
    return lambda token: request.build_absolute_uri(reverse("account_merge_confirm", args=[token]))
