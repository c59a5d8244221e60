"""Headers of every response, and the rules that every request has to pass."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import render
from whitenoise.middleware import WhiteNoiseFileResponse

from assessments.printing.turns import NoTurn
from councils.permissions import SecondFactorNeeded
from councils.sessions import is_in_background

from .errors import busy, error_page, kept_form, second_factor_needed

ASK_AGAIN = "private, no-cache"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def security_headers(get_response):
    """Set security headers on every response, including errors.

    Django's middleware sets the last three, but not on requests that it refuses itself, such as
    for an unknown host name. No page is stored by a cache or on a shared computer. Static files
    keep WhiteNoise's caching, and a calendar feed can be stored and revalidated.
    """

    def middleware(request):
        response = get_response(request)
        headers = response.headers
        headers["Permissions-Policy"] = PERMISSIONS_POLICY
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["X-Answered-By"] = "planner"  # static/js/app.js counts no other answer as a save
        is_kept = headers.get("Cache-Control") == ASK_AGAIN
        if not is_kept and not isinstance(response, WhiteNoiseFileResponse):
            headers["Cache-Control"] = "no-store"
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        return response

    return middleware


def limit_requests(get_response):
    """Refuse a request that is larger than any form of ours, before anything reads it.

    Django keeps files of any size on disk while it looks for the token of a form, so before it
    knows who sent them.
    """

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.LARGEST_REQUEST:
            return error_page(request, 413)
        return get_response(request)

    return middleware


def explain_method(get_response):
    """Answer with a page where Django says with an empty one that an address takes no such request.

    A person gets there who signs in after pressing a button that sends nothing to be given back:
    sign-in leads to the address of the button.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = error_page(request, 405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    return middleware


def keep_session(get_response):
    """Extend a session that is used; see noc_transition.sessions."""

    def middleware(request):
        response = get_response(request)
        if request.session.accessed and not is_in_background(request):
            request.session.keep()
        return response

    return middleware


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Require sign-in for every view that is not marked `login_not_required`.

    A page leads to the sign-in form. A fragment gets a message instead, because the form would
    appear inside the page. A form is given back with its text, to send again after signing in.
    """

    def handle_no_permission(self, request, view_func):
        if request.htmx:
            response = render(request, "_signed_out.html", status=401)
            response.headers["HX-Retarget"] = "#page-message"
            response.headers["HX-Reswap"] = "innerHTML"
            return response
        return kept_form(request, status=401) or super().handle_no_permission(request, view_func)

    def process_exception(self, request, exception):
        """Lead a person who needs two-step sign-in to setting it up, and one whose file has to wait
        to a button that asks for it again.
        """
        if isinstance(exception, SecondFactorNeeded):
            return second_factor_needed(request)
        if isinstance(exception, NoTurn):
            return busy(request, str(exception))
        return None
