"""The plan that a person last opened, kept in the session, so that other pages can lead back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from councils.sessions import is_in_background

LAST_PLAN = "last_plan"


def remember_plan(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Store the plan of each page that is shown; the session is written only when it changes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        plan_id = _plan_of(request) if response.status_code == 200 else None
        if plan_id and request.session.get(LAST_PLAN) != plan_id:
            request.session[LAST_PLAN] = plan_id
        return response

    return middleware


def _plan_of(request: HttpRequest) -> int | None:
    """Return the plan in the address of a page; None for a fragment or any other page."""
    match = request.resolver_match
    is_fragment = "HX-Request" in request.headers or is_in_background(request)
    if match is None or request.method != "GET" or is_fragment:
        return None
    return match.kwargs.get("plan_id")
