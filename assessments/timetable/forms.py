"""Forms of key dates and extra bank holidays."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from assessments.fields import Textarea
from assessments.words import day_in_words
from councils.models import ElectionCycle
from elections.concerns import concerns_about_setting
from elections.timetable import HandSet
from govuk.fields import DateField

# How far from election day a key date can be set. Further away it is a typing error.
EARLIEST, LATEST = dt.timedelta(days=366), dt.timedelta(days=2 * 366)


class PlanDateForm(forms.Form):
    """A key date of `plan` set by hand. Version 0 means that it was not set before."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    date = DateField(label="Date")
    reason = forms.CharField(
        label="Why is this different from the calculated date?",
        label_suffix="",
        help_text="For example, fixed by full council on 24 February.",
        max_length=500,
        widget=Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Enter why this date is different",
            "max_length": "The reason must be 500 characters or fewer",
        },
    )

    is_checked = forms.BooleanField(
        label="I have checked this date with the monitoring officer. Save it anyway.",
        label_suffix="",
        required=False,
    )

    def __init__(self, *args, plan, key, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, self.key = plan, key
        self.has_concerns = False

    def clean_reason(self):
        return " ".join(self.cleaned_data["reason"].split())

    def clean_date(self):
        day, poll = self.cleaned_data["date"], self.plan.election_day
        if not poll - EARLIEST <= day <= poll + LATEST:
            raise ValidationError(
                "Date must be no more than a year before or 2 years after election day, "
                f"{day_in_words(poll)}"
            )
        return day

    def clean(self):
        """Ask about a day that the rules do not allow, beside it, before it is saved."""
        cleaned = super().clean()
        if day := cleaned.get("date"):
            hand = {**self.plan.timetable.set_by_hand, self.key: HandSet(day, "")}
            concerns = concerns_about_setting(self.plan.timetable_with(hand), self.key)
            self.has_concerns = bool(concerns)
            if concerns and not cleaned.get("is_checked"):
                self.add_error("date", " ".join(concerns))
        return cleaned

    @property
    def answers(self):
        """The arguments of `actions.set_date`."""
        return {name: self.cleaned_data[name] for name in ("date", "reason", "version")}


class BankHolidayForm(forms.Form):
    """A bank holiday that the planner does not know of."""

    day = DateField(label="Bank holiday")
    name = forms.CharField(
        label="What is it for?",
        label_suffix="",
        max_length=80,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter what the bank holiday is for",
            "max_length": "What it is for must be 80 characters or fewer",
        },
    )

    declared_on = DateField(
        label="When was it announced?",
        help_text="If that was after your notice of election was published, deadlines up to that "
        "day stay as they were (Representation of the People Act 1983, section 119).",
        required=False,
    )

    def __init__(self, *args, council, **kwargs):
        super().__init__(*args, auto_id="holiday_%s", **kwargs)
        self.council = council

    def clean_day(self):
        day = self.cleaned_data["day"]
        if self.council.bank_holidays.filter(day=day).exists():
            raise ValidationError("This bank holiday is already in the list")
        return day

    def clean(self):
        cleaned = super().clean()
        day, declared_on = cleaned.get("day"), cleaned.get("declared_on")
        if day and declared_on and declared_on > day:
            self.add_error(
                "declared_on", "The announcement must be on or before the bank holiday itself"
            )
        return cleaned


class CycleForm(forms.Form):
    """How the council is elected. There is no open data, so the council enters it."""

    cycle = forms.ChoiceField(
        label="How is your council elected?",
        label_suffix="",
        help_text="It decides who retires at an ordinary election and when the annual meeting "
        "after a by-election is held.",
        choices=ElectionCycle,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="cycle_%s", **kwargs)
