"""Where django-allauth asks this project what to do and what to say."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from qrcode import make as qr_code
from qrcode.image.svg import SvgPathFillImage

from . import encryption
from .sessions import end_sessions_of

TOO_MANY_CODES = "Too many wrong codes. Wait five minutes, then try again"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right",
        "enter_current_password": "Your current password is not right",
        "incorrect_password": "Your password is not right",
        "rate_limited": TOO_MANY_CODES,
        "too_many_login_attempts": TOO_MANY_CODES,
    }

    def is_open_for_signup(self, request):
        """People are made members by their council; nobody signs themselves up."""
        return False

    def is_ajax(self, request):
        """Every answer is a page: no client of ours asks for these forms as JSON."""
        return False

    def is_safe_url(self, url):
        """After signing in a person goes on within this host, never to another trusted one."""
        return url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={self.request.get_host()},
            require_https=self.request.is_secure(),
        )

    def pre_authenticate(self, request, **credentials):
        """Past the limit of failures the answer is 429, whether or not the password is right."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(respond_429(request)) from error

    def authenticate(self, request, **credentials):
        """A closed account answers just like a wrong password."""
        user = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def set_password(self, user, password):
        """A new password ends what the old one began, but for the session that changes it."""
        super().set_password(user, password)
        end_sessions_of(user, but=self.request.session.session_key)

    def get_login_stages(self):
        own = {"allauth.mfa.stages.AuthenticateStage": "councils.single_sign_on.CodeStage"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def get_password_change_redirect_url(self, request):
        return reverse("account")

    def get_reset_password_from_key_url(self, key):
        """The link in the e-mail. `key` is the person's id and the token, joined by a hyphen."""
        person, _hyphen, token = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[person, token])
        return self.request.build_absolute_uri(path)

    def send_password_reset_mail(self, user, email, context):
        context["hours"] = settings.PASSWORD_RESET_TIMEOUT // 3600
        super().send_password_reset_mail(user, email, context)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right. Enter the one that your app shows now",
        "cannot_generate_recovery_codes": "Turn on two-step sign-in first",
    }

    def build_totp_svg(self, url):
        """An SVG element to stand in the page itself: our policy lets no picture be a data: URI."""
        picture = qr_code(url, image_factory=SvgPathFillImage, box_size=20)
        return picture.to_string(encoding="unicode")

    def encrypt(self, text):
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text):
        return encryption.decrypt(encrypted_text)
