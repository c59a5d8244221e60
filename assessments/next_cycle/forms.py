"""What is asked when the next plan is made from one."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from assessments.plans.forms import ALREADY_PLANNED
from assessments.plans.models import Plan
from elections.timetable import (
    ElectionDayError,
    next_ordinary_election_day,
    validate_election_day,
)
from govuk.fields import DateField

from .queries import lessons_of, own_items_of, unresolved_concerns_of

GLIMPSE = 120  # characters of a note or concern, to know it by


class Chosen(forms.MultipleChoiceField):
    """Any of some rows, by their keys; cleaned to the rows. Without rows, not asked."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"})

    def __init__(self, label, help_text):
        wrong = "Something you chose is no longer there. Choose again"
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
    """`plan` is what the next one is made from; `today` says whether its first year is over."""

    election_day = DateField(
        label="Next election day", help_text="The day of the poll, a Thursday."
    )
    finished = forms.BooleanField(
        label="This plan is finished, though its first year is not over",
        label_suffix="",
        error_messages={"required": "Say that this plan is finished, or wait until its year is"},
    )
    items = Chosen(
        "Which of your own items go on the next plan?",
        "With their notes. They begin as not started, without a date.",
    )
    keep_owners = forms.BooleanField(
        label="Owners stay owners of the same items, if they are still members",
        label_suffix="",
        required=False,
    )
    lessons = Chosen(
        "Which notes are lessons for the next time?",
        "They stand in the notes of the same items, with the election they come from.",
    )
    concerns = Chosen(
        "Which unresolved concerns go on the next plan?",
        "Those of the latest reviews that nobody answered. Each becomes an item of its step.",
    )

    def __init__(self, data=None, *, plan, today):
        soonest = max(today, plan.election_day + dt.timedelta(days=1))
        own, lessons = list(own_items_of(plan)), list(lessons_of(plan))
        concerns = list(unresolved_concerns_of(plan))
        initial = {
            "election_day": next_ordinary_election_day(soonest),
            "items": [item.pk for item in own],
            "keep_owners": True,
            "concerns": [concern.pk for concern in concerns],
        }
        super().__init__(data, initial=initial)
        self.plan = plan
        term = plan.term
        self.fields["items"].offer(own, lambda item: item.title)
        self.fields["lessons"].offer(
            lessons, lambda item: f"{item.words(term)} “{_glimpse(item.note)}”"
        )
        self.fields["concerns"].offer(
            concerns, lambda mark: f"{_glimpse(mark.words)} ({mark.reviewer.user.name})"
        )
        for name, rows in (("items", own), ("lessons", lessons), ("concerns", concerns)):
            if not rows:
                del self.fields[name]
        if today > plan.timetable.first_year_ends:
            del self.fields["finished"]

    def clean_election_day(self):
        day = self.cleaned_data["election_day"]
        try:
            validate_election_day(day)
        except ElectionDayError as error:
            raise ValidationError(str(error)) from error
        if day <= self.plan.election_day:
            raise ValidationError("The next election day must be after this plan’s own")
        if Plan.objects.filter(council=self.plan.council_id, election_day=day).exists():
            raise ValidationError(ALREADY_PLANNED)
        return day

    @property
    def carried(self):
        """What the next plan is made with, as `actions.make_next_plan` takes it."""
        data = self.cleaned_data
        return {
            "election_day": data["election_day"],
            "keep_owners": data["keep_owners"],
            **{name: data.get(name, []) for name in ("items", "lessons", "concerns")},
        }


def _glimpse(text):
    text = " ".join(text.split())
    return text if len(text) <= GLIMPSE else f"{text[:GLIMPSE]}…"
