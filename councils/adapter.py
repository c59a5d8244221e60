"""What django-allauth asks this project: rules, addresses and texts."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from qrcode import make as qr_code
from qrcode.image.svg import SvgPathFillImage

from . import encryption
from .domain_moves import move_of
from .known_browsers import mark_of, remember_browser
from .mail import send_to
from .models import User
from .sessions import end_access_of

logger = logging.getLogger(__name__)

TOO_MANY_CODES = "Too many wrong codes. Wait 15 minutes, then try again"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or the password is not right",
        "enter_current_password": "Your current password is not right",
        "incorrect_password": "Your password is not right",
        "rate_limited": TOO_MANY_CODES,
        "too_many_login_attempts": TOO_MANY_CODES,
    }

    def is_open_for_signup(self, request):
        """Return False: people are invited by their council."""
        return False

    def is_ajax(self, request):
        """Return False: every answer is a page, never JSON."""
        return False

    def is_safe_url(self, url):
        """Return whether `url` is on this host; after signing in a person never goes elsewhere."""
        return url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={self.request.get_host()},
            require_https=self.request.is_secure(),
        )

    def get_client_ip(self, request):
        """Return the address of the sender. Logs why if the request came by too few proxies."""
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            logger.critical(
                "TRUSTED_PROXY_COUNT is %d, but a request came by fewer proxies. Until it is the "
                "right number, no one can sign in.",
                settings.ALLAUTH_TRUSTED_PROXY_COUNT,
            )
            raise

    def pre_authenticate(self, request, **credentials):
        """Answer 429 after too many failures, whether or not the password is right."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(respond_429(request)) from error

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Count failures of a known browser apart from those of all others.

        Not by the host of the request, as django-allauth does: its sender can spell that in
        many ways, with any port, and would have a count of their own for each.
        """
        email = credentials.get("email", "").strip().lower()
        mark = mark_of(request, email)
        return f"{email}:{mark}" if mark else email

    def authenticate(self, request, **credentials):
        """Treat a closed account like a wrong password."""
        user = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def post_login(self, request, user, **kwargs):
        """Remember the browser, and ask someone whose council moves to confirm their address."""
        response = super().post_login(request, user, **kwargs)
        if response.status_code == 302 and move_of(user) is not None:
            going = urlencode({REDIRECT_FIELD_NAME: response.url})
            response = redirect(f"{reverse('account_domain_move')}?{going}")
        remember_browser(request, response, user)
        return response

    def set_password(self, user, password):
        """Set the password, end all sessions but this one, and end calendar addresses.

        Of two changes at once the first counts: the second was asked for with a password, or a
        link, that has ended. Raises PermissionDenied, also if the account has just been closed.
        """
        before = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
        user.had_password = user.has_usable_password()
        user.set_password(password)
        if not before.update(password=user.password):
            raise PermissionDenied("Your password has just been changed. This change was not made.")
        end_access_of(user, but=self.request.session.session_key, by=user)

    def send_mail(self, template_prefix, email, context):
        """Send an email like all others: a mail server that is away must not fail what is saved."""
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        send_to(email, subject=message.subject, body=message.body)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Add the person to the context, so that the email can address them by name.

        A first password, chosen from an emailed link, is said to have been set, not changed.
        """
        if template_prefix.endswith("password_reset") and not getattr(user, "had_password", True):
            template_prefix = "account/email/password_set"
        context = {"user": user} | (context or {})
        super().send_notification_mail(template_prefix, user, context, email)

    def get_login_stages(self):
        own = {"allauth.mfa.stages.AuthenticateStage": "councils.single_sign_on.SecondFactorStage"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def get_password_change_redirect_url(self, request):
        return reverse("account")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right. Enter the one that your app shows now",
        "incorrect_or_used_code": "That code is not right. Enter the one that your app shows now, "
        "or a recovery code that you have not used",
        "cannot_generate_recovery_codes": "Turn on two-step sign-in first",
    }

    def build_totp_svg(self, url):
        """Return an inline SVG element: the content security policy allows no data: images."""
        picture = qr_code(url, image_factory=SvgPathFillImage, box_size=20)
        return picture.to_string(encoding="unicode")

    def encrypt(self, text):
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text):
        return encryption.decrypt(encrypted_text)
