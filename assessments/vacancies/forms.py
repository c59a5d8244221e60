"""Forms of a vacancy, and of a motion of no confidence."""

import datetime as dt

from django import forms
from django.utils import timezone

from assessments.fields import StartedForm
from assessments.seats.composition_forms import whole_number
from elections.composition import MAX_SEATS
from elections.vacancy import CAUSES
from govuk.fields import DateField, within_sentence

from .models import MAX_WARD, MotionState, VacancyState

SMALL_RADIOS = {"class": "govuk-radios--small"}
NO_GROUP = "no-group"
MOST_NOTICE = 60


def _choice(*, label, choices, missing, **kwargs):
    return forms.ChoiceField(
        label=label,
        label_suffix="",
        choices=choices,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages=dict.fromkeys(("required", "invalid_choice"), missing),
        **kwargs,
    )


class VacancyForm(StartedForm):
    """A casual vacancy. `groups` hold seats now; `group` is the present one."""

    ward = forms.CharField(
        label="Which ward or division?",
        label_suffix="",
        help_text="Leave out the councillor’s name.",
        max_length=MAX_WARD,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter which ward or division it is",
            "max_length": f"The ward or division must be {MAX_WARD} characters or fewer",
        },
    )
    group = _choice(
        label="Which group did the councillor belong to?",
        choices=[],
        missing="Select the group from the list",
    )
    cause = _choice(
        label="Why is the office vacant?",
        choices=[(cause.value, rule.title) for cause, rule in CAUSES.items()],
        missing="Select why the office is vacant",
    )
    arose_on = DateField(
        label="When did the vacancy arise?",
        label_suffix="",
        error_name="The date it arose",
        is_past=True,
        help_text="For a vacancy that the council or a court declares, enter the day of the "
        "declaration.",
    )
    term_ends = DateField(
        label="When would the councillor have retired?",
        label_suffix="",
        error_name="The date the councillor would have retired",
        help_text="The fourth day after the ordinary day of election at which the term ends, or "
        "the next working day if that is a Sunday or a bank holiday.",
    )
    notice_on = DateField(
        label="When did the proper officer receive the notice from 2 electors? (optional)",
        label_suffix="",
        error_name="The date of the electors’ notice",
        is_past=True,
        help_text="The day on which the second of them reached the proper officer. Not needed for "
        "a vacancy that was declared.",
        required=False,
    )
    poll_on = DateField(
        label="Which day has the returning officer fixed for the election? (optional)",
        label_suffix="",
        error_name="The day of election",
        required=False,
    )
    state = _choice(
        label="Is it still vacant?",
        choices=VacancyState.choices,
        missing="Select whether it is still vacant",
    )
    names = ("ward", "group", "cause", "arose_on", "term_ends", "notice_on", "poll_on", "state")

    def __init__(self, data=None, *, groups, row=None):
        initial = {"version": 0, "state": VacancyState.OPEN}
        if row:
            initial = {name: getattr(row, name) for name in ("version", *self.names)}
            initial["group"] = row.group or NO_GROUP
        super().__init__(data, initial=initial)
        listed = sorted({*groups, *([row.group] if row and row.group else [])}, key=str.casefold)
        self.fields["group"].choices = [(n, n) for n in listed] + [(NO_GROUP, "No group")]

    def clean(self):
        data = super().clean()
        arose = data.get("arose_on")
        for name, what in (
            ("term_ends", "The date the councillor would have retired"),
            ("notice_on", "The date of the electors’ notice"),
            ("poll_on", "The day of election"),
        ):
            if arose and data.get(name) and data[name] < arose:
                self.add_error(name, f"{what} must be on or after the date the vacancy arose")
        if arose and data.get("term_ends") and data["term_ends"] > _years_after(arose, 5):
            self.add_error(
                "term_ends",
                "The date the councillor would have retired must be within 5 years of the vacancy",
            )
        return data

    def answers(self):
        values = {name: self.cleaned_data[name] for name in self.names}
        return values | {"group": "" if values["group"] == NO_GROUP else values["group"]}


def _years_after(day: dt.date, years: int) -> dt.date:
    return dt.date(day.year + years, day.month, min(day.day, 28))


def _number(label, error_name, *, highest, lowest=0, required=False, **kwargs):
    field = whole_number(
        label=label, lowest=lowest, highest=highest, required=required, label_suffix="", **kwargs
    )
    message = f"{error_name} must be a whole number from {lowest} to {highest}"
    field.error_messages |= dict.fromkeys(("invalid", "min_value", "max_value"), message)
    field.error_messages["required"] = f"Enter {within_sentence(error_name)}"
    return field


class MotionForm(StartedForm):
    """A motion of no confidence, with what the constitution requires and the votes."""

    received_on = DateField(
        label="When did the proper officer receive the motion?",
        label_suffix="",
        error_name="The date it was received",
        is_past=True,
    )
    signed = _number(
        "How many councillors signed it?",
        "The number of councillors who signed",
        highest=MAX_SEATS,
        required=True,
    )
    needed = _number(
        "How many signatures does your constitution require? (optional)",
        "The number of signatures needed",
        highest=MAX_SEATS,
    )
    notice_days = _number(
        "How many clear days’ notice does your constitution require? (optional)",
        "The number of clear days",
        highest=MOST_NOTICE,
        lowest=1,
        help_text="Counted as working days. Check whether your constitution counts them in the "
        "same way.",
    )
    meeting_on = DateField(
        label="When does the council meet to decide it? (optional)",
        label_suffix="",
        error_name="The day of the meeting",
        required=False,
    )
    votes_for = _number("Votes for (optional)", "The number of votes for", highest=MAX_SEATS)
    against = _number("Votes against (optional)", "The number of votes against", highest=MAX_SEATS)
    abstained = _number("Abstentions (optional)", "The number of abstentions", highest=MAX_SEATS)
    state = _choice(
        label="What is its status?",
        choices=MotionState.choices,
        missing="Select its status",
    )
    names = (
        *("received_on", "signed", "needed", "notice_days", "meeting_on"),
        *("votes_for", "against", "abstained", "state"),
    )

    def __init__(self, data=None, *, row=None):
        initial = {"version": 0, "state": MotionState.RECEIVED}
        if row:
            initial = {name: getattr(row, name) for name in ("version", *self.names)}
        super().__init__(data, initial=initial)

    def clean(self):
        data = super().clean()
        received, meeting = data.get("received_on"), data.get("meeting_on")
        if received and meeting and meeting < received:
            self.add_error(
                "meeting_on", "The day of the meeting must be on or after the date it was received"
            )
        votes_for, against = data.get("votes_for"), data.get("against")
        state = data.get("state")
        is_decided = state in {MotionState.CARRIED, MotionState.LOST}
        if meeting and is_decided and meeting > timezone.localdate():
            self.add_error(
                "meeting_on",
                "The day of the meeting must be today or in the past if the motion is decided",
            )
        if votes_for is not None and against is not None:
            if state == MotionState.CARRIED and votes_for < against:
                self.add_error("state", "With these votes the motion is not carried")
            if state == MotionState.LOST and votes_for > against:
                self.add_error("state", "With these votes the motion is carried")
        return data

    def answers(self):
        return {name: self.cleaned_data[name] for name in self.names}
