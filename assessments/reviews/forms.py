"""What is asked when a stage is reviewed, signed off and reopened."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import LongTextField
from assessments.plans.models import Verdict
from councils.models import Membership
from councils.permissions import Right, accesses_with
from govuk.fields import DateField
from govuk.templatetags.govuk import error_messages


class ReviewForm(forms.Form):
    """Whom to ask for a review of a stage, and by when. `council` is whose members are asked."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, initial=0, widget=forms.HiddenInput
    )
    reviewers = forms.MultipleChoiceField(
        label="Who should review it?",
        label_suffix="",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "required": "Choose at least one person",
            "invalid_choice": "Choose people from the list",
            "invalid_list": "Choose people from the list",
        },
    )
    due = DateField(label="By when?", error_name="The day to review by")
    words = LongTextField(
        label="What should they look at? (optional)", error_name="What you ask", required=False
    )

    def __init__(self, *args, council, due=None, **kwargs):
        """`due` is the day that stands: it may be kept when it has passed."""
        super().__init__(*args, **kwargs)
        self.due = due
        members = Membership.objects.current().filter(
            council=council, access__in=accesses_with(Right.REVIEW)
        )
        self.members = {str(member.pk): member for member in members.select_related("user")}
        self.fields["reviewers"].choices = list(self.members.items())

    def clean_reviewers(self):
        return [self.members[pk] for pk in self.cleaned_data["reviewers"]]

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due < timezone.localdate() and due != self.due:
            raise ValidationError("The day to review by must be today or later")
        return due


class MarkForm(forms.Form):
    """One reviewer's mark on one `step`; left empty, the step is not looked at yet."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=Verdict.choices,
        required=False,
        label_suffix="",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages={"invalid_choice": "Choose agree or concern"},
    )
    words = LongTextField(error_name="Your words", rows=2, required=False)

    def __init__(self, data=None, *, step, mark=None, **kwargs):
        self.step = step
        self.mark = mark
        initial = {"version": 0}
        if mark:
            initial = {"version": mark.version, "verdict": mark.verdict, "words": mark.words}
        super().__init__(data, prefix=f"step-{step.number}", initial=initial, **kwargs)
        self.fields["verdict"].label = f"What do you say of step {step.number}?"
        self.fields["words"].label = f"Words on step {step.number}, needed for a concern"

    def clean(self):
        data = super().clean()
        verdict, words = data.get("verdict"), data.get("words")
        if verdict == Verdict.CONCERN and not words and "words" not in self.errors:
            self.add_error("words", f"Say what concerns you in step {self.step.number}")
        if not verdict and (words or self.mark) and "verdict" not in self.errors:
            self.add_error("verdict", f"Choose agree or concern for step {self.step.number}")
        return data

    @property
    def is_marked(self):
        return bool(self.cleaned_data["verdict"])

    @property
    def problems(self):
        """What is wrong, each with the id of the control where it is put right."""
        ids = {
            "verdict": self["verdict"].subwidgets[0].id_for_label,
            "words": self["words"].id_for_label,
        }
        return [
            (message, ids[name])
            for name in ids
            for message in (error_messages(self[name]) if self.is_bound else [])
        ]


class AnswerForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    answer = LongTextField(
        label="Answer",
        error_name="The answer",
        rows=5,
        error_messages={"required": "Enter an answer"},
    )


class SignOffForm(forms.Form):
    """`missing` are the steps that nobody looked at: with any, a reason is needed."""

    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)
    reason = LongTextField(
        label="Why sign it off all the same?",
        error_name="The reason",
        help_text="The snapshot keeps this.",
        error_messages={"required": "Say why you sign off steps that nobody has looked at"},
    )

    def __init__(self, *args, missing, **kwargs):
        super().__init__(*args, **kwargs)
        if not missing:
            del self.fields["reason"]


class ReopenForm(forms.Form):
    reason = LongTextField(
        label="Why do you reopen it?",
        error_name="The reason",
        help_text="The plan’s history and the sign-off’s receipt keep this.",
        error_messages={"required": "Say why you reopen the stage"},
    )
