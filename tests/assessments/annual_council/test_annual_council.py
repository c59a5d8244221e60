"""Annual council: the order of business, nominations and votes as they are entered, the script."""

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from assessments.annual_council.actions import (
    decide_tie,
    nominate_again,
    remove_last_vote,
    save_nominees,
    save_rules,
    save_vote,
)
from assessments.annual_council.models import (
    AnnualMeeting,
    OfficeElection,
    OfficeRound,
    OfficeVotes,
)
from assessments.data_protection.calculations import require_calculable
from assessments.data_protection.traces import traces_of
from assessments.plans.models import Event, Plan
from assessments.seats.actions import create_balance, record_composition
from assessments.timetable.actions import save_interim
from assessments.versions import StaleVersion
from assessments.words import day_in_words
from councils.models import Council
from elections.annual_council import CouncilOffice, Presiding, offices_filled, order_of_business
from elections.composition import Composition, Group
from elections.council_vote import CouncilVoteError
from elections.interim import Governance
from elections.political_balance import Committee
from elections.timetable import CouncilKind
from tests.acting import error_links, form_on, signed_in, text_of, vacate

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(prepared, plan, officer):
    """An election of the Leader with three nominees and no vote yet."""

    def build():
        return save_nominees(
            plan, "leader", version=0, names={}, new=["Bell", "Cole", "Dunn"], by=officer
        )

    return prepared("nominees for Leader", build)


def page(name, plan, *args):
    return reverse(name, args=[plan.pk, *args])


def latest(election):
    return OfficeElection.objects.with_votes().get(pk=election.pk)


def enter(election, by, *, against=0, abstained=0, **votes):
    """Enter a vote by name, on the version that the election has now."""
    now = latest(election)
    by_pk = {each.pk: votes[each.name] for each in now.nominees.all() if each.name in votes}
    return save_vote(
        now, votes=by_pk, against=against, abstained=abstained, version=now.version, by=by
    )


def keys(election, *names):
    return [election.nominees.get(name=name).pk for name in names]


# --- The order of business ------------------------------------------------------------------------


def test_the_order_fits_the_type_of_council_and_how_it_decides(subtests):
    for governance in Governance:
        for council_type in (None, *CouncilKind):
            items = order_of_business(governance, Presiding.CHAIR_LEFT, council_type)
            with subtests.test(f"{governance} {council_type}"):
                assert items[0].office is CouncilOffice.CHAIR
                assert [item.office for item in items if item.office] == list(
                    offices_filled(governance, council_type)
                )
                for item in items:
                    assert re.search(r"section|Schedule|regulation", item.source), item.title
                    assert not item.office or (item.tied and item.unfilled)
    (mayor,) = (
        o
        for o in order_of_business(Governance.MAYOR, Presiding.CHOSEN, CouncilKind.DISTRICT)
        if o.key == "cabinet"
    )
    assert "elected mayor" in mayor.words


def test_a_london_borough_has_a_mayor_it_chose_unless_it_has_an_elected_mayor():
    def titles(governance):
        items = order_of_business(governance, Presiding.CHAIR_MEMBER, CouncilKind.LONDON_BOROUGH)
        return [item.title for item in items[:3]]

    assert titles(Governance.LEADER)[::2] == ["Election of the mayor", "Deputy mayor"]
    assert titles(Governance.MAYOR)[::2] == [
        "Election of the chair of the council",
        "Appointment of the vice-chair",
    ]
    assert offices_filled(Governance.MAYOR, CouncilKind.LONDON_BOROUGH) == (
        CouncilOffice.CHAIR,
        CouncilOffice.VICE_CHAIR,
    )


def test_a_committee_system_has_no_cabinet_or_executive_in_the_order_of_business():
    for council_type in set(CouncilKind) - {CouncilKind.LONDON_BOROUGH}:  # "if there is one"
        items = order_of_business(Governance.COMMITTEES, Presiding.CHAIR_LEFT, council_type)
        words = " ".join(item.words for item in items)
        assert not {"cabinet", "executive"} & set(re.findall(r"\w+", words)), council_type
    (vice_chair,) = (
        item
        for item in order_of_business(Governance.UNKNOWN, Presiding.CHAIR_LEFT, None)
        if item.office is CouncilOffice.VICE_CHAIR
    )
    assert "not a member of the cabinet if it has one." in vice_chair.words


