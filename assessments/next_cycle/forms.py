"""The form that makes the next plan from one."""

from django import forms
from django.core.exceptions import ValidationError

from assessments.plans.forms import ALREADY_PLANNED
from assessments.plans.models import Election, Plan
from councils.models import ElectionCycle
from elections.timetable import (
    ElectionDayError,
    following_ordinary_election_day,
    validate_election_day,
)
from govuk.fields import DateField

from .queries import lessons_of, own_items_of, unresolved_concerns_of

EXCERPT = 120  # characters of a note or concern, enough to recognise it


class RowsField(forms.MultipleChoiceField):
    """A choice of rows by primary key, cleaned to the rows. The form drops it if it has none."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"})

    def __init__(self, label, help_text):
        wrong = "Something you selected is no longer available. Check your answers"
        super().__init__(
            label=label,
            label_suffix="",
            help_text=help_text,
            required=False,
            error_messages={"invalid_choice": wrong, "invalid_list": wrong},
        )

    def offer(self, rows, words):
        self.rows = {str(row.pk): row for row in rows}
        self.choices = [
            (pk, f"Step {row.step.number}: {words(row)}") for pk, row in self.rows.items()
        ]

    def clean(self, value):
        return [self.rows[pk] for pk in dict.fromkeys(super().clean(value))]


class NextPlanForm(forms.Form):
    """What the plan after `plan` starts with. On `today` the first year of `plan` may be over."""

    election_day = DateField(
        label="Next election day",
        error_name="The next election day",
        help_text="The day of the poll, a Thursday.",
    )
    finished = forms.BooleanField(
        label="Make the next plan before the first year of this one has ended",
        label_suffix="",
        help_text="This plan is not closed. Its open actions stay open, and people are still "
        "told when they are due.",
        error_messages={
            "required": "Confirm that you want to make the next plan before the first year of this "
            "one has ended"
        },
    )
    items = RowsField(
        "Which of your own actions should be carried forward?",
        "They keep their notes. Their status is reset to not started, and their due dates are "
        "removed.",
    )
    keep_owners = forms.BooleanField(
        label="Keep the owners of all actions, if they still have access",
        label_suffix="",
        help_text="This includes the actions of the guidance.",
        required=False,
    )
    lessons = RowsField(
        "Which notes should be carried forward as lessons?",
        "They are added to the notes of the same actions, with the date of this election.",
    )
    concerns = RowsField(
        "Which unresolved concerns should be carried forward?",
        "These are the unanswered concerns of the latest reviews. Each becomes an action.",
    )

    def __init__(self, data=None, *, plan, today):
        own, lessons = list(own_items_of(plan)), list(lessons_of(plan))
        concerns = list(unresolved_concerns_of(plan))
        initial = {
            "election_day": _likely_next_day(plan, today),
            "items": [item.pk for item in own],
            "keep_owners": True,
            "concerns": [concern.pk for concern in concerns],
        }
        super().__init__(data, initial=initial)
        self.plan = plan
        term = plan.term
        self.fields["items"].offer(own, lambda item: item.title)
        self.fields["lessons"].offer(
            lessons, lambda item: f"{item.words(term)} “{_excerpt(item.note)}”"
        )
        self.fields["concerns"].offer(
            concerns, lambda mark: f"{_excerpt(mark.words)} ({mark.reviewer.user.name})"
        )
        for name, rows in (("items", own), ("lessons", lessons), ("concerns", concerns)):
            if not rows:
                del self.fields[name]
        if plan.is_over(today):
            del self.fields["finished"]

    def clean_election_day(self):
        day = self.cleaned_data["election_day"]
        try:
            validate_election_day(day)
        except ElectionDayError as error:
            raise ValidationError(str(error)) from error
        if day <= self.plan.election_day:
            raise ValidationError("The next election day must be after this plan’s election day")
        if Plan.objects.filter(council=self.plan.council_id, election_day=day).exists():
            raise ValidationError(ALREADY_PLANNED)
        return day

    @property
    def carried(self):
        """The arguments of `actions.make_next_plan`."""
        data = self.cleaned_data
        return {
            "election_day": data["election_day"],
            "keep_owners": data["keep_owners"],
            **{name: data.get(name, []) for name in ("items", "lessons", "concerns")},
        }


def _likely_next_day(plan, today):
    council = plan.council
    # The term of those elected at a by-election or under an order does not follow from its day.
    is_ordinary = plan.occasion == Election.ORDINARY
    return following_ordinary_election_day(
        plan.election_day,
        today,
        council_type=council.type,
        cycle=council.election_cycle if is_ordinary else ElectionCycle.UNKNOWN,
    )


def _excerpt(text):
    text = " ".join(text.split())
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"
