"""Vacancies and motions of no confidence: pages, warnings and the note."""

import datetime as dt
import io

import pytest
import time_machine as clock
from django.urls import reverse
from django.utils import timezone
from docx import Document

from assessments.data_protection.traces import traces_of
from assessments.plans.models import Event
from assessments.seats.actions import record_composition
from assessments.seats.models import CouncilComposition
from assessments.timetable.actions import save_interim
from assessments.vacancies.actions import add_motion, add_vacancy, save_row
from assessments.vacancies.models import NoConfidenceMotion, Vacancy
from elections.composition import Composition, Group
from tests.acting import signed_in, text_of

AROSE, TERM_ENDS = dt.date(2027, 9, 1), dt.date(2031, 5, 5)


@pytest.fixture(autouse=True)
def after_what_is_recorded():
    with clock.travel(dt.datetime(2027, 9, 10, 12, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def composition(riverdale, chief):
    return record_composition(
        council=riverdale,
        as_at=dt.date(2027, 5, 7),
        composition=Composition((Group("Oak", 21), Group("Ash", 16)), ungrouped=3),
        based_on=None,
        by=chief,
    )


def url(plan, name="vacancies", *args):
    return reverse(name, args=[plan.pk, *args])


def day(name, date):
    return {f"{name}-day": date.day, f"{name}-month": date.month, f"{name}-year": date.year}


def vacancy(**others):
    return {
        "ward": "Castle",
        "group": "Oak",
        "cause": "resignation",
        **day("arose_on", AROSE),
        **day("term_ends", TERM_ENDS),
        "state": "open",
        **others,
    }


def motion(**others):
    return {"signed": 9, **day("received_on", AROSE), "state": "received", **others}


def vacancy_of(plan, by, **others):
    fields = {"ward": "Castle", "group": "Oak", "cause": "death"}
    return add_vacancy(plan, by=by, arose_on=AROSE, term_ends=TERM_ENDS, **fields | others)


def test_a_vacancy_is_shown_with_its_last_day_and_what_it_does_to_control(
    plan, officer, reviewer, composition
):
    client = signed_in(officer)
    add = url(plan, "vacancy_add")
    assert "No group" in text_of(client.get(add))
    words = text_of(client.post(add, vacancy(), follow=True))
    for said in (
        "The vacancy in Castle has been recorded.",
        "There is no day by which to hold an election until 2 local government electors",
        "39 members in post. A majority of the 40 seats, vacant ones included, is 21. No group",
        "No group has a majority: Oak had one.",
        "Ash 16 16 5 Oak 21 20 1 In no group 3 3 –",
    ):
        assert said in words
    found = Vacancy.objects.get()
    own = url(plan, "vacancy", found.pk)
    late = day("notice_on", dt.date(2027, 9, 6)) | day("poll_on", dt.date(2027, 10, 26))
    words = text_of(client.post(own, vacancy(version=1, **late), follow=True))
    assert "Last day for the election: Monday 25 October 2027." in words
    assert "26 October 2027, is after the last day, 25 October 2027." in words
    stale = client.post(own, vacancy(version=1, ward="Mine"))
    assert stale.status_code == 409
    assert "Castle Mine" in text_of(stale)
    assert "You saved this at" in text_of(stale)
    assert "your answers replace what is saved." in text_of(stale)
    mistake = client.post(own, vacancy(version=2, state="mistake"), follow=True)
    assert "Recorded by mistake (1)" in text_of(mistake)
    assert "No vacancies have been recorded." in text_of(mistake)
    kinds = Event.objects.filter(kind=Event.Kind.VACANCY_CHANGED)
    assert kinds.count() == 2
    assert "Record a vacancy" not in text_of(signed_in(reviewer).get(url(plan)))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"notice_on": dt.date(2027, 9, 6), "poll_on": dt.date(2027, 10, 23)},
            "Check: The day of election, Saturday 23 October 2027, is not a working day.",
        ),
        (
            {"poll_on": dt.date(2027, 10, 21)},
            "Check: A day of election has been fixed, but the date of the electors’ notice has not "
            "been entered.",
        ),
        (
            {"poll_on": dt.date(2027, 10, 21), "term_ends": dt.date(2027, 12, 1)},
            "Check: A day of election has been fixed, but the dates entered mean that no "
            "by-election is held.",
        ),
        (
            {"arose_on": dt.date(2027, 6, 1), "notice_on": dt.date(2027, 6, 2)},
            "Check: The last day for the election, 21 July 2027, has passed, and no day of "
            "election has been entered.",
        ),
    ],
)
def test_a_day_of_election_that_does_not_fit_is_pointed_out(plan, officer, fields, sentence):
    dates = {"arose_on": AROSE, "term_ends": TERM_ENDS} | fields
    row = add_vacancy(plan, by=officer, ward="Castle", group="Oak", cause="death", **dates)
    page = text_of(signed_in(officer).get(url(plan)))
    assert sentence in page
    assert page.count("Check: ") == 1
    Vacancy.objects.filter(pk=row.pk).update(state="filled")
    page = text_of(signed_in(officer).get(url(plan)))
    assert "Check: " not in page
    for said in ("Last day for the election", "There is no day by which", "no by-election is held"):
        assert said not in page
    if "poll_on" in fields:
        assert f"Day of the election: {fields['poll_on']:%A %-d %B %Y}." in page


