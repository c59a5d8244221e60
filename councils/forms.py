"""Signing in and passwords: django-allauth's forms with our labels, hints and messages."""

from allauth.account import forms as allauth
from django.core.exceptions import ValidationError

HINT = (
    "At least 12 characters. Three random words make a password that is strong and easy to recall."
)


class SignInForm(allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_email(self.fields["login"], autocomplete="username")
        _ask(self.fields["password"], "Password", "Enter your password")

    def clean(self):
        """A refusal stands at the first field, so that the error summary has somewhere to lead."""
        try:
            return super().clean()
        except ValidationError as error:
            self.add_error("login", error)
            return self.cleaned_data


class ResetPasswordForm(allauth.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_email(self.fields["email"], autocomplete="email")


class NewPasswordForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_new_password(self.fields)


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask(self.fields["oldpassword"], "Current password", "Enter your current password")
        _ask_for_new_password(self.fields)


def _ask(field, label, error, hint=""):
    field.label = label
    field.help_text = hint
    field.error_messages["required"] = error
    field.widget.attrs.pop("placeholder", None)


def _ask_for_email(field, *, autocomplete):
    _ask(field, "E-mail address", "Enter your e-mail address")
    field.error_messages["invalid"] = "Enter a whole e-mail address, like name@example.gov.uk"
    field.widget.attrs |= {"autocomplete": autocomplete, "spellcheck": "false"}


def _ask_for_new_password(fields):
    _ask(fields["password1"], "New password", "Enter a new password", HINT)
    _ask(fields["password2"], "New password again", "Enter the new password again")