def test_only_the_chair_of_a_council_that_can_have_a_mayor_is_styled_so():
    def first(governance, council_type):
        return order_of_business(governance, Presiding.CHAIR_LEFT, council_type)[0].words

    assert "the chair is the mayor" in first(Governance.LEADER, CouncilKind.METROPOLITAN)
    assert "mayor" not in first(Governance.LEADER, CouncilKind.COUNTY)
    assert "mayor" not in first(Governance.MAYOR, CouncilKind.METROPOLITAN)


@pytest.mark.parametrize("presiding", Presiding)
@pytest.mark.parametrize("governance", [Governance.LEADER, Governance.COMMITTEES])
def test_a_borough_mayor_is_not_called_the_chair_in_any_item(governance, presiding):
    items = order_of_business(governance, presiding, CouncilKind.LONDON_BOROUGH)
    said = [words for item in items for words in (item.presides, item.words, item.tied)]
    assert not [words for words in said if re.search(r"\b(vice-)?chair\b", words)]
    assert "The new mayor" in {item.presides for item in items[3:]}


def test_who_presides_at_the_start_decides_which_votes_they_have():
    def first(presiding):
        return order_of_business(Governance.LEADER, presiding, CouncilKind.DISTRICT)[0]

    assert "no vote of their own" in first(Presiding.CHAIR_LEFT).words
    assert "The person presiding can vote as a member" in first(Presiding.CHAIR_MEMBER).words
    for presiding in Presiding:
        assert "casting vote" in first(presiding).words


def test_the_first_meeting_of_an_authority_has_no_outgoing_chair_and_no_minutes(subtests):
    for governance in Governance:
        with subtests.test(governance.value):
            items = order_of_business(
                governance, Presiding.CHOSEN, CouncilKind.UNITARY, has_order=True
            )
            said = " ".join(f"{item.words} {item.unfilled}" for item in items)
            assert "outgoing" not in said
            assert "The council should not move on to other business" in items[0].unfilled
            assert "minutes of the last meeting, if there has been one" in said
    # The meeting of a council that exists, under an order on its elections.
    items = order_of_business(
        Governance.LEADER, Presiding.CHAIR_LEFT, CouncilKind.UNITARY, has_order=True
    )
    assert "outgoing chair stays in office" in items[0].unfilled


# --- Nominations and votes ------------------------------------------------------------------------


def test_a_leader_is_elected_in_the_second_vote_and_each_change_leaves_one_event(
    leader, plan, officer
):
    enter(leader, officer, Bell=18, Cole=14, Dunn=7)
    count = enter(leader, officer, Bell=18, Cole=14, abstained=7)
    assert count.elected == "Bell"
    events = Event.objects.filter(kind=Event.Kind.VOTE_SAVED).order_by("pk")
    assert [event.detail for event in events] == ["Leader, vote 1", "Leader, vote 2"]
    assert events[1].changes.get().after == "Bell 18, Cole 14, 7 abstained"
    with pytest.raises(CouncilVoteError):
        enter(leader, officer, Bell=18, Cole=14)
    assert OfficeRound.objects.count() == 2


def test_a_tie_is_decided_by_what_the_rules_allow(plan, officer, subtests):
    cases = [
        ("chair", "casting", "Select one"),  # the person presiding must give a casting vote
        ("leader", "casting", ""),
        ("leader", "lot", "Select one"),
    ]
    for n, (office, tie, message) in enumerate(cases):
        with subtests.test(f"{office} {tie}"):
            save_rules(plan, version=n, tie=tie, by=officer, presiding=list(Presiding)[n])
            current = OfficeElection.objects.filter(plan=plan, office=office).last()
            if current is None:
                current = save_nominees(
                    plan, office, version=0, names={}, new=["Bell", "Cole"], by=officer
                )
            else:
                current = nominate_again(current, version=current.version, by=officer)
                current = save_nominees(
                    plan, office, version=1, names={}, new=["Bell", "Cole"], by=officer
                )
            enter(current, officer, Bell=24, Cole=24)
            now = latest(current)
            if message:
                with pytest.raises(CouncilVoteError, match=message):
                    decide_tie(now, decided_for=None, version=now.version, by=officer)
                (bell,) = keys(now, "Bell")
                now = latest(current)
                count = decide_tie(now, decided_for=bell, version=now.version, by=officer)
                assert count.elected == "Bell"
            else:
                assert decide_tie(
                    now, decided_for=None, version=now.version, by=officer
                ).is_unfilled


