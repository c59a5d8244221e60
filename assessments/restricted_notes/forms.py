"""The form of a restricted note."""

from django import forms

from assessments.fields import ReadersField, one_kind_of_line_break


class RestrictedNoteForm(forms.Form):
    """A restricted note; only an owner names `others`, the members who do not read all of them."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Restricted note",
        label_suffix="",
        required=False,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Never in a PDF or any export. May still be disclosed under freedom of "
        "information law. Keep opinions about named people out.",
        error_messages={"max_length": "The note must be 20,000 characters or fewer"},
    )
    readers = ReadersField()

    def __init__(self, *args, others=None, **kwargs):
        super().__init__(*args, **kwargs)
        if others is None:
            del self.fields["readers"]
        else:
            self.fields["readers"].offer(others)

    def clean_text(self):
        return one_kind_of_line_break(self.cleaned_data["text"]).strip()
