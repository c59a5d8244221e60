"""Day one for new councillors: the names, the tally of what they returned, and the pack."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from assessments.appointments.actions import record_group_notice
from assessments.data_protection.names import count_named, replace_names
from assessments.packs.actions import record_returns, save_councillors
from assessments.packs.models import CouncillorReturn, NewCouncillor
from assessments.packs.new_councillors import BY_KEY, FORMS, RE_ELECTED, by_when, tally_of
from assessments.plans.models import Election, Event, Plan
from councils.models import Membership, Office
from tests.acting import signed_in, text_of

DECLARATION, INTERESTS = FORMS[:2]
NAMES = [("Ada Lane", "Oak"), ("Ben Cole", ""), ("Cy Dunn", "Ash")]
DAY = dt.date(2027, 5, 12)


@pytest.fixture
def people(plan, chief):
    save_councillors(plan, NAMES, version=0, by=chief)
    return {each.name: each.pk for each in NewCouncillor.objects.all()}


def address(name, plan, *args):
    return reverse(name, args=[plan.pk, *args])


def on(day):
    return {f"day-{part}": getattr(day, part) for part in ("day", "month", "year")}


def test_the_same_names_are_no_change_and_many_take_no_more_queries(
    plan, chief, django_assert_max_num_queries
):
    # Databases order these names in another way than Python does.
    names = [("éa Roy", ""), ("Éb Roy", "Oak")]
    assert save_councillors(plan, names, version=0, by=chief)
    assert not save_councillors(plan, names, version=1, by=chief)
    assert Event.objects.filter(kind="councillors-listed").count() == 1
    many = [(f"Name {number:02}", "Oak") for number in range(60)]
    for version, listed in enumerate((many, [(name, "Ash") for name, _ in many]), start=1):
        with django_assert_max_num_queries(20):
            assert save_councillors(plan, listed, version=version, by=chief)
    assert NewCouncillor.objects.filter(group="Ash").count() == 60


def test_names_are_suggested_from_the_notices_of_groups(plan, riverdale, chief, officer):
    record_group_notice(
        council=riverdale,
        kind="formed",
        group="Oak",
        members=2,
        leader="Councillor Ada Lane",
        deputy="",
        signed_by="Cllr. Ada Lane\nEve Marsh",
        received_on=dt.date(2026, 5, 12),
        latest=0,
        by=chief,
    )
    client, url = signed_in(officer), address("new_councillor_names", plan)
    page = client.get(url)
    assert page.context["form"]["names"].value() == "Ada Lane (Oak)\nEve Marsh (Oak)"
    assert "Nothing is saved yet" in text_of(page)
    names = "Eve Marsh (Oak)\n\n  ada   lane (Oak) \nJo Ward"
    listed = client.post(url, {"version": 0, "names": names}, follow=True)
    assert "3 names have been saved." in text_of(listed)
    assert [str(each) for each in NewCouncillor.objects.all()] == [
        "ada lane",
        "Eve Marsh",
        "Jo Ward",
    ]
    event = Event.objects.get(kind=Event.Kind.COUNCILLORS_LISTED)
    assert event.detail == "3 new councillors"
    assert [(each.before, each.after) for each in event.changes.all()] == [("0", "3")]


def test_what_is_wrong_with_names_is_said_beside_the_field(plan, officer, subtests):
    client, url = signed_in(officer), address("new_councillor_names", plan)
    for words, names in (
        ("Enter the names of the new councillors", " \n "),
        ("Enter each name only once", "Ada Lane (Oak)\nADA LANE"),
        ("must be 60 characters or fewer", "A" * 61),
        ("must be 60 characters or fewer", f"Ada ({'B' * 61})"),
        ("Enter 300 names or fewer", "\n".join(f"Name {n}" for n in range(301))),
    ):
        with subtests.test(words):
            page = client.post(url, {"version": 0, "names": names})
            assert page.status_code == 422
            assert words in text_of(page)
    assert client.post(url, {"version": "x", "names": "Ada"}).status_code == 422
    assert not NewCouncillor.objects.exists()


def test_several_names_with_returns_are_named_in_a_sentence(plan, officer, people):
    both = [people["Ada Lane"], people["Ben Cole"]]
    record_returns(plan, DECLARATION, returned=both, day=DAY, by=officer)
    left_out = {"version": 1, "names": "Cy Dunn (Elm)"}
    page = signed_in(officer).post(address("new_councillor_names", plan), left_out)
    assert "what was recorded for Ada Lane and Ben Cole can be deleted" in text_of(page)


def test_a_name_with_returns_is_left_out_only_after_confirmation(plan, officer, people):
    lane = people["Ada Lane"]
    record_returns(plan, DECLARATION, returned=[lane], day=DAY, by=officer)
    client, url = signed_in(officer), address("new_councillor_names", plan)
    without = {"version": 1, "names": "Ben Cole\nCy Dunn (Elm)"}
    page = client.post(url, without)
    assert page.status_code == 422
    assert "Confirm that what was recorded for Ada Lane can be deleted" in text_of(page)
    assert client.post(url, without | {"confirm": "on"}).status_code == 302
    assert not CouncillorReturn.objects.exists()
    assert NewCouncillor.objects.get(name="Cy Dunn").group == "Elm"
    stale = client.post(url, {"version": 1, "names": "Fay Gale"})
    assert stale.status_code == 409
    assert "Cy Dunn (Elm)" in text_of(stale)
    assert stale.context["form"]["names"].value() == "Fay Gale"


def test_returns_are_ticked_once_and_corrected(time_machine, plan, officer, people):
    time_machine.move_to(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC), tick=False)
    client, url = signed_in(officer), address("new_councillor_returns", plan, "declaration")
    lane, cole = people["Ada Lane"], people["Ben Cole"]
    sent = {"returned": [lane, cole]} | on(DAY)
    listed = client.post(url, sent, follow=True)
    assert "Declaration of acceptance of office: 2 councillors recorded." in text_of(listed)
    assert "2 of 3 returned" in text_of(listed)
    again = client.post(url, sent | on(dt.date(2027, 5, 13)), follow=True)
    assert "Nothing has changed." in text_of(again)
    assert CouncillorReturn.objects.filter(returned_on=DAY).count() == 2
    event = Event.objects.get(kind=Event.Kind.RETURNS_RECORDED)
    assert event.detail == "Declaration of acceptance of office"
    assert [(each.before, each.after) for each in event.changes.all()] == [("0 of 3", "2 of 3")]
    history = text_of(client.get(address("plan_history", plan), {"subject": "packs"}))
    assert "recorded what new councillors returned" in history
    assert "Lane" not in history
    client.post(url, {"mistaken": [cole]})
    assert [each.councillor_id for each in CouncillorReturn.objects.all()] == [lane]


def test_what_is_wrong_with_returns_is_said(time_machine, plan, officer, people, subtests):
    time_machine.move_to(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC), tick=False)
    client, url = signed_in(officer), address("new_councillor_returns", plan, "interests")
    lane = {"returned": [people["Ada Lane"]]}
    for words, data in (
        ("Select who has returned it", on(DAY)),
        ("Enter the date they returned it", lane),
        ("The date must be today or in the past", lane | on(dt.date(2027, 5, 21))),
        ("The date must be election day or later", lane | on(dt.date(2027, 5, 5))),
        ("Select councillors from the list", {"returned": ["99999"]} | on(DAY)),
        ("Select councillors from the list", {"mistaken": ["x"]} | on(DAY)),
    ):
        with subtests.test(words):
            page = client.post(url, data)
            assert page.status_code == 422
            assert words in text_of(page)
    assert client.get(address("new_councillor_returns", plan, "nothing")).status_code == 404
    assert not CouncillorReturn.objects.exists()


def test_what_is_late_is_marked(plan, officer, people):
    deadline = plan.timetable.register_of_interests_by
    record_returns(plan, INTERESTS, returned=[people["Ada Lane"]], day=deadline, by=officer)
    late_day = deadline + dt.timedelta(days=1)
    record_returns(plan, INTERESTS, returned=[people["Ben Cole"]], day=late_day, by=officer)
    on_time = tally_of(plan, today=deadline)
    assert [form.late for form in on_time.forms] == [0] * len(FORMS)
    late = tally_of(plan, today=late_day)
    words = [row.cells[FORMS.index(INTERESTS)].words for row in late.rows]
    assert words == [f"{deadline:%-d %b %Y}", f"{late_day:%-d %b %Y}, late", "Overdue"]
    assert late.forms[1].state == "2 of 3 returned, 1 overdue"
    consent = late.forms[FORMS.index(BY_KEY["summons"])]
    assert (consent.deadline, consent.late) == (None, 0)  # no one has to consent


def test_the_pack_says_the_same_to_every_councillor(plan, riverdale, officer, people):
    Membership.objects.filter(user=officer).update(office=Office.MONITORING_OFFICER)
    record_returns(plan, DECLARATION, returned=[people["Ada Lane"]], day=DAY, by=officer)
    response = signed_in(officer).post(address("pack_new_councillors", plan))
    document = Document(io.BytesIO(response.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    for form in FORMS:
        assert form.title in text
        assert form.words in text
        assert form.source in text
    assert "By 6 July 2027" in text
    assert "you must not vote on it. It is an offence not to say so, or to vote." in text
    assert ["Monitoring officer", officer.name, "The law, the code of conduct, interests"] in rows
    assert "Lane" not in text + str(rows)
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_the_pack_of_a_new_authority_presumes_no_code_and_no_re_election(plan, officer):
    def pack():
        response = signed_in(officer).post(address("pack_new_councillors", plan))
        return "\n".join(each.text for each in Document(io.BytesIO(response.content)).paragraphs)

    ordinary = pack()
    assert RE_ELECTED in ordinary
    assert "The council has adopted a code of conduct" in ordinary
    Plan.objects.filter(pk=plan.pk).update(occasion=Election.ORDER)
    new = pack()
    assert "re-elected" not in new
    assert "has adopted" not in new
    assert "The council must have a code of conduct" in new


def test_a_councillors_name_is_replaced_when_the_person_is_erased(plan, riverdale, people):
    assert count_named(["ada lane"], [riverdale]) == 1
    replace_names(["Ada Lane", "Cy Dunn"], "Removed person 3", [riverdale])
    assert sorted(str(each) for each in NewCouncillor.objects.all()) == [
        "Ben Cole",
        "Removed person 3",
        "Removed person 3",
    ]


def test_the_tally_takes_a_constant_number_of_queries(
    plan, officer, people, django_assert_max_num_queries
):
    client, page = signed_in(officer), address("new_councillors", plan)
    client.get(page)
    with django_assert_max_num_queries(30) as few:
        client.get(page)
    names = [*NAMES, *((f"Name {n}", "") for n in range(20))]
    save_councillors(plan, names, version=1, by=officer)
    everyone = NewCouncillor.objects.values_list("pk", flat=True)
    record_returns(plan, DECLARATION, returned=everyone, day=timezone.localdate(), by=officer)
    with django_assert_max_num_queries(len(few)):
        client.get(page)


def test_a_form_with_a_deadline_in_law_has_a_blank_where_the_day_is_not_known():
    day = dt.date(2027, 6, 6)
    for form in FORMS:
        if form.date_key:
            assert by_when(form, None) == "By [date]"
            assert by_when(form, day) == "By 6 June 2027"
        elif form.is_law:
            assert by_when(form, None) == "No deadline in law"
