"""What operators are asked."""

import tempfile

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email

from assessments.fields import TypedSeveralField
from councils.council_directory import DirectoryError, read
from councils.forms import HOW_LONG, WHOLE_ADDRESS, LowerCaseEmailField
from councils.models import DOMAIN_LENGTH, Council, Invitation, Office, User
from councils.names import refuse_name
from councils.validators import comparable

from .models import NOTICE_LENGTH, REASON_LENGTH

LARGEST_REGISTER = 5 * 1024 * 1024  # bytes; the published file has 0.2 MB
PROBLEMS_SHOWN = 10


class CouncilForm(forms.ModelForm):
    """A council to add. Its address is made from the name."""

    class Meta:
        model = Council
        fields = ("name", "type", "gss_code")
        labels = {"name": "Name", "type": "Type", "gss_code": "GSS code"}
        help_texts = {
            "name": "The full name, for example Adur District Council.",
            "gss_code": "The Office for National Statistics code, such as E07000223. Leave it "
            "empty for an authority that does not have one yet, and for a council added only to "
            "try the planner: only councils with a code are compared with others.",
        }
        widgets = {"gss_code": forms.TextInput(attrs={"class": "govuk-input--width-10"})}
        error_messages = {
            "name": {"required": "Enter the name"},
            "type": {"required": "Select a type"},
            "gss_code": {"unique": "There is a council with this GSS code"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", "Select a type"), *Council.type.field.choices]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if not comparable(name):  # characters that show nothing
            raise forms.ValidationError("Enter the name")
        if Council.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError("There is a council with this name")
        return name

    def clean_gss_code(self):
        return (self.cleaned_data["gss_code"] or "").strip().upper() or None


class RegisterFileForm(forms.Form):
    """The register of councils as a file; `entries` are its rows once the form is valid."""

    register = forms.FileField(
        label="File",
        help_text="The CSV file “UK Local Authorities” as mySociety publishes it, or one with the "
        "columns gss, official_name, type, start_date, end_date and current_2025.",
        error_messages={"required": "Select a file", "empty": "This file is empty"},
    )
    with_shadow = forms.BooleanField(
        label="Include authorities that are not yet established",
        help_text="They have their first election before they take over.",
        required=False,
    )

    entries = ()

    def clean_register(self):
        """Read the file. All its faults are shown, up to PROBLEMS_SHOWN of them."""
        register = self.cleaned_data["register"]
        if register.size > LARGEST_REGISTER:
            raise forms.ValidationError("The file must be 5MB or smaller")
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            for chunk in register.chunks():
                file.write(chunk)
            file.flush()
            try:
                self.entries = read(file.name)
            except DirectoryError as error:
                named = [each.replace(file.name, "The file") for each in error.problems]
                raise forms.ValidationError(named[:PROBLEMS_SHOWN]) from error
        return register


class FirstOwnerForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("name", "email", "office", "job_title")
        field_classes = {"email": LowerCaseEmailField}
        labels = {
            "email": "Email address",
            "office": "Officer role",
            "job_title": "Job title, if different from the officer role",
        }
        help_texts = {
            "email": "Their own work address. The invitation works only for this address."
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "job_title": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        }
        error_messages = {
            "name": {"required": "Enter their name"},
            "email": {"required": "Enter their email address", "invalid": WHOLE_ADDRESS},
            "office": {"required": "Select an officer role"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "Select a role"), *Office.choices]

    def clean_name(self):
        refuse_name(self.cleaned_data["name"])
        return self.cleaned_data["name"]


class DomainForm(forms.Form):
    """The two domains of a move; each may be typed with or without the @."""

    old_domain = forms.CharField(
        label="Current domain",
        help_text="What comes after the @, for example riverdale.gov.uk.",
        max_length=DOMAIN_LENGTH,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the domain of the addresses now"},
    )
    new_domain = forms.CharField(
        label="New domain",
        max_length=DOMAIN_LENGTH,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the new domain"},
    )

    def clean_old_domain(self):
        return _domain(self.cleaned_data["old_domain"])

    def clean_new_domain(self):
        return _domain(self.cleaned_data["new_domain"])

    def clean(self):
        answers = super().clean()
        if answers.get("old_domain") and answers["old_domain"] == answers.get("new_domain"):
            self.add_error("new_domain", "The new domain must be another one")
        return answers


def _domain(text):
    """Return a domain in lower case without the @. Raises ValidationError."""
    domain = text.strip().removeprefix("@").lower()
    try:
        validate_email(f"name@{domain}")
    except forms.ValidationError as error:
        words = "Enter a whole domain, like riverdale.gov.uk"
        raise forms.ValidationError(words) from error
    return domain


class DomainPeopleForm(DomainForm):
    """Who moves; `rows` are the members with an address of the old domain."""

    old_domain = forms.CharField(max_length=DOMAIN_LENGTH, widget=forms.HiddenInput)
    new_domain = forms.CharField(max_length=DOMAIN_LENGTH, widget=forms.HiddenInput)
    people = TypedSeveralField(
        label="Who gets a new address",
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "required": "Select at least one person",
            "invalid_choice": "The people have changed. Select who moves",
        },
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        movable = [row for row in rows if not row.problem]
        self.fields["people"].choices = [
            (row.user.pk, f"{row.user.name}: {row.user.email} becomes {row.new_email}")
            for row in movable
        ]
        self.initial["people"] = [row.user.pk for row in movable]


class StopForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        help_text="We email the reason to the council’s owners.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Enter the reason"},
    )


class NoticeForm(forms.Form):
    text = forms.CharField(
        label="Notice",
        help_text="Everyone sees it at the top of every page, including before they sign in. For "
        "example: The planner is not available on Sunday 7 March from 8am to 10am.",
        max_length=NOTICE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter the notice"},
    )

    def clean_text(self):
        return " ".join(self.cleaned_data["text"].split())


class OperatorForm(forms.Form):
    email = LowerCaseEmailField(
        label="Email address",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter their email address", "invalid": WHOLE_ADDRESS},
    )
    name = forms.CharField(
        label="Name, if they do not have an account",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ResetRequestForm(forms.Form):
    email = LowerCaseEmailField(
        label="Their email address",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter their email address", "invalid": WHOLE_ADDRESS},
    )
    reason = forms.CharField(
        label="How do you know that the request comes from them?",
        help_text="For example: called back on the council’s switchboard. The second operator "
        "reads this.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Enter how you know that the request comes from them"},
    )


class FirstOperatorForm(forms.Form):
    """The first operator, who makes their own account."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    email = LowerCaseEmailField(
        label="Your email address",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "Enter your email address", "invalid": WHOLE_ADDRESS},
    )
    password = forms.CharField(
        label="Choose a password",
        help_text=HOW_LONG,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password"},
    )

    def clean_name(self):
        refuse_name(self.cleaned_data["name"])
        return self.cleaned_data["name"]

    def clean(self):
        """Compare the password with the name and address as well."""
        answers = super().clean()
        if "password" in answers:
            person = User(email=answers.get("email", ""), name=answers.get("name", ""))
            try:
                validate_password(answers["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return answers
