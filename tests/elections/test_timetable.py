"""Dates around an election: the worked example, published timetables, rules that always hold."""

import ast
import datetime as dt
import json
from calendar import monthrange
from dataclasses import FrozenInstanceError, fields
from functools import partial
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import elections
from elections.calendar import (
    bank_holidays,
    moved_from_day_off,
    working_day_on_or_after,
    working_days_after,
)
from elections.timetable import (
    DETAILS,
    DateStanding,
    ElectionDayError,
    HandSet,
    Occasion,
    clear_working_days_before,
    first_thursday_in_may,
    following_ordinary_election_day,
    is_working_day,
    next_ordinary_election_day,
    timetable_for,
    validate_election_day,
    working_days_before,
)

POLL_2027 = dt.date(2027, 5, 6)
ORDINARY_DAYS = [first_thursday_in_may(year) for year in range(2015, 2041)]

FIRST_THURSDAY, LAST_THURSDAY = dt.date(2000, 1, 6), dt.date(2099, 12, 31)
STATE_FUNERAL, FUNERAL_DECLARED = dt.date(2022, 9, 19), dt.date(2022, 9, 10)

thursdays = st.integers(0, (LAST_THURSDAY - FIRST_THURSDAY).days // 7).map(
    lambda weeks: FIRST_THURSDAY + dt.timedelta(weeks=weeks)
)


def on(text):
    return dt.date.fromisoformat(text)


# The worked example


def test_worked_example():
    timetable = timetable_for(POLL_2027)
    expected = {
        "election_day": "2027-05-06",
        "notice_of_election": "2027-03-31",
        "pre_election_period": "2027-03-31",
        "nominations_close": "2027-04-08",
        "statement_of_persons_nominated": "2027-04-09",
        "notice_of_poll": "2027-04-27",
        "retirement": "2027-05-10",
        "annual_meeting_from": "2027-05-11",
        "annual_meeting_to": "2027-05-31",
        "annual_meeting_default": "2027-05-18",
        "annual_meeting": "2027-05-18",
        "summons_for_default": "2027-05-10",
        "summons": "2027-05-10",
        "acceptance_of_office_by": "2027-07-06",
        "stage_2_from": "2027-05-06",
        "stage_3_from": "2027-06-17",
        "first_year_ends": "2028-05-06",
        "council_tax_by": "2028-03-10",
        "poll_cards_from": "2027-03-31",
        "nominations_from": "2027-04-01",
        "withdrawals_and_agents_by": "2027-04-08",
        "registration_deadline": "2027-04-19",
        "postal_vote_deadline": "2027-04-20",
        "proxy_vote_deadline": "2027-04-27",
        "polling_agents_deadline": "2027-04-28",
        "lost_postal_votes_from": "2027-04-29",
        "emergency_proxy_deadline": "2027-05-06",
        "group_notices_by": "2027-05-10",
        "balance_review": "2027-05-18",
        "election_petition_by": "2027-05-27",
        "register_of_interests_by": "2027-06-06",
        "expenses_deadline": "2027-06-11",
        "first_key_decision_from": "2027-06-16",
        "rejected_postal_votes_by": "2027-08-05",
        "papers_kept_until": "2028-05-06",
        "six_week_review": "2027-06-17",
        "six_month_review": "2027-11-05",
        "twelve_month_review": "2028-05-05",
    }
    assert {name: getattr(timetable, name).isoformat() for name in expected} == expected


def test_every_date_of_a_timetable_is_in_the_worked_example():
    names = {f.name for f in fields(timetable_for(POLL_2027))}
    settings = {
        "stage_2_weeks",
        "extra_bank_holidays",
        "occasion",
        "set_by_hand",
        "by_rule",
        "council_type",
        "cycle",
        "window_if_election",
        "next_ordinary_election",
        "verification_and_count",
        "declaration",
    }
    dates = {name for name in names if isinstance(getattr(timetable_for(POLL_2027), name), dt.date)}
    assert names == dates | settings
    assert len(dates) == 38


# What councils and election bodies published
#
# Each row was read on the page of the council or body named in its last column. Where a page gives
# the day on which a notice did go out, earlier than the last day allowed, another page is used for
# that date. Parish elections keep the same table (S.I. 2006/3305 and 2014/492).

