"""What pages, documents and emails say to councils of kinds that the demo does not have.

Each kind is read once. `NEVER` has what would be wrong for it anywhere, `SAID` what a page or
document has to say. The guidance inside steps is not read here: it is the same for every kind.
"""

import datetime as dt
import re

import pytest
import time_machine

from assessments.plans.models import Control
from councils.models import CouncilType, ElectionCycle
from elections.interim import Governance
from elections.timetable import Occasion
from tests.kinds import KINDS, has_order, make, read_everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

READ = {}  # the words of each kind, by name of page or document


@pytest.fixture
def said(request, quick_press, mailoutbox, settings):
    """Return a function that gives what a kind of council reads, a week after its poll."""
    settings.SITE_URL = "https://planner.example"

    def words_of(name):
        if name not in READ:
            kind = KINDS[name]
            with _noon(kind.election_day - dt.timedelta(days=70)):
                plan, chief = make(kind)
            with _noon(kind.election_day + dt.timedelta(days=8)):
                READ[name] = read_everything(plan, chief, mailoutbox)
        return READ[name]

    return words_of


def _noon(day):
    return time_machine.travel(dt.datetime.combine(day, dt.time(11), dt.UTC), tick=False)


# --- The kinds that a rule is for -----------------------------------------------------------------


def everyone(kind):
    return True


def committees(kind):
    return kind.governance is Governance.COMMITTEES


def mayors(kind):
    return kind.governance is Governance.MAYOR


def leaders(kind):
    return kind.governance is Governance.LEADER


def counties(kind):
    return kind.type == CouncilType.COUNTY


def billing_authorities(kind):
    return not counties(kind)


def london(kind):
    return kind.type == CouncilType.LONDON_BOROUGH


def london_with_a_leader(kind):
    return london(kind) and leaders(kind)


def outside_london(kind):
    return not london(kind) and kind.type != CouncilType.CITY_CORPORATION


def without_a_county(kind):
    types = (CouncilType.LONDON_BOROUGH, CouncilType.METROPOLITAN, CouncilType.UNITARY)
    return kind.type in types


def ordinary(kind):
    return kind.occasion is Occasion.ORDINARY and kind.type != CouncilType.CITY_CORPORATION


def elected_whole(kind):
    return ordinary(kind) and kind.cycle == ElectionCycle.WHOLE


def by_thirds(kind):
    return ordinary(kind) and kind.cycle == ElectionCycle.THIRDS


def by_halves(kind):
    return ordinary(kind) and kind.cycle == ElectionCycle.HALVES


def by_elections(kind):
    return kind.occasion is Occasion.BY_ELECTION


def with_own_law(kind):
    return has_order(kind) or kind.type == CouncilType.CITY_CORPORATION


def majorities(kind):
    return kind.control == Control.MAJORITY


def minorities(kind):
    return kind.control == Control.MINORITY


def minorities_without_a_mayor(kind):
    return minorities(kind) and not mayors(kind)


def vacant_seats(kind):
    return kind.composition.vacancies > 0


# --- What must not be said ------------------------------------------------------------------------

