"""Working days in England: which days count, and how to count over them.

A working day is any day except a Saturday, a Sunday, Christmas Eve, Christmas Day, Good Friday, a
bank holiday in England or a day of public thanksgiving or mourning. That is the list by which the
timetable of a local election is counted (Local Elections (Principal Areas) (England and Wales)
Rules 2006, Schedules 2 and 3, rule 2). Maundy Thursday counts as a working day: the Electoral
Administration Act 2006, section 20, removed it from the list.

Bank holidays come from the `holidays` package, which includes moved and one-off ones (the Platinum
Jubilee and the State Funeral in 2022, the Coronation in 2023). The caller gives days that the
package does not have yet as `extra_bank_holidays`, and so days of public thanksgiving or mourning.
`ignored` are bank holidays to count as ordinary days: those declared too late for the deadline.
"""

import datetime as dt
from collections.abc import Collection
from functools import cache

import holidays

# A poll in January 2000 counts back into 1999, and the first year after a poll in 2099 is 2100,
# which is also the last year that the package knows.
FIRST_YEAR, LAST_YEAR = 1999, 2100

ONE_DAY = dt.timedelta(days=1)
SATURDAY, SUNDAY = 5, 6  # as date.weekday() numbers the days: Monday is 0

# Bank holidays that were declared at short notice, with the day of the proclamation.
DECLARED_ON = {dt.date(2022, 9, 19): dt.date(2022, 9, 10)}


def is_working_day(
    day: dt.date,
    *,
    extra_bank_holidays: Collection[dt.date] = (),
    ignored: Collection[dt.date] = (),
) -> bool:
    """Return whether `day` is a working day, as the module defines it.

    Raises ValueError for a year outside 1999 to 2100, where bank holidays are not known.
    """
    if day.weekday() >= SATURDAY or (day.month, day.day) == (12, 24):
        return False
    return day in ignored or not (day in bank_holidays(day.year) or day in extra_bank_holidays)


def working_days_before(
    day: dt.date,
    n: int,
    *,
    extra_bank_holidays: Collection[dt.date] = (),
    ignored: Collection[dt.date] = (),
) -> dt.date:
    """Return the `n`th working day before `day`, which is not counted and can be any day.

    Before Thursday 6 May 2027 the first working day is Wednesday 5 May and the third is Friday
    30 April, because Monday 3 May is a bank holiday. Raises ValueError if `n` is below 1, or if the
    count leaves the years 1999 to 2100.
    """
    if n < 1:
        raise ValueError(f"The number of working days must be 1 or more, not {n}.")
    while n:
        day -= ONE_DAY
        if is_working_day(day, extra_bank_holidays=extra_bank_holidays, ignored=ignored):
            n -= 1
    return day


def working_days_after(
    day: dt.date, n: int, *, extra_bank_holidays: Collection[dt.date] = ()
) -> dt.date:
    """Return the `n`th working day after `day`, which is not counted and can be any day.

    Raises ValueError if `n` is below 1, or if the count leaves the years 1999 to 2100.
    """
    if n < 1:
        raise ValueError(f"The number of working days must be 1 or more, not {n}.")
    while n:
        day += ONE_DAY
        if is_working_day(day, extra_bank_holidays=extra_bank_holidays):
            n -= 1
    return day


def clear_working_days_before(
    day: dt.date, n: int, *, extra_bank_holidays: Collection[dt.date] = ()
) -> dt.date:
    """Return the last working day that leaves `n` whole working days between it and `day`.

    Clear days exclude both ends: a summons with five clear days for a meeting on Tuesday 18 May
    2027 must be sent by Monday 10 May. Raises ValueError as
    `working_days_before` does.
    """
    if n < 1:
        raise ValueError(f"The number of clear working days must be 1 or more, not {n}.")
    return working_days_before(day, n + 1, extra_bank_holidays=extra_bank_holidays)


def working_day_on_or_after(
    day: dt.date, *, extra_bank_holidays: Collection[dt.date] = ()
) -> dt.date:
    """Return `day` if it is a working day, otherwise the next working day.

    Raises ValueError if the search leaves the years 1999 to 2100.
    """
    while not is_working_day(day, extra_bank_holidays=extra_bank_holidays):
        day += ONE_DAY
    return day


def working_day_on_or_before(
    day: dt.date, *, extra_bank_holidays: Collection[dt.date] = ()
) -> dt.date:
    """Return `day` if it is a working day, otherwise the last working day before it.

    Raises ValueError if the search leaves the years 1999 to 2100.
    """
    while not is_working_day(day, extra_bank_holidays=extra_bank_holidays):
        day -= ONE_DAY
    return day


def moved_from_day_off(day: dt.date, *, extra_bank_holidays: Collection[dt.date] = ()) -> dt.date:
    """Return `day`, or the next day that is not a Sunday, Christmas Eve or a bank holiday.

    For the last day of a period in the Local Government Act 1972 (section 243). A Saturday counts.
    The days beside a holiday, which section 270 makes part of its break, count too: a last day is
    never later than the Act has it.
    """
    while (
        day.weekday() == SUNDAY
        or (day.month, day.day) == (12, 24)
        or day in bank_holidays(day.year)
        or day in extra_bank_holidays
    ):
        day += ONE_DAY
    return day


@cache
def bank_holidays(year: int) -> frozenset[dt.date]:
    """Return the bank and public holidays in England in `year`, with Good Friday and Christmas.

    Raises ValueError for a year outside 1999 to 2100.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"Bank holidays are known for {FIRST_YEAR} to {LAST_YEAR}, not for {year}."
        )
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
