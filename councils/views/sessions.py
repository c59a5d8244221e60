"""The sessions of the signed-in person."""

from django.contrib import messages
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from ..sessions import end_access_of, end_sessions, open_sessions_of


@require_safe
def session(request):
    """Return the person's id and a new form token, for pages opened before they signed in again.

    Only pages of this host can read the answer.
    """
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


@require_POST
def session_end(request, pk):
    """Sign out one other browser."""
    others = open_sessions_of(request.user).exclude(session_key=request.session.session_key)
    chosen = others.filter(pk=pk)
    get_object_or_404(chosen)
    end_sessions(chosen)
    messages.success(request, "That browser has been signed out.")
    return redirect("account")


@require_POST
def sessions_end(request):
    """Sign out every other browser, and end calendar addresses."""
    end_access_of(request.user, but=request.session.session_key, by=request.user)
    messages.success(request, "You have been signed out everywhere else.")
    return redirect("account")
