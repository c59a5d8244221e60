"""Signing in with the council's own accounts, by OpenID Connect; off unless the environment says.

Nobody gets an account this way: an invitation makes one. Who comes from an allowed tenant (see
councils.provider) is known by what they were connected as: the issuer's lasting id of them, never
by an address, which may pass to someone else. Two things connect an account, once: the person
themselves, from their account page, signed in; or their first sign-in, if the provider vouches for
the address and no other identity has it.

A second factor that the provider asked for (`amr` says "mfa") counts for this sign-in: no code is
asked for. Whoever owns a plan still sets one up here, for a password may remain another way in.
"""

import logging
from enum import Enum
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal.flows.connect import disconnect, validate_disconnect
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from .models import User
from .provider import Exchange, OtherTenant, Provider

logger = logging.getLogger(__name__)


class Refusal(Enum):
    """Why nobody was signed in: the status of the page, and the words on it."""

    CANCELLED = 403, "You stopped before {name} had signed you in."
    OUTDATED = 400, "A sign-in works once, and within ten minutes. Start again."
    OTHER_TENANT = (
        403,
        "{name} knows you, but your organisation does not use it to sign in here.",
    )
    NOT_CONNECTED = (
        403,
        "{name} knows you, but no account here is connected to that. If you have an account, sign "
        "in with your password and connect it from your account page. If you have none, ask the "
        "owner of your council’s plan to invite you.",
    )
    NO_ANSWER = (
        502,
        "{name} did not answer as it should. Wait a moment and try again, or sign in with your "
        "password.",
    )

    def page(self, request):
        status, words = self.value
        context = {
            "words": words.format(name=settings.OIDC_NAME[:1].upper() + settings.OIDC_NAME[1:])
        }
        return render(request, "councils/single_sign_on_refused.html", context, status=status)


# --- Screens --------------------------------------------------------------------------------------


def where_switched_on(view):
    """Elsewhere the address does not exist."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if not settings.SINGLE_SIGN_ON:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@where_switched_on
@login_not_required
@require_POST
def sign_in(request):
    return _go_to_provider(request, AuthProcess.LOGIN, get_next_redirect_url(request))


@where_switched_on
@require_POST
@reauthentication_required(app="allauth.socialaccount")
def connect(request):
    if identities_of(request.user).exists():
        return redirect("account")
    return _go_to_provider(request, AuthProcess.CONNECT, reverse("account"))


@where_switched_on
@login_not_required
@require_GET
def callback(request):
    """Where the provider sends the person back to."""
    try:
        return OAuth2CallbackView.adapter_view(Exchange(request, Provider.id))(request)
    except (OAuth2Error, RequestException) as error:
        logger.warning("Single sign-on: %s", error)
        return Refusal.NO_ANSWER.page(request)
    except IntegrityError:
        # The same identity was connected at this very moment, in another window.
        return Refusal.OUTDATED.page(request)


@where_switched_on
@require_POST
@reauthentication_required(app="allauth.socialaccount")
def remove(request):
    identity = get_object_or_404(identities_of(request.user))
    try:
        validate_disconnect(request, identity)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        disconnect(request, identity)
    return redirect("account")


def _go_to_provider(request, process, next_url):
    provider = SingleSignOnAdapter(request).get_provider(request, Provider.id)
    try:
        return provider.redirect(request, process=process, next_url=next_url)
    except (OAuth2Error, RequestException) as error:
        logger.warning("Single sign-on: %s", error)
        return Refusal.NO_ANSWER.page(request)


# --- Rules ----------------------------------------------------------------------------------------


def identities_of(user):
    """What `user` is connected to; at most one."""
    return SocialAccount.objects.filter(user=user, provider=Provider.id)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": "Set a password first: without one you could not sign in any more.",
    }

    def new_user(self, request, sociallogin):
        """Nobody yet; never saved."""
        return User()

    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        """Find whose account this is, or refuse. Raises ImmediateHttpResponse with the page."""
        if sociallogin.state["process"] == AuthProcess.CONNECT:
            return
        if not sociallogin.is_existing:
            person = _person_vouched_for(sociallogin.account)
            if person:
                sociallogin.connect(request, person)
        if not sociallogin.is_existing or not sociallogin.user.is_active:
            raise ImmediateHttpResponse(Refusal.NOT_CONNECTED.page(request))

    def on_authentication_error(
        self, request, provider, error=None, exception=None, extra_context=None
    ):
        """Raises ImmediateHttpResponse with the page that says what went wrong."""
        if error == AuthError.CANCELLED:
            refusal = Refusal.CANCELLED
        elif isinstance(exception, OtherTenant):
            refusal = Refusal.OTHER_TENANT
        elif exception is None and "state" not in extra_context:
            refusal = Refusal.OUTDATED
        else:
            refusal = Refusal.NO_ANSWER
        logger.warning("Single sign-on: %s", exception or refusal.name.lower())
        raise ImmediateHttpResponse(refusal.page(request))

    def get_connect_redirect_url(self, request, socialaccount):
        return reverse("account")


def _person_vouched_for(identity):
    """Who has the address that the provider vouches for, unless someone else signed in as them."""
    address = identity.extra_data["verified_email"]
    person = User.objects.filter(email=address, is_active=True).first() if address else None
    return person if person and not identities_of(person).exists() else None


class CodeStage(AuthenticateStage):
    """Asks for the code of two-step sign-in, unless the provider asked for one just now."""

    def handle(self):
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin and sociallogin.account.extra_data["signed_in_twice"]:
            return None, True
        return super().handle()
