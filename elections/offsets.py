"""Due dates relative to a key date, as “5 working days before annual council”."""

import datetime as dt
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from .calendar import FIRST_YEAR, LAST_YEAR, SATURDAY, is_working_day

# Nothing in a plan depends on an election by more; it also keeps every result a real date.
MAXIMUM = 366

# The dates of a timetable that others can be counted from, and their names after "before", "after"
# and "on".
ANCHORS = {
    "notice_of_election": "the notice of election",
    "pre_election_period": "the start of the pre-election period",
    "nominations_close": "the close of nominations",
    "statement_of_persons_nominated": "the statement of persons nominated",
    "notice_of_poll": "the notice of poll",
    "election_day": "election day",
    "retirement": "the day new councillors take office",
    "summons": "the last day for the annual council summons",
    "annual_meeting": "annual council",
    "stage_3_from": "the start of stage 3",
    "six_week_review": "the six-week review",
    "acceptance_of_office_by": "the last day to accept office",
    "six_month_review": "the six-month review",
    "council_tax_by": "the last day to set council tax or issue the precept",
    "twelve_month_review": "the twelve-month review",
    "first_year_ends": "the end of the first year",
}


class Unit(StrEnum):
    DAYS = "days"
    WORKING_DAYS = "working-days"
    WEEKS = "weeks"
    MONTHS = "months"


class Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Offset:
    """A number of days, working days, weeks or months before or after a key date; 0 is that day.

    `anchor` is a key of ANCHORS.
    """

    number: int
    unit: Unit
    side: Side
    anchor: str

    def __str__(self) -> str:
        name = ANCHORS[self.anchor]
        if not self.number:
            return f"on {name}"
        unit = self.unit.replace("-", " ")
        unit = unit.removesuffix("s") if self.number == 1 else unit
        return f"{self.number} {unit} {self.side} {name}"

    def resolve(
        self, anchor: dt.date | None, *, extra_bank_holidays: Collection[dt.date] = ()
    ) -> dt.date | None:
        """Return the day this comes to if the key date is `anchor`; None if that has no date.

        Working days are counted without the anchor itself. A month that is too short gives its last
        day. A day found by weeks or months that is not a working day gives way to the working day
        before it; calendar days are exact.
        """
        if anchor is None or not self.number:
            return anchor
        sign = -1 if self.side == Side.BEFORE else 1
        match self.unit:
            case Unit.DAYS:
                return anchor + dt.timedelta(days=sign * self.number)
            case Unit.WEEKS:
                day = anchor + dt.timedelta(weeks=sign * self.number)
                return _working_day_by(day, extra_bank_holidays)
            case Unit.MONTHS:
                day = _months_from(anchor, sign * self.number)
                return _working_day_by(day, extra_bank_holidays)
        return _working_days_from(anchor, sign * self.number, extra_bank_holidays)


def _working_days_from(
    day: dt.date, count: int, extra_bank_holidays: Collection[dt.date]
) -> dt.date:
    step = dt.timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not _counts(day, extra_bank_holidays):
            day += step
    return day


def _working_day_by(day: dt.date, extra_bank_holidays: Collection[dt.date]) -> dt.date:
    """Return `day`, or the last working day before it if it is not one."""
    while not _counts(day, extra_bank_holidays):
        day -= dt.timedelta(days=1)
    return day


def _counts(day: dt.date, extra_bank_holidays: Collection[dt.date]) -> bool:
    """Return whether it is a working day. In years without known bank holidays: any weekday."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return day.weekday() < SATURDAY
    return is_working_day(day, extra_bank_holidays=extra_bank_holidays)


def _months_from(day: dt.date, months: int) -> dt.date:
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))
