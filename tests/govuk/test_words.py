import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from govuk.words import (
    date_and_time_in_words,
    day_in_words,
    days_in_words,
    moment_in_words,
    short_day,
    short_weekday,
    time_in_words,
    weekday_in_words,
)

DAY = dt.date(2027, 5, 6)


def at(hour, minute=0):
    return dt.datetime(2027, 5, 6, hour, minute, tzinfo=ZoneInfo("Europe/London"))


def test_days_are_written_without_a_leading_zero_or_a_comma():
    assert day_in_words(DAY) == "6 May 2027"
    assert weekday_in_words(DAY) == "Thursday 6 May 2027"
    assert short_day(dt.date(2027, 9, 16)) == "16 Sep"
    assert short_day(dt.date(2027, 9, 16), dt.date(2027, 1, 1)) == "16 Sep"
    assert short_day(dt.date(2027, 9, 16), dt.date(2028, 1, 1)) == "16 Sep 2027"


def test_a_short_weekday_names_the_year_only_when_it_is_another_year():
    assert short_weekday(DAY, dt.date(2027, 1, 1)) == "Thu 6 May"
    assert short_weekday(DAY, dt.date(2026, 12, 31)) == "Thu 6 May 2027"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (DAY, DAY, "6 May 2027"),
        (DAY, dt.date(2027, 5, 8), "6 to 8 May 2027"),
        (dt.date(2027, 4, 30), DAY, "30 April to 6 May 2027"),
        (dt.date(2026, 12, 30), dt.date(2027, 1, 2), "30 December 2026 to 2 January 2027"),
        # The same month of two years.
        (dt.date(2026, 5, 6), DAY, "6 May 2026 to 6 May 2027"),
    ],
)
def test_a_range_repeats_only_what_differs(first, last, expected):
    assert days_in_words(first, last) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(0), "midnight"),
        (at(0, 40), "12:40am"),
        (at(9), "9am"),
        (at(9, 5), "9:05am"),
        (at(11, 59), "11:59am"),
        (at(12), "midday"),
        (at(12, 1), "12:01pm"),
        (at(17, 30), "5:30pm"),
        (at(23, 59), "11:59pm"),
    ],
)
def test_times_follow_the_gov_uk_style(moment, expected):
    assert time_in_words(moment) == expected


def test_moments_are_in_the_current_time_zone():
    moment = dt.datetime(2027, 5, 5, 23, 30, tzinfo=dt.UTC)
    with timezone.override("Europe/London"):
        assert moment_in_words(moment) == "12:30am on 6 May 2027"
        assert date_and_time_in_words(moment) == "6 May 2027 at 12:30am"


def test_templates_write_the_same_words():
    template = Template(
        "{% load words %}{{ day|day }}; {{ day|weekday }}; {{ day|short_day }}; "
        "{{ moment|time_of_day }}; {{ moment|moment }}; {{ day|days_to:day }}; "
        "{{ nothing|day }}{{ nothing|moment }}{{ day|days_to:nothing }}"
    )
    with timezone.override("Europe/London"):
        written = template.render(Context({"day": DAY, "moment": at(17, 30), "nothing": None}))
    assert written == (
        "6 May 2027; Thursday 6 May 2027; 6 May; 5:30pm; 5:30pm on 6 May 2027; 6 May 2027; "
    )
