"""What owners are asked before something is done with all of their council's data."""

from django import forms
from django.core.exceptions import ValidationError

from .models import FEWEST_YEARS, MOST_YEARS

# A page waits for them: each takes a second or two.
MOST_PDFS = 10


UNTIL_PURGED = "until-purged"


class TypedForm(forms.Form):
    """Asks to type `words`, so that what cannot be undone is not done by a slip."""

    typed = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, words, **kwargs):
        super().__init__(*args, **kwargs)
        self.words = words
        self.fields["typed"].label = f"Type {words} to confirm"
        self.fields["typed"].error_messages["required"] = f"Type {words}, as it stands here"

    def clean_typed(self):
        typed = " ".join(self.cleaned_data["typed"].split())
        if typed.casefold() != " ".join(self.words.split()).casefold():
            raise ValidationError(f"Type {self.words}, as it stands here")
        return typed


class RetentionForm(forms.Form):
    """How long plans are kept, and the reason why nothing may be purged meanwhile, if any."""

    years = forms.TypedChoiceField(
        label="How long should a plan be kept after its end?",
        help_text="It ends a year after election day, or with the last change if that is later.",
        coerce=lambda chosen: None if chosen == UNTIL_PURGED else int(chosen),
        error_messages={"required": "Select how long", "invalid_choice": "Select how long"},
        choices=[
            (UNTIL_PURGED, "Until an owner purges it"),
            *((years, f"{years} years") for years in range(FEWEST_YEARS, MOST_YEARS + 1)),
        ],
    )
    hold = forms.CharField(
        label="Hold: why nothing may be purged at present",
        help_text="For example an information request or a court case. Empty it to lift the hold.",
        required=False,
        max_length=120,
    )


class DataExportForm(forms.Form):
    """`plans` is how many there are. What is restricted is offered to whoever may read it."""

    pdfs = forms.BooleanField(
        label="The action plan of each plan, as PDF",
        required=False,
        initial=True,
    )
    restricted = forms.BooleanField(
        label="Restricted notes and scenarios",
        required=False,
        help_text="In a folder of their own. Whoever gets the file can read every one of them: "
        "the circle that a note or a scenario names ends where the file begins.",
    )

    def __init__(self, *args, plans, may_read_restricted, **kwargs):
        super().__init__(*args, **kwargs)
        self.plans = plans
        if not may_read_restricted:
            del self.fields["restricted"]

    def clean_pdfs(self):
        if self.cleaned_data["pdfs"] and self.plans > MOST_PDFS:
            raise ValidationError(
                f"{self.plans} PDFs take longer than a page can wait. Leave them out, or ask "
                "whoever runs this server for manage.py export_council"
            )
        return self.cleaned_data["pdfs"]