def test_one_signature_and_one_day_are_in_the_singular(plan, officer):
    add_motion(
        plan,
        received_on=AROSE,
        signed=1,
        needed=2,
        notice_days=1,
        meeting_on=dt.date(2027, 9, 2),
        by=officer,
    )
    page = text_of(signed_in(officer).get(url(plan)))
    assert "It has 1 signature, and the constitution requires 2." in page
    assert "1 clear day’s notice means that it had to be received by 31 August 2027." in page


@pytest.mark.parametrize("vacancies", [0, 1])
def test_a_composition_recorded_after_the_vacancy_has_it_already(
    plan, officer, riverdale, chief, vacancies
):
    record_composition(
        council=riverdale,
        as_at=AROSE,
        composition=Composition((Group("Oak", 20), Group("Ash", 16)), vacancies=vacancies),
        based_on=None,
        by=chief,
    )
    vacancy_of(plan, officer)
    words = text_of(signed_in(officer).get(url(plan)))
    assert "The composition was recorded after the vacancy arose" in words
    assert ("so these are its figures" in words) == bool(vacancies)
    assert ("these figures count the seat as held" in words) != bool(vacancies)
    assert "With the vacancy" not in words
    content = signed_in(chief).post(url(plan, "vacancy_note")).content
    headings = [cell.text for cell in Document(io.BytesIO(content)).tables[0].rows[0].cells]
    assert headings == ["Group", "Recorded members", "Short of a majority by"]
    assert "36 members in post" in words


def test_a_composition_without_seats_that_were_vacant_is_pointed_out(
    plan, officer, riverdale, chief
):
    record_composition(
        council=riverdale,
        as_at=AROSE,
        composition=Composition((Group("Oak", 20), Group("Ash", 16)), vacancies=1),
        based_on=None,
        by=chief,
    )
    vacancy_of(plan, officer)
    client = signed_in(officer)
    assert "Check:" not in text_of(client.get(url(plan)))
    vacancy_of(plan, officer, ward="Quay")
    said = (
        "Check: 2 seats were vacant on 1 September 2027, but the composition from that day has 1 "
        "vacant seat."
    )
    assert said in text_of(client.get(url(plan)))


def test_a_filled_seat_is_said_to_be_counted_as_before_until_a_composition_has_it(
    plan, officer, riverdale, chief, composition
):
    """A by-election can be won by another group."""
    found = vacancy_of(plan, officer)
    client = signed_in(officer)
    filled = dt.date(2027, 9, 9)
    sent = vacancy(version=1, cause="death", state="filled", **day("poll_on", filled))
    said = "until a new composition is recorded the seat is counted as held by Oak"
    page = text_of(client.post(url(plan, "vacancy", found.pk), sent, follow=True))
    assert page.count(said) == 2, "in the notice and beside the vacancy"
    for as_at, oak, counted in ((AROSE, 20, "counted as vacant"), (filled, 20, "")):
        record_composition(
            council=riverdale,
            as_at=as_at,
            composition=Composition((Group("Oak", oak), Group("Ash", 17)), ungrouped=3),
            based_on=CouncilComposition.objects.of(riverdale).first().pk,
            by=chief,
        )
        page = text_of(client.get(url(plan)))
        assert ("It has been filled" in page) is bool(counted)
        assert counted in page


