"""The settings of a plan."""

from django import forms
from django.core.exceptions import ValidationError

from elections.timetable import ElectionDayError, validate_election_day
from govuk.fields import DateField

from .models import Plan

ALREADY_PLANNED = "There is already a plan for this election day"


class PlanForm(forms.ModelForm):
    """A plan's settings; `council` is the council they are for."""

    election_day = DateField(label="Election day", help_text="The day of the poll, a Thursday.")
    stage_2_weeks = forms.TypedChoiceField(
        label="How long should stage 2, early foundations, last?",
        help_text="From election day: four to six weeks. You can change it later.",
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
            "control_standing": "Is that expected or known?",
            "formality": "Is the arrangement formal or informal?",
            "coalition_term": "What does your council call its arrangement?",
            "marking": "Marking on every page and export",
        }
        help_texts = {
            "occasion": "It decides which dates the law fixes. An order has dates of its own, "
            "which you set by hand.",
            "control": "Answer “Not yet known” if it is too early to say.",
            "coalition_term": "One word or a few, in the singular: coalition, alliance, "
            "joint administration, minority administration. Pages and PDFs then use it.",
            "marking": "Plans hold officers’ reading of politics before an election.",
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
            "coalition_term": {"required": "Enter the word your council uses, or coalition"},
        }

    def __init__(self, *args, council, **kwargs):
        super().__init__(*args, **kwargs)
        self.council = self.instance.council = council
        # Whoever does not say means what stands, which is an ordinary one to begin with.
        self.fields["occasion"].required = False
        self.fields["occasion"].label_suffix = ""

    def clean_occasion(self):
        return self.cleaned_data["occasion"] or self.instance.occasion

    def clean_election_day(self):
        day = self.cleaned_data["election_day"]
        try:
            validate_election_day(day)
        except ElectionDayError as error:
            raise ValidationError(str(error)) from error
        same_day = Plan.objects.filter(council=self.council, election_day=day)
        if same_day.exclude(pk=self.instance.pk).exists():
            raise ValidationError(ALREADY_PLANNED)
        return day

    def clean_coalition_term(self):
        """Lower case unless it is a name, so that it reads well inside a sentence."""
        term = " ".join(self.cleaned_data["coalition_term"].split())
        return term[0].lower() + term[1:] if term[1:] == term[1:].lower() else term
