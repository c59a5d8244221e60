"""Links for choosing a password: those of a reset, which also set a first password.

A link works once, until `PASSWORD_RESET_TIMEOUT`, and signs no one in.
"""

from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django.urls import reverse

from .models import User


def password_link(user: User, *, site: str) -> str:
    """Return the full address at which `user` chooses a password; `site` is the planner's."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return urljoin(site, path)


def first_password_link(request: HttpRequest, user: User) -> str:
    """Return the full address at which a person without a password chooses one."""
    return password_link(user, site=request.build_absolute_uri("/"))
