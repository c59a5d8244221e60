"""The form for recording a change of control."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from assessments.fields import LongTextField, SeveralField
from assessments.plans.forms import ABOUT_GROUPS, term_within_sentence
from assessments.plans.models import Control, ControlStanding, Formality, Plan
from elections.interim import Governance
from frameworks.models import Step
from govuk.fields import DateField

from .models import ControlChange

REOPENED = 2  # the stage whose steps can be reviewed again
# Who leads the council, by how it takes decisions, and what is recorded when they change.
LEADERS = {
    Governance.UNKNOWN: "the Leader or the elected mayor",
    Governance.LEADER: "the Leader",
    Governance.COMMITTEES: "the leader",
    Governance.MAYOR: "the elected mayor",
}
LEADER_CHANGED = {
    Governance.UNKNOWN: {ControlChange.Kind.LEADER, ControlChange.Kind.MAYOR},
    Governance.LEADER: {ControlChange.Kind.LEADER},
    Governance.COMMITTEES: {ControlChange.Kind.COMMITTEES_LEADER},
    Governance.MAYOR: {ControlChange.Kind.MAYOR},
}


class ControlChangeForm(forms.Form):
    """What happened, and what changes. `version` is that of the plan's settings."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="What happened?",
        label_suffix="",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Select what happened",
            "invalid_choice": "Select what happened from the list",
        },
    )
    day = DateField(
        label="Date of the change", error_name="The date of the change", label_suffix=""
    )
    words = LongTextField(
        label="What does it mean for the council?",
        error_name="What it means",
        help_text="Everyone with access to the plan can read this. It may have to be disclosed "
        "under freedom of information or data protection law, including to anyone named in it. "
        "Record facts, not opinions of people.",
        error_messages={"required": "Enter what it means for the council"},
    )
    control = forms.ChoiceField(
        label="Political control from now on",
        choices=Control.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    control_standing = forms.ChoiceField(
        label="Is this expected or confirmed?",
        choices=ControlStanding.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
    )
    formality = forms.ChoiceField(
        label="Is the arrangement formal or informal?",
        choices=Formality.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    coalition_term = forms.CharField(
        label="What does your council call its arrangement from now on?",
        label_suffix="",
        help_text="Use a singular term, for example coalition, alliance, joint administration or "
        "minority administration. Pages and downloads then use it.",
        max_length=Plan._meta.get_field("coalition_term").max_length,
        validators=[
            each
            for each in Plan._meta.get_field("coalition_term").validators
            if not isinstance(each, MaxLengthValidator)  # the form's own says it
        ],
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        error_messages={
            "required": "Enter the term your council uses, or “coalition”",
            "max_length": "The term must be %(limit_value)d characters or fewer",
        },
    )
    steps = SeveralField(
        label="Which stage 2 steps should be reviewed again?",
        label_suffix="",
        help_text="Each step shows the reason until someone has reviewed it. No answer is changed. "
        "If the stage has been signed off, it is reopened. Due dates counted from key dates that "
        "have moved since then move too.",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "invalid_choice": "Select steps from the list",
            "invalid_list": "Select steps from the list",
        },
    )

    def __init__(self, *args, plan, governance, **kwargs):
        """Create the form. Who can have changed depends on how the council takes decisions."""
        super().__init__(*args, **kwargs)
        not_here = set().union(*LEADER_CHANGED.values()) - LEADER_CHANGED[governance]
        self.fields["kind"].choices = [
            choice for choice in ControlChange.Kind.choices if choice[0] not in not_here
        ]
        if governance == Governance.MAYOR:
            self.fields["control"].help_text = ABOUT_GROUPS
        steps = Step.objects.filter(framework=plan.transition_id, stage__number=REOPENED)
        steps = steps.select_related("role_area", "stage")
        self.steps = {str(step.number): step for step in steps}
        self.fields["steps"].choices = [
            (number, f"{number} {step.role_area.title}") for number, step in self.steps.items()
        ]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError("The date of the change must be today or earlier")
        return day

    def clean_coalition_term(self):
        return term_within_sentence(self.cleaned_data["coalition_term"])

    def clean_steps(self):
        return [self.steps[number] for number in dict.fromkeys(self.cleaned_data["steps"])]
