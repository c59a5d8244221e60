"""Forms of key dates and extra bank holidays."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from assessments.fields import Textarea
from assessments.words import day_in_words
from councils.models import ElectionCycle
from elections.concerns import concerns_about_setting
from elections.interim import Governance
from elections.timetable import HandSet
from govuk.fields import DateField

from .models import GovernanceModel, InterimArrangements

# How far from election day a key date can be set. Further away it is a typing error.
EARLIEST, LATEST = dt.timedelta(days=366), dt.timedelta(days=2 * 366)


def _point(label, help_text=""):
    return forms.CharField(
        label=label,
        label_suffix="",
        help_text=help_text,
        required=False,
        strip=False,
        widget=Textarea(attrs={"rows": 3, "maxlength": InterimArrangements.LONGEST}),
    )


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


class InterimForm(forms.Form):
    """The points that the constitution settles, worded for how the council takes decisions."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    governance = forms.ChoiceField(
        label="How does your council take decisions?",
        label_suffix="",
        choices=GovernanceModel,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    executive = _point("Until when do the Leader and the cabinet hold office?")
    decisions = _point("Who takes executive decisions until a new cabinet is appointed?")
    committees = _point(
        "Which committees can meet, and who chairs them?",
        "For example planning and licensing: enough members re-elected or not up for election.",
    )
    officers = _point(
        "Which decisions can officers take, and under which part of the constitution?",
        "Include who they inform or consult, in the same way for every group.",
    )
    urgent = _point("How are urgent decisions taken, and can they be called in?")
    meeting = _point(
        "Who calls the annual meeting, settles its agenda and presides?",
        "Say what happens if the chair cannot attend.",
    )
    waiting = _point("Which decisions wait for annual council?")

    def __init__(self, *args, governance: Governance, **kwargs):
        super().__init__(*args, **kwargs)
        match governance:
            case Governance.COMMITTEES:
                self.fields["executive"].label = "Until when do committee chairs hold office?"
                self.fields[
                    "decisions"
                ].label = "Who decides between meetings until committees are appointed?"
            case Governance.MAYOR:
                self.fields[
                    "executive"
                ].label = "Until when do the elected mayor and the cabinet hold office?"

    def clean(self):
        """Strip the answers before their length is checked."""
        cleaned = super().clean()
        for name in InterimArrangements.POINTS:
            text = cleaned.get(name, "").strip()
            cleaned[name] = text
            if len(text) > InterimArrangements.LONGEST:
                self.add_error(
                    name, f"This answer must be {InterimArrangements.LONGEST} characters or fewer"
                )
        return cleaned
