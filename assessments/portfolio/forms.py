"""What the list of plans can be asked, and which of them are wanted as one zip."""

import re

from django import forms

from .models import BUNDLE_LIMIT

SORTS = {"council": "council", "election": "election day", "changed": "last change"}


class PlanListForm(forms.Form):
    """The query of the list. What makes no sense there is left out, as if it had not been said."""

    text = forms.CharField(label="Council’s name", required=False, max_length=120)
    stage = forms.TypedChoiceField(
        label="Stage",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any stage"), (1, "Stage 1"), (2, "Stage 2"), (3, "Stage 3")],
    )
    overdue = forms.BooleanField(
        label="With something overdue", required=False, widget=forms.CheckboxInput({"value": "1"})
    )
    sort = forms.ChoiceField(required=False, choices=SORTS.items())

    @classmethod
    def answers(cls, query):
        """The answers that hold, as `overview.plans_listed` takes them, and the form with them."""
        asked = cls(query)
        asked.is_valid()
        held = {name: value for name, value in asked.cleaned_data.items() if value}
        return held, cls(initial=held)


class BundleForm(forms.Form):
    """The ids of the plans that were ticked."""

    plans = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data):
        super().__init__(data)
        # Which plans there are is for `permissions` to say; here pass numbers that could be one's.
        self.fields["plans"].choices = [
            (value, value) for value in data.getlist("plans") if re.fullmatch(r"[0-9]{1,18}", value)
        ]

    def clean_plans(self):
        plans = list(dict.fromkeys(self.cleaned_data["plans"]))
        if not plans:
            raise forms.ValidationError("Select at least one plan")
        if len(plans) > BUNDLE_LIMIT:
            raise forms.ValidationError(f"Select {BUNDLE_LIMIT} plans or fewer")
        return plans
