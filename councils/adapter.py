"""Where django-allauth asks this project what to do and what to say."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right",
        "enter_current_password": "Your current password is not right",
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