def test_the_votes_of_a_motion_are_shown_as_far_as_they_are_known(plan, officer, composition):
    def shown(**votes):
        row = add_motion(plan, received_on=AROSE, state="carried", by=officer, **votes)
        page = text_of(signed_in(officer).get(url(plan)))
        NoConfidenceMotion.objects.filter(pk=row.pk).delete()
        return page

    assert "Votes: 30 for; votes against not entered." in shown(signed=5, votes_for=30)
    assert "Votes: 2 abstained; votes for and votes against not entered." in shown(
        signed=5, abstained=2
    )
    assert "it was carried by a second or casting vote" in shown(signed=5, votes_for=20, against=20)
    assert "Check: 99 councillors signed, but the council has 40 seats." in shown(signed=99)


def test_the_history_of_a_vacancy_says_that_the_councillor_was_in_no_group(plan, officer):
    row = vacancy_of(plan, officer, group="")
    save_row(row, version=1, by=officer, group="Oak")
    kinds = (Event.Kind.VACANCY_ADDED, Event.Kind.VACANCY_CHANGED)
    assert [
        (each.before, each.after)
        for kind in kinds
        for each in Event.objects.get(kind=kind).changes.filter(field="group")
    ] == [("", "No group"), ("No group", "Oak")]


def test_votes_that_are_no_numbers_are_refused_by_name(plan, officer):
    sent = motion(votes_for="x", against="x", abstained="x")
    words = text_of(signed_in(officer).post(url(plan, "confidence_motion_add"), sent))
    for name in ("votes for", "votes against", "abstentions"):
        assert f"The number of {name} must be a whole number from 0 to 300" in words


def test_a_motion_is_checked_against_the_constitution_and_has_numbers(
    plan, officer, chief, composition
):
    client = signed_in(officer)
    sent = motion(needed=10, notice_days=5, **day("meeting_on", dt.date(2027, 9, 8)))
    words = text_of(client.post(url(plan, "confidence_motion_add"), sent, follow=True))
    for said in (
        "It has 9 signatures, and the constitution requires 10.",
        "5 clear days’ notice means that it had to be received by 31 August 2027.",
        "If all 40 members in post vote, 21 votes carry a motion; with 20 on each side",
        "Ash 24 13 Oak 19 10",
        "An elected mayor",
    ):
        assert said.replace("An elected mayor", "Elected mayor") in words
    save_interim(plan, version=0, by=chief, governance="leader")
    words = text_of(client.get(url(plan)))
    assert "Local Government Act 2000, sections 9IA and 9IC" in words
    assert "Elected mayor" not in words
    found = NoConfidenceMotion.objects.get()
    own = url(plan, "confidence_motion", found.pk)
    voted = motion(version=1, state="carried", votes_for=20, against=20, abstained=0)
    words = text_of(client.post(own, voted, follow=True))
    assert "Carried" in words
    assert "Votes: 20 for, 20 against, 0 abstained." in words
    assert client.post(own, voted).status_code == 302  # nothing changed
    sent = motion(version=2, state="lost", votes_for=19, against=20, abstained=2)
    words = text_of(client.post(own, sent, follow=True))
    assert "Check: The votes and abstentions add up to 41, but the council has 40 seats." in words
    early = sent | {"version": 3} | day("meeting_on", timezone.localdate() + dt.timedelta(days=1))
    response = client.post(own, early)
    assert response.status_code == 422
    assert "must be today or in the past if the motion is decided" in text_of(response)
    assert client.post(own, voted | {"votes_for": 22}).status_code == 409