def test_what_does_not_fit_the_votes_is_refused_and_leaves_nothing(leader, plan, officer):
    enter(leader, officer, Bell=18, Cole=14, Dunn=7)
    enter(leader, officer, Bell=18, Cole=14, abstained=7)
    now, events = latest(leader), Event.objects.count()
    names = {each.pk: each.name for each in now.nominees.all()}
    _, _, dunn = keys(now, "Bell", "Cole", "Dunn")
    with pytest.raises(CouncilVoteError, match="Remove them before"):
        save_rules(plan, version=0, rule="plurality", by=officer)
    for change, message in (
        ({"names": names, "new": ["Eden"]}, "no one can be added"),
        (
            {"names": {k: v for k, v in names.items() if k != dunn}},
            "Votes for Dunn have been entered, so this name cannot be removed. Mark the nominee as",
        ),
    ):
        with pytest.raises(CouncilVoteError, match=message):
            save_nominees(plan, "leader", version=now.version, by=officer, **change)
    with pytest.raises(StaleVersion):
        save_nominees(plan, "leader", version=1, names=names, by=officer)
    with pytest.raises(StaleVersion):
        decide_tie(latest(leader), decided_for=dunn, version=latest(leader).version, by=officer)
    now = latest(leader)
    assert Event.objects.count() == events
    assert not AnnualMeeting.objects.exists()
    renamed = names | {dunn: "Dunne"}
    save_nominees(plan, "leader", version=now.version, names=renamed, by=officer)
    assert latest(leader).counted("eliminate").results[0].names == ("Dunne",)


def test_the_last_vote_can_be_removed_and_a_failed_one_followed_by_new_nominations(
    leader, plan, officer
):
    enter(leader, officer, Bell=10, Cole=10, Dunn=9)
    bell, cole, dunn = keys(leader, "Bell", "Cole", "Dunn")
    now = latest(leader)
    out = {bell: "Bell", cole: "Cole", dunn: "Dunn"}
    save_nominees(plan, "leader", version=now.version, names=out, withdrawn=[bell], by=officer)
    assert latest(leader).counted("eliminate").remaining == ("Cole",)
    assert enter(leader, officer, Cole=9, against=11, abstained=9).is_unfilled
    now = latest(leader)
    with pytest.raises(CouncilVoteError, match="Remove the vote first"):
        save_nominees(plan, "leader", version=now.version, names=out, by=officer)
    now = latest(leader)
    remove_last_vote(now, version=now.version, by=officer)
    assert OfficeRound.objects.count() == 1
    assert enter(leader, officer, Cole=9, against=11).is_unfilled
    now = latest(leader)
    again = nominate_again(now, version=now.version, by=officer)
    assert (again.attempt, again.nominees.count()) == (2, 0)
    with pytest.raises(StaleVersion):
        nominate_again(latest(leader), version=latest(leader).version, by=officer)


# --- Pages ----------------------------------------------------------------------------------------


def _does_not_fit(*_, **__):
    raise CouncilVoteError("Select one of those with equal votes.")


