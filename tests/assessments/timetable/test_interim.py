"""The time from retirement to annual council: the law, the council's answers, the one-page note."""

import datetime as dt
import io
import re

import pikepdf
import pytest
import time_machine
from django.urls import reverse
from docx import Document

from assessments.plans.actions import change_plan
from assessments.plans.models import Event, Plan
from assessments.timetable.actions import save_interim, set_date
from assessments.timetable.interim_note import note_for, note_html, note_pdf
from assessments.timetable.models import InterimArrangements
from assessments.words import day_in_words
from councils.models import Council
from elections.interim import Governance, interim_period, legal_points
from elections.timetable import CouncilKind, Cycle, Occasion, timetable_for
from tests.acting import error_links, form_on, signed_in, text_of

POLL = dt.date(2027, 5, 6)
CONTROL_WORDS = re.compile(r"coalition|part(y|ies)|administration|majority", re.IGNORECASE)


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(dt.datetime(2027, 1, 18, 12, tzinfo=dt.UTC), tick=False):
        yield


def stored(plan):
    return Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)


def law(governance=Governance.UNKNOWN, **settings):
    return {p.title: p for p in legal_points(timetable_for(POLL, **settings), governance)}


def test_the_chair_is_not_the_mayor_of_a_county_or_beside_an_elected_mayor():
    styled = "Chair of the council (the mayor, in a borough or city that has one)"
    assert styled in law()
    assert styled in law(Governance.LEADER, council_type=CouncilKind.METROPOLITAN)
    for found in (
        law(council_type=CouncilKind.COUNTY),
        law(Governance.MAYOR, council_type=CouncilKind.LONDON_BOROUGH),
        law(Governance.MAYOR),
    ):
        assert "Chair of the council" in found
        assert styled not in found


def test_only_an_ordinary_election_has_such_a_period():
    assert interim_period(timetable_for(POLL)) == (dt.date(2027, 5, 10), dt.date(2027, 5, 18))
    for occasion in (Occasion.BY_ELECTION, Occasion.ORDER):
        assert interim_period(timetable_for(POLL, occasion=occasion)) is None
    assert interim_period(timetable_for(POLL, council_type=CouncilKind.CITY_CORPORATION)) is None


def test_the_day_of_retirement_is_said_to_move_as_the_dates_have_it():
    # The fourth day after this poll is a bank holiday: the period begins on the next day.
    period = interim_period(timetable_for(dt.date(2025, 5, 1)))
    assert period is not None
    assert period[0] == dt.date(2025, 5, 6)
    for council_type in (CouncilKind.DISTRICT, CouncilKind.LONDON_BOROUGH):
        found = law(council_type=council_type)["Councillors"]
        assert "or the next working day if that is a Sunday or a bank holiday" in found.words
        assert re.search(r"sections [\d, ]*83 and 243", found.source)


def test_the_law_is_that_of_the_councils_type_cycle_and_way_of_taking_decisions():
    assert "about a third of the council" in law(cycle=Cycle.THIRDS)["Councillors"].words
    assert "all councillors retire" in law(cycle=Cycle.WHOLE)["Councillors"].words
    assert "Schedule 2" in law(council_type=CouncilKind.LONDON_BOROUGH)["Councillors"].source
    committees = law(Governance.COMMITTEES)
    assert "There is no cabinet" in committees["Committee system"].words
    assert not {"Leader of the council", "Cabinet", "Urgent key decisions"} & committees.keys()
    assert "Committee system" not in law(Governance.LEADER)
    assert "Elected mayor" in law(Governance.MAYOR)
    unknown = law(Governance.UNKNOWN).keys()
    assert "The Leader, the cabinet or the committee system" in unknown
    assert not {"Leader of the council", "Cabinet", "Committee system"} & unknown
    for governance in Governance:
        for point in law(governance).values():
            assert not CONTROL_WORDS.search(point.words), point.title
            assert re.search(r"section|Schedule|regulation", point.source), point.title


def test_the_answers_are_saved_shown_and_in_the_history(plan, officer):
    client, address = signed_in(officer), reverse("interim", args=[plan.pk])
    page = client.get(address)
    assert "From 10 May 2027, when councillors retire" in text_of(page)
    assert "last council meeting before the poll" in text_of(page)
    with time_machine.travel(dt.datetime(2027, 5, 12, 12, tzinfo=dt.UTC)):
        later = text_of(signed_in(officer).get(address))
    assert "when councillors retired and those elected took office" in later
    assert "last council meeting before the poll" not in later
    sent = form_on(page, address) | {"governance": "committees", "officers": "Part 3, section 7"}
    assert client.post(address, sent).status_code == 302
    saved = InterimArrangements.objects.get()
    assert (saved.officers, saved.saved_by, saved.version) == ("Part 3, section 7", officer, 1)
    assert "Until when do committee chairs hold office?" in text_of(client.get(address))
    event = Event.objects.get(kind=Event.Kind.INTERIM_CHANGED)
    assert sorted(event.changes.values_list("field", flat=True)) == ["governance", "officers"]
    history = text_of(client.get(reverse("plan_history", args=[plan.pk])))
    assert "changed the arrangements before annual council" in history
    save_interim(stored(plan), version=1, by=officer, officers="Part 3, section 7")
    assert Event.objects.filter(kind=Event.Kind.INTERIM_CHANGED).count() == 1


