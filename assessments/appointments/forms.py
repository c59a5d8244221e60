"""The form for a notice that a political group is formed, changed or ended."""

from django import forms
from django.utils import timezone

from assessments.fields import LongTextField
from elections.composition import MAX_NAME
from govuk.fields import DateField

from .models import FEWEST_MEMBERS, GroupNotice

MOST_MEMBERS = 500


def name_field(label, error_name, **kwargs):
    """Return a field for the name of a group or a member."""
    return forms.CharField(
        label=label,
        label_suffix="",
        required=False,
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": f"Enter {error_name}",
            "max_length": f"The name must be {MAX_NAME} characters or fewer",
        },
        **kwargs,
    )


class GroupNoticeForm(forms.Form):
    """A notice. `latest` is the key of the newest notice when the form was opened, or 0.

    `groups` are the notices of the groups that exist now.
    """

    latest = forms.IntegerField(min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="What is the notice about?",
        label_suffix="",
        choices=GroupNotice.Kind.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select what the notice is about"
        ),
    )
    group = name_field("Name of the group", "the name of the group")
    former_name = name_field(
        "Former name (optional)", "the former name", help_text="Only if the group changes its name."
    )
    leader = name_field("Leader", "the name of the leader")
    deputy = name_field(
        "Deputy (optional)",
        "the name of the deputy",
        help_text="The member named to act in the leader’s place.",
    )
    members = forms.IntegerField(
        label="Number of members",
        label_suffix="",
        required=False,
        min_value=0,
        max_value=MOST_MEMBERS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            f"The number of members must be a whole number from 0 to {MOST_MEMBERS}",
        ),
    )
    signed_by = LongTextField(
        label="Signed by",
        error_name="The names of those who signed",
        help_text="Enter the name of one member per line.",
        required=False,
    )
    received_on = DateField(label="Date received", error_name="The date received")

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = {notice.group.casefold(): notice for notice in groups}
        self.fields["group"].required = True

    def clean_group(self):
        return " ".join(self.cleaned_data["group"].split())

    def clean_former_name(self):
        return " ".join(self.cleaned_data["former_name"].split())

    def clean_signed_by(self):
        lines = (" ".join(line.split()) for line in self.cleaned_data["signed_by"].splitlines())
        names = list(filter(None, lines))
        if len({name.casefold() for name in names}) < len(names):
            raise forms.ValidationError("Enter each name only once")
        return "\n".join(names)

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("The date received must be today or in the past")
        return day

    def clean(self):
        data = super().clean()
        if "kind" not in data:
            return data
        self._check_names(data)
        if data["kind"] == GroupNotice.Kind.ENDED:
            data |= {"members": 0, "leader": "", "deputy": "", "former_name": ""}
            return data
        if not data.get("leader") and "leader" not in self.errors:
            self.add_error("leader", "Enter the name of the leader")
        if "members" not in self.errors and (data.get("members") or 0) < FEWEST_MEMBERS:
            self.add_error("members", f"A political group has at least {FEWEST_MEMBERS} members")
        if data["kind"] == GroupNotice.Kind.FORMED and "signed_by" not in self.errors:
            signed = len(data["signed_by"].splitlines())
            if signed < FEWEST_MEMBERS:
                self.add_error("signed_by", f"Enter at least {FEWEST_MEMBERS} members who signed")
            elif data.get("members") and signed > data["members"]:
                self.add_error("signed_by", "Enter no more names than the group has members")
        return data

    def _check_names(self, data):
        group, former = (data.get(name, "").casefold() for name in ("group", "former_name"))
        if not group:
            return
        if data["kind"] == GroupNotice.Kind.FORMED:
            data["former_name"] = ""
            if group in self.groups:
                self.add_error("group", "This group already exists: select that it changes")
        elif data["kind"] == GroupNotice.Kind.CHANGED and former and former != group:
            if former not in self.groups:
                self.add_error("former_name", "Enter the name of a group that exists now")
            elif group in self.groups:
                self.add_error("group", "Another group has this name")
        elif group not in self.groups:
            self.add_error("group", "Enter the name of a group that exists now")