def test_an_election_is_run_from_the_page(plan, officer, monkeypatch):
    client = signed_in(officer)
    url, nominations = (
        page("office_election", plan, "leader"),
        page("office_nominations", plan, "leader"),
    )
    assert "No nominations have been entered" in text_of(client.get(url))
    sent = client.post(nominations, {"version": 0, "name_new_1": " "})
    assert (sent.status_code, error_links(sent)) != (302, [])
    client.post(
        nominations,
        {"version": 0, "name_new_1": "Ann  Bell", "name_new_2": "Bo Cole", "name_new_3": "Cy Dunn"},
    )
    election = OfficeElection.objects.get()
    ann, bo, cy = keys(election, "Ann Bell", "Bo Cole", "Cy Dunn")
    figures = {"version": 1, f"votes_{ann}": "8", f"votes_{bo}": "6", f"votes_{cy}": ""}
    sent = client.post(url, figures)
    assert sent.status_code == 422
    assert "Enter votes for Cy Dunn, or 0" in text_of(sent)
    words = text_of(client.post(url, figures | {f"votes_{cy}": "x", "abstained": "-1"}))
    for name in ("votes for Cy Dunn", "abstentions"):
        assert f"The number of {name} must be a whole number from 0 to" in words
    assert OfficeRound.objects.count() == 0
    assert client.post(url, figures | {f"votes_{cy}": "6"}).status_code == 302
    shown = text_of(client.get(url))
    assert "20 members voted, so 11 votes were needed" in shown
    assert "Who drops out?" in shown
    stale = client.post(url, figures | {f"votes_{cy}": "6", "version": 1})
    assert stale.status_code == 302  # a tie has to be decided first
    tie = page("office_tie", plan, "leader")
    assert client.post(tie, {"version": 2}).status_code == 422
    assert client.post(tie, {"version": 2, "decision": "none"}).status_code == 422
    with monkeypatch.context() as patched:  # as if the rules changed since the page was checked
        patched.setattr("assessments.annual_council.views.actions.decide_tie", _does_not_fit)
        assert client.post(tie, {"version": 2, "decision": cy}).status_code == 409
    assert client.post(tie, {"version": 2, "decision": cy}).status_code == 302
    assert "by the casting vote of the person presiding that Cy Dunn drops out" in text_of(
        client.get(url)
    )
    stale = client.post(url, {"version": 2, f"votes_{ann}": "8", f"votes_{bo}": "12"})
    assert stale.status_code == 409
    assert "Ann Bell 8, Bo Cole 12" in text_of(stale)
    client.post(url, {"version": 3, f"votes_{ann}": "8", f"votes_{bo}": "12"})
    assert "Leader: Bo Cole is elected" in text_of(client.get(url))
    assert "Bo Cole is elected" in text_of(client.get(page("annual_council", plan)))


def test_rules_are_saved_and_a_stale_save_answers_with_both(plan, officer, chief):
    client, url = signed_in(officer), page("annual_council_rules", plan)
    answers = {"presiding": "chair-left", "rule": "repeat", "tie": "lot", "lowest_tie": "lot"}
    assert client.post(url, {"version": 0}).status_code == 422
    assert client.post(url, answers | {"version": 0}).status_code == 302
    save_rules(plan, version=1, tie="casting", by=chief)
    stale = client.post(url, answers | {"version": 1, "rule": "plurality"})
    assert stale.status_code == 409
    assert "By the casting vote of the person presiding" in text_of(stale)
    assert AnnualMeeting.objects.get().rule == "repeat"


def test_an_office_that_the_council_does_not_elect_is_not_found(plan, officer):
    save_interim(plan, version=0, by=officer, governance="mayor")
    client = signed_in(officer)
    assert client.get(page("office_election", plan, "leader")).status_code == 404
    assert client.get(page("office_election", plan, "chief")).status_code == 404
    assert "Election of the Leader" not in text_of(client.get(page("annual_council", plan)))
    Council.objects.filter(pk=plan.council_id).update(type="london-borough")
    assert client.get(page("office_election", plan, "vice-chair")).status_code == 200
    save_interim(plan, version=1, by=officer, governance="leader")
    assert client.get(page("office_election", plan, "vice-chair")).status_code == 404


def test_more_votes_than_members_are_kept_with_a_warning(leader, plan, officer, chief):
    composition = record_composition(
        council=plan.council,
        as_at=plan.election_day,
        composition=Composition((Group("Ash", 10), Group("Oak", 10)), vacancies=1),
        based_on=None,
        by=chief,
    )
    enter(leader, officer, Bell=12, Cole=5, Dunn=4)
    shown = text_of(signed_in(officer).get(page("office_election", plan, "leader")))
    warning = "21 votes and abstentions, but the council has 20 members in post"
    assert warning in shown
    assert composition.pk
    response = signed_in(officer).post(page("annual_council_script", plan))
    script = Document(io.BytesIO(response.content))
    assert any(warning in each.text for each in script.paragraphs)
    # No one is said to be elected by votes that cannot all have been given.
    assert "Leader: check the votes" in shown
    assert "If these figures are right: 21 members voted, so 11 votes were needed. Bell is" in shown
    assert "Check the votes" in text_of(signed_in(officer).get(page("annual_council", plan)))