PUBLISHED = [
    # poll, notice of election, nominations close, persons nominated, notice of poll, published by
    ("2017-05-04", "2017-03-27", "2017-04-04", "2017-04-05", "2017-04-25", "Wootton Bridge"),
    ("2021-05-06", "2021-03-29", "2021-04-08", "2021-04-09", "2021-04-27", "Southend; Torridge"),
    ("2022-05-05", "2022-03-28", "2022-04-05", "2022-04-06", "2022-04-26", "North Yorkshire"),
    ("2023-05-04", "2023-03-27", "2023-04-04", "2023-04-05", "2023-04-25", "Patchway; GM Elects"),
    ("2024-05-02", "2024-03-26", "2024-04-05", "2024-04-08", "2024-04-24", "Southampton; Lambeth"),
    ("2025-05-01", "2025-03-25", "2025-04-02", "2025-04-03", "2025-04-23", "South Hams; Stroud"),
    ("2026-05-07", "2026-03-30", "2026-04-09", "2026-04-10", "2026-04-28", "BCP"),
    # By-elections in other seasons.
    ("2021-12-02", "2021-10-28", "2021-11-05", "2021-11-08", "2021-11-24", "Warwick"),
    ("2022-04-07", "2022-03-03", "2022-03-11", "2022-03-14", "2022-03-30", "Solihull"),
    ("2022-09-08", "2022-08-03", "2022-08-11", "2022-08-12", "2022-08-31", "Arun"),
    ("2023-09-28", "2023-08-23", "2023-09-01", "2023-09-04", "2023-09-20", "North Yorkshire"),
    ("2024-06-13", "2024-05-08", "2024-05-16", "2024-05-17", "2024-06-05", "Hednesford"),
    ("2025-02-13", "2025-01-09", "2025-01-17", "2025-01-20", "2025-02-05", "North Yorkshire"),
]


@pytest.mark.parametrize(
    ("poll", "notice", "nominations", "statement", "notice_of_poll", "published_by"), PUBLISHED
)
def test_published_timetables(poll, notice, nominations, statement, notice_of_poll, published_by):
    timetable = timetable_for(on(poll))
    assert timetable.notice_of_election == on(notice)
    assert timetable.nominations_close == on(nominations)
    assert timetable.statement_of_persons_nominated == on(statement)
    assert timetable.notice_of_poll == on(notice_of_poll)


CASES = json.loads((Path(__file__).parent / "data/timetable_cases.json").read_text())
KEY_OF = {
    "ne": "notice_of_election",
    "nc": "nominations_close",
    "sp": "statement_of_persons_nominated",
    "np": "notice_of_poll",
    "reg": "registration_deadline",
    "post": "postal_vote_deadline",
    "proxy": "proxy_vote_deadline",
    "agents": "polling_agents_deadline",
    "lost": "lost_postal_votes_from",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['council']} {case['poll']}")
def test_published_dates_up_to_the_poll(case):
    timetable = timetable_for(on(case["poll"]), occasion=Occasion(case["kind"]))
    found = {key: getattr(timetable, KEY_OF[key]).isoformat() for key in case["published"]}
    assert found == case["published"]


@pytest.mark.parametrize(
    ("poll", "declared", "expenses"),
    [
        # The Electoral Commission's dates for May 2025, by the day of the declaration.
        ("2025-05-01", "2025-05-01", "2025-06-05"),
        ("2025-05-01", "2025-05-02", "2025-06-06"),
        ("2025-05-01", "2025-05-04", "2025-06-09"),
        ("2025-05-01", None, "2025-06-06"),
        ("2020-10-08", None, "2020-11-13"),
    ],
)
def test_expenses_are_due_35_days_after_the_declaration(poll, declared, expenses):
    hand = {"declaration": HandSet(on(declared), "Known")} if declared else {}
    timetable = timetable_for(on(poll), set_by_hand=hand)
    assert timetable.expenses_deadline == on(expenses)


def test_the_last_day_for_a_petition_moves_from_christmas_eve_to_the_next_working_day():
    found = timetable_for(dt.date(2026, 12, 3), occasion=Occasion.BY_ELECTION)
    assert found.election_petition_by == dt.date(2026, 12, 29)


def test_a_bank_holiday_declared_after_the_notice_leaves_the_dates_before_it():
    holiday = on("2027-04-26")
    late = timetable_for(
        POLL_2027, extra_bank_holidays=[holiday], declared={holiday: on("2027-04-12")}
    )
    plain = timetable_for(POLL_2027)
    early = timetable_for(POLL_2027, extra_bank_holidays=[holiday])
    for key in ("notice_of_election", "nominations_close", "statement_of_persons_nominated"):
        assert getattr(late, key) == getattr(plain, key) != getattr(early, key)
    # Dates after the declaration count the holiday; those after the holiday are not affected.
    assert late.registration_deadline == early.registration_deadline == on("2027-04-16")
    assert late.proxy_vote_deadline == plain.proxy_vote_deadline == on("2027-04-27")


def test_a_bank_holiday_declared_before_the_notice_moves_every_date():
    holiday = on("2027-04-26")
    early = timetable_for(
        POLL_2027, extra_bank_holidays=[holiday], declared={holiday: on("2027-03-01")}
    )
    assert early.notice_of_election == on("2027-03-30")


def test_a_notice_that_was_published_earlier_decides_what_is_late():
    holiday, declared = on("2027-04-26"), on("2027-03-29")
    hand = {"notice_of_election": HandSet(on("2027-03-22"), "Published early")}
    late = timetable_for(
        POLL_2027,
        extra_bank_holidays=[holiday],
        declared={holiday: declared},
        set_by_hand=hand,
    )
    assert late.by_rule["notice_of_election"] == on("2027-03-30")
    assert late.nominations_close == on("2027-04-07")