def test_an_elected_mayor_is_not_asked_about_as_if_the_term_ended_with_councillors(plan, officer):
    save_interim(plan, version=0, by=officer, governance="mayor")
    page = text_of(signed_in(officer).get(reverse("interim", args=[plan.pk])))
    assert "When does the elected mayor’s term end, and how long does the cabinet stay?" in page
    assert "Who takes executive decisions until annual council?" in page
    assert "new cabinet" not in page


@pytest.mark.parametrize("occasion", ["by-election", "order"])
def test_without_such_a_period_only_how_the_council_decides_is_asked(
    plan, chief, officer, occasion
):
    save_interim(plan, version=0, by=officer, urgent="Ask the chair")
    change_plan(plan, version=1, by=chief, occasion=occasion)
    client, address = signed_in(officer), reverse("interim", args=[plan.pk])
    sent = form_on(client.get(address), address)
    assert sent == {"version": "1", "governance": ""}
    assert client.post(address, sent | {"governance": "committees"}).status_code == 302
    saved = InterimArrangements.objects.get()
    assert (saved.governance, saved.urgent) == ("committees", "Ask the chair")
    assert form_on(client.get(address), address)["governance"] == "committees"
    assert client.post(address, sent | {"governance": "mayor"}).status_code == 409
    assert client.post(address, sent | {"governance": "junta"}).status_code == 422


def test_two_people_at_once_both_texts_are_there(plan, chief, officer):
    client, address = signed_in(officer), reverse("interim", args=[plan.pk])
    sent = form_on(client.get(address), address) | {"urgent": "Ask the chair"}
    save_interim(plan, version=0, by=chief, urgent="Ask the vice-chair")
    response = client.post(address, sent)
    assert response.status_code == 409
    said = text_of(response)
    assert "Chief saved this" in said
    assert "Ask the vice-chair" in said
    again = form_on(response, address)
    assert again["urgent"] == "Ask the chair"
    assert client.post(address, again).status_code == 302
    assert InterimArrangements.objects.get().urgent == "Ask the chair"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"officers": "x" * 251},
            "The answer to “Which decisions can officers take, and under which part of the "
            "constitution?” must be 250 characters or fewer",
        ),
        ({"governance": "junta"}, "Select an answer to “How does your council"),
    ],
)
def test_a_wrong_answer_gets_a_message_and_nothing_typed_is_lost(plan, officer, change, message):
    client, address = signed_in(officer), reverse("interim", args=[plan.pk])
    sent = form_on(client.get(address), address) | {"urgent": "Ask the chair"} | change
    response = client.post(address, sent)
    assert response.status_code == 422
    assert any(message in text for text, _ in error_links(response))
    assert form_on(response, address)["urgent"] == "Ask the chair"


def test_the_note_says_the_same_in_word_and_in_print(plan, officer):
    save_interim(plan, version=0, by=officer, governance="leader", officers="Part 3 <7>")
    meeting = {"date": dt.date(2027, 5, 25), "reason": "Fixed by full council"}
    set_date(stored(plan), "annual_meeting", version=0, by=officer, **meeting)
    client = signed_in(officer)
    response = client.post(reverse("interim_note", args=[plan.pk]), {"format": "word"})
    document = Document(io.BytesIO(response.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    note = note_for(stored(plan), InterimArrangements.objects.get())
    html = note_html(note)
    produced = f"Produced on {day_in_words(note.made_on)}"
    assert [each.footer.paragraphs[0].text for each in document.sections] == [produced]
    assert produced in html
    assert "to the annual meeting on 25 May 2027." in text
    assert "Part 3 <7>" in text
    assert "Part 3 &lt;7&gt;" in html
    assert "To be settled" in text
    for point in note.law:
        assert point.words in text
        assert point.source in text
        assert point.title in html
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_after_the_meeting_an_unanswered_question_is_not_one_to_settle(plan, officer):
    meeting = plan.timetable.annual_meeting_default
    for day, said in ((meeting, "To be settled"), (meeting + dt.timedelta(days=1), "Not recorded")):
        with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC)):
            note = note_for(plan, None)
        assert {words for _, words in note.points} == {said}


@pytest.mark.pdf
def test_the_printed_note_has_one_page_with_every_answer_filled(plan, officer):
    answers = dict.fromkeys(InterimArrangements.POINTS, ("As our constitution says. " * 10)[:250])
    for governance in Governance:
        note = note_for(plan, InterimArrangements(governance=governance, **answers))
        with pikepdf.open(io.BytesIO(note_pdf(note))) as pdf:
            assert len(pdf.pages) == 1, governance


def test_an_election_without_such_a_period_says_why_and_has_no_note(plan, chief):
    client, address = signed_in(chief), reverse("interim", args=[plan.pk])
    change_plan(plan, version=1, by=chief, occasion="by-election")
    assert "No councillors retire after a by-election" in text_of(client.get(address))
    change_plan(stored(plan), version=2, by=chief, occasion="order")
    assert "follows its own order or law" in text_of(client.get(address))
    note = reverse("interim_note", args=[plan.pk])
    assert client.post(note, {"format": "word"}).status_code == 422
    Council.objects.filter(pk=plan.council_id).update(type="city-corporation")
    assert client.get(address).status_code == 200
