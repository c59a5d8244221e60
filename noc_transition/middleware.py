"""What every response carries, and what every request needs first."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import render
from whitenoise.middleware import WhiteNoiseFileResponse

from councils.permissions import SecondFactorNeeded
from councils.sessions import is_in_background

from .errors import kept_form, second_factor_needed

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
    """Headers on every response, whatever goes wrong further in.

    Django's own middleware sets the last three, but not when it is itself what refuses a request,
    as for a host name that is not ours.

    Nothing that a person sees is kept by a cache or a shared computer; static files, which hold
    nothing of anyone's, keep the caching that WhiteNoise gives them.
    """

    def middleware(request):
        response = get_response(request)
        headers = response.headers
        headers["Permissions-Policy"] = PERMISSIONS_POLICY
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not isinstance(response, WhiteNoiseFileResponse):
            headers["Cache-Control"] = "no-store"
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        return response

    return middleware


def keep_session(get_response):
    """A session that is used does not end for idleness; see noc_transition.sessions."""

    def middleware(request):
        response = get_response(request)
        if request.session.accessed and not is_in_background(request):
            request.session.keep()
        return response

    return middleware


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs sign-in unless its view says otherwise.

    A page leads to the sign-in form. A fragment cannot: the form would land inside a list. It is
    told so instead, and what was typed stays on the screen. Nor can a form that was just sent:
    its text would be lost on the way, so it comes back, to be sent again after signing in.
    """

    def handle_no_permission(self, request, view_func):
        if request.htmx:
            response = render(request, "_signed_out.html", status=401)
            response.headers["HX-Retarget"] = "#page-message"
            response.headers["HX-Reswap"] = "innerHTML"
            return response
        return kept_form(request, status=401) or super().handle_no_permission(request, view_func)

    def process_exception(self, request, exception):
        """Whoever has to set up two-step sign-in first is led there."""
        if isinstance(exception, SecondFactorNeeded):
            return second_factor_needed(request)
        return None
