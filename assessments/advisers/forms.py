"""What an owner lets an adviser see."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessments.plans.models import LONGEST_MONTHS, latest_until
from councils.models import User
from frameworks.models import Stage
from govuk.fields import DateField

READ, COMMENT = "read", "comment"


class ScopeForm(forms.Form):
    """Which stages of `plan`, to read or comment, until when."""

    stages = forms.TypedMultipleChoiceField(
        label="Which stages may they see?",
        help_text="All three are the whole plan. Stage 2 brings the agreement and register with "
        "it. Restricted notes are never among them.",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Select at least one stage",
            "invalid_choice": "Select stages from the list",
        },
    )
    reach = forms.ChoiceField(
        label="What may they do there?",
        choices=[
            (READ, "Read, and take the action plan away"),
            (COMMENT, "Read and comment, and take the action plan away"),
        ],
        initial=READ,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select what they may do",
            "invalid_choice": "Select what they may do",
        },
    )
    until = DateField(
        label="Last day of their access",
        error_name="The last day",
        help_text=f"At most {LONGEST_MONTHS} months ahead. You can end it on any day before.",
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stages"].choices = [
            (stage.number, f"{stage.number} {stage.short_title}")
            for stage in Stage.objects.filter(framework=plan.transition_id)
        ]

    def clean_until(self):
        day, today = self.cleaned_data["until"], timezone.localdate()
        if day <= today:
            raise ValidationError("The last day must be in the future")
        latest = latest_until(today)
        if day > latest:
            raise ValidationError(f"The last day must be {latest.day} {latest:%B %Y} or earlier")
        return day

    @property
    def scope(self):
        return {
            "stages": self.cleaned_data["stages"],
            "may_comment": self.cleaned_data["reach"] == COMMENT,
            "until": self.cleaned_data["until"],
        }

    @staticmethod
    def initial_of(grant):
        reach = COMMENT if grant.may_comment else READ
        return {"stages": list(grant.stages), "reach": reach, "until": grant.until}


class GrantForm(ScopeForm):
    """The same, and for whom."""

    name = forms.CharField(
        label="Name",
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter their name",
            "max_length": "Their name must be 120 characters or fewer",
        },
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="Their own work address: they sign in with it.",
        max_length=User._meta.get_field("email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Enter a whole e-mail address, like name@example.gov.uk",
            "max_length": "The e-mail address must be 254 characters or fewer",
        },
    )
    field_order = ("name", "email")
