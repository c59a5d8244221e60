"""Filters of the list of plans, and the plans selected for a zip."""

import re

from django import forms

from assessments.fields import TypedSeveralField

from .models import BUNDLE_LIMIT, Bundle

SORTS = {
    "council": "council",
    "election": "election day",
    "overdue": "most overdue",
    "changed": "last change to the action plan",
}


class PlanListForm(forms.Form):
    """The query of the list. Values that are not valid are ignored."""

    text = forms.CharField(label="Council name", required=False, max_length=120)
    stage = forms.TypedChoiceField(
        label="Stage",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any stage"), (1, "Stage 1"), (2, "Stage 2"), (3, "Stage 3")],
    )
    overdue = forms.BooleanField(
        label="With overdue actions", required=False, widget=forms.CheckboxInput({"value": "1"})
    )
    sort = forms.ChoiceField(required=False, choices=SORTS.items())

    @classmethod
    def answers(cls, query):
        """Return the valid answers, as arguments for `plans_listed`, and a form with them."""
        form = cls(query)
        form.is_valid()
        valid = {name: value for name, value in form.cleaned_data.items() if value}
        return valid, cls(initial=valid)


class BundleForm(forms.Form):
    """The ids of the selected plans, and what each PDF contains: if omitted, the whole plan."""

    plans = TypedSeveralField(coerce=int, required=False)
    contents = forms.ChoiceField(
        label="What should each PDF contain?",
        required=False,
        choices=Bundle.Contents.choices,
        error_messages={"invalid_choice": "Select what each PDF should contain from the list"},
    )

    def __init__(self, data=None):
        super().__init__(data, label_suffix="")
        # Accept any number that could be a key: `access` decides which plans the user can see.
        self.fields["plans"].choices = [
            (value, value)
            for value in (data.getlist("plans") if data else ())
            if re.fullmatch(r"[0-9]{1,18}", value)
        ]

    def clean_plans(self):
        plans = list(dict.fromkeys(self.cleaned_data["plans"]))
        if not plans:
            raise forms.ValidationError("Select at least one plan")
        if len(plans) > BUNDLE_LIMIT:
            raise forms.ValidationError(f"Select {BUNDLE_LIMIT} plans or fewer")
        return plans

    def clean_contents(self):
        return self.cleaned_data["contents"] or Bundle.Contents.PLAN
