"""Error pages with the planner's header and styles.

They are rendered without the request, so without the bar and pending messages: they run no query,
and work when the database does not. They have the header's links if the person was known already.
"""

import sys

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from govuk.fields import fields_sent

TITLES = {
    400: "We could not read that request",
    403: "You do not have permission",
    404: "Page not found",
    405: "There is no page at this address",
    409: "Someone else changed this first",
    413: "That is too large to send",
    429: "Too many attempts",
    500: "Something went wrong on our side",
    503: "The planner is not available at the moment",
}
SECONDS_UNTIL_BACK = 30
SECONDS_UNTIL_TURN = 10
# https://www.postgresql.org/docs/current/errcodes-appendix.html
FOREIGN_KEY_VIOLATION = "23503"
# The database takes no saves, as after a switch to a copy of it, or ended a transaction that was
# idle or took too long. They are in a class of errors that are otherwise faults of ours.
TEMPORARY = {"25006", "25P03", "25P04"}


def error_page(request, status, *, title="", message=""):
    """Return the page for `status`, or for HTMX a line in the page's message area."""
    is_fragment = bool(getattr(request, "htmx", False))
    template = "errors/_error.html" if is_fragment else "errors/error.html"
    context = {
        "status": status,
        "title": title or TITLES[status],
        "message": message,
        "is_signed_in": _is_known(request),
    }
    response = HttpResponse(render_to_string(template, context), status=status)
    if is_fragment:
        response.headers["HX-Retarget"] = "#page-message"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _is_known(request):
    """Return whether the signed-in person was fetched for this request before it failed."""
    user = getattr(request, "_cached_user", None)  # by AuthenticationMiddleware
    return bool(user and user.is_authenticated)


@login_not_required
def bad_request(request, exception=None):
    return error_page(request, 400)


@login_not_required
def permission_denied(request, exception=None):
    return error_page(request, 403, message=str(exception or ""))


@login_not_required
def page_not_found(request, exception=None):
    return error_page(request, 404)


@login_not_required
def too_many_requests(request, exception=None):
    return error_page(request, 429)


@login_not_required
def server_error(request):
    """Say that something failed; if it was the database, that it will be back.

    Django calls this while it handles the exception.
    """
    error = sys.exc_info()[1]
    if is_temporary(error):
        return unavailable(request)
    if isinstance(error, IntegrityError) and _refers_to_nothing(error):
        return deleted(request)
    return error_page(request, 500)


def is_temporary(error):
    """Return whether an error says that the database cannot be used at the moment."""
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", "") in TEMPORARY
    return isinstance(error, (OperationalError, InterfaceError))


def _refers_to_nothing(error):
    """Return whether a row could not be saved because the one that it refers to is not there."""
    state = getattr(error.__cause__, "sqlstate", "")  # PostgreSQL
    return state == FOREIGN_KEY_VIOLATION or "FOREIGN KEY constraint failed" in str(error)


def deleted(request):
    """Answer when someone deleted a row, such as a plan, between its reading and a save."""
    words = (
        "What this refers to has just been deleted, so nothing was saved. Copy anything you have "
        "typed before you leave this page."
    )
    return _given_back(request, 409, is_deleted=True) or error_page(request, 409, message=words)


def unavailable(request):
    """Answer while the database does not; a form is given back, so that no text is lost."""
    response = _given_back(request, 503, is_unavailable=True) or error_page(request, 503)
    response.headers["Retry-After"] = str(SECONDS_UNTIL_BACK)
    return response


def busy(request, message):
    """Answer a request that takes long if there is no turn for it, with a button to send it again.

    The page is made without a query: a hundred of these must cost little. It gives back no file.
    """
    title = "Try again in a moment"
    if getattr(request, "htmx", False):
        response = error_page(request, 503, title=title, message=message)
    else:
        context = {
            "title": title,
            "message": message,
            "answers": fields_sent(request),
            "has_file": bool(request.FILES),
            "is_form": request.method == "POST",
            "again": request.get_full_path(),
            "csrf_token": get_token(request),
            "is_signed_in": _is_known(request),
        }
        response = HttpResponse(render_to_string("errors/busy.html", context), status=503)
    response.headers["Retry-After"] = str(SECONDS_UNTIL_TURN)
    return response


def _given_back(request, status, **context):
    """Return `kept_form`, without a query, for a whole page sent from a page of ours; else None."""
    # The first is set once the token of the form was found to be right.
    is_ours = request.method == "POST" and getattr(request, "csrf_processing_done", False)
    if not is_ours or getattr(request, "htmx", False):
        return None
    context |= {"csrf_token": get_token(request), "is_signed_in": _is_known(request)}
    return kept_form(request, status=status, queries=False, **context)


def second_factor_needed(request):
    """Lead a page to setting up two-step sign-in; give a form back, so that no text is lost."""
    if request.method in {"GET", "HEAD"} and not request.htmx:
        text = "Set up two-step sign-in first. You need it for the page that you opened."
        messages.info(request, text)
        going = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return redirect(f"{reverse('mfa_activate_totp')}?{going}")
    if request.htmx:
        response = render(request, "_second_factor_needed.html", status=403)
        response.headers["HX-Retarget"] = "#page-message"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return kept_form(request, status=403, needs_second_factor=True) or redirect("mfa_activate_totp")


# Never sent back in a page: another person may be at the browser by then.
SECRETS = {"password", "password1", "password2", "oldpassword", "code"}


def kept_form(request, *, status, queries=True, **context):
    """Return a page with everything in the form that was refused, to send again; None if empty.

    Nothing is stored: the values go back to the browser as hidden inputs, and are sent again only
    when the person presses a button. Callers make sure that the form came from a page of this
    host, so that no other site can submit text in a person's name. Without `queries`, the page is
    made without the request: its header asks the database.
    """
    fields = fields_sent(request)
    is_ours = "csrfmiddlewaretoken" in request.POST
    if not fields or not is_ours or SECRETS & {name for name, _ in fields}:
        return None
    context |= {
        "fields": fields,
        # What a person would miss: text, not the names of choices.
        "typed": [value for _, value in fields if " " in value.strip()],
        "action": request.get_full_path(),
    }
    if not queries:
        return HttpResponse(render_to_string("errors/kept_form.html", context), status=status)
    return render(request, "errors/kept_form.html", context, status=status)


def csrf_failure(request, reason=""):
    """Answer a form whose token is out of date: it changes when a person signs in again.

    An HTMX page then fetches a new token and sends again (static/js/session.js). Any other form is
    given back with a new token, if the browser confirms that it came from a page of this host.
    """
    is_from_us = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if is_from_us and not request.htmx and request.user.is_authenticated:
        page = kept_form(request, status=403)
        if page:
            return page
    response = error_page(
        request,
        403,
        title="This page is out of date",
        message="You signed in again after you opened it, or your browser does not accept cookies. "
        "Copy anything you have typed, reload the page and try again.",
    )
    if request.htmx:
        response.headers["HX-Trigger"] = "app:outdated"
    return response
