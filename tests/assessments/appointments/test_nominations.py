"""Seats due to groups, their nominations, what may be done without any, and appointments."""

import datetime as dt
import io
from dataclasses import replace

import docx
import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.appointments.models import CouncilAppointment, Nomination, SeatsNotice
from assessments.appointments.notice_word import notice_word
from assessments.appointments.seats_due import group_seats, report_of
from assessments.seats.actions import create_balance, record_composition, record_vote
from assessments.words import day_in_words
from councils.models import CouncilEvent
from elections.bodies import Tie, TieOutcome
from elections.composition import Composition, Group
from elections.political_balance import Committee
from tests.acting import signed_in, text_of, vacate

pytestmark = pytest.mark.django_db


def date_parts(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


@pytest.fixture
def seats(riverdale, chief, officer):
    """An allocation, and functions that open and post its pages: Ash has 3 seats, Oak 6."""
    balance = create_balance(
        composition=record_composition(
            council=riverdale,
            as_at=dt.date(2026, 5, 7),
            composition=Composition((Group("Ash", 10), Group("Oak", 20))),
            based_on=None,
            by=chief,
        ),
        committees=[Committee("Planning", 9)],
        by=chief,
    )
    client = signed_in(officer)
    committee = balance.committees.get()

    class Pages:
        today = timezone.localdate()
        allocation = balance

        def list(self):
            address = reverse("balance_nominations", args=["riverdale", balance.pk])
            return text_of(client.get(address))

        def notice(self, given_on, version=0, party=1, **changed):
            address = reverse("balance_seats_notice", args=["riverdale", balance.pk, party])
            sent = {"version": version, "addressee": "Ada Moss", **date_parts("given_on", given_on)}
            return client.post(address, sent | changed)

        def adopt(self, day):
            vote = {"meeting_on": day, "votes_for": 20, "votes_against": 10, "abstentions": 0}
            balance.refresh_from_db()
            record_vote(balance, version=balance.version, by=officer, **vote)

        def nominate(self, version=0, party=1, **changed):
            args = ["riverdale", balance.pk, party, committee.pk]
            sent = {"version": version, "basis": "wishes"} | changed
            return client.post(reverse("balance_nomination", args=args), sent)

        def appoint(self, name="appointment_new", args=(), **changed):
            sent = {"version": 0, "kind": "chair", "post": "Planning", "holder": "Ada Moss"}
            return client.post(reverse(name, args=["riverdale", *args]), sent | changed)

    return Pages()


def test_a_notice_and_nominations_are_shown_and_events_name_no_councillor(seats):
    assert "Ash: 3 seats" in seats.list()
    given_on = seats.today - dt.timedelta(days=2)
    assert seats.notice(given_on).status_code == 302
    # 3 weeks that begin with the day of the notice.
    assert SeatsNotice.objects.get().reply_by == given_on + dt.timedelta(days=20)
    received = date_parts("received_on", seats.today)
    names = {"members": "Ada Moss\r\nBen  Reed", "substitutes": "Cy Lee"}
    assert seats.nominate(**names, **received).status_code == 302
    page = seats.list()
    for words in ("Ada Moss, Ben Reed", "1 to name", "Cy Lee", "Advance notice given to Ada Moss"):
        assert words in page
    events = CouncilEvent.objects.filter(kind__in=["seats-notice-recorded", "nomination-recorded"])
    assert events.count() == 2
    notice = events.get(kind="seats-notice-recorded")
    assert notice.after.startswith("advance notice given on ")
    said = "".join(f"{each.person}{each.before}{each.after}" for each in events)
    assert not any(name in said for name in ("Moss", "Reed", "Lee"))
    stale = seats.nominate(members="Dee Fox", **received)
    assert stale.status_code == 409
    assert "Ben Reed" in text_of(stale)
    assert "Dee Fox" in text_of(stale)
    assert Nomination.objects.get().names == ["Ada Moss", "Ben Reed"]


def test_the_council_chooses_only_after_a_notice_and_the_time_for_wishes(seats):
    refused = seats.nominate(basis="default", members="Dee Fox")
    assert "Record the notice of seats to the group first" in text_of(refused)
    seats.notice(seats.today - dt.timedelta(days=30))
    assert "as it thinks fit" not in seats.list()
    refused = seats.nominate(basis="default", members="Dee Fox")
    assert "Give the group notice of its seats once the council has adopted them" in text_of(
        refused
    )
    seats.adopt(seats.today - dt.timedelta(days=21))
    assert "The council has since adopted the seats" in seats.list()
    seats.notice(seats.today, version=1)
    corrected = CouncilEvent.objects.filter(kind="seats-notice-recorded").first()
    assert corrected.before.startswith("advance notice given on ")
    assert corrected.after.startswith("notice given on ")
    assert "as it thinks fit" not in seats.list()
    refused = seats.nominate(basis="default", members="Dee Fox")
    assert refused.status_code == 422
    assert "The time for the group to express its wishes ends on" in text_of(refused)
    seats.notice(seats.today - dt.timedelta(days=21), version=2)
    assert "as it thinks fit" in seats.list()
    assert seats.nominate(basis="default", members="Dee Fox").status_code == 302
    assert "Chosen by the council" in seats.list()


def test_a_notice_that_asks_early_does_not_shorten_the_3_weeks(seats, officer):
    """Regulation 15 gives a group 3 weeks, whatever date the notice asks for."""
    given_on = seats.today - dt.timedelta(days=10)
    seats.adopt(given_on)
    reply_by = date_parts("reply_by", given_on + dt.timedelta(days=2))
    assert seats.notice(given_on, **reply_by).status_code == 302
    ends_on = day_in_words(given_on + dt.timedelta(days=20))
    page = seats.list()
    assert f"The 3 weeks of regulation 15 end on {ends_on}" in page
    assert "as it thinks fit" not in page
    refused = seats.nominate(
        basis="default", members="Dee Fox", **date_parts("appointed_on", seats.today)
    )
    assert refused.status_code == 422
    assert f"express its wishes ends on {ends_on}" in text_of(refused)
    address = reverse("balance_notice_word", args=["riverdale", seats.allocation.pk, 1])
    notice = words_of(signed_in(officer).post(address).content)
    said = f"within 3 weeks beginning with the date of this notice, by {ends_on}, the council"
    assert f"If the group expresses no wishes {said}" in notice
    # Once they have ended, the earlier date that was asked for does not matter.
    long_ago = seats.today - dt.timedelta(days=30)
    seats.notice(long_ago, version=1, **date_parts("reply_by", long_ago))
    assert "as it thinks fit" not in seats.list(), "it was given before the council's vote"


def test_members_are_appointed_after_their_group_wished_it_and_not_in_the_future(seats):
    received = date_parts("received_on", seats.today)
    for day, said in (
        (seats.today - dt.timedelta(days=2), "on or after the date the group’s wishes"),
        (seats.today + dt.timedelta(days=3), "must be today or in the past"),
    ):
        answer = seats.nominate(members="Dee Fox", **received, **date_parts("appointed_on", day))
        assert answer.status_code == 422
        assert said in str(answer.context["form"].errors["appointed_on"])
    appointed = date_parts("appointed_on", seats.today)
    assert seats.nominate(members="Dee Fox", **received, **appointed).status_code == 302


def test_wrong_input_gets_a_message_beside_its_field(seats, subtests):
    cases = (
        ("members", {"members": "A\nB\nC\nD"}),
        ("members", {"members": "A\na"}),
        ("members", {"members": "A" * 61}),
        ("received_on", {"members": "A"}),
        ("received_on", date_parts("received_on", seats.today + dt.timedelta(days=1))),
        ("substitutes", {"members": "A", "substitutes": "a"}),
        ("basis", {"basis": "other"}),
        ("version", {"version": "x"}),
    )
    for field, changed in cases:
        with subtests.test(field=field, changed=changed):
            answer = seats.nominate(**changed)
            assert answer.status_code == 422
            assert field in answer.context["form"].errors
    early = seats.notice(seats.today, **date_parts("reply_by", seats.today - dt.timedelta(days=1)))
    assert "reply_by" in early.context["form"].errors
    assert seats.notice(seats.today, party=3).status_code == 404
    assert not Nomination.objects.exists()


def test_an_appointment_is_added_changed_and_ended(seats, officer):
    assert seats.appoint().status_code == 302
    saved = CouncilAppointment.objects.get()
    changed = {"args": [saved.pk], "version": 1, "made_by": "Full council"}
    ended = seats.today - dt.timedelta(days=1)
    answer = seats.appoint("appointment_change", **changed, **date_parts("until_on", ended))
    assert answer.status_code == 302
    page = text_of(signed_in(officer).get(reverse("appointments", args=["riverdale"])))
    for words in ("Chairs of committees", "Planning", "Ada Moss (ended)", "Full council"):
        assert words in page
    stale = seats.appoint("appointment_change", **changed | {"holder": "Dee Fox"})
    assert stale.status_code == 409
    events = CouncilEvent.objects.filter(kind="appointment-recorded")
    assert "Moss" not in "".join(f"{each.person}{each.before}{each.after}" for each in events)
    dates = date_parts("from_on", seats.today) | date_parts("until_on", ended)
    wrong = seats.appoint(post="", **dates)
    assert set(wrong.context["form"].errors) == {"post", "until_on"}


def test_two_chairs_of_a_committee_at_a_time_are_pointed_out(seats, officer):
    seats.appoint()
    tomorrow = seats.today + dt.timedelta(days=1)
    seats.appoint(post="planning", holder="Dee Fox", **date_parts("from_on", tomorrow))
    seats.appoint(post="Planning", kind="vice-chair", holder="Cy Lee")
    address = reverse("appointments", args=["riverdale"])
    said = "has more than one chair at a time: Ada Moss, Dee Fox"
    assert said in text_of(signed_in(officer).get(address))
    first = CouncilAppointment.objects.get(holder="Ada Moss")
    ended = {"args": [first.pk], "version": 1, **date_parts("until_on", tomorrow)}
    seats.appoint("appointment_change", **ended)
    assert "more than one chair" not in text_of(signed_in(officer).get(address))


def words_of(content):
    """Return the text of a Word document, tables included."""
    document = docx.Document(io.BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def test_the_report_and_the_notice_in_word(seats, officer, riverdale):
    seats.notice(seats.today)
    client, pk = signed_in(officer), seats.allocation.pk
    report = words_of(client.post(reverse("balance_word", args=["riverdale", pk])).content)
    for words in (
        "Contact officer",
        "Open or exempt",
        "Legal implications",
        "Financial implications",
        "approves the allocation of seats set out in the appendix",
        "Appendix: allocation and working",
        "Planning",
    ):
        assert words in report
    # Members in no group have seats exactly if the report asks the council to fill them.
    asks = "appoints members in no group" in report
    assert asks is ("The council must appoint members in no group" in report)
    assert "Ada Moss" not in report
    sent = client.post(reverse("balance_notice_word", args=["riverdale", pk, 1]))
    assert (
        f'filename="Riverdale Borough Council advance notice of seats Ash {seats.today}.docx"'
        in sent["Content-Disposition"]
    )
    notice = words_of(sent.content)
    for words in ("Ada Moss", "Advance notice", "not the notice under regulation 14", "Planning"):
        assert words in notice
    seats.adopt(seats.today)
    sent = client.post(reverse("balance_notice_word", args=["riverdale", pk, 1]))
    assert (
        f'filename="Riverdale Borough Council notice of seats Ash {seats.today}.docx"'
        in sent["Content-Disposition"]
    )
    notice = words_of(sent.content)
    for words in ("Ada Moss", "is given under regulation 14", "Planning", "as it thinks fit"):
        assert words in notice
    assert "Advance" not in notice
    events = CouncilEvent.objects.filter(kind="balance-exported")
    assert {each.after for each in events} == {"Word", "Word notice to Ash"}


def test_what_changed_since_the_seats_were_worked_out_is_said_beside_them(
    seats, officer, plan, riverdale
):
    """A group could otherwise be told its seats for a councillor who has resigned."""

    def page_and_notice():
        address = reverse("balance_notice_word", args=["riverdale", seats.allocation.pk, 1])
        return seats.list(), words_of(signed_in(officer).post(address).content)

    for text in page_and_notice():
        assert "vacant" not in text
        assert "review is due" not in text
    vacate(plan, arose_on=dt.date(2026, 5, 14), by=officer)
    said = "Seats that have become vacant since 7 May 2026 are still counted: Mill (Ash)."
    for text in page_and_notice():
        assert said in text
    record_composition(
        council=riverdale,
        as_at=dt.date(2026, 5, 14),
        composition=Composition((Group("Ash", 9), Group("Oak", 20)), vacancies=1),
        based_on=seats.allocation.composition_id,
        by=officer,
    )
    for text in page_and_notice():
        assert said not in text
        assert "The composition has changed since the seats were worked out" in text


def test_a_notice_says_that_a_tie_is_not_settled(seats):
    report, as_at = report_of(seats.allocation), seats.today
    group = group_seats(report)[0]
    outcomes = (
        TieOutcome("Ash", (), "Planning: Ash 4 and Oak 5"),
        TieOutcome("Oak", (), "Planning: Ash 3 and Oak 6"),
    )
    tie = Tie("Planning", 1, ("Ash", "Oak"), "Oak", is_settled=False, outcomes=outcomes)
    for open_ties in ((), (tie,)):
        notice = words_of(
            notice_word(
                None,
                group,
                council="Riverdale",
                as_at=as_at,
                today=as_at,
                report=replace(report, open_ties=open_ties),
            )
        )
        assert ("Given to Ash, the result would be Planning: Ash 4" in notice) is bool(open_ties)
