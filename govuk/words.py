"""Dates and times in words, in the GOV.UK content style: 6 May 2027, 5:30pm, midnight.

There is one function for each form. None uses `%-d`, which only some platforms know. Templates use
the same functions as filters: {% load words %}.
"""

import datetime as dt

from django.utils import timezone


def day_in_words(day: dt.date) -> str:
    """Write a day as 6 May 2027."""
    return f"{day.day} {day:%B %Y}"


def weekday_in_words(day: dt.date) -> str:
    """Write a day as Thursday 6 May 2027."""
    return f"{day:%A} {day_in_words(day)}"


def short_day(day: dt.date, today: dt.date | None = None) -> str:
    """Write a day as 6 May or 6 Sep, for narrow places, with the year if `today` has another."""
    year = f" {day.year}" if today and day.year != today.year else ""
    return f"{day.day} {day:%b}{year}"


def short_weekday(day: dt.date, today: dt.date) -> str:
    """Write a day as Thu 6 May, with the year only if it is not the year of `today`."""
    return f"{day:%a} {short_day(day, today)}"


def days_in_words(first: dt.date, last: dt.date) -> str:
    """Write a range as 6 to 8 May 2027 or 30 April to 6 May 2027, both days included.

    A range of one day is written as that day.
    """
    if first == last:
        return day_in_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_in_words(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {day_in_words(last)}"
    return f"{day_in_words(first)} to {day_in_words(last)}"


def time_in_words(moment: dt.datetime) -> str:
    """Write the time of day as 5:30pm, 9am, midday or midnight, in the current time zone."""
    return clock_in_words(timezone.localtime(moment).time())


def clock_in_words(time: dt.time) -> str:
    """Write a time of day as 5:30pm, 9am, midday or midnight."""
    if time.minute == 0 and time.hour in (0, 12):
        return "midday" if time.hour else "midnight"
    minutes = f":{time:%M}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{'am' if time.hour < 12 else 'pm'}"


def moment_in_words(moment: dt.datetime) -> str:
    """Write a moment as 5:30pm on 6 May 2027, in the current time zone."""
    return f"{time_in_words(moment)} on {day_in_words(timezone.localtime(moment))}"


def date_and_time_in_words(moment: dt.datetime) -> str:
    """Write a moment as 6 May 2027 at 5:30pm, for lists in the order of dates."""
    return f"{day_in_words(timezone.localtime(moment))} at {time_in_words(moment)}"