def test_christmas_eve_does_not_count():
    # By rule 2 of the 2006 Rules. Two councils with a poll on this day, York and Swale, published
    # dates that do count it: notice on 8 December, nominations on 16 December. The rule is followed
    # here; ordinary elections are never touched by it.
    timetable = timetable_for(dt.date(2026, 1, 15))
    assert timetable.notice_of_election == dt.date(2025, 12, 5)
    assert timetable.nominations_close == dt.date(2025, 12, 15)
    assert timetable.notice_of_poll == dt.date(2026, 1, 7)


def test_close_of_nominations_2015():
    # Cotswold District Council's nomination pack: 4pm on Thursday 9 April 2015.
    assert timetable_for(dt.date(2015, 5, 7)).nominations_close == dt.date(2015, 4, 9)


@pytest.mark.parametrize(
    ("poll", "retirement"),
    [
        ("2018-05-03", "2018-05-08"),  # by the rule
        ("2019-05-02", "2019-05-07"),  # counsel's advice for AEA and LLG; Electoral Commission
        ("2023-05-04", "2023-05-09"),  # by the rule: Monday 8 May was the Coronation bank holiday
        ("2024-05-02", "2024-05-07"),  # Dorset Association of Parish and Town Councils
        ("2025-05-01", "2025-05-06"),  # Marlborough Town Council
    ],
)
def test_retirement_on_a_tuesday_where_the_monday_is_a_bank_holiday(poll, retirement):
    timetable = timetable_for(on(poll))
    assert timetable.retirement == on(retirement)
    assert timetable.retirement.strftime("%A") == "Tuesday"
    assert "Moved from Monday" in key_date(timetable, "retirement").rule


@pytest.mark.parametrize(
    ("poll", "retirement"),
    [
        ("2021-05-06", "2021-05-10"),
        ("2022-05-05", "2022-05-09"),  # the bank holiday was the Monday before, 2 May
        ("2026-05-07", "2026-05-11"),
        ("2027-05-06", "2027-05-10"),
    ],
)
def test_retirement_on_the_fourth_day_otherwise(poll, retirement):
    timetable = timetable_for(on(poll))
    assert timetable.retirement == on(retirement)
    assert "Moved" not in key_date(timetable, "retirement").rule


def test_a_review_says_which_day_it_was_moved_from():
    timetable = timetable_for(dt.date(2026, 11, 12))
    assert key_date(timetable, "six_week_review").rule.endswith(
        "Moved from Thursday 24 December 2026 (Christmas Eve), which is not a working day."
    )
    assert "Moved" not in key_date(timetable, "six_month_review").rule
    weekend = timetable_for(dt.date(2027, 5, 6))
    assert key_date(weekend, "six_month_review").rule == (
        "Six months after election day, or the working day before. "
        "Moved from Saturday 6 November 2027, which is not a working day."
    )


def test_annual_meeting_counts_from_the_day_that_retirement_moved_to():
    timetable = timetable_for(dt.date(2024, 5, 2))
    assert timetable.annual_meeting_from == dt.date(2024, 5, 8)
    assert timetable.annual_meeting_default == dt.date(2024, 5, 15)
    assert timetable.annual_meeting_to == dt.date(2024, 5, 28)
    assert timetable.summons_for_default == dt.date(2024, 5, 7)


# Working days


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2027-05-08", "Saturday"),
        ("2027-05-09", "Sunday"),
        ("2024-12-24", "Christmas Eve"),
        ("2024-12-25", "Christmas Day"),
        ("2027-12-28", "Boxing Day, moved to a weekday"),
        ("2027-03-26", "Good Friday"),
        ("2027-03-29", "Easter Monday"),
        ("2020-05-08", "early May bank holiday, moved for VE Day"),
        ("2022-06-02", "spring bank holiday, moved for the Platinum Jubilee"),
        ("2022-06-03", "Platinum Jubilee"),
        ("2022-09-19", "State Funeral"),
        ("2023-05-08", "Coronation"),
    ],
)
def test_days_off(day, why):
    assert not is_working_day(on(day))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2023-04-06", "Maundy Thursday"),
        ("2020-05-04", "the Monday that the early May bank holiday moved from"),
        ("2022-05-30", "the Monday that the spring bank holiday moved from"),
        ("2024-12-31", "New Year's Eve"),
        ("2027-01-04", "a bank holiday in Scotland alone"),
        ("2027-03-17", "a bank holiday in Northern Ireland alone"),
    ],
)
def test_days_that_count(day, why):
    assert is_working_day(on(day))


def test_an_extra_bank_holiday_is_a_day_off():
    assert not is_working_day(dt.date(2027, 4, 8), extra_bank_holidays={dt.date(2027, 4, 8)})


def test_working_days_before_leaves_out_the_day_itself():
    assert working_days_before(POLL_2027, 1) == dt.date(2027, 5, 5)
    assert working_days_before(POLL_2027, 3) == dt.date(2027, 4, 30)


