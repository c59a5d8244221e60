"""When a casual vacancy is filled, what it does to a council, and the numbers of a motion."""

import datetime as dt

import pytest

from elections.composition import Composition, CompositionError, Group
from elections.interim import Governance
from elections.vacancy import (
    CAUSES,
    VacancyCause,
    VacancyOutcome,
    after_removal,
    no_confidence,
    vacancy_schedule,
    without_member,
)

AROSE = dt.date(2027, 9, 1)
TERM_ENDS = dt.date(2031, 5, 5)
Cause, Outcome = VacancyCause, VacancyOutcome


def schedule(**fields):
    given = {"cause": Cause.DEATH, "arose_on": AROSE, "term_ends": TERM_ENDS}
    return vacancy_schedule(**given | fields)


def test_thirty_five_working_days_run_from_the_notice_or_the_declaration():
    waits = schedule()
    assert (waits.outcome, waits.last_day) == (Outcome.WAITS, None)
    noticed = schedule(notice_on=dt.date(2027, 9, 6))
    assert (noticed.outcome, noticed.last_day) == (Outcome.ELECTION, dt.date(2027, 10, 25))
    assert noticed.source == "Local Government Act 1972, sections 89(1)(b) and 243(4)"
    declared = schedule(cause=Cause.ABSENCE)
    assert (declared.runs_from, declared.last_day) == (AROSE, dt.date(2027, 10, 20))
    assert "89(1)(a)" in declared.source
    # Christmas Eve, both bank holidays of Christmas and New Year's Day do not count.
    winter = schedule(notice_on=dt.date(2027, 12, 1))
    assert winter.last_day == dt.date(2028, 1, 25)
    assert winter.words.endswith(" Christmas Eve is not a working day.")
    assert "Christmas Eve" not in noticed.words
    holiday = schedule(notice_on=dt.date(2027, 9, 6), extra_bank_holidays=[dt.date(2027, 9, 20)])
    assert holiday.last_day == dt.date(2027, 10, 26)


def test_the_last_six_months_are_not_filled_unless_more_than_a_third_are_vacant(subtests):
    for arose, seats, vacancies, outcome in (
        (dt.date(2030, 11, 4), 39, 1, Outcome.ELECTION),
        (dt.date(2030, 11, 5), 39, 1, Outcome.STAYS_VACANT),
        (dt.date(2030, 11, 5), None, 1, Outcome.STAYS_VACANT),
        (dt.date(2030, 11, 5), 39, 13, Outcome.STAYS_VACANT),
        (dt.date(2030, 11, 5), 39, 14, Outcome.THIRD_VACANT),
    ):
        with subtests.test(arose=arose, vacancies=vacancies):
            found = schedule(arose_on=arose, notice_on=arose, seats=seats, vacancies=vacancies)
            assert found.outcome is outcome
            assert (found.last_day is None) is (outcome is Outcome.STAYS_VACANT)


def test_a_vacancy_takes_a_member_of_a_group_or_of_none():
    council = Composition((Group("Ash", 20), Group("Oak", 1)), ungrouped=1)
    after = without_member(council, "Ash")
    assert (after.groups, after.vacancies) == ((Group("Ash", 19), Group("Oak", 1)), 1)
    assert without_member(council, "Oak").groups == (Group("Ash", 20),)
    assert without_member(council, "").ungrouped == 0
    for name in ("Elm", ""):
        with pytest.raises(CompositionError):
            without_member(Composition((Group("Ash", 2),)), name)


def test_a_vacancy_after_a_conviction_is_not_declared_and_needs_the_electors_notice():
    arose, ends = dt.date(2027, 9, 1), dt.date(2031, 5, 5)
    found = vacancy_schedule(cause=Cause.CONVICTION, arose_on=arose, term_ends=ends)
    assert (found.outcome, found.last_day) == (Outcome.WAITS, None)
    found = vacancy_schedule(cause=Cause.DISQUALIFIED, arose_on=arose, term_ends=ends)
    assert (found.outcome, found.runs_from) == (Outcome.ELECTION, arose)


def test_a_motion_needs_more_than_half_of_those_who_vote(subtests):
    for in_post, abstain, carried_at, ties_at in (
        (40, 0, 21, 20),
        (39, 0, 20, None),
        (40, 15, 13, None),
        (1, 0, 1, None),
    ):
        with subtests.test(in_post=in_post, abstain=abstain):
            found = no_confidence(in_post, abstain=abstain)
            assert (found.carried_at, found.ties_at) == (carried_at, ties_at)
    with pytest.raises(ValueError, match="At least one"):
        no_confidence(4, abstain=4)


def test_what_follows_a_motion_depends_on_the_form_of_governance():
    titles = {each: [p.title for p in after_removal(each)] for each in Governance}
    assert titles[Governance.LEADER] == ["Leader and cabinet", "A new Leader"]
    assert titles[Governance.MAYOR] == ["Elected mayor"]
    assert titles[Governance.COMMITTEES] == ["Committee system"]
    assert len(titles[Governance.UNKNOWN]) == 4
    assert set(CAUSES) == set(VacancyCause)
