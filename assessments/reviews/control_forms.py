"""What is asked when something shifts who runs the council."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import LongTextField
from assessments.plans.models import Control, ControlStanding, Formality
from frameworks.models import Step
from govuk.fields import DateField

from .models import ControlChange

REOPENED = 2  # the stage whose steps may be looked at again


class ControlChangeForm(forms.Form):
    """`version` is that of the plan's settings, which the answers change."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="What happened?",
        label_suffix="",
        choices=ControlChange.Kind.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Choose what happened",
            "invalid_choice": "Choose what happened from the list",
        },
    )
    day = DateField(label="On which day?", error_name="The day it happened", label_suffix="")
    words = LongTextField(
        label="What does it mean?",
        error_name="What it means",
        help_text="Everyone who sees the plan reads this. May be disclosed under freedom of "
        "information law.",
        error_messages={"required": "Say what it means"},
    )
    control = forms.ChoiceField(
        label="Control of the council from now on",
        choices=Control.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    control_standing = forms.ChoiceField(
        label="Is that expected or known?",
        choices=ControlStanding.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
    )
    formality = forms.ChoiceField(
        label="Is the arrangement formal or informal?",
        choices=Formality.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    steps = forms.MultipleChoiceField(
        label="Which steps of stage 2 should be looked at again?",
        label_suffix="",
        help_text="Each says why until somebody has looked. No answer is changed. If the stage is "
        "signed off, it is reopened.",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "invalid_choice": "Choose steps from the list",
            "invalid_list": "Choose steps from the list",
        },
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        steps = Step.objects.filter(framework=plan.transition_id, stage__number=REOPENED)
        steps = steps.select_related("role_area", "stage")
        self.steps = {str(step.number): step for step in steps}
        self.fields["steps"].choices = [
            (number, f"{number} {step.role_area.title}") for number, step in self.steps.items()
        ]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError("The day it happened must be today or earlier")
        return day

    def clean_steps(self):
        return [self.steps[number] for number in dict.fromkeys(self.cleaned_data["steps"])]
