import datetime

from django import forms

PARTS = ("day", "month", "year")


class DateInput(forms.MultiWidget):
    """Day, month and year in three text boxes, posted as NAME-day, NAME-month and NAME-year.

    Three boxes and no date picker: people copy these dates from a timetable or know them by
    heart, and the boxes work with any keyboard, screen reader and browser.
    """

    template_name = "govuk/widgets/date_input.html"
    # The parts to mark as wrong; the bound field says which before it renders the widget.
    invalid_parts = ()

    def __init__(self, attrs=None):
        super().__init__([forms.TextInput({"inputmode": "numeric"}) for _ in PARTS], attrs)
        self.widgets_names = [f"-{part}" for part in PARTS]

    def decompress(self, value):
        if isinstance(value, datetime.date):
            return [value.day, value.month, value.year]
        return [None] * len(PARTS)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        group = context["widget"]["attrs"]
        for part, box in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            invalid = part in self.invalid_parts
            # The attributes of the whole come down to each part, and these are not theirs.
            box["attrs"].pop("aria-invalid", None)
            box["attrs"]["class"] = " ".join(
                [
                    "govuk-input govuk-date-input__input",
                    "govuk-input--width-4" if part == "year" else "govuk-input--width-2",
                    *(["govuk-input--error"] if invalid else []),
                ]
            )
            if invalid:
                box["attrs"]["aria-invalid"] = "true"
            if "id" in group:
                box["attrs"]["id"] = f"{group['id']}-{part}"
            box["label"] = part.capitalize()
        return context


class HiddenDateInput(DateInput):
    """The same three parts unseen, for a page that only carries an answer along."""

    template_name = forms.MultiWidget.template_name

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets = [forms.HiddenInput() for _ in PARTS]

    def get_context(self, name, value, attrs):
        return super(DateInput, self).get_context(name, value, attrs)
