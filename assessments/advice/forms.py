"""Forms of questions to advisers."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from assessments.fields import LongTextField
from assessments.plans.models import AdviserGrant
from assessments.words import day_in_words
from frameworks.models import Step
from govuk.fields import DateField


class AdviceQuestionForm(forms.Form):
    """A question to one of the advisers who have access."""

    step = forms.ChoiceField(
        label="Which step is it about?",
        label_suffix="",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a step from the list"),
    )
    adviser = forms.ChoiceField(
        label="Who do you want to ask?",
        label_suffix="",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select an adviser from the list"
        ),
    )
    question = LongTextField(
        label="Your question",
        error_name="Your question",
        help_text="People at the council with access to the plan can read it. It may have to be "
        "disclosed under freedom of information or data protection law, including to anyone named "
        "in it.",
        rows=5,
        error_messages={"required": "Enter your question"},
    )
    due = DateField(
        label="When do you need the answer?",
        label_suffix="",
        error_name="The date you need the answer by",
    )

    def __init__(self, data=None, *, grants, steps, today, names, **kwargs):
        super().__init__(data, **kwargs)
        self.grants: dict[str, AdviserGrant] = {str(grant.pk): grant for grant in grants}
        self.steps: dict[str, Step] = {str(step.number): step for step in steps}
        self.today: dt.date = today
        self.fields["adviser"].choices = [(key, names[key]) for key in self.grants]
        self.fields["step"].choices = [
            (key, f"{step.number}: {step.role_area.title} ({step.stage.short_title})")
            for key, step in self.steps.items()
        ]

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due < self.today:
            raise ValidationError("The date you need the answer by must be today or later")
        return due

    def clean(self):
        cleaned = super().clean()
        grant = self.grants.get(cleaned.get("adviser", ""))
        step, due = self.steps.get(cleaned.get("step", "")), cleaned.get("due")
        if grant and step and step.stage.number not in grant.stages:
            self.add_error(
                "adviser",
                "This adviser cannot see the step. Choose another, or change their access",
            )
        elif grant and due and due > grant.until:
            self.add_error("due", f"The adviser’s access ends on {day_in_words(grant.until)}")
        return cleaned

    def asked(self) -> dict[str, object]:
        """Return the cleaned values for the action."""
        cleaned = self.cleaned_data
        return {
            "step": self.steps[cleaned["step"]],
            "adviser": self.grants[cleaned["adviser"]].adviser,
            "question": cleaned["question"],
            "due": cleaned["due"],
        }


class AdviceAnswerForm(forms.Form):
    answer = LongTextField(
        label="Your answer",
        error_name="Your answer",
        help_text="People at the council with access to the plan can read it, and an owner can "
        "show it in downloads, also to other advisers. You cannot change it after you send it.",
        rows=8,
        longest=10_000,
        error_messages={"required": "Enter your answer"},
    )
