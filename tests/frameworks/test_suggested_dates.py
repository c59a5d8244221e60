"""The due dates we suggest are right for any election: a May poll, an autumn one, any length."""

import datetime as dt
import re
from collections import Counter

import pytest

from assessments.plans.actions import offset_of
from elections.calendar import is_working_day
from elections.timetable import HandSet, first_thursday_in_may, timetable_for
from frameworks.models import SuggestedDue

pytestmark = pytest.mark.django_db

MOST_ON_ONE_DAY = 5
DAY = dt.timedelta(days=1)


def thursdays(year):
    """Return the first Thursday in May of `year` and a Thursday in each autumn month."""
    yield first_thursday_in_may(year)
    for month, day in ((9, 10), (10, 8), (11, 5)):
        date = dt.date(year, month, day)
        yield date + DAY * ((3 - date.weekday()) % 7)


def timetables():
    """Yield timetables of polls from 2026 to 2032, for each length of stage 2.

    Annual council is on its default date, and on the last day the law allows.
    """
    for poll in (day for year in range(2026, 2033) for day in thursdays(year)):
        for weeks in (4, 5, 6):
            usual = timetable_for(poll, stage_2_weeks=weeks)
            yield usual
            last = usual.annual_meeting_to
            while not is_working_day(last):
                last -= DAY
            by_hand = {"annual_meeting": HandSet(last, "Fixed by the council")}
            yield timetable_for(poll, stage_2_weeks=weeks, set_by_hand=by_hand)


@pytest.fixture
def suggestions():
    return list(SuggestedDue.objects.select_related("item", "step__stage"))


def dates(suggestions, timetable):
    """Return each suggestion's day in `timetable`, by (item, step)."""
    rules = ((each, offset_of(each)) for each in suggestions)
    return {
        (each.item.code, each.step.code): rule.resolve(getattr(timetable, rule.anchor))
        for each, rule in rules
    }


def test_every_date_is_a_working_day_inside_its_stage(suggestions):
    stages = {(each.item.code, each.step.code): each.step.stage.number for each in suggestions}
    for timetable in timetables():
        for key, day in dates(suggestions, timetable).items():
            assert is_working_day(day), (key, timetable.election_day, day)
            assert timetable.stage_on(day) == stages[key], (key, timetable.election_day, day)
            assert day <= timetable.first_year_ends, (key, timetable.election_day, day)


def test_dates_are_spread(suggestions):
    """Not more than a few on one day, when annual council is on its default date."""
    for timetable in list(timetables())[::2]:
        day, number = Counter(dates(suggestions, timetable).values()).most_common(1)[0]
        assert number <= MOST_ON_ONE_DAY, (timetable.election_day, day, number)


# What has to be done before what, as (item, step) codes or an item's code on its own step.
ORDER = [
    ("NOC-01.1", "NOC-01.3"),
    ("NOC-01.2", "NOC-01.3"),
    ("NOC-01.4", "NOC-05.1"),
    ("NOC-03.1", "NOC-03.2"),
    ("NOC-03.3", "NOC-03.2"),
    ("NOC-10.1", "NOC-10.2"),
    ("NOC-06.1", ("COMP-04.3", "NOC-06")),
    ("NOC-11.3", "NOC-11.4"),
    ("NOC-11.1", "NOC-12.2"),
    ("NOC-13.1", "NOC-13.2"),
    ("NOC-14.1", "NOC-19.4"),
    (("COMP-01.3", "NOC-15"), "NOC-15.1"),
    (("COMP-02.2", "NOC-15"), "NOC-15.1"),
    ("NOC-15.1", ("COMP-02.3", "NOC-15")),
    ("NOC-17.1", "NOC-17.2"),
    (("COMP-08.2", "NOC-17"), ("COMP-08.1", "NOC-17")),
    ("NOC-23.2", ("COMP-05.1", "NOC-23")),
    ("NOC-22.2", "NOC-22.3"),
    ("NOC-29.2", "NOC-29.4"),
    ("NOC-25.3", ("COMP-02.3", "NOC-25")),
]


def on_step(code):
    """Return an item's code and that of its step."""
    return code if isinstance(code, tuple) else (code, code.partition(".")[0])


def test_the_order_is_that_of_the_work(suggestions):
    for timetable in timetables():
        days = dates(suggestions, timetable)
        for first, second in ORDER:
            before, after = days[on_step(first)], days[on_step(second)]
            assert before <= after, (first, second, timetable.election_day)


def test_advice_on_commitments_ends_before_the_pre_election_period(suggestions):
    for timetable in timetables():
        days = dates(suggestions, timetable)
        for code in ("NOC-05.1", "NOC-05.2", "NOC-06.1", "NOC-09.3"):
            assert days[code, code.partition(".")[0]] < timetable.pre_election_period


def test_who_has_a_post_from_annual_council_is_asked_after_it(suggestions):
    in_post = [
        each
        for each in suggestions
        if re.search(r"once annual council has met|filled at annual council", each.reason)
        or re.match(r"Lead members are", each.reason)
    ]
    assert len(in_post) > 4
    for timetable in timetables():
        days = dates(in_post, timetable)
        assert min(days.values()) > timetable.annual_meeting, timetable.election_day


CONTINUING = {
    "NOC-21.1", "NOC-21.2", "NOC-21.4", "NOC-23.3", "NOC-24.3", "NOC-26.1", "NOC-26.3",
    "NOC-27.1", "NOC-29.3", "COMP-10.2", "COMP-11.2",
}  # fmt: skip


def test_a_continuing_duty_has_a_review_date(suggestions):
    assert {each.item.code for each in suggestions if each.is_review} == CONTINUING
    for each in suggestions:
        assert each.reason.startswith("A continuing duty.") == each.is_review


def test_a_reason_is_not_used_for_many_dates(suggestions):
    reasons = Counter(each.reason for each in suggestions if not each.is_review)
    assert reasons.most_common(1)[0][1] <= 2


def test_no_reason_depends_on_the_season(suggestions):
    for each in suggestions:
        for word in ("summer", "autumn", "winter", "spring", "March", "May", "new year"):
            assert word not in each.reason.split(), each
