"""The form with which an edited action log is uploaded."""

from django import forms

from .workbook import MAX_BYTES, LogNotRead, LogsBusy, read_log

BUSY = "busy"  # the code of the error if the server reads as many files as it can


class LogForm(forms.Form):
    """One Excel file. Its cleaned value is the list of its rows."""

    file = forms.FileField(
        label="Excel action log",
        label_suffix="",
        help_text="An .xlsx file of 5MB or smaller.",
        widget=forms.FileInput(attrs={"accept": ".xlsx", "class": "govuk-file-upload"}),
        error_messages={
            "required": "Select the Excel action log",
            "empty": "The file is empty",
            "missing": "Select the Excel action log",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("The file must be 5MB or smaller")
        try:
            return read_log(file)
        except LogNotRead as error:
            code = BUSY if isinstance(error, LogsBusy) else "unread"
            raise forms.ValidationError(str(error), code=code) from error