def test_working_days_before_a_day_off():
    assert working_days_before(dt.date(2027, 5, 3), 1) == dt.date(2027, 4, 30)


def test_clear_working_days_leave_out_both_ends():
    meeting = dt.date(2027, 5, 18)
    assert clear_working_days_before(meeting, 5) == dt.date(2027, 5, 10)
    assert clear_working_days_before(
        meeting, 5, extra_bank_holidays=[dt.date(2027, 5, 12)]
    ) == dt.date(2027, 5, 7)


def test_working_day_on_or_after():
    assert working_day_on_or_after(POLL_2027) == POLL_2027
    assert working_day_on_or_after(dt.date(2027, 5, 1)) == dt.date(2027, 5, 4)
    assert working_day_on_or_after(
        dt.date(2027, 5, 1), extra_bank_holidays=[dt.date(2027, 5, 4)]
    ) == dt.date(2027, 5, 5)


def test_working_days_after_leaves_out_the_day_itself():
    assert working_days_after(dt.date(2027, 4, 30), 1) == dt.date(2027, 5, 4)
    for n in range(1, 30):
        reached = working_days_after(POLL_2027, n)
        assert working_days_before(reached + dt.timedelta(days=1), n + 1) == POLL_2027


def test_the_last_day_of_a_period_moves_from_a_sunday_or_bank_holiday_but_not_a_saturday():
    assert moved_from_day_off(dt.date(2027, 3, 21)) == dt.date(2027, 3, 22)
    assert moved_from_day_off(dt.date(2027, 3, 26)) == dt.date(2027, 3, 27)  # Good Friday
    assert moved_from_day_off(dt.date(2027, 3, 28)) == dt.date(2027, 3, 30)  # Easter Sunday
    assert moved_from_day_off(dt.date(2027, 3, 20)) == dt.date(2027, 3, 20)


@pytest.mark.parametrize("count", [working_days_before, clear_working_days_before])
@pytest.mark.parametrize("n", [0, -1])
def test_counts_below_one_are_refused(count, n):
    with pytest.raises(ValueError, match=f"must be 1 or more, not {n}"):
        count(POLL_2027, n)


@pytest.mark.parametrize("year", [1900, 1998, 2101])
def test_years_without_known_bank_holidays_are_refused(year):
    with pytest.raises(ValueError, match=f"1999 to 2100, not for {year}"):
        is_working_day(dt.date(year, 5, 12 if year == 2101 else 11))


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.integers(1, 40))
def test_counting_back_passes_exactly_n_working_days(day, n):
    reached = working_days_before(day, n)
    assert is_working_day(reached)
    assert working_days_from(reached, until=day) == n


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.integers(1, 40))
def test_clear_days_lie_strictly_between(day, n):
    reached = clear_working_days_before(day, n)
    assert is_working_day(reached)
    assert working_days_from(reached + dt.timedelta(days=1), until=day) == n


# Rules that hold for every election day


@pytest.mark.parametrize("poll", ORDINARY_DAYS, ids=str)
def test_ordinary_elections_against_a_second_reckoning(poll):
    """The dates up to the poll, and retirement, by another road to the bank holidays of spring."""
    days_off = spring_bank_holidays(poll.year)
    working = [
        day
        for day in (poll - dt.timedelta(days=n) for n in range(1, 60))
        if day.weekday() < 5 and day not in days_off
    ]
    timetable = timetable_for(poll)
    assert timetable.is_first_thursday_in_may
    assert timetable.notice_of_election == working[24]
    assert timetable.nominations_close == working[18]
    assert timetable.statement_of_persons_nominated == working[17]
    assert timetable.notice_of_poll == working[5]
    monday = poll + dt.timedelta(days=4)
    moved = dt.timedelta(days=1 if monday in days_off else 0)
    assert timetable.retirement == monday + moved


@pytest.mark.parametrize("poll", ORDINARY_DAYS, ids=str)
def test_after_an_ordinary_election_the_dates_fall_where_councils_expect_them(poll):
    timetable = timetable_for(poll)
    assert 5 <= timetable.retirement.day <= 12
    assert timetable.retirement.strftime("%A") in {"Monday", "Tuesday"}
    assert timetable.annual_meeting_default.weekday() == timetable.retirement.weekday() + 1
    assert is_working_day(timetable.annual_meeting_default)
    assert timetable.acceptance_of_office_by == dt.date(poll.year, 7, poll.day)
    assert timetable.council_tax_by == dt.date(poll.year + 1, 3, 10)
    assert timetable.first_year_ends == dt.date(poll.year + 1, 5, poll.day)


