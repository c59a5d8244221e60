"""The model field of a due date counted from a key date."""

from django.core.exceptions import ValidationError
from django.db import models

from elections.offsets import ANCHORS, MAXIMUM, Offset, Side, Unit


class OffsetField(models.CharField):
    """An Offset from a key date, stored as `5 working-days before annual_meeting`, or None."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs | {"max_length": 60, "null": True, "blank": True})

    def from_db_value(self, value, expression, connection):
        return self.to_python(value)

    def to_python(self, value):
        if value is None or isinstance(value, Offset):
            return value
        try:
            number, unit, side, anchor = value.split()
            offset = Offset(int(number), Unit(unit), Side(side), anchor)
        except ValueError as error:
            raise ValidationError(f"{value!r} is not an offset.") from error
        if anchor not in ANCHORS or not 0 <= offset.number <= MAXIMUM:
            raise ValidationError(f"{value!r} is not an offset.")
        return offset

    def get_prep_value(self, value):
        value = self.to_python(value)
        return value and f"{value.number} {value.unit} {value.side} {value.anchor}"

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))
