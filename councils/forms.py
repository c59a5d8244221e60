"""Forms for signing in (django-allauth's, with our labels), members and invitations."""

import re
from typing import Any

from allauth.account import forms as allauth
from allauth.core import context
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError

from govuk.widgets import RadiosWithHints

from .models import DEPUTISED_OFFICES, Council, Invitation, Membership, Office, User
from .names import refuse_name, refuse_web_address, why_not_named
from .permissions import ACCESS_CHOICES, ACCESS_HINTS, SUGGESTED_ACCESS
from .tasks import request_password_reset
from .validators import as_seen

HOW_LONG = (
    "At least 12 characters. Three random words make a strong password that is easy to remember."
)
WHOLE_ADDRESS = "Enter an email address in the correct format, like name@example.gov.uk"


class LowerCaseEmailField(forms.EmailField):
    """An email address in lower case, as accounts store it. That can be longer than what was typed.

    The length is checked after that: “İ” becomes 2 characters.
    """

    def to_python(self, value):
        return super().to_python(value).lower()


class SignInForm(allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_email(self.fields["login"], autocomplete="username")
        _ask(self.fields["password"], "Password", "Enter your password")

    def clean(self):
        """Attach a refusal to the first field, so that the error summary can link to it."""
        try:
            return super().clean()
        except ValidationError as error:
            self.add_error("login", error)
            return self.cleaned_data


class ResetPasswordForm(allauth.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_email(self.fields["email"], autocomplete="email")

    def save(self, request, **kwargs):
        """Send a link if there is an account; the response is the same if there is none."""
        email = self.cleaned_data["email"]
        request_password_reset(email, request.build_absolute_uri("/"))
        return email


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


class SingleUseCodeMixin:
    """Accepts a code from the app once, although it stays valid for up to 90 seconds."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_code(
            self.fields["code"], "6 digits from your authenticator app, or a recovery code."
        )

    def clean_code(self):
        try:
            code = super().clean_code()
            _use_up(code, self.user)
        except forms.ValidationError as error:
            if error.code != "incorrect_code":
                raise
            raise get_mfa_adapter().validation_error("incorrect_or_used_code") from error
        return code

    def save(self):
        """Sign in, and tell the person by email if a recovery code was used: it could be stolen."""
        super().save()
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            self.authenticator.refresh_from_db()  # without the code that was just used
            left = len(self.authenticator.wrap().get_unused_codes())
            get_mfa_adapter().send_notification_mail(
                "mfa/email/recovery_code_used", self.user, {"left": left}
            )
            if not left:
                messages.warning(
                    context.request,
                    "You have used your last recovery code. Make new ones now, on your account "
                    "page.",
                )


class CodeForm(SingleUseCodeMixin, mfa.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(SingleUseCodeMixin, mfa.ReauthenticateForm):
    """Asked instead of the password before a change to how a person signs in."""


class FirstCodeForm(ActivateTOTPForm):
    """The first code of a new app, which cannot be used again to sign in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_code(self.fields["code"], "The 6 digits that your app shows now.")

    def clean_code(self):
        code = super().clean_code()
        _use_up(code, self.user)
        return code


def _use_up(code: str, user: User) -> None:
    """Mark a valid code as used. Raises ValidationError if it was used before."""
    key = f"second-factor-used:{user.pk}:{re.sub(r'[^0-9]', '', code)}"
    periods = 2 * mfa_settings.TOTP_TOLERANCE + 1
    if not cache.add(key, True, timeout=periods * mfa_settings.TOTP_PERIOD):
        raise get_mfa_adapter().validation_error("incorrect_code")


def _ask(field, label, error, hint=""):
    field.label = label
    field.help_text = hint
    field.error_messages["required"] = error
    field.widget.attrs.pop("placeholder", None)


def _ask_for_email(field, *, autocomplete):
    _ask(field, "Email address", "Enter your email address")
    field.error_messages["invalid"] = WHOLE_ADDRESS
    field.error_messages["max_length"] = (
        "The email address must be %(limit_value)d characters or fewer"
    )
    field.widget.attrs |= {"autocomplete": autocomplete, "spellcheck": "false"}


def _ask_for_code(field, hint):
    _ask(field, "Code", "Enter the code", hint)
    field.widget.attrs |= {
        "class": "govuk-input--width-10",
        "inputmode": "numeric",
        "spellcheck": "false",
    }


def _ask_for_new_password(fields):
    _ask(fields["password1"], "New password", "Enter a new password", HOW_LONG)
    _ask(fields["password2"], "New password again", "Enter the new password again")


class MemberForm(forms.ModelForm):
    """A member's officer role and access. `seen` is what they were when the form was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Membership
        fields = ("office", "job_title", "access")
        labels = {"job_title": "Job title, if different from the officer role"}
        widgets = {
            "job_title": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
            "access": RadiosWithHints(attrs={"class": "govuk-radios--small"}, hints=ACCESS_HINTS),
        }
        error_messages = {
            "office": dict.fromkeys(("required", "invalid_choice"), "Select an officer role"),
            "job_title": {
                "max_length": "The job title must be %(limit_value)d characters or fewer",
            },
            "access": dict.fromkeys(("required", "invalid_choice"), "Select an access level"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "Select a role"), *Office.choices]
        self.fields["access"].label = "Access"
        self.fields["access"].choices = ACCESS_CHOICES
        if "seen" in self.fields:
            self.initial["seen"] = self.instance.state


class InvitationForm(MemberForm):
    """A membership of `council`, offered to an address that has none."""

    seen = None  # type: ignore[assignment]  # removes the field of the base

    class Meta(MemberForm.Meta):
        model = Invitation  # type: ignore[assignment]
        fields = ("name", "email", *MemberForm.Meta.fields)  # type: ignore[assignment]
        field_classes = {"email": LowerCaseEmailField}
        labels = MemberForm.Meta.labels | {"email": "Email address"}
        help_texts = {
            "email": "Their own work address. The invitation works only for this address."
        }
        widgets = MemberForm.Meta.widgets | {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        }
        error_messages = MemberForm.Meta.error_messages | {
            "name": {"required": "Enter their name"},
            "email": {"required": "Enter their email address", "invalid": WHOLE_ADDRESS},
        }

    def __init__(self, *args, council: Council, **kwargs):
        super().__init__(*args, **kwargs)
        self.council = council

    def clean_email(self):
        email = self.cleaned_data["email"]
        members = Membership.objects.current().filter(council=self.council)
        if members.filter(user__email=email).exists():
            raise ValidationError("This person already has access. Change that access instead")
        return email

    def clean_name(self):
        refuse_name(self.cleaned_data["name"])
        return self.cleaned_data["name"]

    def clean_job_title(self):
        refuse_web_address(self.cleaned_data["job_title"], "a job title")
        return self.cleaned_data["job_title"]

    def clean(self):
        """Refuse the name of someone else at the council: the record says who did what by name."""
        cleaned = super().clean()
        name, email = self.cleaned_data.get("name"), self.cleaned_data.get("email", "")
        if name and (problem := why_not_named(name, self.council, email=email)):
            self.add_error("name", problem)
        return cleaned


class InvitationRow(InvitationForm):
    """One of several people to invite. A row without a name and an address is left out."""

    class Meta(InvitationForm.Meta):
        fields = ("name", "email", "office", "access")  # type: ignore[assignment]
        help_texts = {}  # type: ignore[misc]
        widgets = InvitationForm.Meta.widgets | {"access": forms.Select}  # type: ignore[assignment]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["access"].required = False
        self.fields["access"].label_suffix = ""
        self.fields["access"].choices = [("", "Suggested for the role"), *ACCESS_CHOICES]

    def has_changed(self):
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("name", "email"))

    def clean_access(self):
        suggested = SUGGESTED_ACCESS.get(self.cleaned_data.get("office", ""), "")
        return self.cleaned_data["access"] or suggested


class InvitationRows(forms.BaseFormSet):
    """Several people to invite at once, one of them a row."""

    def get_form_kwargs(self, index):
        """Let every row be empty, also those that the page shows with a suggested role."""
        return super().get_form_kwargs(index) | {"empty_permitted": True}

    def clean(self):
        seen, names = set(), set()
        for row in self.forms:
            is_whole = row.is_valid()
            email = row.cleaned_data.get("email") if is_whole else None
            name = as_seen(row.cleaned_data.get("name", "")) if is_whole else ""
            if email in seen:
                row.add_error("email", "You have entered this address in another row")
            elif email:
                seen.add(email)
            if email and name in names:
                row.add_error("name", "You have entered this name in another row. Add an initial")
            names.add(name)
        if not any(row.has_changed() for row in self.forms):
            raise ValidationError("Enter the name and email address of at least one person")

    @property
    def people(self):
        """The answers of the rows that were filled in."""
        return [row.cleaned_data for row in self.forms if row.has_changed()]


class DeputyForm(forms.Form):
    """A member to record as the deputy for an officer role."""

    office = forms.ChoiceField(
        label="Officer role",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select an officer role"),
    )
    membership = forms.ModelChoiceField(
        Membership.objects.none(),
        label="Deputy",
        empty_label="Select a person",
        error_messages={"required": "Select a person", "invalid_choice": "Select a person"},
    )

    def __init__(self, *args, council: Council, **kwargs):
        super().__init__(*args, **kwargs)
        labels = [(office.value, office.label) for office in DEPUTISED_OFFICES]
        office: Any = self.fields["office"]
        office.choices = [("", "Select a role"), *labels]
        members = Membership.objects.current().filter(council=council)
        membership: Any = self.fields["membership"]
        membership.queryset = members.select_related("user", "council")


MOST_ROWS = 12
InvitationFormSet = forms.formset_factory(
    InvitationRow, formset=InvitationRows, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": "Your name"}
        help_texts = {
            "name": "Use the name that colleagues know you by. It will be shown beside everything "
            "you did, also before the change. The details of earlier changes in the history, "
            "snapshots and files already downloaded keep your earlier name."
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        error_messages = {
            "name": {
                "required": "Enter your name",
                "max_length": "Your name must be %(limit_value)d characters or fewer",
            }
        }

    def clean_name(self):
        """Refuse names that the record has for its own entries, and what looks like another name.

        The record says by name who did what. `actions.change_name` refuses that of a colleague.
        """
        name = self.cleaned_data["name"]
        refuse_name(name)
        return name


class AddressForm(forms.Form):
    """A person's own new email address."""

    email = LowerCaseEmailField(
        label="New email address",
        max_length=190,  # the record of a council has room for it
        help_text="We send a link to this address and one to your current address. Your address "
        "changes when both have been opened and confirmed.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your new email address",
            "invalid": WHOLE_ADDRESS,
            "max_length": "The address must be %(limit_value)d characters or fewer",
        },
    )
    has_lost_old = forms.BooleanField(
        label="I can no longer read email sent to my current address",
        help_text="Two people will then have to confirm the change for you: system administrators "
        "or, if you belong to one council and advise no other, owners of its plan.",
        required=False,
    )


class MergeForm(forms.Form):
    """The other account of a person who has two."""

    email = LowerCaseEmailField(
        label="Email address of your other account",
        max_length=190,
        help_text="We send a link to this address. Nothing changes until you have opened it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the email address of your other account",
            "invalid": WHOLE_ADDRESS,
            "max_length": "The address must be %(limit_value)d characters or fewer",
        },
    )
    keeps_other = forms.TypedChoiceField(
        label="Which account do you want to keep?",
        coerce=lambda value: value == "other",
        choices=[
            ("this", "The one I am signed in to now"),
            ("other", "The other one"),
        ],
        initial="this",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Select which account to keep"},
    )
    has_lost_other = forms.BooleanField(
        label="I can no longer read email sent to the other account",
        help_text="Two system administrators then confirm the merge. An owner’s rights, the "
        "private development record, check-ins and access to restricted texts of that account are "
        "not carried over. If you can still sign in to it, do so and ask from there.",
        required=False,
    )


class OtherAccountCodeForm(SingleUseCodeMixin, mfa.AuthenticateForm):
    """The second factor of a person's other account, asked before the two are merged."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hint = f"The code that your app shows for {self.user.email}, or one of its recovery codes."
        _ask_for_code(self.fields["code"], hint)
        self.fields["code"].label = "Code for your other account"

    def save(self):
        """Do nothing: the code signs no one in."""


class DigestForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("digest_frequency",)
        labels = {"digest_frequency": "How often do you want email updates?"}
        widgets = {"digest_frequency": forms.RadioSelect(attrs={"class": "govuk-radios--small"})}
        error_messages = {"digest_frequency": {"required": "Select how often"}}


class FirstPasswordForm(forms.Form):
    """The password of a new person who accepts an invitation; `user` may be unsaved."""

    password = forms.CharField(
        label="Choose a password",
        help_text=HOW_LONG,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password"},
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password
