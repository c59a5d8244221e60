"""Error pages in the product's own look.

They are drawn without the request, so without the signed-in person and the waiting messages: no
query is run, and they work when little else does.
"""

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

TITLES = {
    400: "We could not read that request",
    403: "You cannot do this",
    404: "Page not found",
    409: "Someone else changed this first",
    429: "Too many attempts",
    500: "Something went wrong on our side",
}


def error_page(request, status, *, title="", message=""):
    """The page for `status`, or for an HTMX request a line in the page's own message area."""
    is_fragment = bool(getattr(request, "htmx", False))
    template = "errors/_error.html" if is_fragment else "errors/error.html"
    context = {"status": status, "title": title or TITLES[status], "message": message}
    response = HttpResponse(render_to_string(template, context), status=status)
    if is_fragment:
        response.headers["HX-Retarget"] = "#page-message"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


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
    return error_page(request, 500)


def second_factor_needed(request):
    """A page leads to setting it up. What was being saved waits where it is: it is not thrown away
    for a page that its sender did not ask for.
    """
    if request.method in {"GET", "HEAD"} and not request.htmx:
        messages.info(request, "Set up two-step sign-in first: this page needs it.")
        going = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return redirect(f"{reverse('mfa_activate_totp')}?{going}")
    if request.htmx:
        response = render(request, "_second_factor_needed.html", status=403)
        response.headers["HX-Retarget"] = "#page-message"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return kept_form(request, status=403, needs_second_factor=True) or redirect("mfa_activate_totp")


# Never sent back to the page: who typed it may be gone.
SECRETS = {"password", "password1", "password2", "oldpassword", "code"}


def kept_form(request, *, status, **context):
    """A form that could not be taken, with everything in it, to be sent again; None without one.

    Nothing is stored: what was typed goes back in hidden boxes to the browser it came from, and
    only its person's press of a button sends it again. Callers make sure that it comes from a page
    of ours, so that no other site can put words into someone's mouth.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    is_ours = "csrfmiddlewaretoken" in request.POST
    if not fields or not is_ours or SECRETS & {name for name, _ in fields}:
        return None
    context |= {
        "fields": fields,
        # What a person would miss: sentences, not the names of choices.
        "typed": [value for _, value in fields if " " in value.strip()],
        "action": request.get_full_path(),
    }
    return render(request, "errors/kept_form.html", context, status=status)


def csrf_failure(request, reason=""):
    """The token of a form changes when its person signs in again, perhaps in another tab.

    An HTMX page then fetches a new one and sends again (static/js/session.js). Another form comes
    back with a new one, if the browser itself vouches that it was sent from a page of ours.
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
        message="It was open while your sign-in changed, or your browser does not keep cookies. "
        "Copy anything you typed, reload the page and try again.",
    )
    if request.htmx:
        response.headers["HX-Trigger"] = "app:outdated"
    return response