@given(poll=thursdays, weeks=st.integers(4, 6))
@example(poll=FIRST_THURSDAY, weeks=6)
@example(poll=LAST_THURSDAY, weeks=6)
@example(poll=dt.date(2024, 2, 29), weeks=6)
@example(poll=dt.date(2022, 9, 22), weeks=4)  # the funeral was declared after notice
def test_rules_on_any_thursday(poll, weeks):
    assume(poll != dt.date(2022, 10, 6))  # see the next test
    timetable = timetable_for(poll, stage_2_weeks=weeks)
    for date, n in [
        (timetable.notice_of_election, 25),
        (timetable.nominations_close, 19),
        (timetable.statement_of_persons_nominated, 18),
        (timetable.notice_of_poll, 6),
    ]:
        assert is_working_day(date)
        # A holiday declared after notice leaves the dates up to its declaration as they were.
        working = {STATE_FUNERAL} if date <= FUNERAL_DECLARED else ()
        assert working_days_from(date, until=poll, working=working) == n
    assert timetable.pre_election_period == timetable.notice_of_election

    fourth_day = poll + dt.timedelta(days=4)
    assert is_working_day(timetable.retirement)
    assert working_days_from(fourth_day, until=timetable.retirement) == 0
    after_retirement = partial(days_between, timetable.retirement)
    assert after_retirement(timetable.annual_meeting_from) == 1
    assert after_retirement(timetable.annual_meeting_default) == 8
    assert after_retirement(timetable.annual_meeting_to) == 21
    after_summons = timetable.summons_for_default + dt.timedelta(days=1)
    assert working_days_from(after_summons, until=timetable.annual_meeting_default) == 5

    assert 59 <= days_between(poll, timetable.acceptance_of_office_by) <= 64  # moved at Christmas
    assert timetable.six_week_review == last_working_day(poll + dt.timedelta(days=42))
    assert timetable.six_month_review == last_working_day(six_months_after(poll))
    assert timetable.twelve_month_review == last_working_day(timetable.first_year_ends)
    assert 365 <= days_between(poll, timetable.first_year_ends) <= 366
    assert days_between(poll, timetable.stage_3_from) == weeks * 7
    assert timetable.stage_2_from == poll
    assert (timetable.council_tax_by.month, timetable.council_tax_by.day) == (3, 10)
    assert 0 < days_between(poll, timetable.council_tax_by) <= 366


def test_a_holiday_declared_late_moves_no_deadline_back_to_before_its_declaration():
    timetable = timetable_for(dt.date(2022, 10, 6))
    assert timetable.notice_of_election == dt.date(2022, 9, 1)
    assert timetable.nominations_close == dt.date(2022, 9, 9)
    # With the holiday of 19 September the 18th day would be 9 September, the day before it was
    # declared.
    assert timetable.statement_of_persons_nominated == dt.date(2022, 9, 12)
    assert timetable.notice_of_poll == dt.date(2022, 9, 28)


@pytest.mark.parametrize(
    ("poll", "council_tax_by"),
    [("2022-03-03", "2022-03-10"), ("2022-03-10", "2023-03-10"), ("2022-03-17", "2023-03-10")],
)
def test_council_tax_is_due_by_the_next_10_march_after_the_poll(poll, council_tax_by):
    assert timetable_for(on(poll)).council_tax_by == on(council_tax_by)


@pytest.mark.parametrize(
    ("poll", "acceptance", "six_months", "first_year_ends"),
    [
        ("2024-02-29", "2024-04-29", "2024-08-29", "2025-02-28"),
        ("2026-12-31", "2027-03-01", "2027-06-30", "2027-12-31"),  # 28 February is a Sunday
    ],
)
def test_months_end_early_where_the_month_is_too_short(
    poll, acceptance, six_months, first_year_ends
):
    timetable = timetable_for(on(poll))
    assert timetable.acceptance_of_office_by == on(acceptance)
    assert timetable.six_month_review == on(six_months)
    assert timetable.first_year_ends == on(first_year_ends)


def last_working_day(day):
    """Return the day, or the last working day before it."""
    while not is_working_day(day):
        day -= dt.timedelta(days=1)
    return day


def six_months_after(day):
    year, month = day.year + (day.month > 6), (day.month + 5) % 12 + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


@given(
    poll=st.dates(dt.date(2026, 1, 1), dt.date(2032, 12, 31)).filter(is_working_day),
    extra=st.sets(st.integers(-6, 0), max_size=5),
)
def test_reviews_are_on_working_days_as_late_as_they_can_be(poll, extra):
    by_election = partial(timetable_for, poll, occasion=Occasion.BY_ELECTION)
    wanted = {
        "six_week_review": poll + dt.timedelta(weeks=6),
        "six_month_review": six_months_after(poll),
        "twelve_month_review": by_election().first_year_ends,
    }
    holidays = {day + dt.timedelta(days=n) for day in wanted.values() for n in extra}
    works = partial(is_working_day, extra_bank_holidays=holidays)
    timetable = by_election(extra_bank_holidays=holidays)
    for key, day in wanted.items():
        review = getattr(timetable, key)
        skipped = [review + dt.timedelta(days=n) for n in range(1, (day - review).days + 1)]
        assert works(review)
        assert review <= day
        assert not any(map(works, skipped))


def test_a_review_set_by_hand_stays_where_it_was_set():
    hand = {"six_month_review": HandSet(dt.date(2027, 11, 6), "A Saturday, as agreed")}
    timetable = timetable_for(POLL_2027, set_by_hand=hand)
    assert timetable.six_month_review == dt.date(2027, 11, 6)


