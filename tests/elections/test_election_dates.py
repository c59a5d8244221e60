"""Beyond the plain timetable: the command, dates set by hand, by-elections, orders, offsets."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from elections.calendar import is_working_day
from elections.concerns import concerns_about
from elections.interim import Governance, legal_points
from elections.offsets import ANCHORS, MAXIMUM, Offset, Side, Unit
from elections.timetable import (
    ALL_HAND_KEYS,
    HAND_KEYS,
    CouncilKind,
    HandSet,
    Occasion,
    annual_meeting_window_without_election,
    first_thursday_in_may,
    has_ordinary_election,
    last_day_for_by_election,
    stays_vacant,
    timetable_for,
)

POLL = dt.date(2027, 5, 6)
WORKED_EXAMPLE = {
    "notice_of_election": "2027-03-31",
    "pre_election_period": "2027-03-31",
    "nominations_close": "2027-04-08",
    "statement_of_persons_nominated": "2027-04-09",
    "notice_of_poll": "2027-04-27",
    "retirement": "2027-05-10",
    "annual_meeting_from": "2027-05-11",
    "annual_meeting_to": "2027-05-31",
    "annual_meeting_default": "2027-05-18",
    "summons_for_default": "2027-05-10",
    "acceptance_of_office_by": "2027-07-06",
    "registration_deadline": "2027-04-19",
    "postal_vote_deadline": "2027-04-20",
    "proxy_vote_deadline": "2027-04-27",
    "polling_agents_deadline": "2027-04-28",
    "lost_postal_votes_from": "2027-04-29",
    "expenses_deadline": "2027-06-11",
    "register_of_interests_by": "2027-06-06",
}
DAY = dt.timedelta(days=1)
ordinary = st.integers(2015, 2040).map(first_thursday_in_may)
thursdays = st.dates(dt.date(2015, 1, 1), dt.date(2040, 12, 24)).map(
    lambda day: day + DAY * ((3 - day.weekday()) % 7)
)


def on(text):
    return dt.date.fromisoformat(text)


def with_hand(occasion=Occasion.ORDINARY, poll=POLL, **dates):
    hand = {key: HandSet(on(day), "Because") for key, day in dates.items()}
    return timetable_for(poll, occasion=occasion, set_by_hand=hand)


def key_date(timetable, key):
    return next(date for date in timetable.every_date if date.key == key)


# --- The command ----------------------------------------------------------------------------------


def dates(*args):
    out = io.StringIO()
    call_command("election_dates", *args, stdout=out)
    return out.getvalue()


def test_the_worked_example_comes_out_exactly_and_nothing_else():
    assert json.loads(dates("2027-05-06", "--json")) == WORKED_EXAMPLE


def test_without_json_it_is_a_table_with_every_rule():
    text = dates("2027-05-06")
    for date in timetable_for(POLL).all_dates:
        assert date.label in text
        assert f"{date.rule} {date.standing.capitalize()}: {date.source}." in text
    assert "Tue 18 May 2027  Annual council meeting" in text
    assert "Tue 11 May 2027 to Mon 31 May 2027" in text


@given(poll=thursdays)
@settings(max_examples=40, deadline=None)
def test_the_command_says_what_the_functions_do(poll):
    timetable = timetable_for(poll)
    found = json.loads(dates(poll.isoformat(), "--json"))
    assert found == {key: getattr(timetable, key).isoformat() for key in WORKED_EXAMPLE}


def test_at_a_by_election_no_councillors_retire():
    found = json.loads(dates("2026-10-15", "--json", "--by-election"))
    assert found["retirement"] is None
    assert found["annual_meeting_default"] is None
    assert found["summons_for_default"] is None
    assert (found["annual_meeting_from"], found["annual_meeting_to"]) == (
        "2027-03-01",
        "2027-05-31",
    )
    assert found["notice_of_election"] == "2026-09-10"
    assert found["acceptance_of_office_by"] == "2026-12-15"


def test_a_by_election_on_a_wednesday():
    found = json.loads(dates("2024-11-20", "--json", "--by-election"))
    assert found["notice_of_election"] == "2024-10-16"
    with pytest.raises(CommandError, match="must be a working day"):
        dates("2024-11-24", "--json", "--by-election")


def test_two_months_that_end_on_a_sunday_end_on_the_monday():
    found = json.loads(dates("2027-01-21", "--json", "--by-election"))
    assert found["acceptance_of_office_by"] == "2027-03-22"
    text = dates("2027-01-21", "--by-election")
    assert "Moved from Sunday 21 March 2027: it cannot be a Sunday or bank holiday." in text


def test_a_county_issues_a_precept_before_1_march():
    text = dates("2025-05-01", "--council-type", "county")
    assert "Sat 28 Feb 2026  Last day to issue the precept" in text
    assert "Last day to set council tax" not in text
    assert "not invalid merely because it is late" in dates("2025-05-01")


def test_after_a_by_election_the_next_annual_meeting_depends_on_the_cycle():
    text = dates("2022-10-20", "--by-election")
    assert "Wed  1 Mar 2023 to Wed 31 May 2023" in text
    assert "in May 2023: 10 May to 30 May 2023 instead." in text
    found = json.loads(dates("2022-10-20", "--json", "--by-election", "--cycle", "thirds"))
    assert (found["annual_meeting_from"], found["annual_meeting_to"]) == (
        "2023-05-10",
        "2023-05-30",
    )
    found = json.loads(dates("2022-10-20", "--json", "--by-election", "--cycle", "halves"))
    assert found["annual_meeting_from"] == "2023-03-01"


def test_a_late_bank_holiday_given_to_the_command_with_the_day_it_was_declared():
    found = json.loads(dates("2027-05-06", "--json", "--bank-holiday", "2027-04-26:2027-04-12"))
    assert found["notice_of_election"] == "2027-03-31"
    assert found["registration_deadline"] == "2027-04-16"


def test_a_bank_holiday_given_to_the_command_counts():
    found = json.loads(dates("2027-05-06", "--json", "--bank-holiday", "2027-05-10"))
    assert found["retirement"] == "2027-05-11"
    assert found["notice_of_election"] == "2027-03-31"  # the days before the poll are others


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2027-05-09", "must be a Thursday. Sunday 9 May 2027 is not"),
        ("1900-05-03", "in the years 2000 to 2099, not in 1900"),
        ("2027-02-29", "not a real date"),
        ("20270506", "not a real date"),
        ("2027-W18-4", "not a real date"),
        ("6 May 2027", "not a real date"),
        ("", "not a real date"),
        ("2027-05-0\0", "not a real date"),
        ("٢٠٢٧-05-06", "not a real date"),
    ],
)
def test_impossible_input_is_refused_in_one_line(day, message):
    with pytest.raises(CommandError, match=message) as error:
        dates(day, "--json")
    assert "\n" not in str(error.value)


# --- Rules over the years -------------------------------------------------------------------------


@given(poll=ordinary, occasion=st.sampled_from(Occasion))
@settings(max_examples=60, deadline=None)
def test_every_ordinary_election_day_gives_a_timetable_without_concern(poll, occasion):
    timetable = timetable_for(poll, occasion=occasion)
    assert set(concerns_about(timetable)) <= {"summons"}
    known = [date for date in timetable.every_key_date if date.date]
    assert sorted(known, key=lambda date: date.date) == list(timetable.key_dates)
    for date in known:
        assert getattr(timetable, date.key) == date.date
        assert date.hand is None


@given(poll=thursdays)
@settings(max_examples=60, deadline=None)
def test_at_a_by_election_the_dates_before_the_poll_are_the_same(poll):
    by_election = timetable_for(poll, occasion=Occasion.BY_ELECTION)
    ordinary_one = timetable_for(poll)
    for key in HAND_KEYS[:5]:
        assert getattr(by_election, key) == getattr(ordinary_one, key)
    assert by_election.annual_meeting is None
    first, last = by_election.annual_meeting_from, by_election.annual_meeting_to
    assert (first.month, first.day, last.month, last.day) == (3, 1, 5, 31)
    assert first.year == last.year
    assert 0 <= (last - poll).days < 366


def test_years_without_an_election_have_march_to_may():
    assert annual_meeting_window_without_election(2028) == (on("2028-03-01"), on("2028-05-31"))


def test_an_order_fixes_everything_that_law_would():
    timetable = timetable_for(POLL, occasion=Occasion.ORDER)
    assert [date.key for date in timetable.key_dates] == [
        "election_day",
        "six_week_review",
        "stage_3_from",
        "six_month_review",
        "twelve_month_review",
        "first_year_ends",
    ]
    by_hand = with_hand(Occasion.ORDER, annual_meeting="2027-05-20", retirement="2027-05-11")
    assert by_hand.annual_meeting == on("2027-05-20")
    assert by_hand.summons == on("2027-05-12")
    assert by_hand.annual_meeting_from is None
    assert concerns_about(by_hand) == {}


def test_the_city_of_london_has_its_own_law():
    timetable = timetable_for(POLL, council_type=CouncilKind.CITY_CORPORATION)
    assert timetable.notice_of_election is None
    assert timetable.retirement is None
    assert timetable.annual_meeting is None
    assert timetable.register_of_interests_by is None
    assert "follow its own law" in key_date(timetable, "election_day").rule
    assert "Moved" not in key_date(timetable, "retirement").rule
    by_hand = timetable_for(
        POLL,
        council_type="city-corporation",
        set_by_hand={"nominations_close": HandSet(on("2027-04-12"), "By its own law")},
    )
    assert by_hand.nominations_close == on("2027-04-12")


@pytest.mark.parametrize(
    ("year", "council_type", "cycle", "expected"),
    [
        (2025, "county", "", True),
        (2026, "county", "whole", False),
        (2026, "london-borough", "", True),
        (2026, "metropolitan", "thirds", True),
        (2025, "metropolitan", "thirds", False),
        (2026, "district", "halves", True),
        (2027, "district", "halves", False),
        (2027, "district", "whole", None),
        (2027, None, "", None),
    ],
)
def test_which_years_have_an_ordinary_election(year, council_type, cycle, expected):
    assert has_ordinary_election(year, council_type, cycle) is expected


def test_the_next_ordinary_election_can_be_given():
    given = timetable_for(
        on("2026-10-15"),
        occasion=Occasion.BY_ELECTION,
        next_ordinary_election=first_thursday_in_may(2027),
    )
    assert (given.annual_meeting_from, given.annual_meeting_to) == (
        on("2027-05-11"),
        on("2027-05-31"),
    )
    assert given.window_if_election is None
    later = timetable_for(
        on("2026-10-15"),
        occasion=Occasion.BY_ELECTION,
        next_ordinary_election=first_thursday_in_may(2028),
    )
    assert later.annual_meeting_from == on("2027-03-01")


@pytest.mark.parametrize(
    ("council_type", "cycle", "day", "words"),
    [
        ("county", "", "2027-01-27", "every 4 years, as in 2025 and 2029. If an order has moved"),
        ("london-borough", "", "2027-01-27", "every 4 years, as in 2026 and 2030. If an order"),
        ("district", "halves", "2027-01-27", "in even years. If an order has moved one to 2027"),
        ("district", "thirds", "2029-01-24", "no ordinary election in 2029. If an order has moved"),
    ],
)
def test_an_order_can_move_an_ordinary_election_to_the_year_of_a_by_election(
    council_type, cycle, day, words
):
    timetable = timetable_for(
        on(day), occasion=Occasion.BY_ELECTION, council_type=council_type, cycle=cycle
    )
    rule = key_date(timetable, "annual_meeting_from").rule
    assert rule.startswith("Any day in March, April or May, if the council has no ordinary")
    assert words in rule
    meeting = {"annual_meeting": HandSet(on(day).replace(month=3, day=18), "Fixed by council")}
    fixed = timetable_for(
        on(day),
        occasion=Occasion.BY_ELECTION,
        council_type=council_type,
        cycle=cycle,
        set_by_hand=meeting,
    )
    assert "if the council has no ordinary election" in key_date(fixed, "annual_meeting").rule


@pytest.mark.parametrize(
    ("council_type", "cycle", "day", "expected"),
    [
        ("county", "", "2027-05-06", "as in 2025 and 2029. Confirm that an order"),
        ("district", "halves", "2027-05-06", "in even years. Confirm that an order"),
        ("district", "thirds", "2029-05-03", "no ordinary election in 2029. Confirm"),
        ("county", "", "2029-05-03", ""),
        ("district", "halves", "2028-05-04", ""),
        ("district", "whole", "2027-05-06", ""),
        ("city-corporation", "", "2027-05-06", ""),
    ],
)
def test_an_ordinary_election_in_a_year_without_one_is_to_be_confirmed(
    council_type, cycle, day, expected
):
    timetable = timetable_for(on(day), council_type=council_type, cycle=cycle)
    found = concerns_about(timetable).get("election_day", [])
    assert expected in " ".join(found)
    assert bool(found) is bool(expected)


@pytest.mark.parametrize("council_type", ["county", "london-borough"])
def test_all_councillors_retire_where_the_law_elects_them_together(council_type):
    timetable = timetable_for(on("2030-05-02"), council_type=council_type)
    assert "All councillors retire" in key_date(timetable, "retirement").rule
    assert "all councillors retire" in legal_points(timetable, Governance.UNKNOWN)[0].words


@pytest.mark.parametrize(
    ("cycle", "words"), [("thirds", "about a third of"), ("halves", "about half of")]
)
def test_only_those_whose_term_ends_retire(cycle, words):
    assert words in key_date(timetable_for(POLL, cycle=cycle), "retirement").rule


def test_a_by_election_is_held_within_35_working_days_of_two_electors_notice():
    assert last_day_for_by_election(on("2024-09-30")) == on("2024-11-18")
    later = last_day_for_by_election(on("2024-09-30"), extra_bank_holidays=[on("2024-10-07")])
    assert later == on("2024-11-19")


def test_a_seat_stays_vacant_in_the_last_six_months_of_its_term():
    assert stays_vacant(on("2026-11-10"), on("2027-05-10"))
    assert not stays_vacant(on("2026-11-09"), on("2027-05-10"))


# --- Set by hand ----------------------------------------------------------------------------------


def test_the_council_is_told_to_decide_before_the_poll_and_not_to_meet_before_it():
    (sentence,) = concerns_about(timetable_for(POLL), today=on("2027-03-01"))["summons"]
    assert sentence.endswith("Before the poll, the council can fix a later day for the meeting.")
    (sentence,) = concerns_about(timetable_for(POLL), today=POLL)["summons"]
    assert "fix a later day" not in sentence


def test_the_meeting_that_is_fixed_drives_its_summons():
    timetable = with_hand(annual_meeting="2027-05-25")
    assert timetable.summons == on("2027-05-17")
    assert timetable.annual_meeting_default == on("2027-05-18")
    assert timetable.by_rule["annual_meeting"] == on("2027-05-18")
    assert key_date(timetable, "annual_meeting").hand == HandSet(on("2027-05-25"), "Because")
    assert key_date(timetable, "summons").hand is None
    assert concerns_about(timetable) == {}


def test_retirement_set_by_hand_moves_the_window_and_a_notice_the_pre_election_period():
    timetable = with_hand(retirement="2027-05-11", notice_of_election="2027-03-24")
    assert timetable.annual_meeting_from == on("2027-05-12")
    assert timetable.annual_meeting == on("2027-05-19")
    assert timetable.pre_election_period == on("2027-03-24")


@pytest.mark.parametrize(
    ("hand", "said"),
    [
        ({"annual_meeting": "2027-06-01"}, "the period the law allows, 11 May 2027 to 31 May 2027"),
        ({"annual_meeting": "2027-05-10"}, "the period the law allows, 11 May 2027 to 31 May 2027"),
        ({"annual_meeting": "2027-05-22"}, "Saturday 22 May 2027 is not a working day"),
        ({"notice_of_poll": "2027-05-06"}, "This date is not before election day, 6 May 2027"),
        ({"retirement": "2027-05-06"}, "This date is not after election day, 6 May 2027"),
        ({"notice_of_election": "2027-04-01"}, "after the last one that the rules allow, 31 March"),
        ({"summons": "2027-05-11"}, "after the last one that the rules allow, 10 May"),
    ],
)
def test_what_the_rules_do_not_allow_is_said(hand, said):
    (key,) = hand
    assert said in " ".join(concerns_about(with_hand(**hand))[key])


@pytest.mark.parametrize("day", ["2027-05-11", "2027-05-31"])
def test_the_window_counts_its_ends(day):
    hand = {"annual_meeting": HandSet(on(day), "")}
    extra = []  # Monday 31 May 2027 is the spring bank holiday
    timetable = timetable_for(POLL, set_by_hand=hand, extra_bank_holidays=extra)
    assert not any("Outside" in s for s in concerns_about(timetable).get("annual_meeting", []))


def test_a_summons_before_the_new_council_is_pointed_out():
    assert "new councillors take office" in concerns_about(timetable_for(POLL))["summons"][0]
    on_the_day = concerns_about(timetable_for(POLL), today=POLL)["summons"][0]
    assert "Decide now" in on_the_day
    assert "before the poll" not in on_the_day
    assert "will not yet have agreed to receive it by email" in on_the_day
    assert concerns_about(timetable_for(POLL), today=dt.date(2027, 5, 11)) == {}


def test_every_statutory_date_can_be_set_by_hand():
    for key in ALL_HAND_KEYS:
        timetable = with_hand(**{key: "2027-05-20"})
        assert getattr(timetable, key) == on("2027-05-20")
        assert key_date(timetable, key).hand == HandSet(on("2027-05-20"), "Because")
        concerns_about(timetable)


def test_only_some_dates_can_be_set_by_hand():
    for key in ("election_day", "stage_3_from", "annual_meeting_to", "constructor"):
        with pytest.raises(ValueError, match="set by hand"):
            timetable_for(POLL, set_by_hand={key: HandSet(POLL, "")})


# --- Offsets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "day", "text"),
    [
        (
            Offset(5, Unit.WORKING_DAYS, Side.BEFORE, "annual_meeting"),
            "2027-05-11",
            "5 working days before annual council",
        ),
        (
            Offset(2, Unit.WEEKS, Side.AFTER, "election_day"),
            "2027-05-20",
            "2 weeks after election day",
        ),
        (
            Offset(1, Unit.MONTHS, Side.BEFORE, "notice_of_election"),
            "2027-02-26",
            "1 month before the notice of election",
        ),
        (Offset(0, Unit.DAYS, Side.AFTER, "annual_meeting"), "2027-05-18", "on annual council"),
        (
            Offset(1, Unit.WORKING_DAYS, Side.AFTER, "election_day"),
            "2027-05-07",
            "1 working day after election day",
        ),
        (
            Offset(3, Unit.WORKING_DAYS, Side.BEFORE, "election_day"),
            "2027-04-30",
            "3 working days before election day",
        ),
    ],
)
def test_an_offset_is_a_day_and_words(offset, day, text):
    assert offset.resolve(getattr(timetable_for(POLL), offset.anchor)) == on(day)
    assert str(offset) == text


@pytest.mark.parametrize(
    ("anchor", "unit", "expected"),
    [
        ("2027-05-03", Unit.WEEKS, "2027-05-10"),
        ("2027-05-24", Unit.WEEKS, "2027-05-28"),  # 31 May 2027 is a bank holiday
        ("2027-12-20", Unit.WEEKS, "2027-12-23"),  # before Christmas and its substitute days
        ("2027-04-15", Unit.MONTHS, "2027-05-14"),  # 15 May 2027 is a Saturday
        ("2027-05-01", Unit.DAYS, "2027-05-02"),  # calendar days are exact
    ],
)
def test_weeks_and_months_give_a_working_day(anchor, unit, expected):
    assert Offset(1, unit, Side.AFTER, "election_day").resolve(on(anchor)) == on(expected)


def test_a_bank_holiday_of_the_council_counts_in_offsets():
    offset = Offset(5, Unit.WORKING_DAYS, Side.BEFORE, "annual_meeting")
    found = offset.resolve(on("2027-05-18"), extra_bank_holidays={on("2027-05-13")})
    assert found == on("2027-05-10")


def test_every_anchor_is_a_date_and_one_that_is_missing_gives_none():
    timetable = timetable_for(POLL)
    for anchor in ANCHORS:
        assert isinstance(getattr(timetable, anchor), dt.date)
    offset = Offset(5, Unit.WORKING_DAYS, Side.BEFORE, "annual_meeting")
    assert offset.resolve(timetable_for(POLL, occasion=Occasion.ORDER).annual_meeting) is None


@given(
    day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)),
    number=st.integers(1, MAXIMUM),
    unit=st.sampled_from(Unit),
)
@settings(max_examples=80, deadline=None)
def test_before_and_after_mirror_each_other(day, number, unit):
    earlier = Offset(number, unit, Side.BEFORE, "election_day").resolve(day)
    later = Offset(number, unit, Side.AFTER, "election_day").resolve(day)
    assert earlier < day < later
    if unit == Unit.WORKING_DAYS and later.year <= 2100 and earlier.year >= 1999:
        assert is_working_day(earlier)
        between = sum(is_working_day(day + DAY * n) for n in range(1, (later - day).days + 1))
        assert between == number