def test_more_votes_than_seats_are_refused(leader, plan, officer, chief):
    record_composition(
        council=plan.council,
        as_at=plan.election_day,
        composition=Composition((Group("Ash", 10), Group("Oak", 10)), vacancies=1),
        based_on=None,
        by=chief,
    )
    address, client = page("office_election", plan, "leader"), signed_in(officer)
    sent = form_on(client.get(address))
    names = [name for name in sent if name.startswith("votes_")]
    refused = client.post(address, sent | dict.fromkeys(names, 7) | {"abstained": 1})
    assert refused.status_code == 422
    assert "The votes and abstentions add up to 22, but no more than 21 members can vote" in (
        text_of(refused)
    )
    assert client.post(address, sent | dict.fromkeys(names, 7)).status_code == 302


@pytest.mark.parametrize(("governance", "warns"), [("leader", True), ("mayor", False)])
def test_an_elected_mayor_votes_beside_the_councillors(plan, officer, chief, governance, warns):
    save_interim(plan, version=0, by=officer, governance=governance)
    record_composition(
        council=plan.council,
        as_at=plan.election_day,
        composition=Composition((Group("Ash", 10), Group("Oak", 10))),
        based_on=None,
        by=chief,
    )
    chair = save_nominees(plan, "chair", version=0, names={}, new=["Bell", "Cole"], by=officer)
    enter(chair, officer, Bell=12, Cole=9)
    shown = text_of(signed_in(officer).get(page("office_election", plan, "chair")))
    assert ("21 votes and abstentions, but the council has 20 members" in shown) == warns


@pytest.mark.parametrize(("days", "in_post"), [(0, 20), (1, 21)])
def test_a_seat_vacant_by_the_day_of_the_meeting_has_no_vote(
    leader, plan, officer, chief, days, in_post
):
    record_composition(
        council=plan.council,
        as_at=plan.election_day,
        composition=Composition((Group("Ash", 11), Group("Oak", 10))),
        based_on=None,
        by=chief,
    )
    vacate(plan, arose_on=plan.timetable.annual_meeting + dt.timedelta(days=days), by=chief)
    enter(leader, officer, Bell=12, Cole=6, Dunn=4)
    shown = text_of(signed_in(officer).get(page("office_election", plan, "leader")))
    said = f"22 votes and abstentions, but the council has {in_post} members in post"
    assert said in shown


@pytest.fixture
def seats(plan, chief):
    """Seats on a committee, worked out for two groups of the same size."""
    composition = record_composition(
        council=plan.council,
        as_at=plan.election_day,
        composition=Composition((Group("Ash", 10), Group("Oak", 10))),
        based_on=None,
        by=chief,
    )
    return create_balance(composition=composition, committees=[Committee("Planning", 5)], by=chief)