@given(poll=thursdays)
def test_key_dates_agree_with_the_attributes(poll):
    timetable = timetable_for(poll)
    key_dates = timetable.all_dates
    assert [k.date for k in key_dates] == sorted(k.date for k in key_dates)
    for k in key_dates:
        assert getattr(timetable, k.key) == k.date
        assert k.until is None or k.until > k.date
    assert key_date(timetable, "annual_meeting_from").until == timetable.annual_meeting_to
    assert key_date(timetable, "pre_election_period").until == poll
    assert {k.key for k in key_dates if k.until} == {"annual_meeting_from", "pre_election_period"}


def test_key_dates_leave_no_date_out():
    timetable = timetable_for(POLL_2027)
    dates = {f.name for f in fields(timetable) if isinstance(getattr(timetable, f.name), dt.date)}
    keys = [k.key for k in timetable.all_dates]
    assert len(keys) == len(set(keys))
    assert set(keys) == dates - {
        "annual_meeting_to",
        "annual_meeting_default",
        "summons_for_default",
        "stage_2_from",
    }


def test_key_dates_of_one_day_keep_the_order_of_the_work():
    keys = [k.key for k in timetable_for(POLL_2027).all_dates]
    assert keys[:2] == ["notice_of_election", "pre_election_period"]
    retirement = keys.index("retirement")
    assert keys[retirement + 1] == "summons"


@pytest.mark.parametrize("k", timetable_for(POLL_2027).all_dates, ids=lambda k: k.key)
def test_each_key_date_carries_words_rule_and_source(k):
    assert 0 < len(k.short_label) <= 22
    assert k.label
    assert k.rule.endswith(".")
    assert k.source
    assert isinstance(k.standing, DateStanding)


def test_short_labels_differ():
    labels = [k.short_label for k in timetable_for(POLL_2027).all_dates]
    assert len(labels) == len(set(labels))


def test_the_key_dates_are_the_main_ones_among_all():
    timetable = timetable_for(POLL_2027)
    assert timetable.key_dates == tuple(k for k in timetable.all_dates if not k.detail)
    assert {k.key for k in timetable.every_date if k.detail} == set(DETAILS)
    assert not any(k.detail for k in timetable.every_key_date)
    assert len(timetable.key_dates) == 17


def test_a_poll_on_another_thursday_warns_that_it_may_be_a_by_election():
    timetable = timetable_for(dt.date(2027, 10, 7))
    assert not timetable.is_first_thursday_in_may
    assert "by-election" in key_date(timetable, "election_day").rule


# Extra bank holidays


def test_extra_bank_holidays_move_every_date_they_touch():
    timetable = timetable_for(
        POLL_2027, extra_bank_holidays=iter([dt.date(2027, 4, 30), dt.date(2027, 5, 10)])
    )
    assert timetable.extra_bank_holidays == {dt.date(2027, 4, 30), dt.date(2027, 5, 10)}
    assert timetable.notice_of_election == dt.date(2027, 3, 30)
    assert timetable.nominations_close == dt.date(2027, 4, 7)
    assert timetable.statement_of_persons_nominated == dt.date(2027, 4, 8)
    assert timetable.notice_of_poll == dt.date(2027, 4, 26)
    assert timetable.retirement == dt.date(2027, 5, 11)
    assert timetable.annual_meeting_default == dt.date(2027, 5, 19)
    assert timetable.summons_for_default == dt.date(2027, 5, 11)
    assert timetable.stage_3_from == dt.date(2027, 6, 17)


@given(poll=thursdays, days_before=st.integers(1, 60))
def test_an_extra_bank_holiday_never_makes_a_date_before_the_poll_later(poll, days_before):
    extra = poll - dt.timedelta(days=days_before)
    plain, moved = timetable_for(poll), timetable_for(poll, extra_bank_holidays=[extra])
    for name in ("notice_of_election", "nominations_close", "notice_of_poll"):
        assert getattr(moved, name) <= getattr(plain, name)
        assert getattr(moved, name) != extra


def test_a_known_bank_holiday_given_again_changes_nothing():
    extra = bank_holidays(2027)
    again = timetable_for(POLL_2027, extra_bank_holidays=extra)
    assert again.key_dates == timetable_for(POLL_2027).key_dates


@pytest.mark.parametrize(
    ("poll", "last"),
    [("2026-11-12", "2027-02-11"), ("2027-07-01", "2027-09-30"), ("2028-11-30", "2029-02-28")],
)
def test_a_period_that_begins_with_the_poll_includes_it(poll, last):
    timetable = timetable_for(on(poll))
    assert timetable.rejected_postal_votes_by == on(last)


# Stages


