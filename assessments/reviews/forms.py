"""The forms for reviewing, signing off and reopening a stage, and for taking a snapshot."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import LongTextField, SeveralField, TypedSeveralField
from assessments.plans.models import Verdict
from assessments.words import moment_in_words
from councils.models import Membership
from councils.permissions import Right, accesses_with
from govuk.fields import DateField
from govuk.templatetags.govuk import error_messages


class ReviewForm(forms.Form):
    """Who should review a stage, and by when. Members of `council` can be asked."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, initial=0, widget=forms.HiddenInput
    )
    reviewers = SeveralField(
        label="Who should review it?",
        label_suffix="",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "required": "Select at least one person",
            "invalid_choice": "Select people from the list",
            "invalid_list": "Select people from the list",
        },
    )
    due = DateField(label="By when?", error_name="The review date")
    words = LongTextField(
        label="What should they check?",
        label_suffix="(optional)",
        error_name="What they should check",
        required=False,
    )

    def __init__(self, *args, council, due=None, **kwargs):
        """`due` is the date of the review so far, which can be kept after it has passed."""
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
            raise ValidationError("The review date must be today or later")
        return due


class MarkForm(forms.Form):
    """One reviewer's view of one `step`. Left empty, the step is not reviewed yet."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=Verdict.choices,
        required=False,
        label_suffix="",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages={"invalid_choice": "Select agree or concern"},
    )
    words = LongTextField(error_name="Your comments", rows=2, required=False)

    def __init__(self, data=None, *, step, mark=None, **kwargs):
        self.step = step
        self.mark = mark
        initial = {"version": 0}
        if mark:
            initial = {"version": mark.version, "verdict": mark.verdict, "words": mark.words}
        super().__init__(data, prefix=f"step-{step.number}", initial=initial, **kwargs)
        self.fields["verdict"].label = f"What is your view of step {step.number}?"
        self.fields["words"].label = f"Your comments on step {step.number} (needed for a concern)"

    def clean(self):
        data = super().clean()
        verdict, words = data.get("verdict"), data.get("words")
        if verdict == Verdict.CONCERN and not words and "words" not in self.errors:
            self.add_error("words", f"Enter your concern about step {self.step.number}")
        if not verdict and (words or self.mark) and "verdict" not in self.errors:
            self.add_error("verdict", f"Select agree or concern for step {self.step.number}")
        return data

    @property
    def is_marked(self):
        return bool(self.cleaned_data["verdict"])

    @property
    def problems(self):
        """The errors, each with the id of the control to correct."""
        ids = {
            "verdict": self["verdict"].subwidgets[0].id_for_label,
            "words": self["words"].id_for_label,
        }
        return [
            (message, ids[name])
            for name in ids
            for message in (error_messages(self[name]) if self.is_bound else [])
        ]


class ConcernAnswerForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    answer = LongTextField(
        label="Answer",
        error_name="The answer",
        rows=5,
        error_messages={"required": "Enter an answer"},
    )


class SignOffForm(forms.Form):
    """`seen` is the latest change that the signer was shown. A reason is asked for if `needed`."""

    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)
    reason = LongTextField(
        label="Why are you signing off before everything is finished?",
        error_name="The reason",
        help_text="The snapshot keeps your reason.",
        error_messages={"required": "Enter why you are signing off before everything is finished"},
    )

    def __init__(self, *args, needed: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not needed:
            del self.fields["reason"]


class StatementForm(forms.Form):
    """A statement, in one of `posts`; which one is asked only if there are several."""

    post = forms.ChoiceField(
        label="In which role are you making the statement?",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Select the role",
            "invalid_choice": "Select the role",
        },
    )
    words = LongTextField(
        label="Your statement",
        error_name="Your statement",
        help_text="Everyone at the council with access to this plan can read it in the record of "
        "the sign-off, with your name, your officer role and the date. It cannot be changed or "
        "removed.",
        longest=2000,
        error_messages={"required": "Enter your statement"},
    )

    def __init__(self, *args, posts, **kwargs):
        super().__init__(*args, **kwargs)
        self.posts = {post.office: post for post in posts}
        if len(posts) == 1:
            del self.fields["post"]
        else:
            self.fields["post"].choices = [(post.office, post.label) for post in posts]

    def clean(self):
        """Put the ActingPost itself in the answers."""
        answers = super().clean()
        chosen = answers.get("post") if "post" in self.fields else next(iter(self.posts))
        return answers | {"post": self.posts.get(chosen)}


class ReopenForm(forms.Form):
    reason = LongTextField(
        label="Why are you reopening it?",
        error_name="The reason",
        help_text="The plan’s history and the record of the sign-off keep your reason.",
        error_messages={"required": "Enter why you are reopening the stage"},
    )


class SnapshotForm(forms.Form):
    """Which stages of a plan to keep, and why."""

    stages = TypedSeveralField(
        label="Which stages?",
        label_suffix="",
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "required": "Select at least one stage",
            "invalid_choice": "Select stages from the list",
            "invalid_list": "Select stages from the list",
        },
    )
    reason = LongTextField(
        label="Reason for the snapshot",
        error_name="The reason",
        help_text="For example, “Before annual council”. The snapshot keeps your reason, and it "
        "cannot be changed later.",
        longest=500,
        error_messages={"required": "Enter a reason for the snapshot"},
    )

    def __init__(self, *args, stages, **kwargs):
        """`stages` are those of the plan's framework."""
        super().__init__(*args, **kwargs)
        self.fields["stages"].choices = [
            (stage.number, f"{stage.number} {stage.short_title}") for stage in stages
        ]
        self.initial.setdefault("stages", [stage.number for stage in stages])


class CompareForm(forms.Form):
    """Which 2 snapshots to compare, or which one to compare with the plan as it is now."""

    NOW = "now"

    before = forms.ChoiceField(
        label="From",
        label_suffix="",
        error_messages={
            "required": "Select a snapshot to compare from",
            "invalid_choice": "Select a snapshot of this plan",
        },
    )
    after = forms.ChoiceField(
        label="To",
        label_suffix="",
        error_messages={
            "required": "Select what to compare it with",
            "invalid_choice": "Select a snapshot of this plan, or the plan as it is now",
        },
    )
    unchanged = forms.BooleanField(
        label="Include what has not changed",
        required=False,
        widget=forms.CheckboxInput(attrs={"value": "1"}),
    )

    def __init__(self, *args, snapshots, **kwargs):
        super().__init__(*args, **kwargs)
        self.snapshots = {str(snapshot.pk): snapshot for snapshot in snapshots}
        choices = [
            (pk, f"{snapshot.title}, {moment_in_words(snapshot.taken_at)}")
            for pk, snapshot in self.snapshots.items()
        ]
        self.fields["before"].choices = choices
        self.fields["after"].choices = [(self.NOW, "The plan as it is now"), *choices]
