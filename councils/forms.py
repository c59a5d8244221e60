"""Signing in (django-allauth's forms, with our labels), and letting people in."""

import re

from allauth.account import forms as allauth
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError

from .models import Access, Invitation, Membership, Office, User
from .permissions import access_in_words

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


class PasswordAgainForm(allauth.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask(self.fields["password"], "Your password", "Enter your password")


class OnceOnly:
    """A code from the app opens one door, once, however long it would still be right."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_code(
            self.fields["code"], "Six digits from your authenticator app, or a recovery code."
        )

    def clean_code(self):
        code = super().clean_code()
        used = f"second-factor-used:{self.user.pk}:{re.sub(r'[^0-9]', '', code)}"
        periods = 2 * mfa_settings.TOTP_TOLERANCE + 1
        if not cache.add(used, True, timeout=periods * mfa_settings.TOTP_PERIOD):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code

    def save(self):
        """Whoever's recovery code is used is told, for it may have been found by someone else."""
        super().save()
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            self.authenticator.refresh_from_db()  # as it is with this code used
            left = len(self.authenticator.wrap().get_unused_codes())
            get_mfa_adapter().send_notification_mail(
                "mfa/email/recovery_code_used", self.user, {"left": left}
            )


class CodeForm(OnceOnly, mfa.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(OnceOnly, mfa.ReauthenticateForm):
    """In place of the password, before something delicate."""


class FirstCodeForm(ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_code(self.fields["code"], "Six digits that your app shows now.")


def _ask(field, label, error, hint=""):
    field.label = label
    field.help_text = hint
    field.error_messages["required"] = error
    field.widget.attrs.pop("placeholder", None)


def _ask_for_email(field, *, autocomplete):
    _ask(field, "E-mail address", "Enter your e-mail address")
    field.error_messages["invalid"] = "Enter a whole e-mail address, like name@example.gov.uk"
    field.widget.attrs |= {"autocomplete": autocomplete, "spellcheck": "false"}


def _ask_for_code(field, hint):
    _ask(field, "Code", "Enter the code", hint)
    field.widget.attrs |= {
        "class": "govuk-input--width-10",
        "inputmode": "numeric",
        "spellcheck": "false",
    }


def _ask_for_new_password(fields):
    _ask(fields["password1"], "New password", "Enter a new password", HINT)
    _ask(fields["password2"], "New password again", "Enter the new password again")


class PostForm(forms.ModelForm):
    """The post a member holds and what they may do."""

    class Meta:
        model = Membership
        fields = ("office", "job_title", "access")
        labels = {"job_title": "Job title, if their post has another name here"}
        widgets = {
            "job_title": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
            "access": forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        }
        error_messages = {
            "office": {"required": "Select an officer role"},
            "access": {"required": "Select what they may do"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "Choose a role"), *Office.choices]
        self.fields["access"].label = "What may they do?"
        self.fields["access"].choices = [
            (access, f"{access.label}: {access_in_words(access)}") for access in Access
        ]


class InvitationForm(PostForm):
    """A place in `council`, offered to an address; nobody who is a member already."""

    class Meta(PostForm.Meta):
        model = Invitation
        fields = ("name", "email", *PostForm.Meta.fields)
        labels = PostForm.Meta.labels | {"email": "E-mail address"}
        help_texts = {"email": "Their own work address: the invitation works for no other."}
        widgets = PostForm.Meta.widgets | {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        }
        error_messages = PostForm.Meta.error_messages | {
            "name": {"required": "Enter their name"},
            "email": {
                "required": "Enter their e-mail address",
                "invalid": "Enter a whole e-mail address, like name@example.gov.uk",
            },
        }

    def __init__(self, *args, council, **kwargs):
        super().__init__(*args, **kwargs)
        self.council = council

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        members = Membership.objects.current().filter(council=self.council)
        if members.filter(user__email=email).exists():
            raise ValidationError("This person is a member already. Change their access instead.")
        return email


class DigestForm(forms.ModelForm):
    """How often to be told by e-mail what waits."""

    class Meta:
        model = User
        fields = ("digest_frequency",)
        labels = {"digest_frequency": "How often?"}
        widgets = {"digest_frequency": forms.RadioSelect}
        error_messages = {"digest_frequency": {"required": "Select how often"}}


class FirstPasswordForm(forms.Form):
    """What somebody new chooses when they join; `user` is who they will be."""

    password = forms.CharField(
        label="Choose a password",
        help_text=HINT,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password"},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password