@pytest.mark.parametrize(
    ("day", "stage", "day_of_stage"),
    [
        ("2026-05-06", 1, (365, None)),
        ("2027-05-05", 1, (1, None)),
        ("2027-05-06", 2, (1, 42)),
        ("2027-05-07", 2, (2, 42)),
        ("2027-05-18", 2, (13, 42)),
        ("2027-06-16", 2, (42, 42)),
        ("2027-06-17", 3, (1, 325)),
        ("2028-05-05", 3, (324, 325)),
        ("2028-05-06", 3, (325, 325)),
        ("2028-05-07", 3, (326, None)),
        ("2030-05-06", 3, (1055, None)),
    ],
)
def test_stage_boundaries(day, stage, day_of_stage):
    timetable = timetable_for(POLL_2027)
    assert timetable.stage_on(on(day)) == stage
    assert timetable.day_of_stage(on(day)) == day_of_stage


@pytest.mark.parametrize(
    ("weeks", "stage_3_from"), [(4, "2027-06-03"), (5, "2027-06-10"), (6, "2027-06-17")]
)
def test_stage_2_lasts_four_to_six_weeks(weeks, stage_3_from):
    timetable = timetable_for(POLL_2027, stage_2_weeks=weeks)
    assert timetable.stage_3_from == on(stage_3_from)
    assert timetable.stage_on(on(stage_3_from)) == 3
    assert timetable.day_of_stage(POLL_2027) == (1, weeks * 7)
    assert key_date(timetable, "stage_3_from").rule.startswith(f"Stage 2 lasts {weeks} weeks")
    assert timetable.six_week_review == dt.date(2027, 6, 17)


@given(
    poll=thursdays,
    weeks=st.integers(4, 6),
    day=st.dates(dt.date(1999, 1, 1), dt.date(2101, 12, 31)),
)
def test_stages_follow_one_another_and_their_days_count_up(poll, weeks, day):
    timetable = timetable_for(poll, stage_2_weeks=weeks)
    tomorrow = day + dt.timedelta(days=1)
    stage, (number, length) = timetable.stage_on(day), timetable.day_of_stage(day)
    next_stage, (next_number, _) = timetable.stage_on(tomorrow), timetable.day_of_stage(tomorrow)

    assert number >= 1
    assert length is None or number <= length
    if next_stage == stage:
        assert next_number - number == (-1 if stage == 1 else 1)
    else:
        assert (next_stage, next_number) == (stage + 1, 1)


# Election days


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2027-01-01", "2027-05-06"),
        ("2027-05-05", "2027-05-06"),
        ("2027-05-06", "2027-05-06"),
        ("2027-05-07", "2028-05-04"),
        ("2027-12-31", "2028-05-04"),
        ("2025-04-30", "2025-05-01"),
        ("2026-05-01", "2026-05-07"),
    ],
)
def test_next_ordinary_election_day(today, expected):
    assert next_ordinary_election_day(on(today)) == on(expected)


@pytest.mark.parametrize(
    ("last", "today", "council_type", "cycle", "expected"),
    [
        # Elected as a whole: 4 years later, or the next usual day if that has passed.
        ("2025-05-01", "2026-11-30", "district", "whole", "2029-05-03"),
        ("2026-11-12", "2026-11-30", "unitary", "whole", "2030-05-02"),
        ("2021-05-06", "2026-11-30", "unitary", "whole", "2027-05-06"),
        ("2025-05-01", "2026-11-30", "county", "", "2029-05-03"),
        ("2026-05-07", "2026-11-30", "london-borough", "", "2030-05-02"),
        # By thirds: no election in the year of the counties. By halves: each second year.
        ("2026-11-12", "2026-11-30", "district", "thirds", "2027-05-06"),
        ("2028-05-04", "2028-06-01", "metropolitan", "thirds", "2030-05-02"),
        ("2026-05-07", "2026-11-30", "district", "halves", "2028-05-04"),
        # Not known: the next usual day.
        ("2026-05-07", "2026-05-08", "district", "", "2027-05-06"),
        ("2027-05-06", "2026-11-30", "district", "", "2028-05-04"),
    ],
)
def test_following_ordinary_election_day(last, today, council_type, cycle, expected):
    day = following_ordinary_election_day(
        on(last), on(today), council_type=council_type, cycle=cycle
    )
    assert day == on(expected)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 5, 1)))
def test_next_ordinary_election_day_is_a_valid_first_thursday(today):
    day = next_ordinary_election_day(today)
    validate_election_day(day)
    assert today <= day <= today + dt.timedelta(days=371)
    assert day.month == 5
    assert 1 <= day.day <= 7


@given(thursdays)
def test_every_thursday_may_be_an_election_day(poll):
    validate_election_day(poll)  # must not raise


@pytest.mark.parametrize("occasion", [Occasion.BY_ELECTION, Occasion.ORDER])
def test_other_elections_can_be_on_any_working_day(occasion):
    for day in ("2024-11-18", "2024-11-20", "2024-11-22"):
        validate_election_day(on(day), occasion=occasion)
        assert timetable_for(on(day), occasion=occasion).election_day == on(day)
    for day in ("2024-11-23", "2024-11-24", "2027-05-03"):
        with pytest.raises(ElectionDayError, match="must be a working day"):
            validate_election_day(on(day), occasion=occasion)


