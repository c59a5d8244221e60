"""What an owner is asked before something is done with all of a council's data."""

from django import forms
from django.core.exceptions import ValidationError

from .models import FEWEST_YEARS, MOST_YEARS

# Each takes a second or two, and the page waits for them.
MOST_PDFS = 10

UNTIL_DELETED = "until-deleted"


class TypedForm(forms.Form):
    """Asks the user to type `words`, so that something permanent is not done by mistake."""

    typed = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, words, **kwargs):
        super().__init__(*args, **kwargs)
        self.words = words
        self.fields["typed"].label = f"Type {words} to confirm"
        as_shown = f"Type {words}, exactly as it is shown here"
        self.fields["typed"].error_messages |= {
            "required": f"Type {words} to confirm",
            "max_length": as_shown,
        }

    def clean_typed(self):
        typed = " ".join(self.cleaned_data["typed"].split())
        if typed.casefold() != " ".join(self.words.split()).casefold():
            raise ValidationError(f"Type {self.words}, exactly as it is shown here")
        return typed


class RetentionForm(forms.Form):
    """How long plans are kept, and the reason for a hold; `on_hold` is whether there is one now."""

    years = forms.TypedChoiceField(
        label="How long should a plan be kept after it ends?",
        help_text="A plan ends 1 year after election day, or with the last change in its history "
        "if that is later. Downloads and making the next plan do not count.",
        coerce=lambda chosen: None if chosen == UNTIL_DELETED else int(chosen),
        error_messages={
            "required": "Select how long to keep plans",
            "invalid_choice": "Select how long to keep plans",
        },
        choices=[
            (UNTIL_DELETED, "Until an owner deletes it"),
            *((years, f"{years} years") for years in range(FEWEST_YEARS, MOST_YEARS + 1)),
        ],
    )
    hold = forms.CharField(
        label="Hold: the reason why no plan can be deleted at present",
        help_text="For example, an information request, a court case or an audit. Set a hold as "
        "soon as the council receives a request. It is an offence to delete information to "
        "prevent its disclosure after someone has asked for it (Freedom of Information Act 2000, "
        "section 77; Data Protection Act 2018, section 173).",
        required=False,
        max_length=120,
        error_messages={
            "max_length": "The reason for the hold must be %(limit_value)d characters or fewer"
        },
    )

    def __init__(self, *args, on_hold, **kwargs):
        super().__init__(*args, **kwargs)
        self.on_hold = on_hold

    def clean_hold(self):
        hold = self.cleaned_data["hold"]
        if self.on_hold and not hold:
            raise ValidationError(
                "Enter the reason for the hold. To lift the hold, use “Ask to lift the hold” below"
            )
        return hold


class DataExportForm(forms.Form):
    """What a data export includes. `plans` is how many plans the council has.

    The restricted choice is only for owners who can read restricted notes.
    """

    pdfs = forms.BooleanField(
        label="The action plan of each plan, as a PDF",
        required=False,
        initial=True,
    )
    restricted = forms.BooleanField(
        label="Restricted notes, scenarios, and requests and amendments in confidence",
        required=False,
        help_text="In a separate folder. Anyone with the file can read them all, even people who "
        "were not named as readers.",
    )

    def __init__(self, *args, plans, may_read_restricted, **kwargs):
        super().__init__(*args, **kwargs)
        self.plans = plans
        if not may_read_restricted:
            del self.fields["restricted"]

    def clean_pdfs(self):
        if self.cleaned_data["pdfs"] and self.plans > MOST_PDFS:
            raise ValidationError(
                f"{self.plans} PDFs would take too long to produce here. Leave them out, or ask "
                "your system administrator to export the data"
            )
        return self.cleaned_data["pdfs"]