def test_what_is_wrong_is_said_beside_the_field(plan, officer, composition, subtests):
    client = signed_in(officer)
    for name, words, wrong in (
        ("vacancy_add", "Enter which ward or division it is", {"ward": ""}),
        ("vacancy_add", "Select the group from the list", {"group": "Rowan"}),
        (
            "vacancy_add",
            "must be on or after the date the vacancy arose",
            day("notice_on", dt.date(2027, 8, 1)),
        ),
        ("vacancy_add", "must be today or in the past", day("arose_on", dt.date(2027, 9, 11))),
        ("vacancy_add", "notice must be today or", day("notice_on", dt.date(2027, 9, 11))),
        (
            "confidence_motion_add",
            "received must be today or in the past",
            day("received_on", dt.date(2027, 9, 11)),
        ),
        (
            "vacancy_add",
            "must be within 5 years of the vacancy",
            day("term_ends", dt.date(2040, 1, 1)),
        ),
        ("confidence_motion_add", "must be a whole number from 0 to 300", {"signed": "-1"}),
        (
            "confidence_motion_add",
            "With these votes the motion is not carried",
            {"state": "carried", "votes_for": 1, "against": 2},
        ),
        (
            "confidence_motion_add",
            "must be on or after the date it was received",
            day("meeting_on", dt.date(2027, 8, 1)),
        ),
    ):
        with subtests.test(words, name=name):
            right = vacancy() if name == "vacancy_add" else motion()
            page = client.post(url(plan, name), right | wrong)
            assert page.status_code == 422
            assert words in text_of(page)


def test_the_note_says_when_a_filled_vacancy_was_filled(plan, chief, officer, composition):
    vacancy_of(plan, officer, state="filled", poll_on=dt.date(2027, 10, 21))
    content = signed_in(chief).post(url(plan, "vacancy_note")).content
    words = "\n".join(each.text for each in Document(io.BytesIO(content)).paragraphs)
    assert "Day of the election: Thursday 21 October 2027." in words
    assert "There is no day by which" not in words


def test_the_note_is_neutral_and_complete(plan, chief, officer, composition):
    vacancy_of(plan, officer, notice_on=dt.date(2027, 9, 6))
    add_motion(plan, received_on=AROSE, signed=9, by=officer)
    content = signed_in(chief).post(url(plan, "vacancy_note")).content
    document = Document(io.BytesIO(content))
    words = "\n".join(each.text for each in document.paragraphs)
    for said in (
        "Last day for the election: Monday 25 October 2027.",
        "Motion of no confidence received on 1 September 2027: received",
        "The electors’ notice was received on 6 September 2027. The election is held within",
        "If a motion of no confidence is moved",
        "If all 39 members in post vote, 20 votes carry a motion",
        "If a candidate dies before the result is declared",
        "The council has not said how it takes decisions, so all forms are shown",
    ):
        assert said in words
    effect, numbers = document.tables
    assert [cell.text for cell in effect.rows[2].cells] == ["Oak", "21", "20", "1"]
    assert [cell.text for cell in effect.rows[3].cells] == ["In no group", "3", "3", "–"]
    assert [cell.text for cell in numbers.rows[1].cells] == ["Ash", "23", "12"]
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_erasing_a_person_lists_vacancies_that_name_them(plan, officer):
    found = vacancy_of(plan, officer, ward=f"Castle, {officer.name}")
    assert traces_of(officer, [plan.council]).in_vacancies == [found]


def test_the_page_takes_a_constant_number_of_queries(
    plan, chief, composition, django_assert_max_num_queries
):
    client = signed_in(chief)
    vacancy_of(plan, chief)
    add_motion(plan, received_on=AROSE, signed=9, by=chief)
    client.get(url(plan))
    with django_assert_max_num_queries(32) as few:
        client.get(url(plan))
    for number in range(4):
        vacancy_of(plan, chief, ward=f"Ward {number}")
        add_motion(plan, received_on=AROSE, signed=number, by=chief)
    with django_assert_max_num_queries(len(few)):
        client.get(url(plan))


def test_each_vacancy_is_worked_out_less_those_that_arose_before_it(plan, officer, composition):
    vacancy_of(plan, officer)
    vacancy_of(plan, officer, ward="Mill", group="Ash")
    page = text_of(signed_in(officer).get(url(plan)))
    assert "before the vacancy arose. 39 members in post." in page
    assert "before the vacancy arose, less 1 other vacancy. 38 members" in page
    assert "If all 38 members in post vote" in page
