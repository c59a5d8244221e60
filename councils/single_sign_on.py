"""Sign-in with the council's own accounts by OpenID Connect; off unless its settings are set.

It creates no accounts: invitations do. A person from an allowed tenant (see councils.provider) is
identified by the issuer's permanent id, never by an address, which can pass to someone else. An
account is connected to that id once: by the person, from their account page; or by their first
sign-in, if the provider has verified the address, no other identity is connected, and the person
has not disconnected one. Disconnecting is what a person can do if someone else can sign in as them
at the provider, so a sign-in must not undo it.

A second factor at the provider (`amr` contains "mfa") counts for that sign-in, so no code is asked
for. Plan owners still set up two-step sign-in here, because a password can be another way in.
"""

import logging
from enum import Enum
from functools import wraps

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
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
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_list_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from .actions import lock_open_account
from .models import User
from .provider import OtherTenant, SingleSignOnExchange, SingleSignOnProvider
from .sessions import end_access_of, hold_session

ALREADY_CONNECTED = (
    "Your account was already connected. To connect another, disconnect the first one."
)
CAME_BACK_LATE = (
    "Your account was not connected: your password was entered too long ago. Connect it again."
)

# What an answer of the provider that cannot be used raises, nested too deeply to be read included.
UNUSABLE_ANSWERS = (OAuth2Error, RequestException, RecursionError)

logger = logging.getLogger(__name__)


class SingleSignOnRefusal(Enum):
    """A reason for refusing a sign-in: the status and the text of the page."""

    CANCELLED = 403, "You stopped before you were signed in."
    OUTDATED = 400, "A sign-in works once, within 10 minutes. Start again."
    OTHER_TENANT = (
        403,
        "{name} has confirmed who you are, but your organisation does not use it to sign in here.",
    )
    NOT_CONNECTED = (
        403,
        "{name} has confirmed who you are, but is not connected to an account here. If you have an "
        "account, sign in with your password and connect it from your account page. If you do not, "
        "ask the plan owner at your council to invite you.",
    )
    DISCONNECTED = (
        403,
        "{name} has confirmed who you are, but your account here was disconnected from it. Sign in "
        "with your password and connect it from your account page.",
    )
    NO_ANSWER = (
        502,
        "The service for signing in with {this} is not responding properly. Wait a moment and try "
        "again, or sign in with your password.",
    )

    def page(self, request):
        status, words = self.value
        this = settings.OIDC_NAME
        context = {"words": words.format(name=this[:1].upper() + this[1:], this=this)}
        return render(request, "councils/single_sign_on_refused.html", context, status=status)


# --- Screens --------------------------------------------------------------------------------------