def test_the_script_has_the_votes_and_the_seats_and_nothing_else_of_the_plan(
    leader, plan, officer, seats, item
):
    enter(leader, officer, Bell=18, Cole=14, Dunn=7)
    response = signed_in(officer).post(page("annual_council_script", plan))
    document = Document(io.BytesIO(response.content))
    text = "\n".join(
        [each.text for each in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    for words in ("Election of the Leader", "Bell 18, Cole 14, Dunn 7", "Planning", "section 4(3)"):
        assert words in text
    assert item.words(plan.term) not in text
    # It is read out in public, so neither the document nor its name has the plan's marking.
    assert plan.get_marking_display() not in text
    assert plan.get_marking_display() not in response["Content-Disposition"]
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_page_and_script_say_that_a_seat_has_become_vacant_since_seats_were_worked_out(
    plan, officer, chief, seats
):
    client = signed_in(officer)

    def page_and_script():
        script = client.post(page("annual_council_script", plan)).content
        paragraphs = Document(io.BytesIO(script)).paragraphs
        return (
            text_of(client.get(page("annual_council", plan))),
            "\n".join(each.text for each in paragraphs),
        )

    said = (
        f"Seats that have become vacant since {day_in_words(plan.election_day)} are still counted: "
        "Mill (Ash)."
    )
    assert not any(said in text for text in page_and_script())
    vacate(plan, arose_on=plan.election_day + dt.timedelta(days=6), by=chief)
    assert all(said in text for text in page_and_script())


def test_page_and_script_say_what_they_assume_until_the_rules_are_entered(plan, officer):
    def page_and_script():
        client = signed_in(officer)
        response = client.post(page("annual_council_script", plan))
        document = Document(io.BytesIO(response.content))
        script = "\n".join(each.text for each in document.paragraphs)
        return text_of(client.get(page("annual_council", plan))), script

    for text in page_and_script():
        assert "says about them is an assumption" in text
    save_rules(plan, version=0, by=officer, presiding="chair-member")
    for text in page_and_script():
        assert "assumption" not in text


def test_queries_do_not_grow_with_nominees_and_votes(leader, plan, officer):
    client = signed_in(officer)
    urls = [page("annual_council", plan), page("office_election", plan, "leader")]

    def counts():
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            found.append(len(captured))
        return found

    enter(leader, officer, Bell=18, Cole=14, Dunn=7)
    counts()
    few = counts()
    enter(leader, officer, Bell=18, Cole=14, abstained=7)
    save_nominees(plan, "chair", version=0, names={}, new=["Eden", "Ford", "Gray"], by=officer)
    many = counts()
    assert many == few
    assert max(many) <= 20


def test_erasing_a_person_names_the_nominations_that_have_their_name(plan, officer, chief):
    save_nominees(plan, "chair", version=0, names={}, new=[f"{chief.name} (Oak)"], by=officer)
    (found,) = traces_of(chief, [plan.council]).nominated
    assert found.name == f"{chief.name} (Oak)"


def test_a_london_borough_without_an_elected_mayor_votes_for_its_mayor(plan, officer, chief):
    Council.objects.filter(pk=plan.council_id).update(type="london-borough")
    save_interim(plan, version=0, by=officer, governance="leader")
    plan = Plan.objects.get(pk=plan.pk)  # its timetable depends on the type of council
    client, pages = signed_in(officer), []

    def shown(name, *args, data=None):
        url = page(name, plan, *args)
        response = client.get(url) if data is None else client.post(url, data)
        pages.append(text_of(response))
        return pages[-1]

    assert "Who presides while the mayor is elected?" in shown("annual_council_rules")
    assert "The outgoing mayor, who is no longer a councillor" in pages[-1]
    assert "Equal votes for mayor are always decided" in pages[-1]
    assert "If votes for Leader are equal" in pages[-1]
    refused = shown("annual_council_rules", data={"version": 0})
    assert "Select who presides while the mayor is elected" in refused
    save_rules(plan, version=0, by=chief, presiding="vice-left", tie="lot")
    answers = {"presiding": "chair-left", "rule": "repeat", "tie": "casting", "lowest_tie": "lot"}
    stale = shown("annual_council_rules", data=answers | {"version": 0})
    assert "Who presides while the mayor is elected: The outgoing deputy mayor" in stale
    save_nominees(plan, "chair", version=0, names={}, new=["Bell", "Cole"], by=officer)
    assert "Mayor of the borough: votes" in shown("office_election", "chair")
    assert "Mayor of the borough: nominations" in shown("office_nominations", "chair")
    assert "Equal votes for mayor: the person presiding must give" in shown("annual_council")
    assert "Equal votes for Leader: by drawing lots" in pages[-1]
    enter(OfficeElection.objects.get(), officer, Bell=3, Cole=2)
    history = shown("plan_history")
    assert "mayor of the borough, vote 1" in history
    assert "The outgoing deputy mayor, who is no longer a councillor" in history
    script = client.post(page("annual_council_script", plan))
    document = Document(io.BytesIO(script.content))
    pages.append("\n".join(each.text for each in document.paragraphs))
    assert "Equal votes for mayor: the person presiding must give a casting vote" in pages[-1]
    assert "section 4(3)" not in " ".join(pages)
    for words in pages:
        left = words.replace("The chair and vice-chair of the council", "")
        assert not re.findall(r".{40}\b(?:vice-)?chair\b(?! or mayor).{20}", left, re.IGNORECASE)
    save_interim(plan, version=1, by=officer, governance="mayor")
    assert "Chair of the council: votes" in shown("office_election", "chair")
    assert "Who presides while the chair is elected?" in shown("annual_council_rules")


def test_an_import_whose_votes_are_for_nominees_of_another_election_is_refused(
    plan, officer, leader
):
    enter(leader, officer, Bell=3, Cole=2, Dunn=1)
    require_calculable(plan.council)
    chair = save_nominees(plan, "chair", version=0, names={}, new=["Ames"], by=officer)
    votes = OfficeVotes.objects.filter(nominee__name="Bell")
    votes.update(nominee=chair.nominees.get())
    with pytest.raises(ValueError, match="do not fit its nominees"):
        require_calculable(plan.council)
