"""The plan that a person last opened, kept in the session, so that other pages can lead back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from councils.sessions import is_in_background

LAST_PLAN = "last_plan"


def remember_plan(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Store the plan of each page that is shown; the session is written only when it changes.

    A fragment is not a page: HTMX names itself in a header.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        is_page = (
            request.method == "GET"
            and response.status_code == 200
            and "HX-Request" not in request.headers
        )
        if is_page and match and "plan_id" in match.kwargs and not is_in_background(request):
            plan_id = match.kwargs["plan_id"]
            if request.session.get(LAST_PLAN) != plan_id:
                request.session[LAST_PLAN] = plan_id
        return response

    return middleware