# Kinds, what is wrong for them, and the words that are right nevertheless.
NEVER = [
    # Key decisions and call-in are of executives (2000 Act, sections 9B and 9F; S.I. 2012/2089).
    (committees, r"[Kk]ey decision", ""),
    (committees, r"called in", ""),
    (committees, r"the executive\b|the cabinet\b", r"and of the executive if there is one"),
    (committees, r"Election of the Leader|for Leader of the council|If the Leader changes", ""),
    (committees, r"elected mayor", r"A directly elected mayor|the Leader or the elected mayor"),
    # The Act gives no power to remove an elected mayor (2000 Act, sections 9H to 9HE).
    (mayors, r"remove the Leader|no confidence in the Leader|If the Leader changes", ""),
    (mayors, r"Election of the Leader|or Leader: |The Leader changed", ""),
    # A mayor votes too (1972 Act, section 2(2A)), so half of the councillors is no half.
    (mayors, r"In a minority administration it would need", ""),
    # Nor does the mayor's budget (S.I. 2001/3384, Schedule 2, Part 1).
    (mayors, r"needs votes of other members|do not share in the administration", ""),
    (mayors, r"Until when do the elected mayor|until a new cabinet is appointed", ""),
    (mayors, r"committee system (?:has|does)|Leader or elected mayor", ""),
    (leaders, r"committee system has|Leader or elected mayor has", ""),
    # A county has divisions, precepts, and licenses nothing (1972 Act, section 6; 1992 Act, section
    # 39; Licensing Act 2003, section 3).
    (counties, r"\bwards?\b", r"[Ww]ards? or divisions?"),
    (counties, r"set council tax|set the tax", r"set council tax or issue|cannot set the tax"),
    (counties, r"Licensing Act 2003", r"to a Licensing Act 2003 committee"),
    (counties, r"the mayor", ""),
    (billing_authorities, r"issue the precept", r"set council tax or issue the precept"),
    (billing_authorities, r"\b42A", ""),
    (without_a_county, r"county council|County council", ""),
    # London boroughs have a part of the 1972 Act of their own: Schedule 2.
    (london, r"\(sections 3 and 4\)|section 4\(3\)|, sections 3 and 4|, sections 7\b", ""),
    (
        outside_london,
        r"Schedule 2, (?:paragraph|Part I)\b|Greater London",
        r"Schedule 2, Part [12]",
    ),
    (
        london_with_a_leader,
        r"\b[Cc]hair of the council|\bvice-chair\b|outgoing chair|[Tt]he new chair",
        "",
    ),
    (elected_whole, r"about (?:a third|half) of the council", ""),
    (by_thirds, r"all councillors retire|about half of", ""),
    (by_halves, r"all councillors retire|about a third of", ""),
    # A person elected to fill a vacancy replaces one councillor (1972 Act, sections 89 and 90).
    (by_elections, r"Retiring councillors leave|all councillors retire|The fourth day after", ""),
    (by_elections, r"set the day of annual council", ""),
    (by_elections, r"Before the council elects|can do before annual council", ""),
    (
        everyone,
        r"(?<! of )\b1 (?:seats|members|groups|wards|divisions|committees|days|votes)\b",
        "",
    ),
    # A new authority has no councillors, officers of the council or rules of an earlier council.
    (has_order, r"[Tt]he outgoing (?:vice-)?chair (?:stays|holds|and)|set the day of annual", ""),
    (has_order, r"has adopted a code|If you were re-elected|group on the council may ask", ""),
    (has_order, r"Retiring councillors leave|Set by the (?:council|returning officer)\.", ""),
    (
        majorities,
        r"No overall control|No group has a majority|calls it|that form the",
        "",
    ),
    (
        majorities,
        r"[Cc]oalition|votes (?:it|the administration) needs",
        r"effective coalitions|Full coalition|for example coalition",
    ),
    (minorities, r"leaders of the groups that form|calls it", ""),
    # 57 members in post: no groups can have half of their votes.
    (vacant_seats, r"[Ee]xactly half", ""),
]


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_said_that_is_wrong_for_a_kind_of_council(said, subtests, name):
    read = said(name)
    for is_for, wrong, but in NEVER:
        if not is_for(KINDS[name]):
            continue
        with subtests.test(wrong):
            found = []
            for where, words in read.items():
                left = re.sub(but, "", words) if but else words
                found += [
                    (where, each) for each in re.findall(rf".{{0,60}}(?:{wrong}).{{0,40}}", left)
                ]
            assert found == []


# --- What has to be said --------------------------------------------------------------------------