@pytest.mark.parametrize("check", [validate_election_day, timetable_for])
@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2027-05-02", "Election day must be a Thursday. Sunday 2 May 2027 is not."),
        ("2027-05-05", "Election day must be a Thursday. Wednesday 5 May 2027 is not."),
        ("1900-05-03", "Election day must be in the years 2000 to 2099, not in 1900."),
        ("1999-05-06", "Election day must be in the years 2000 to 2099, not in 1999."),
        ("2100-05-06", "Election day must be in the years 2000 to 2099, not in 2100."),
        ("0001-01-01", "Election day must be in the years 2000 to 2099, not in 1."),
        ("9999-12-31", "Election day must be in the years 2000 to 2099, not in 9999."),
    ],
)
def test_impossible_election_days(check, day, message):
    with pytest.raises(ElectionDayError) as error:
        check(on(day))
    assert str(error.value) == message
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize("weeks", [-1, 0, 3, 7, 42])
def test_stage_2_of_another_length_is_refused(weeks):
    with pytest.raises(ValueError, match=f"4, 5 or 6 weeks long, not {weeks}"):
        timetable_for(POLL_2027, stage_2_weeks=weeks)


def test_a_timetable_cannot_be_changed():
    timetable = timetable_for(POLL_2027)
    with pytest.raises(FrozenInstanceError):
        timetable.retirement = POLL_2027


# The package


def test_the_dates_are_pure_functions():
    package = Path(elections.__file__).parent
    for name in ("calendar.py", "concerns.py", "offsets.py", "timetable.py"):
        tree = ast.parse((package / name).read_text(encoding="utf-8"))
        imported = {
            (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert imported <= {
            "calendar",
            "collections",
            "dataclasses",
            "datetime",
            "enum",
            "functools",
            "holidays",
            "timetable",
        }


# Helpers


def key_date(timetable, key):
    (found,) = (k for k in timetable.all_dates if k.key == key)
    return found


def days_between(start, end):
    return (end - start).days


def working_days_from(start, *, until, working=()):
    """Return the number of working days from `start` to the day before `until`.

    `working` are bank holidays that count as working days.
    """
    days = (start + dt.timedelta(days=n) for n in range(days_between(start, until)))
    return sum(is_working_day(day) or day in working for day in days)


def spring_bank_holidays(year):
    """Bank holidays from March to mid-May, reckoned from Easter and the first Monday in May."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    easter = dt.date(year, f // 31, f % 31 + 1)
    early_may = next(
        day for day in (dt.date(year, 5, n) for n in range(1, 8)) if day.strftime("%a") == "Mon"
    )
    one_off = {2020: {dt.date(2020, 5, 8)}, 2023: {early_may, dt.date(2023, 5, 8)}}
    return {
        easter - dt.timedelta(days=2),
        easter + dt.timedelta(days=1),
        *one_off.get(year, {early_may}),
    }


def test_the_rules_of_law_are_marked_as_the_usual_ones_where_an_order_applies():
    ordinary, own = (
        {each.key: each for each in timetable_for(POLL_2027, occasion=occasion).every_date}
        for occasion in (Occasion.ORDINARY, Occasion.ORDER)
    )
    for key, date in own.items():
        is_marked = date.rule.startswith("Usual rule: ")
        is_law = date.standing is not DateStanding.PRACTICE and key != "election_day"
        assert is_marked == is_law, key
        assert not ordinary[key].rule.startswith("Usual rule")
    assert own["annual_meeting"].label == "First or annual meeting"
    assert own["summons"].label == "Last day for the summons to the first or annual meeting"
    assert ordinary["annual_meeting"].label == "Annual council meeting (default day)"


def test_no_rule_names_a_default_day_of_the_meeting_where_there_is_none():
    """No one retires at a by-election, and an order gives its own days."""
    for occasion, label in (
        (Occasion.BY_ELECTION, "Annual council meeting"),
        (Occasion.ORDER, "First or annual meeting"),
    ):
        shown = timetable_for(POLL_2027, occasion=occasion)
        dates = {each.key: each for each in shown.every_date}
        assert dates["annual_meeting"].date is None
        assert dates["annual_meeting"].label == label
        assert dates["summons"].rule.endswith("before the meeting, counted in working days.")
    ordinary = {each.key: each for each in timetable_for(POLL_2027).every_date}
    assert "on the eighth day after retirement" in ordinary["summons"].rule


def test_lost_postal_votes_have_their_own_regulation():
    sources = {each.key: each.source for each in timetable_for(POLL_2027).every_date}
    assert "regulation 78," in sources["lost_postal_votes_from"]
    assert "regulations 56 and 78," in sources["emergency_proxy_deadline"]
    assert "regulation 56," in sources["postal_vote_deadline"]


def test_key_decisions_are_said_not_to_be_of_a_committee_system():
    (date,) = (d for d in timetable_for(POLL_2027).every_date if d.key == "first_key_decision_from")
    assert "A council with a committee system has no key decisions." in date.rule
