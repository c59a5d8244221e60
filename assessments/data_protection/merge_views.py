"""Confirming, from a link in an email, that two accounts are the same person's."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from councils.actions import MergeRefused, cancel_merge
from councils.forms import OtherAccountCodeForm
from councils.merging import merged_memberships, why_not_merge
from councils.models import AccountMerge, signs_in_twice
from councils.once import once

from . import actions
from .access import requests_ended_by_merge


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def confirm(request, token):
    """Show what a merge would do, and carry it out; a GET changes nothing.

    The link proves control of the other mailbox. To merge, the person must also be signed in to the
    account that asked, so that no one can be led to give their account to someone else, and enter a
    code if the other account uses two-step sign-in. To cancel, the link is enough.
    """
    merge = AccountMerge.objects.for_token(token).select_related("asked_by", "other").first()
    if merge is None or not (merge.asked_by.is_active and merge.other.is_active):
        return _gone(request)
    if request.method == "POST" and "cancel" in request.POST:
        cancel_merge(merge)
        return render(request, "assessments/data_protection/merge_cancelled.html")
    if request.user != merge.asked_by:
        context = {"merge": merge}
        status = 403 if request.method == "POST" else 200
        return render(
            request, "assessments/data_protection/merge_elsewhere.html", context, status=status
        )
    merged = merged_memberships(merge.kept, merge.ended)
    problems = why_not_merge(merge.kept, merge.ended, merged, is_proven=True)
    form = _code_form(request, merge)
    if request.method == "POST" and not problems and (form is None or form.is_valid()):
        try:
            done = actions.confirm_merge(token, by=request.user)
        except MergeRefused as error:
            problems = error.problems
        else:
            return _done(request, merge) if done is not None else _gone(request)
    context = {
        "merge": merge,
        "merged": merged,
        "problems": problems,
        "form": form,
        "requests": requests_ended_by_merge(merge.kept, merge.ended),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/data_protection/merge_confirm.html", context, status=status)


def _code_form(request, merge):
    """Return the form for the second factor of the other account, or None if it has none."""
    if not signs_in_twice(merge.other):
        return None
    data = request.POST if request.method == "POST" else None
    return OtherAccountCodeForm(data, user=merge.other)


def _done(request, merge):
    words = f"Your accounts have been merged. Sign in with {merge.kept.email} from now on."
    if merge.keeps_other:
        logout(request)
        messages.success(request, words)
        return redirect("account_login")
    messages.success(request, words)
    return redirect("account")


def _gone(request):
    return render(request, "assessments/data_protection/merge_gone.html", status=404)
