"""The form of a plan’s settings."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from elections.timetable import ElectionDayError, Occasion, validate_election_day
from govuk.fields import DateField

from .models import Plan

TOO_EARLY = "Select “Not yet known” if it is too early to say."
# Said where the council has an elected mayor, who is in office whichever groups have a majority.
ABOUT_GROUPS = (
    "This is about the groups on the council. The mayor leads the executive whichever group is the "
    "largest."
)
ALREADY_PLANNED = "There is already a plan for this election day"


class PlanForm(forms.ModelForm):
    """The settings of a plan of `council`, when it is made and when it is changed."""

    election_day = DateField(
        label="Election day",
        help_text="The day of the poll: a Thursday for an ordinary election, any working day for "
        "a by-election or an election under its own order.",
    )
    stage_2_weeks = forms.TypedChoiceField(
        label="How long should stage 2, early foundations, last?",
        help_text="It starts on election day and lasts 4 to 6 weeks. You can change this later.",
        coerce=int,
        choices=[(4, "4 weeks"), (5, "5 weeks"), (6, "6 weeks")],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
    )

    class Meta:
        model = Plan
        fields = (
            "election_day",
            "occasion",
            "control",
            "control_standing",
            "formality",
            "coalition_term",
            "stage_2_weeks",
            "marking",
        )
        labels = {
            "occasion": "What kind of election is it?",
            "control": "Control of the council after this election",
            "control_standing": "Is this expected or confirmed?",
            "formality": "Is the arrangement formal or informal?",
            "coalition_term": "What does your council call its arrangement?",
            "marking": "Protective marking of pages and downloads",
        }
        help_texts = {
            "occasion": "This decides which statutory dates apply. An election under its own order "
            "has its own dates, which you enter yourself.",
            "control": TOO_EARLY,
            "coalition_term": "Use a singular term, for example coalition, alliance, joint "
            "administration or minority administration. Pages and downloads then use it.",
            "marking": "Plans can contain officers’ assessments of politics before an election.",
        }
        widgets = {
            "occasion": forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            "control": forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            "control_standing": forms.RadioSelect(
                attrs={"class": "govuk-radios--small govuk-radios--inline"}
            ),
            "formality": forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            "marking": forms.RadioSelect(
                attrs={"class": "govuk-radios--small govuk-radios--inline"}
            ),
            "coalition_term": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        }
        error_messages = {
            "coalition_term": {
                "required": "Enter the term your council uses, or “coalition”",
                "max_length": "The term must be %(limit_value)d characters or fewer",
            },
        }

    def __init__(self, *args, council, only=(), has_mayor=False, **kwargs):
        """`only` are the names of the fields to ask for; all if empty. `has_mayor`: the council
        has a directly elected mayor.
        """
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if only and name not in only]:
            del self.fields[name]
        self.council = self.instance.council = council
        if has_mayor and "control" in self.fields:
            self.fields["control"].help_text = f"{ABOUT_GROUPS} {TOO_EARLY}"
        # If omitted, keep the current value, which is an ordinary election at first.
        if "occasion" in self.fields:
            self.fields["occasion"].required = False
            self.fields["occasion"].label_suffix = ""

    def clean_occasion(self):
        return self.cleaned_data["occasion"] or self.instance.occasion

    def clean_election_day(self):
        day = self.cleaned_data["election_day"]
        same_day = Plan.objects.filter(council=self.council, election_day=day)
        if same_day.exclude(pk=self.instance.pk).exists():
            raise ValidationError(ALREADY_PLANNED)
        return day

    def clean(self):
        cleaned = super().clean()
        day, occasion = cleaned.get("election_day"), cleaned.get("occasion")
        if day and occasion:
            try:
                validate_election_day(day, occasion=Occasion(occasion))
            except ElectionDayError as error:
                self.add_error("election_day", _with_advice(error, day, Occasion(occasion)))
        return cleaned

    def clean_coalition_term(self):
        return term_within_sentence(self.cleaned_data["coalition_term"])


def term_within_sentence(text: str) -> str:
    """Return a council's term as within a sentence: in lower case, unless it is a name."""
    term = " ".join(text.split())
    return term[0].lower() + term[1:] if term[1:] == term[1:].lower() else term


def _with_advice(error: ElectionDayError, day: dt.date, occasion: Occasion) -> str:
    """Return the message of `error`, with advice if `day` suits another kind of election."""
    if occasion is Occasion.ORDINARY:
        try:
            validate_election_day(day, occasion=Occasion.BY_ELECTION)
        except ElectionDayError:
            return str(error)
        return f"{error} If it is a by-election or has its own order, select that below."
    return str(error)
