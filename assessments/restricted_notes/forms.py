"""The form of a restricted note."""

from django import forms

from assessments.fields import EarlierTextsField, ReadersField, Textarea, offer_readers

LONGEST = 20_000


class RestrictedNoteForm(forms.Form):
    """A restricted note. Only an owner is offered `others`, the members who can be named."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Restricted note",
        label_suffix="",
        required=False,
        strip=False,
        widget=Textarea(attrs={"rows": 8, "maxlength": LONGEST}),
        help_text="It is not part of the action plan, in any format, or of snapshots, calendars "
        "and email updates. An owner who exports all the council’s data can include it. It may "
        "have to be disclosed under freedom of information or data protection law, including to "
        "anyone named in it. Record the action, not an opinion of a person.",
    )
    readers = ReadersField()
    earlier = EarlierTextsField()

    def __init__(self, *args, others=None, has_earlier_texts=False, **kwargs):
        super().__init__(*args, **kwargs)
        offer_readers(self, others, has_earlier_texts=has_earlier_texts)

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        if len(text) > LONGEST:
            raise forms.ValidationError(
                f"The restricted note must be {LONGEST:,} characters or fewer"
            )
        if not text and not self.cleaned_data.get("version"):
            raise forms.ValidationError("Enter the restricted note")
        return text
