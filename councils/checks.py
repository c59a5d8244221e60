"""What `manage.py check` says about settings that only make sense together."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error

SINGLE_SIGN_ON = ("OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_TENANTS")


def single_sign_on_is_whole(app_configs, **kwargs):
    missing = [name for name in SINGLE_SIGN_ON if not getattr(settings, name)]
    if missing == list(SINGLE_SIGN_ON):
        return []
    if missing:
        return [
            Error(
                f"Single sign-on is half set up: {' and '.join(missing)} not set.",
                hint="It stays off until all are set; to leave it off, set none.",
                id="councils.E001",
            )
        ]
    address = urlsplit(settings.OIDC_SERVER_URL)
    if not address.netloc or address.scheme not in (
        {"https"} if settings.PRODUCTION else {"https", "http"}
    ):
        return [Error("OIDC_SERVER_URL must be a whole https:// address.", id="councils.E002")]
    return []
