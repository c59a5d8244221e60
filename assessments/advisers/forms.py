"""What a plan owner lets an adviser see."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.fields import NameField, PersonEmailField, TypedSeveralField
from assessments.plans.models import LONGEST_MONTHS, AdviserGrant, latest_until
from assessments.words import day_in_words
from councils.names import refuse_name, why_not_named
from frameworks.models import Stage
from govuk.fields import DateField

from .actions import GrantScope

READ, COMMENT = "read", "comment"


class ScopeForm(forms.Form):
    """Which stages of `plan` an adviser can see, whether they can comment, and until when."""

    stages = TypedSeveralField(
        label="Which stages can they see?",
        help_text="Select all 3 for the whole plan. Stage 2 includes the joint working register. "
        "Advisers never see restricted notes.",
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "required": "Select at least one stage",
            "invalid_choice": "Select stages from the list",
        },
    )
    reach = forms.ChoiceField(
        label="What can they do?",
        choices=[
            (READ, "View and download the action plan"),
            (COMMENT, "View, comment and download the action plan"),
        ],
        initial=READ,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={
            "required": "Select what they can do",
            "invalid_choice": "Select what they can do",
        },
    )
    until = DateField(
        label="Last day of their access",
        error_name="The last day",
        help_text=f"No more than {LONGEST_MONTHS} months ahead. You can end their access earlier.",
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stages"].choices = [
            (stage.number, f"{stage.number} {stage.short_title}")
            for stage in Stage.objects.filter(framework=plan.transition_id)
        ]

    def clean_until(self) -> dt.date:
        day, today = self.cleaned_data["until"], timezone.localdate()
        if day <= today:
            raise ValidationError("The last day must be in the future")
        latest = latest_until(today)
        if day > latest:
            raise ValidationError(f"The last day must be {day_in_words(latest)} or earlier")
        return day

    @property
    def scope(self) -> GrantScope:
        return {
            "stages": self.cleaned_data["stages"],
            "may_comment": self.cleaned_data["reach"] == COMMENT,
            "until": self.cleaned_data["until"],
        }


class ChangeGrantForm(ScopeForm):
    """The scope of a grant, with the scope it had when the page was opened as its version."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def initial_of(grant: AdviserGrant) -> dict[str, Any]:
        reach = COMMENT if grant.may_comment else READ
        return {
            "stages": list(grant.stages),
            "reach": reach,
            "until": grant.until,
            "seen": grant.scope_in_words,
        }


class GrantForm(ScopeForm):
    """A new adviser and the scope of their access."""

    name = NameField(label="Name")
    email = PersonEmailField(help_text="Their own work address. They sign in with it.")
    field_order = ("name", "email")

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, plan=plan, **kwargs)
        self.council = plan.council

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        refuse_name(name)
        return name

    def clean(self) -> dict[str, Any] | None:
        """Refuse the name of someone else at the council: the record says who did what by name."""
        cleaned = super().clean()
        name, email = self.cleaned_data.get("name"), self.cleaned_data.get("email", "")
        if name and (problem := why_not_named(name, self.council, email=email)):
            self.add_error("name", problem)
        return cleaned
