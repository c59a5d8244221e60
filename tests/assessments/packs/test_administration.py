"""Day one for an incoming administration: its page, the section 151 officer's note, the pack."""

import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse
from docx import Document

from assessments.data_protection.traces import traces_of
from assessments.packs.actions import save_finance_note
from assessments.packs.administration import administration_pack
from assessments.packs.models import FinanceNote
from assessments.plans.models import Control, Election, Event, Plan
from assessments.register.actions import add_to_register
from assessments.register.models import Issue
from assessments.seats.actions import record_composition
from assessments.timetable.actions import save_interim
from assessments.timetable.models import InterimArrangements
from councils.models import Membership, Office
from elections.composition import Composition, Group
from elections.interim import Governance
from tests.acting import signed_in, text_of, vacate

TODAY = dt.date(2027, 5, 10)


@pytest.fixture
def finance(officer):
    Membership.objects.filter(user=officer).update(office=Office.SECTION_151_OFFICER)
    return officer


def crunch(plan, by, words, day=None, **fields):
    kind = fields.pop("kind", Issue.Kind.CRUNCH)
    return add_to_register(Issue, plan, by=by, kind=kind, words=words, bites_on=day, **fields)


def words_of(response):
    document = Document(io.BytesIO(response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def seats_recorded(council, by):
    composition = Composition((Group("Oak", 20), Group("Ash", 18)), ungrouped=2)
    record_composition(council=council, as_at=TODAY, composition=composition, based_on=None, by=by)


def test_the_pack_has_what_an_administration_needs(plan, riverdale, chief):
    seats_recorded(riverdale, chief)
    first = crunch(plan, chief, "The leisure contract", dt.date(2027, 6, 1), group="Ash")
    crunch(plan, chief, "The council tax")
    save_interim(plan, version=0, by=chief, governance="leader", waiting="Outside bodies")
    save_finance_note(plan, words="Reserves are low.\nMore.", version=0, by=chief)
    client = signed_in(chief)
    url = reverse("pack_administration_download", args=[plan.pk])
    page = text_of(client.get(reverse("pack_administration", args=[plan.pk])))
    assert "1 June 2027: The leisure contract" in page
    assert "Reserves are low." in page
    assert "What is missing" not in page
    words = words_of(client.post(url, {"decision": [first.pk, "x", "99999999999999999999"]}))
    assert "No group has a majority. A majority of the 40 seats is 21." in words
    assert "Before the council elects a Leader" in words
    assert "Leader of the council" in words
    assert "The leisure contract" in words
    assert "The council tax" not in words
    assert "Left for annual council: Outside bodies" in words
    assert "Reserves are low." in words
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_seats_that_have_become_vacant_are_named(plan, riverdale, chief):
    seats_recorded(riverdale, chief)
    vacate(plan, arose_on=TODAY + dt.timedelta(days=2), by=chief)
    client = signed_in(chief)
    page = text_of(client.get(reverse("pack_administration", args=[plan.pk])))
    assert "Composition on 10 May 2027: 2 groups; vacant since then: Mill (Ash)" in page
    words = words_of(client.post(reverse("pack_administration_download", args=[plan.pk])))
    assert (
        "Seats that have become vacant since then are not counted as vacant here: Mill (Ash)."
    ) in words


@time_machine.travel("2028-11-30 12:00")
def test_a_register_whose_issues_are_settled_is_not_called_empty(plan, chief):
    crunch(plan, chief, "Keep both leisure centres?", state="settled", agreed="Yes")
    client = signed_in(chief)
    page = text_of(client.get(reverse("pack_administration", args=[plan.pk])))
    assert "no crunch issue is open. You can add crunch issues to the register" in page
    assert "Decisions waiting to be made: none The section 151" in page
    page = text_of(client.get(reverse("leaders_meetings", args=[plan.pk])))
    assert "There is nothing open to put on an agenda. You can add crunch issues" in page


def test_the_pack_names_questions_on_the_interim_without_an_answer(plan, chief):
    answers = {"executive": "Until annual council", "waiting": "Outside bodies"}
    InterimArrangements.objects.create(plan=plan, saved_by=chief, **answers)
    for day, unanswered in ((0, "To be settled"), (1, "Not recorded")):
        today = plan.timetable.annual_meeting + dt.timedelta(days=day)
        settled = administration_pack(plan, today=today).settled
        assert settled[0] == ("How long office is held", "Until annual council")
        assert settled[2] == ("Committees that can meet", unanswered)
        assert len(settled) == 6


def test_the_numbers_are_not_said_to_be_open_once_control_is_confirmed(plan, riverdale, chief):
    seats_recorded(riverdale, chief)
    client = signed_in(chief)
    url = reverse("pack_administration_download", args=[plan.pk])
    said = "The numbers say nothing about who will work together."
    for standing, is_said in (("expected", True), ("known", False)):
        Plan.objects.filter(pk=plan.pk).update(control=Control.TWO, control_standing=standing)
        assert (said in words_of(client.post(url))) == is_said


def test_an_empty_pack_says_what_is_missing(plan, chief):
    page = text_of(signed_in(chief).get(reverse("pack_administration", args=[plan.pk])))
    for words in ("The composition of the council", "add crunch issues", "Not written yet"):
        assert words in page
    words = words_of(signed_in(chief).post(reverse("pack_administration_download", args=[plan.pk])))
    assert "[Record the composition of the council in the planner]" in words
    assert "[For the section 151 officer to complete in the planner]" in words


def test_the_wording_fits_every_form_of_control(plan, subtests):
    plan.coalition_term = "joint administration"
    for control in Control:
        with subtests.test(control.value):
            plan.control = control
            found = administration_pack(plan, today=TODAY).control_words
            assert bool(found) == (control is not Control.MAJORITY)
            assert "{" not in found
            assert "coalition" not in found
            is_several = control in {Control.TWO, Control.THREE, Control.FOUR}
            assert ("The plan calls it a joint administration." in found) == is_several
            if control is Control.MINORITY:
                assert "Other groups do not share in the administration." in found


def test_under_an_elected_mayor_control_is_about_the_groups(plan, chief, subtests):
    save_interim(plan, version=0, by=chief, governance=Governance.MAYOR)
    plan.coalition_term = "joint administration"
    for control in Control:
        with subtests.test(control.value):
            plan.control = control
            pack = administration_pack(plan, today=TODAY)
            assert "The elected mayor leads the executive" in pack.control_words
            assert "Other groups" not in pack.control_words
            is_several = control in {Control.TWO, Control.THREE, Control.FOUR}
            assert ("calls it a joint administration." in pack.control_words) == is_several
    for occasion in (Election.ORDINARY, Election.BY_ELECTION):
        plan.occasion = occasion
        pack = administration_pack(plan, today=TODAY)
        assert any("two thirds of the members" in point.words for point in pack.points)
    save_interim(plan, version=1, by=chief, governance=Governance.LEADER)
    pack = administration_pack(plan, today=TODAY)
    assert not any("two thirds" in point.words for point in pack.points)


def test_only_the_section_151_officer_writes_the_note(plan, chief, finance):
    url = reverse("finance_note", args=[plan.pk])
    assert signed_in(chief).get(url).status_code == 403
    assert signed_in(chief).post(url, {"version": 0, "words": "x"}).status_code == 403
    client = signed_in(finance)
    done = client.post(url, {"version": 0, "words": "Reserves are low."}, follow=True)
    assert "Your note has been saved." in text_of(done)
    assert "Reserves are low." in text_of(done)
    stale = client.post(url, {"version": 0, "words": "Reserves are high."})
    assert stale.status_code == 409
    assert "Reserves are low." in text_of(stale)
    assert stale.context["form"]["words"].value() == "Reserves are high."
    assert client.post(url, {"version": 1, "words": "x" * 4001}).status_code == 422
    client.post(url, {"version": 1, "words": "Reserves are low."})
    assert FinanceNote.objects.get().version == 1  # nothing changed
    event = Event.objects.get(kind=Event.Kind.FINANCE_NOTE_SAVED)
    assert [(each.field, each.after) for each in event.changes.all()] == [
        ("words", "Reserves are low.")
    ]


def test_an_adviser_of_another_stage_reads_no_decision(plan, chief, partial_adviser):
    crunch(plan, chief, "The leisure contract")
    seen = Plan.objects.visible_to(partial_adviser).select_related("council").get(pk=plan.pk)
    assert bool(administration_pack(seen, today=TODAY).decisions) == seen.shows_register
    client = signed_in(partial_adviser)
    assert client.get(reverse("pack_administration", args=[plan.pk])).status_code == 403


def test_a_name_in_the_note_is_found_before_a_person_is_erased(plan, chief, officer):
    save_finance_note(plan, words=f"Ask {officer.name}", version=0, by=chief)
    assert len(traces_of(officer, [plan.council]).in_finance_notes) == 1


def test_the_pack_of_a_committee_system_has_no_executive_and_no_key_decision(plan, chief):
    url = reverse("pack_administration_download", args=[plan.pk])
    assert "First key decision" in words_of(signed_in(chief).post(url))
    save_interim(plan, version=0, by=chief, governance="committees")
    words = words_of(signed_in(chief).post(url))
    assert "First key decision" not in words
    assert "on decisions of the council, of a committee or of an officer" in words


def test_the_pack_of_a_shadow_authority_says_where_its_dates_are_entered(plan, chief):
    Plan.objects.filter(pk=plan.pk).update(occasion=Election.ORDER)
    client = signed_in(chief)
    page = text_of(client.get(reverse("pack_administration", args=[plan.pk])))
    assert "Dates of the first weeks: none yet" in page
    response = client.post(reverse("pack_administration_download", args=[plan.pk]))
    assert "[Enter the dates in the planner, under “Key dates”]" in words_of(response)
    tables = Document(io.BytesIO(response.content)).tables
    assert all(len(table.rows) > 1 for table in tables)
