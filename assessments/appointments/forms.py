"""Forms for notices of groups and of seats, nominations and appointments."""

from django import forms
from django.utils import timezone

from assessments.fields import NO_VERSION, LongTextField
from assessments.words import counted, day_in_words
from elections.composition import MAX_NAME
from govuk.fields import DateField

from .models import (
    FEWEST_MEMBERS,
    CouncilAppointment,
    GroupNotice,
    Nomination,
    suggested_reply_by,
)

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
            "max_length": f"{error_name[0].upper()}{error_name[1:]} must be {MAX_NAME} "
            "characters or fewer",
        },
        **kwargs,
    )


def names_in(text):
    """Return the names in `text`, one per line without spare spaces. Raises ValidationError."""
    names = list(filter(None, (" ".join(line.split()) for line in text.splitlines())))
    if len({name.casefold() for name in names}) < len(names):
        raise forms.ValidationError("Enter each name only once")
    if any(len(name) > MAX_NAME for name in names):
        raise forms.ValidationError(f"Each name must be {MAX_NAME} characters or fewer")
    return "\n".join(names)


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
        help_text="The member named to act in the leader’s place. The Regulations call this member "
        "the representative.",
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
        return names_in(self.cleaned_data["signed_by"])

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
                self.add_error("group", "This group already exists: select that it has changed")
        elif data["kind"] == GroupNotice.Kind.CHANGED and former and former != group:
            if former not in self.groups:
                self.add_error("former_name", "Enter the name of a group that exists now")
            elif group in self.groups:
                self.add_error("group", "Another group has this name")
        elif group not in self.groups:
            self.add_error("group", "Enter the name of a group that exists now")


class VersionOrNewForm(forms.Form):
    """A form with the version that is being edited, 0 if nothing has been saved yet."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_VERSION),
    )


class SeatsNoticeForm(VersionOrNewForm):
    """The notice to a group of its seats: who it was given to, when, and the time for wishes."""

    addressee = name_field(
        "Given to",
        "the name of the leader",
        help_text="The leader of the group, or the member who represents the leader.",
    )
    given_on = DateField(label="Date given", error_name="The date given", is_past=True)
    reply_by = DateField(
        label="Wishes to be received by",
        error_name="The date by which wishes are to be received",
        help_text="Leave empty to use 3 weeks beginning with the day of the notice. You can ask "
        "for an earlier date, but the council cannot fill the seats without the group’s wishes "
        "until the 3 weeks have ended (regulation 15). An advance notice, given before the council "
        "has allocated the seats, does not start this period. Check the period with your "
        "monitoring officer.",
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["addressee"].required = True

    def clean(self):
        data = super().clean()
        given_on = data.get("given_on")
        if given_on and "reply_by" not in self.errors:
            data["reply_by"] = data.get("reply_by") or suggested_reply_by(given_on)
            if data["reply_by"] < given_on:
                self.add_error("reply_by", "This date must be on or after the date given")
        return data


class NominationForm(VersionOrNewForm):
    """The members for the seats of one group on one body. `seats` is how many seats it has."""

    basis = forms.ChoiceField(
        label="Who chose the members?",
        label_suffix="",
        choices=(
            (Nomination.Basis.WISHES, "The group expressed its wishes (section 16)"),
            (
                Nomination.Basis.DEFAULT,
                "The council chose, because the group expressed no wishes in time (regulation 15)",
            ),
        ),
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select who chose the members"
        ),
    )
    members = LongTextField(
        label="Members",
        error_name="The names of members",
        help_text="Enter the name of one member per line. Leave empty if there are none yet.",
        required=False,
    )
    substitutes = LongTextField(
        label="Substitutes (optional)",
        error_name="The names of substitutes",
        help_text="Enter the name of one member per line. The council’s standing orders say "
        "whether a committee has substitutes and how many.",
        required=False,
    )
    received_on = DateField(
        label="Date the group’s wishes were received",
        error_name="The date received",
        required=False,
    )
    appointed_on = DateField(
        label="Date of appointment",
        error_name="The date of appointment",
        is_past=True,
        required=False,
    )

    def __init__(self, *args, seats, notice, is_advance, **kwargs):
        """`is_advance` is whether `notice` was given before the council adopted the seats."""
        super().__init__(*args, **kwargs)
        self.seats, self.notice, self.is_advance = seats, notice, is_advance

    def clean_members(self):
        names = names_in(self.cleaned_data["members"])
        if len(names.splitlines()) > self.seats:
            raise forms.ValidationError(
                f"Enter no more than {counted(self.seats, 'name')}: the group has "
                f"{counted(self.seats, 'seat')}"
            )
        return names

    def clean_substitutes(self):
        return names_in(self.cleaned_data["substitutes"])

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("The date received must be today or in the past")
        return day

    def clean(self):
        data = super().clean()
        is_wishes = data.get("basis") == Nomination.Basis.WISHES
        if is_wishes and data.get("members") and "received_on" not in self.errors:
            if not data.get("received_on"):
                self.add_error("received_on", "Enter the date the group’s wishes were received")
        elif data.get("basis") == Nomination.Basis.DEFAULT:
            self._check_default(data)
        received, appointed = data.get("received_on"), data.get("appointed_on")
        if is_wishes and received and appointed and appointed < received:
            self.add_error(
                "appointed_on",
                "The date of appointment must be on or after the date the group’s wishes were "
                "received",
            )
        both = {name.casefold() for name in data.get("members", "").splitlines()}
        both &= {name.casefold() for name in data.get("substitutes", "").splitlines()}
        if both:
            self.add_error(
                "substitutes", "A member of the committee cannot be its substitute as well"
            )
        return data

    def _check_default(self, data):
        if self.notice is None:
            self.add_error("basis", "Record the notice of seats to the group first")
            return
        if self.is_advance:
            self.add_error(
                "basis",
                "The council cannot choose the members yet. Give the group notice of its seats once"
                " the council has adopted them: the time to express its wishes begins then",
            )
            return
        day = data.get("appointed_on") or timezone.localdate()
        if day <= self.notice.wishes_end_on:
            self.add_error(
                "basis",
                "The council cannot choose the members yet. The time for the group to express its "
                f"wishes ends on {day_in_words(self.notice.wishes_end_on)}",
            )


class AppointmentForm(VersionOrNewForm):
    """An appointment of a member. If it is vacant, it has no name."""

    kind = forms.ChoiceField(
        label="What is the appointment?",
        label_suffix="",
        choices=CouncilAppointment.Kind.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select what the appointment is"
        ),
    )
    post = forms.CharField(
        label="Committee, body or responsibility",
        label_suffix="",
        max_length=120,
        help_text="For example, Planning, Riverdale Sports Trust, or children’s services.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter the committee, body or responsibility",
            "max_length": "The committee, body or responsibility must be 120 characters or fewer",
        },
    )
    holder = name_field(
        "Name of the member (optional)", "the name", help_text="Leave empty if it is vacant."
    )
    made_by = forms.CharField(
        label="Who appoints (optional)",
        label_suffix="",
        max_length=80,
        required=False,
        help_text="For example, full council or the committee itself.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "The name of who appoints must be 80 characters or fewer"},
    )
    from_on = DateField(label="From", error_name="The start date", required=False)
    until_on = DateField(label="Until", error_name="The end date", required=False)

    def clean_post(self):
        return " ".join(self.cleaned_data["post"].split())

    def clean_holder(self):
        return " ".join(self.cleaned_data["holder"].split())

    def clean(self):
        data = super().clean()
        first, last = data.get("from_on"), data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", "The end date must be on or after the start date")
        return data
