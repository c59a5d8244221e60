import calendar
import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from .widgets import PARTS, DateInput, HiddenDateInput

EARLIEST_YEAR = 2000
LATEST_YEAR = 2100
# Not `calendar.month_name`, which follows the server's locale.
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def fields_sent(request):
    """Return the name and value of each field that was sent, without the token of the form."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]


def within_sentence(label):
    """Return the label as it reads inside a sentence: "election day", but "NOC declared".

    The Leader of the council keeps the capital, unlike the leader of a group.
    """
    is_kept = label[1:2].isupper() or label.partition(" ")[0] == "Leader"
    return label if is_kept else label[:1].lower() + label[1:]


class BoundDateField(forms.BoundField):
    """A date on a form, with the parts that its errors are about."""

    @property
    def invalid_parts(self):
        """The parts with errors; an error that names none, as one the form adds, is about all."""
        parts = set()
        for error in self.errors.as_data():
            parts.update((error.params or {}).get("parts", PARTS))
        return [part for part in PARTS if part in parts]

    @property
    def id_for_label(self):
        """The id of the first part to correct, to which the error summary links."""
        first, *_ = self.invalid_parts or PARTS
        id_ = self.field.widget.attrs.get("id") or self.auto_id
        return f"{id_}-{first}" if id_ else ""

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        widget = widget or self.field.widget
        widget.invalid_parts = self.invalid_parts
        return super().as_widget(widget, attrs, only_initial)


class DateField(forms.Field):
    """A date typed as day, month and year, with errors that name the part to correct.

    `error_name` is the name of the date in errors, if its label is a question. A month can be a
    number or a name. Years outside 2000 to 2100 are refused as typing errors. If `is_past`, so are
    days after today: the date is of something that has happened.
    """

    widget = DateInput
    hidden_widget = HiddenDateInput
    bound_field_class = BoundDateField
    default_error_messages = {
        "required": "Enter %(name_within)s",
        "incomplete": "%(name)s must include %(missing)s",
        "invalid": "%(name)s must be a real date",
        "year_digits": "%(name)s must include a year with 4 numbers",
        "year_range": f"%(name)s must be in a year from {EARLIEST_YEAR} to {LATEST_YEAR}",
        "future": "%(name)s must be today or in the past",
    }

    def __init__(self, *, error_name=None, is_past=False, **kwargs):
        super().__init__(**kwargs)
        self.error_name = error_name
        self.is_past = is_past

    def to_python(self, value):
        if value is None or isinstance(value, datetime.date):
            return value  # the initial value of a disabled field
        if not isinstance(value, (list, tuple)) or len(value) != len(PARTS):
            raise self._error("invalid")
        typed = {
            part: "" if text is None else str(text).strip()
            for part, text in zip(PARTS, value, strict=True)
        }
        missing = [part for part in PARTS if not typed[part]]
        if len(missing) == len(PARTS):
            return None
        if missing:
            raise self._error("incomplete", missing, missing="a " + " and ".join(missing))
        return self._date(**typed)

    def validate(self, value):
        if self.required and value is None:
            raise self._error("required")

    def _date(self, day, month, year):
        day, month = _day_number(day), _month_number(month)
        if not re.fullmatch(r"[0-9]+", year):
            raise self._error("invalid", ["year"])
        if not re.fullmatch(r"[0-9]{4}", year):
            raise self._error("year_digits", ["year"])
        if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
            raise self._error("year_range", ["year"])
        if month is None:
            raise self._error("invalid", ["month"] if day else ["day", "month"])
        if day is None or day > calendar.monthrange(int(year), month)[1]:
            raise self._error("invalid", ["day"])
        date = datetime.date(int(year), month, day)
        if self.is_past and date > timezone.localdate():
            raise self._error("future")
        return date

    def _error(self, code, parts=PARTS, **params):
        name = str(self.error_name or self.label or "Date")
        params |= {"name": name, "name_within": within_sentence(name), "parts": parts}
        return ValidationError(self.error_messages[code], code=code, params=params)


def _day_number(text):
    """Return 1 to 31, or None. Only the digits 0 to 9: `str.isdigit` accepts other scripts."""
    return int(text) if re.fullmatch(r"0?[1-9]|[12][0-9]|3[01]", text) else None


def _month_number(text):
    """Return 1 to 12, or None, from a number or at least 3 letters of an English name."""
    if re.fullmatch(r"0?[1-9]|1[0-2]", text):
        return int(text)
    for number, name in enumerate(MONTHS, start=1):
        if len(text) >= 3 and name.startswith(text.lower()):
            return number
    return None
