"""The filter of the history."""

from django import forms

from councils.models import User
from frameworks.models import Step

from .entries import events_seen
from .subjects import SUBJECTS


class HistoryForm(forms.Form):
    subject = forms.ChoiceField(
        label="Type of change",
        required=False,
        choices=[("", "Everything"), *((each.name, each.title) for each in SUBJECTS)],
        error_messages={"invalid_choice": "Select a type of change from the list"},
    )
    by = forms.ChoiceField(
        label="Changed by",
        required=False,
        error_messages={"invalid_choice": "Select a person from the list"},
    )
    step = forms.ChoiceField(
        label="Step",
        required=False,
        error_messages={"invalid_choice": "Select a step from the list"},
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        people = User.objects.filter(pk__in=events_seen(plan).values("by"))
        steps = Step.objects.filter(framework=plan.transition_id, stage__number__in=plan.stages)
        self.fields["by"].choices = [("", "Everyone"), *((u.pk, u.name) for u in people)]
        self.fields["step"].choices = [
            ("", "All steps"),
            *(
                (step.number, f"{step.number} {step.role_area.title}")
                for step in steps.select_related("role_area")
            ),
        ]
