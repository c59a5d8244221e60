"""The form that changes the due dates of several actions."""

from django import forms

from assessments.fields import DueRuleField
from councils.models import Office
from elections.offsets import MAXIMUM
from frameworks.models import Stage, Step


class BulkDueForm(forms.Form):
    """Which actions, and what should happen to their due dates."""

    SHIFT, RULE, SUGGESTED, CLEAR = "shift", "rule", "suggested", "clear"

    which = forms.ChoiceField(label="Which actions?", label_suffix="")
    change = forms.ChoiceField(
        label="What should happen to their due dates?",
        label_suffix="",
        choices=[
            (SHIFT, "Move them by a number of days"),
            (RULE, "Count them from a key date"),
            (SUGGESTED, "Use the dates we suggest"),
            (CLEAR, "Remove the due dates"),
        ],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Select what should happen to the due dates"},
    )
    days = forms.IntegerField(
        label="Days to move them by",
        label_suffix="",
        help_text="For example, 7 for a week later or -7 for a week earlier.",
        required=False,
        min_value=-MAXIMUM,
        max_value=MAXIMUM,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "invalid": "Days must be a whole number, such as 7 or -7",
            "min_value": f"Days must be {-MAXIMUM} or more",
            "max_value": f"Days must be {MAXIMUM} or fewer",
        },
    )
    rule = DueRuleField(label="Count them from", label_suffix="", required=False)

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(framework=plan.transition_id)
        steps = Step.objects.filter(framework=plan.transition_id).select_related("stage")
        self.fields["which"].choices = [
            ("all", "All open actions"),
            ("Stage", [(f"stage-{s.number}", f"{s.number} {s.short_title}") for s in stages]),
            ("Step", [(f"step-{s.number}", f"{s.number} {s.title}") for s in steps]),
            ("Officer role", [(f"office-{value}", label) for value, label in Office.choices]),
        ]

    def clean(self):
        data = super().clean()
        if data.get("change") == self.SHIFT and not data.get("days") and "days" not in self.errors:
            self.add_error("days", "Enter how many days to move them by")
        if data.get("change") == self.RULE and not data.get("rule") and "rule" not in self.errors:
            self.add_error("rule", self.fields["rule"].error_messages["required"])
        return data

    def items(self, items):
        """Return those of the queryset `items` that were selected."""
        kind, _, value = self.cleaned_data["which"].partition("-")
        match kind:
            case "stage":
                return items.filter(step__stage__number=value)
            case "step":
                return items.filter(step__number=value)
            case "office":
                return items.for_office(value)
        return items
