"""Form fields and helpers that several subjects use."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from councils.models import Membership, User
from elections.offsets import ANCHORS, MAXIMUM, Offset, Side, Unit

NO_VERSION = "The page lost its place. Copy what you typed, reload it and try again"


class VersionedForm(forms.Form):
    """Carries the version that is being edited. Without a valid one, nothing can be saved."""

    version = forms.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_VERSION),
    )


def version_in(data, name="version"):
    """The version named in `data`; 0, which matches none, when it is missing or nonsense."""
    form = VersionedForm({"version": data.get(name)})
    return form.cleaned_data["version"] if form.is_valid() else 0


def id_in(data, name):
    """The key named in `data`; 0, which no row has, when it is missing or nonsense."""
    value = data.get(name, "")
    return int(value) if re.fullmatch("[0-9]{1,18}", value) else 0


def one_kind_of_line_break(text):
    """Line breaks survive as they were typed, whatever the browser calls them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class SomeOfFew(forms.TypedMultipleChoiceField):
    """Some of a few rows, ticked. They are compared as text before any database sees them:
    whatever a script sends is either one of these or refused.
    """

    widget = forms.CheckboxSelectMultiple

    def offer(self, rows):
        self.offered = {str(row.pk): row for row in rows}
        self.choices = [(pk, str(row)) for pk, row in self.offered.items()]
        self.coerce = self.offered.get

    def prepare_value(self, value):
        """Initially rows, later what was sent."""
        return [getattr(each, "pk", each) for each in value or ()]


class ReadersField(SomeOfFew):
    """The members whom an owner lets read what is restricted, beside the owners."""

    def __init__(self):
        super().__init__(
            label="Who else may read and change it?",
            label_suffix="",
            help_text="Owners always may.",
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
            error_messages=dict.fromkeys(
                ("invalid_choice", "invalid_list"), "Choose people from the list"
            ),
        )


def members_of(plan, *, owner_id=None):
    """The people an item can be given to: members, and whoever owns it though they have left."""
    return Membership.objects.filter(
        Q(ended_at=None) | Q(pk=owner_id), council=plan.council_id
    ).select_related("user")


class NameField(forms.CharField):
    """The name of a person, with each run of white space as one space."""

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


class PersonEmailField(forms.EmailField):
    """The email address of another person, as accounts store it: in lower case."""

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

    def clean(self, value):
        return super().clean(value).lower()


LONG = 5000


class Words(forms.CharField):
    """A few sentences, with line breaks as they were typed."""

    def __init__(self, *, error_name, rows=3, longest=LONG, **kwargs):
        super().__init__(
            label_suffix="",
            max_length=longest,
            widget=forms.Textarea(attrs={"rows": rows}),
            **kwargs,
        )
        self.error_messages["max_length"] = f"{error_name} must be {longest:,} characters or fewer"

    def clean(self, value):
        return one_kind_of_line_break(super().clean(value))


class OffsetWidget(forms.MultiWidget):
    """How many, of what, before or after which key date: four controls in a sentence."""

    template_name = "assessments/_offset.html"
    labels = ("How many", "Of what", "Before or after", "Key date")

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


class OffsetField(forms.Field):
    """A due date counted from a key date; None if no number is given."""

    widget = OffsetWidget
    default_error_messages = {
        "required": "Enter how many days, weeks or months",
        "number": f"How many must be a whole number from 0 to {MAXIMUM}",
        "choice": "Choose what to count and the key date from the lists",
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
