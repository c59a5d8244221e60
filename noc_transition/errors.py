"""Error pages in the product's own look.

They are drawn without the request, so without the signed-in person and the waiting messages: no
query is run, and they work when little else does.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template.loader import render_to_string

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


def csrf_failure(request, reason=""):
    return error_page(
        request,
        403,
        title="This page is out of date",
        message="It was open while your sign-in changed, or your browser does not keep cookies. "
        "Copy anything you typed, reload the page and try again.",
    )
