"""Checks of settings that depend on each other, run by `manage.py check`."""

import uuid
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
                f"Single sign-on is set up in part: {' and '.join(missing)} not set.",
                hint="Set all of them to turn it on, or none to leave it off.",
                id="councils.E001",
            )
        ]
    address = urlsplit(settings.OIDC_SERVER_URL)
    if not address.netloc or address.scheme not in (
        {"https"} if settings.PRODUCTION else {"https", "http"}
    ):
        return [Error("OIDC_SERVER_URL must be a full https:// address.", id="councils.E002")]
    if wrong := [each for each in settings.OIDC_TENANTS if not _is_tenant(each)]:
        return [
            Error(
                f"OIDC_TENANTS: no token can come from {' or '.join(wrong)}.",
                hint="For Entra, give the tenant id, not a domain. For other providers, give the "
                "issuer, which is a full https:// address.",
                id="councils.E003",
            )
        ]
    return []


def _is_tenant(text: str) -> bool:
    """Say whether a token can name a tenant so: see `provider.SingleSignOnExchange`."""
    if urlsplit(text).netloc:
        return True
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
