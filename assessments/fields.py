"""Form fields and helpers that several subjects use."""

import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from councils.forms import LowerCaseEmailField
from councils.models import Invitation, Membership, User
from councils.validators import validate_one_line
from elections.offsets import ANCHORS, MAXIMUM, Offset, Side, Unit

NO_VERSION = "This page is out of date. Copy what you typed, reload the page and try again"


class VersionedForm(forms.Form):
    """A form with the version that is being edited. It is invalid without one."""

    version = forms.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_VERSION),
    )


class StartedForm(forms.Form):
    """A form with the version that is being edited, 0 where nothing is saved yet."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_VERSION),
    )


def version_in(data, name="version"):
    """Return the version in `data`, or 0, which matches none, if it is missing or invalid."""
    form = VersionedForm({"version": data.get(name)})
    return form.cleaned_data["version"] if form.is_valid() else 0


def id_in(data, name):
    """Return the primary key in `data`, or 0, which no row has, if it is missing or invalid."""
    value = data.get(name, "")
    return int(value) if re.fullmatch("[0-9]{1,18}", value) else 0


class Textarea(forms.Textarea):
    """A box for several lines, in which a line break counts as one character against a limit.

    Browsers send two characters for each, and count one for `maxlength`.
    """

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and value.replace("\r\n", "\n").replace("\r", "\n")


class _EachOnce:
    """Takes a value that was sent twice, as no browser does, as sent once."""

    def to_python(self, value):
        return list(dict.fromkeys(super().to_python(value)))


class SeveralField(_EachOnce, forms.MultipleChoiceField):
    """Several of some choices, as texts."""


class TypedSeveralField(_EachOnce, forms.TypedMultipleChoiceField):
    """Several of some choices, each put through `coerce`."""


class OfferedRowsField(TypedSeveralField):
    """Checkboxes for a few rows. The values sent are compared as text with those offered, so that
    nothing else reaches the database.
    """

    widget = forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"})

    def offer(self, rows):
        self.offered = {str(row.pk): row for row in rows}
        self.choices = [(pk, str(row)) for pk, row in self.offered.items()]
        self.coerce = self.offered.get

    def prepare_value(self, value):
        """Accept rows, as initial values, or what was sent."""
        return [getattr(each, "pk", each) for each in value or ()]


class ReadersField(OfferedRowsField):
    """The members, apart from the plan owners, who can read something restricted."""

    def __init__(self):
        super().__init__(
            label="Who else can read and change it?",
            label_suffix="",
            help_text="Plan owners always can.",
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
            error_messages=dict.fromkeys(
                ("invalid_choice", "invalid_list"), "Select people from the list"
            ),
        )


def members_of(plan, *, owner_id=None):
    """Return the memberships that can own an action: current ones, and its present owner."""
    return Membership.objects.filter(
        Q(ended_at=None) | Q(pk=owner_id), council=plan.council_id
    ).select_related("user")


def invited_to(plan):
    """Return the open invitations to the plan's council: people who can be given an action."""
    return Invitation.objects.open().filter(council=plan.council_id).order_by("name", "pk")


class NameField(forms.CharField):
    """The name of a person, with each run of white space as one space."""

    default_validators = [validate_one_line]

    def __init__(self, *, label="Name", **kwargs):
        longest = User._meta.get_field("name").max_length
        errors = {
            "required": "Enter their name",
            "max_length": f"Their name must be {longest} characters or fewer",
        }
        super().__init__(
            label=label,
            max_length=longest,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages=errors,
            **kwargs,
        )

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


class PersonEmailField(LowerCaseEmailField):
    """The email address of another person."""

    def __init__(self, *, label="Email address", **kwargs):
        longest = User._meta.get_field("email").max_length
        errors = {
            "required": "Enter their email address",
            "invalid": "Enter an email address in the correct format, like name@example.gov.uk",
            "max_length": f"The email address must be {longest} characters or fewer",
        }
        super().__init__(
            label=label,
            max_length=longest,
            widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            error_messages=errors,
            **kwargs,
        )


LONG = 5000


class LongTextField(forms.CharField):
    """A text of several sentences that keeps its line breaks."""

    def __init__(self, *, error_name, rows=3, longest=LONG, label_suffix="", **kwargs):
        super().__init__(
            label_suffix=label_suffix,
            max_length=longest,
            widget=Textarea(attrs={"rows": rows}),
            **kwargs,
        )
        self.error_messages["max_length"] = f"{error_name} must be {longest:,} characters or fewer"


class DueRuleWidget(forms.MultiWidget):
    """Four controls that form a phrase: number, unit, before or after, key date."""

    template_name = "assessments/_offset.html"
    labels = ("How many", "Unit of time", "Before or after", "Key date")

    def __init__(self, attrs=None):
        anchors = [(key, name[0].upper() + name[1:]) for key, name in ANCHORS.items()]
        units = [(unit.value, unit.value.replace("-", " ")) for unit in Unit]
        super().__init__(
            {
                "number": forms.TextInput(attrs={"inputmode": "numeric"}),
                "unit": forms.Select(choices=units),
                "side": forms.Select(choices=[(side.value, side.value) for side in Side]),
                "anchor": forms.Select(choices=anchors),
            },
            attrs,
        )

    def decompress(self, value):
        if value is None:
            return [None] * 4
        return [value.number, value.unit.value, value.side.value, value.anchor]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for label, part in zip(self.labels, context["widget"]["subwidgets"], strict=True):
            part["label"] = label
            is_text = part["type"] == "text" if "type" in part else False
            css_class = "govuk-input govuk-input--width-3" if is_text else "govuk-select"
            part["attrs"]["class"] = css_class
        return context

    def id_for_label(self, id_):
        return f"{id_}_0" if id_ else ""


class DueRuleField(forms.Field):
    """A due date counted from a key date, as an Offset; None without a number."""

    widget = DueRuleWidget
    default_error_messages = {
        "required": "Enter a number of days, weeks or months",
        "number": f"The number must be a whole number from 0 to {MAXIMUM}",
        "choice": "Select the unit and the key date from the lists",
    }

    def to_python(self, value):
        if value is None or isinstance(value, Offset):
            return value
        number, unit, side, anchor = ("" if part is None else str(part).strip() for part in value)
        if not number:
            return None
        if not (number.isascii() and number.isdigit() and len(number) <= 3):
            raise ValidationError(self.error_messages["number"], code="number")
        if int(number) > MAXIMUM:
            raise ValidationError(self.error_messages["number"], code="number")
        if unit not in list(Unit) or side not in list(Side) or anchor not in ANCHORS:
            raise ValidationError(self.error_messages["choice"], code="choice")
        return Offset(int(number), Unit(unit), Side(side), anchor)


class EarlierTextsField(forms.BooleanField):
    """Whether readers who are being named can read the earlier texts as well."""

    def __init__(self):
        super().__init__(
            label="Let the people I am adding now read the earlier texts as well",
            help_text="Warning: they will be able to read every text that has been replaced. If "
            "you do not select this, they can read the current text and later ones only.",
            required=False,
        )


def offer_readers(form, others, *, has_earlier_texts):
    """Offer the memberships `others` as readers; remove the fields if the person cannot name any.

    `others` is None for someone who is not an owner.
    """
    if others is None:
        del form.fields["readers"]
    else:
        readers = form.fields["readers"]
        readers.offer(others)
        needs = "needs two-step sign-in, and " if settings.SECOND_FACTOR_REQUIRED else ""
        readers.help_text = (
            f"Plan owners always can. Anyone you add {needs}loses access if they leave the council."
        )
    if others is None or not has_earlier_texts:
        del form.fields["earlier"]
