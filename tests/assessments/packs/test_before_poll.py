"""The pack for group leaders before the poll: its page, its Word document and its workbook."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from docx import Document

from assessments.plans.models import Election, Event, Plan
from assessments.seats.actions import create_balance, record_composition
from assessments.timetable.actions import set_date
from assessments.vacancies.models import Vacancy, VacancyState
from assessments.ways_of_working.actions import save_agreement, save_protocol
from assessments.ways_of_working.suggestions import COSTING, NEGOTIATION
from elections.bodies import BodyKind, Committee
from elections.composition import Composition, Group
from tests.acting import signed_in, text_of, vacate


@pytest.fixture
def composition(riverdale, chief):
    return record(riverdale, chief)


def record(council, chief):
    return record_composition(
        council=council,
        as_at=dt.date(2026, 5, 7),
        composition=Composition((Group("Oak", 10), Group("Ash", 9), Group("=Elm", 3)), ungrouped=2),
        based_on=None,
        by=chief,
    )


def agreed(plan, protocol, by):
    words = {point.key: (f"Ours on {point.key}", False) for point in protocol.points}
    found = save_protocol(plan, protocol, version=0, answers=words, by=by)
    save_agreement(found, version=1, agreed_on=dt.date(2027, 3, 1), groups=["Ash", "Oak"], by=by)


def downloaded(user, plan, kind):
    url = reverse("pack_before_poll", args=[plan.pk])
    return io.BytesIO(signed_in(user).post(url, {"format": kind}).content)


def test_the_page_says_what_is_in_the_pack_and_what_is_missing(plan, chief, composition):
    page = reverse("packs", args=[plan.pk])
    words = text_of(signed_in(chief).get(page))
    assert "filled in with 3 groups" in words
    assert "Agreed protocols: none yet" in words
    assert "Ordinary committees: work out a political balance" in words
    assert "Negotiation protocol: not started" in words
    create_balance(composition=composition, committees=[Committee("Planning", 9)], by=chief)
    agreed(plan, NEGOTIATION, chief)
    words = text_of(signed_in(chief).get(page))
    assert "filled in with 3 groups and 1 ordinary committee" in words
    assert "Agreed protocols: Negotiation protocol" in words
    assert "Ordinary committees: work out" not in words


def test_the_document_has_dates_balance_and_agreed_protocols_only(plan, chief, composition):
    agreed(plan, NEGOTIATION, chief)
    words = {point.key: ("Not agreed yet", False) for point in COSTING.points}
    save_protocol(plan, COSTING, version=0, answers=words, by=chief)
    document = Document(downloaded(chief, plan, "word"))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "Ours on media" in text
    assert "Not agreed yet" not in text
    assert any(each.startswith("(b) a group with more than half") for each in text)
    dates, members = document.tables[:2]
    assert ["6 May 2027", "Election day"] in [
        [cell.text for cell in row.cells][:2] for row in dates.rows
    ]
    assert [[cell.text for cell in row.cells] for row in members.rows][1:] == [
        ["=Elm", "3"],
        ["Ash", "9"],
        ["Oak", "10"],
        ["In no group", "2"],
    ]
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_a_day_set_by_hand_names_who_fixes_it(plan, chief):
    for key, day in (("declaration", 7), ("annual_meeting", 20)):
        date = dt.date(2027, 5, day)
        set_date(plan, key, date=date, reason="For us only", version=0, by=chief)
    document = Document(downloaded(chief, plan, "word"))
    rules = {row.cells[1].text: row.cells[2].text for row in document.tables[0].rows}
    assert rules["Declaration of the last result"] == "Set by the returning officer."
    assert rules["Annual council meeting"] == "Set by the council."


def test_the_pack_of_a_new_authority_is_for_parties_and_candidates(plan, chief):
    def begins():
        return Document(downloaded(chief, plan, "word")).paragraphs[1].text

    assert begins().endswith("given to the leader of every political group.")
    Plan.objects.filter(pk=plan.pk).update(occasion=Election.ORDER)
    assert begins().endswith("to every party and independent candidate.")


def test_the_pack_and_its_page_name_the_dates_that_have_not_been_entered(plan, chief):
    def said():
        document = Document(downloaded(chief, plan, "word"))
        page = text_of(signed_in(chief).get(reverse("packs", args=[plan.pk])))
        return " ".join(p.text for p in document.paragraphs), page

    usual, page = said()
    assert "Dates to be confirmed: " in usual
    assert "Declaration of the last result" in usual
    assert "Key dates that have not been entered: " in page
    for key in ("verification_and_count", "declaration"):
        day = plan.election_day + dt.timedelta(days=1)
        set_date(plan, key, date=day, reason="Published", version=0, by=chief)
    usual, page = said()
    assert "to be confirmed" not in usual
    assert "have not been entered" not in page
    Plan.objects.filter(pk=plan.pk).update(occasion=Election.ORDER)
    under_order, page = said()
    assert "irst or annual meeting" in under_order.partition("Dates to be confirmed: ")[2]
    assert "council tax" not in under_order
    assert "to every party and independent candidate on the same day" in page


def test_members_whose_offices_have_become_vacant_are_not_members_today(plan, chief, composition):
    for state in (VacancyState.OPEN, VacancyState.FILLED):
        row = vacate(plan, arose_on=dt.date(2026, 5, 14), by=chief)
        Vacancy.objects.filter(pk=row.pk).update(state=state)
    members = Document(downloaded(chief, plan, "word")).tables[1]
    assert ["Ash", "8"] in [[cell.text for cell in row.cells] for row in members.rows]
    sheet = openpyxl.load_workbook(downloaded(chief, plan, "excel"))["Seats"]
    assert [sheet[f"{column}6"].value for column in "CDE"] == [3, 8, 10]


def test_the_document_says_what_the_workbook_begins_with(plan, chief):
    def said():
        return " ".join(p.text for p in Document(downloaded(chief, plan, "word")).paragraphs)

    assert "committee seats. Enter the groups and their members first." in said()
    composition = record(plan.council, chief)
    assert "the members of each group today. Enter the committees." in said()
    create_balance(composition=composition, committees=[Committee("Planning", 9)], by=chief)
    assert "the members of each group today and the committees recorded." in said()


def test_the_workbook_begins_with_the_groups_and_ordinary_committees(plan, chief, composition):
    committees = [
        Committee("Planning", 9),
        Committee("Cabinet", 6, kind=BodyKind.NOT_BALANCED, reason="An executive"),
        Committee("Audit", 5),
    ]
    create_balance(composition=composition, committees=committees, by=chief)
    sheet = openpyxl.load_workbook(downloaded(chief, plan, "excel"))["Seats"]
    assert [sheet[f"{column}5"].value for column in "CDE"] == ["=Elm", "Ash", "Oak"]
    assert sheet["C5"].data_type == "s"
    assert [sheet[f"{column}6"].value for column in "CDEF"] == [3, 9, 10, None]
    assert sheet["B7"].value == 2
    assert [(sheet[f"A{row}"].value, sheet[f"B{row}"].value) for row in (11, 12, 13)] == [
        ("Planning", 9),
        ("Audit", 5),
        (None, None),
    ]
    assert sheet["C11"].value.startswith("=IF(")


def test_a_packs_page_takes_a_constant_number_of_queries(
    plan, chief, composition, django_assert_max_num_queries
):
    client, page = signed_in(chief), reverse("packs", args=[plan.pk])
    agreed(plan, NEGOTIATION, chief)
    client.get(page)
    with django_assert_max_num_queries(30) as few:
        client.get(page)
    agreed(plan, COSTING, chief)
    with django_assert_max_num_queries(len(few)):
        client.get(page)
