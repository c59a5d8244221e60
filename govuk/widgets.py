import datetime
from collections.abc import Mapping

from django import forms

PARTS = ("day", "month", "year")


class DateInput(forms.MultiWidget):
    """Day, month and year in 3 text boxes, posted as NAME-day, NAME-month and NAME-year.

    There is no date picker: people copy these dates from a timetable or know them, and text boxes
    work with any keyboard, screen reader and browser.
    """

    template_name = "govuk/widgets/date_input.html"
    # The parts to mark as wrong, set by the bound field before it renders the widget.
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
            # Django copies the attributes of the group to each part.
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
    """The same 3 parts as hidden inputs, for a page that only passes an answer on."""

    template_name = forms.MultiWidget.template_name

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets = [forms.HiddenInput() for _ in PARTS]

    def get_context(self, name, value, attrs):
        return super(DateInput, self).get_context(name, value, attrs)


class RadiosWithHints(forms.RadioSelect):
    """Radio buttons, each with a line below its label; `hints` maps values to lines."""

    def __init__(self, attrs=None, choices=(), *, hints: Mapping[str, str] | None = None):
        super().__init__(attrs, choices)
        self.hints = hints or {}

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        hint = self.hints.get(str(value), "")
        if hint and "id" in option["attrs"]:
            option["hint"] = hint
            option["hint_id"] = f"{option['attrs']['id']}_hint"
            option["attrs"]["aria-describedby"] = option["hint_id"]
        return option