def where_turned_on(view):
    """Answer 404 unless single sign-on is set up."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if not settings.SINGLE_SIGN_ON:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@where_turned_on
@login_not_required
@require_POST
def sign_in(request):
    return _go_to_provider(request, AuthProcess.LOGIN, get_next_redirect_url(request))


@where_turned_on
@require_POST
@reauthentication_required(app="allauth.socialaccount")
def connect(request):
    if identities_of(request.user).exists():
        return redirect("account")
    return _go_to_provider(request, AuthProcess.CONNECT, reverse("account"))


@where_turned_on
@login_not_required
@require_GET
def callback(request):
    """Take the person back from the provider."""
    try:
        return OAuth2CallbackView.adapter_view(
            SingleSignOnExchange(request, SingleSignOnProvider.id)
        )(request)
    except UNUSABLE_ANSWERS as error:
        logger.warning("Single sign-on: %s", error)
        return SingleSignOnRefusal.NO_ANSWER.page(request)
    except IntegrityError:
        # The same identity was connected at the same moment, in another window.
        return SingleSignOnRefusal.OUTDATED.page(request)


@where_turned_on
@require_POST
@reauthentication_required(app="allauth.socialaccount")
def remove(request):
    """Disconnect the account, and end what someone else may have opened by signing in that way."""
    identities = get_list_or_404(identities_of(request.user))  # earlier versions let in several
    try:
        for identity in identities:
            validate_disconnect(request, identity)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        User.objects.filter(pk=request.user.pk).update(disconnected_at=timezone.now())
        for identity in identities:
            disconnect(request, identity)
        end_access_of(request.user, but=request.session.session_key, by=request.user)
    return redirect("account")


def connect_once(request, sociallogin, person, *, session_key=None):
    """Connect an identity to a person; return False if the person is connected to one already.

    Without `session_key` the person only signs in: also return False if they have disconnected one.
    Of two at once the second waits, and is refused. Raises PermissionDenied if the account has been
    closed since the request began, or its session, if `session_key` is given, has ended.
    """
    with transaction.atomic():
        stored = lock_open_account(person)
        if session_key is not None:
            hold_session(session_key)
        elif stored.disconnected_at is not None:
            return False
        if identities_of(person).exists():
            return False
        if stored.disconnected_at is not None:
            User.objects.filter(pk=person.pk).update(disconnected_at=None)
        sociallogin.connect(request, person)
    return True


def _go_to_provider(request, process, next_url):
    provider = SingleSignOnAdapter(request).get_provider(request, SingleSignOnProvider.id)
    try:
        return provider.redirect(request, process=process, next_url=next_url)
    except UNUSABLE_ANSWERS as error:
        logger.warning("Single sign-on: %s", error)
        return SingleSignOnRefusal.NO_ANSWER.page(request)


# --- Rules ----------------------------------------------------------------------------------------


def identities_of(user):
    """Return the identity that `user` is connected to, if any."""
    return SocialAccount.objects.filter(user=user, provider=SingleSignOnProvider.id)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": "Set a password first. Without one you could not sign in.",
    }

    def new_user(self, request, sociallogin):
        """Return a user that is never saved."""
        return User()

    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        """Find the account, or raise ImmediateHttpResponse with a refusal."""
        if sociallogin.state["process"] == AuthProcess.CONNECT:
            # An identity that is someone's already is left to allauth, which says so.
            if request.user.is_authenticated and not sociallogin.is_existing:
                raise ImmediateHttpResponse(self._connect_own(request, sociallogin))
            return
        if not sociallogin.is_existing:
            person = _person_with_verified_address(sociallogin.account)
            if person and not connect_once(request, sociallogin, person):
                person.refresh_from_db(fields=["disconnected_at"])
                if person.disconnected_at is not None and not identities_of(person).exists():
                    raise ImmediateHttpResponse(SingleSignOnRefusal.DISCONNECTED.page(request))
        if not sociallogin.is_existing or not sociallogin.user.is_active:
            raise ImmediateHttpResponse(SingleSignOnRefusal.NOT_CONNECTED.page(request))

    def _connect_own(self, request, sociallogin):
        """Connect the identity to the signed-in person; return the response."""
        key = request.session.session_key
        if is_reauthentication_required(request, app="allauth.socialaccount"):
            messages.error(request, CAME_BACK_LATE)
        elif connect_once(request, sociallogin, request.user, session_key=key):
            words = "socialaccount/messages/account_connected.txt"
            get_account_adapter(request).add_message(request, messages.INFO, words)
        else:
            messages.error(request, ALREADY_CONNECTED)
        return redirect("account")

    def on_authentication_error(
        self, request, provider, error=None, exception=None, extra_context=None
    ):
        """Raise ImmediateHttpResponse with a page that says what went wrong."""
        if error == AuthError.CANCELLED:
            refusal = SingleSignOnRefusal.CANCELLED
        elif isinstance(exception, OtherTenant):
            refusal = SingleSignOnRefusal.OTHER_TENANT
        elif exception is None and "state" not in extra_context:
            refusal = SingleSignOnRefusal.OUTDATED
        else:
            refusal = SingleSignOnRefusal.NO_ANSWER
        logger.warning("Single sign-on: %s", exception or refusal.name.lower())
        raise ImmediateHttpResponse(refusal.page(request))

    def get_connect_redirect_url(self, request, socialaccount):
        return reverse("account")


def _person_with_verified_address(identity):
    """Return the person with the verified address, or None."""
    address = identity.extra_data["verified_email"]
    return User.objects.filter(email=address, is_active=True).first() if address else None


class SecondFactorStage(AuthenticateStage):
    """Asks for the code of two-step sign-in, unless the provider has just asked for one.

    A new password ends sign-ins that wait for a code, as it ends sessions: the old one may have
    been entered by someone else.
    """

    def handle(self):
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin and sociallogin.account.extra_data["signed_in_twice"]:
            return None, True
        response, goes_on = super().handle()
        if response:
            self.state["waits_with"] = self.login.user.get_session_auth_hash()
        return response, goes_on

    def exit(self):
        if self.state.get("waits_with") == self.login.user.get_session_auth_hash():
            return super().exit()
        messages.info(self.request, "The password has been changed. Sign in again.")
        return self.abort()