PRECEPT = "Last day to issue the precept"
SAID = [
    (committees, "vacancies", "There is no executive to remove."),
    (committees, "budget", "A committee or an officer cannot."),
    (committees, "annual_council", "Election of a leader, if the constitution has one"),
    (committees, "annual_council_rules", "If votes for vice-chair or leader are equal"),
    (mayors, "vacancies", "gives the council no power to remove an elected mayor"),
    (mayors, "vacancies", "An elected mayor is a member of the council and can vote too."),
    (mayors, "vacancy_note", "The numbers here count that vote."),
    (mayors, "vacancy_note", "39 councillors in post and the elected mayor vote, 21 of the 40"),
    (mayors, "composition", "The figures here are of councillors only"),
    (mayors, "control_change_new", "The mayor leads the executive whichever group is the largest."),
    (mayors, "interim", "a term of 4 years. It does not end because councillors retire."),
    (mayors, "annual_council", "The elected mayor appoints the cabinet"),
    (mayors, "annual_council_rules", "If votes for vice-chair are equal"),
    (mayors, "budget", "Against an elected mayor’s proposals"),
    (mayors, "plan_dates", "A mayor in office can give notice earlier."),
    (leaders, "vacancies", "can remove the Leader by resolution, and in no other way"),
    (leaders, "annual_council", "Election of the Leader"),
    (counties, "plan", PRECEPT),
    (counties, "plan_dates", f"{PRECEPT} Before 1 March"),
    (counties, "plan_dates_sheet", PRECEPT),
    (counties, "plan_calendar_file", PRECEPT),
    (counties, "action_plan_excel whole", PRECEPT),
    (counties, "budget", "Only full council can make the calculations and issue the precept."),
    (counties, "election_night", "Divisions still to come"),
    (without_a_county, "plan_dates", "Last day to set council tax"),
    (london, "plan_dates", "sections 83 and 243 and Schedule 2, paragraph 6"),
    (london, "plan_dates", "The Greater London Authority and any other"),
    (london_with_a_leader, "annual_council", "Election of the mayor"),
    (london_with_a_leader, "interim_note", "Mayor of the borough. The mayor stays in office"),
    (london_with_a_leader, "pack_before_poll word", "nor is an outgoing mayor"),
    (elected_whole, "interim", "all councillors retire"),
    (by_thirds, "plan_dates", "about a third of the council, retire"),
    (by_halves, "plan_dates", "about half of the council, retire"),
    (by_elections, "action_plan_word whole", "No councillors retire after a by-election, and"),
    (by_elections, "interim", "No councillors retire after a by-election"),
    (by_elections, "election_night", "Only 1 seat is up for election."),
    (by_elections, "election_night_pdf", "The only seat up for election has been declared."),
    (by_elections, "pack_administration_download", "After a by-election: No councillors retire"),
    (by_elections, "interim", "How does your council take decisions?"),
    (has_order, "interim", "How does your council take decisions?"),
    (has_order, "annual_council", "Presides: A councillor chosen by the members present"),
    (with_own_law, "annual_council_script", "This council’s meeting follows its own order or law."),
    (with_own_law, "budget_download", "This authority follows its own order or law."),
    (has_order, "plan_dates", "Vesting day"),
    (has_order, "plan_dates_sheet", "Vesting day"),
    (has_order, "plan_calendar_file", "SUMMARY:Vesting day"),
    (has_order, "pack_before_poll word", "Set by the order: article 9"),
    (has_order, "pack_before_poll word", "Dates to be confirmed:"),
    (has_order, "action_plan_word whole", "For a shadow authority"),
    (majorities, "composition", "Oak has a majority"),
    (majorities, "leaders_meetings", "For the leaders of all groups, or of those"),
    (minorities_without_a_mayor, "pack_administration_download", "needs votes of other members"),
    (mayors, "pack_administration_download", "The elected mayor leads the executive"),
    (mayors, "pack_administration_download", "two thirds of the members present and voting"),
    (
        minorities,
        "leaders_agenda",
        "leaders of the administration and of groups whose votes it needs",
    ),
    (vacant_seats, "composition", "3 of them vacant"),
    (vacant_seats, "balance", "its 3 vacant seats do not count"),
]


@pytest.mark.parametrize("name", KINDS)
def test_what_applies_to_a_kind_of_council_is_said(said, subtests, name):
    read = said(name)
    for is_for, where, right in SAID:
        if is_for(KINDS[name]):
            with subtests.test(f"{where}: {right}"):
                assert right in read[where]


def test_only_words_of_ours_are_in_the_calendar_of_an_order(said):
    read = said("shadow authority")
    assert "Crematorium" in read["plan_dates_sheet"]
    assert "Crematorium" not in read["plan_calendar_file"]


def test_every_rule_is_for_a_kind():
    for rule in (*NEVER, *SAID):
        assert any(map(rule[0], KINDS.values())), rule
