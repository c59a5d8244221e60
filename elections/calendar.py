"""Working days in England: which days count, and how to count back over them.

A working day is any day but a Saturday, a Sunday, Christmas Eve, Christmas Day, Good Friday, a bank
holiday in England or a day of public thanksgiving or mourning. That is the list by which the
timetable of a local election is counted (Local Elections (Principal Areas) (England and Wales)
Rules 2006, Schedules 2 and 3, rule 2). Maundy Thursday counts as a working day: the Electoral
Administration Act 2006, section 20, took it off the list.

Bank holidays come from the `holidays` package, which knows the moved and one-off ones (the Platinum
Jubilee and the State Funeral in 2022, the Coronation in 2023). Days that it cannot know yet are
given by the caller as `extra_bank_holidays`; a day of thanksgiving or mourning goes there too.
"""

import datetime as dt
from collections.abc import Collection
from functools import cache

import holidays

# A poll in January 2000 counts back into 1999, and the first year after a poll in 2099 is 2100,
# which is also the last year that the package knows.
FIRST_YEAR, LAST_YEAR = 1999, 2100

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5  # as date.weekday() numbers the days: Monday is 0


def is_working_day(day: dt.date, *, extra_bank_holidays: Collection[dt.date] = ()) -> bool:
    """Whether `day` is a working day, as the module defines it.

    Raises ValueError for a year outside 1999 to 2100, where bank holidays are not known.
    """
    return (
        day.weekday() < SATURDAY
        and (day.month, day.day) != (12, 24)
        and day not in bank_holidays(day.year)
        and day not in extra_bank_holidays
    )


def working_days_before(
    day: dt.date, n: int, *, extra_bank_holidays: Collection[dt.date] = ()
) -> dt.date:
    """The `n`th working day before `day`, which itself is not counted and may be any day.

    Before Thursday 6 May 2027 the first working day is Wednesday 5 May and the third is Friday
    30 April, because Monday 3 May is a bank holiday. Raises ValueError if `n` is below 1, or if the
    count leaves the years 1999 to 2100.
    """
    if n < 1:
        raise ValueError(f"The number of working days must be 1 or more, not {n}.")
    while n:
        day -= ONE_DAY
        if is_working_day(day, extra_bank_holidays=extra_bank_holidays):
            n -= 1
    return day


def clear_working_days_before(
    day: dt.date, n: int, *, extra_bank_holidays: Collection[dt.date] = ()
) -> dt.date:
    """The last working day to act on so that `n` whole working days lie between it and `day`.

    Clear days leave out both ends, the day of the act and `day` itself: a summons with five clear
    days for a meeting on Tuesday 18 May 2027 goes out by Monday 10 May. Raises ValueError as
    `working_days_before` does.
    """
    if n < 1:
        raise ValueError(f"The number of clear working days must be 1 or more, not {n}.")
    return working_days_before(day, n + 1, extra_bank_holidays=extra_bank_holidays)


def working_day_on_or_after(
    day: dt.date, *, extra_bank_holidays: Collection[dt.date] = ()
) -> dt.date:
    """`day` itself if it is a working day, otherwise the next one.

    Raises ValueError if the search leaves the years 1999 to 2100.
    """
    while not is_working_day(day, extra_bank_holidays=extra_bank_holidays):
        day += ONE_DAY
    return day


@cache
def bank_holidays(year: int) -> frozenset[dt.date]:
    """Bank and public holidays in England in `year`, Good Friday and Christmas Day among them.

    Raises ValueError for a year outside 1999 to 2100.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"Bank holidays are known for {FIRST_YEAR} to {LAST_YEAR}, not for {year}."
        )
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
