"""The parity log: what each group was offered and given, and requests made in confidence."""

import datetime as dt
import io

import openpyxl
import pytest
import time_machine as clock
from django.urls import reverse
from docx import Document

from assessments.data_protection.traces import traces_of
from assessments.parity.actions import (
    add_parity_entry,
    remove_parity_entry,
    save_confidential_request,
)
from assessments.parity.models import ConfidentialRequest, ConfidentialRequestEvent, ParityEntry
from assessments.plans.models import Event
from assessments.printing.workbook import LINE_HEIGHT
from assessments.seats.actions import record_composition
from councils.models import Membership
from elections.composition import Composition, Group
from tests.acting import signed_in, text_of

DAY = dt.date(2027, 5, 10)
SECRET = "marker-request-8842"


@pytest.fixture(autouse=True)
def after_what_is_recorded():
    with clock.travel(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def groups(riverdale, chief):
    return record_composition(
        council=riverdale,
        as_at=dt.date(2027, 5, 7),
        composition=Composition((Group("Oak", 10), Group("Ash", 9), Group("Elm", 3))),
        based_on=None,
        by=chief,
    )


def day(name, date=DAY):
    return {f"{name}-day": date.day, f"{name}-month": date.month, f"{name}-year": date.year}


def offer(**others):
    """Return the form as a page with three groups sends it."""
    return {
        "kind": "briefing",
        "words": "How political balance works",
        **day("offered_on"),
        "offered_by": "Head of democratic services",
        "group": ["Ash", "Elm", "Oak"],
        "outcome_0": "given",
        **day("given_on_0", DAY + dt.timedelta(days=2)),
        "outcome_1": "declined",
        "outcome_2": "offered",
        **others,
    }


def entry_of(plan, by, **others):
    fields = {"kind": "facts", "words": "Contracts", "offered_on": DAY, "offered_by": "CE"}
    shares = [("Ash", "given", DAY), ("Oak", "offered", None)]
    return add_parity_entry(plan, by=by, **{**fields, "shares": shares, **others})


def request_of(plan, chief, **others):
    fields = {"group": "Oak", "asked_on": DAY, "words": SECRET, "version": 0}
    return save_confidential_request(None, plan=plan, by=chief, **{**fields, **others})


def test_an_offer_is_recorded_and_shown_side_by_side(plan, officer, reviewer, groups):
    client = signed_in(officer)
    url = reverse("parity_add", args=[plan.pk])
    page = client.get(url)
    assert [name for name, *_ in page.context["form"].share_fields] == ["Ash", "Elm", "Oak"]
    words = text_of(client.post(url, offer(), follow=True))
    for said in (
        "“Briefing: How political balance works” has been added.",
        "10 May 2027, Head of democratic services",
        "Given on 12 May 2027 Declined Offered",
        "Ash 1 0 0 0 Elm 0 0 1 0 Oak 0 1 0 0",
    ):
        assert said in words
    event = Event.objects.get(kind=Event.Kind.PARITY_ADDED)
    assert event.detail == "Briefing: How political balance works"
    history = client.get(reverse("plan_history", args=[plan.pk]), {"subject": "parity"})
    assert "Ash: Given on 12 May 2027" in text_of(history)
    words = "added to the parity log: How political balance works (briefing)"
    assert words in text_of(history)
    seen = text_of(signed_in(reviewer).get(reverse("parity", args=[plan.pk])))
    assert "How political balance works" in seen
    assert "Change" not in seen.partition("Each offer")[2].partition("Each group")[0]


def test_what_is_wrong_is_said_beside_the_field(plan, officer, groups, subtests):
    client = signed_in(officer)
    url = reverse("parity_add", args=[plan.pk])
    for words, wrong in (
        ("Select the type of support from the list", {"kind": "x"}),
        ("Enter which officer offered it", {"offered_by": ""}),
        ("Select what Oak was offered or given", {"outcome_2": ""}),
        ("Enter the date it was given to Oak", {"outcome_2": "given"}),
        ("offered must be today or in the past", day("offered_on", dt.date(2027, 5, 21))),
        ("Ash must be today or in the past", day("given_on_0", dt.date(2027, 5, 21))),
        ("must be on or after the date offered", day("given_on_0", dt.date(2027, 5, 1))),
        ("Enter why it was not offered to every group", {"outcome_1": "not-offered"}),
        ("Leave this empty if every group was offered it", {"reason": "x"}),
        ("Select Given for Oak, or remove the date", day("given_on_2", DAY)),
        (
            "Select Offered, Given or Declined for at least one group",
            {f"outcome_{n}": "not-offered" for n in range(3)}
            | {"reason": "x"}
            | dict.fromkeys(day("given_on_0", DAY), ""),
        ),
    ):
        with subtests.test(words):
            page = client.post(url, offer(**wrong))
            assert page.status_code == 422
            assert words in text_of(page)
    assert not ParityEntry.objects.exists()
    reason = {"outcome_1": "not-offered", "reason": "It formed later"}
    page = client.post(url, offer(**reason), follow=True)
    words = text_of(page)
    assert "Not offered to every group" in words
    assert "It formed later" in words


def test_without_a_composition_the_page_leads_to_it(plan, officer):
    client = signed_in(officer)
    url = reverse("parity_add", args=[plan.pk])
    assert "Record the composition" in text_of(client.get(url))
    assert client.post(url, {**offer(), "group": []}).status_code == 422


def test_a_stale_save_keeps_both_texts_and_a_removed_offer_is_restored(
    plan, officer, chief, groups
):
    entry = entry_of(plan, chief)
    client = signed_in(officer)
    url = reverse("parity_entry", args=[plan.pk, entry.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, offer(version=1)).status_code == 302
    stale = client.post(url, offer(version=1, words="Mine", outcome_2="declined"))
    assert stale.status_code == 409
    assert "How political balance works Mine" in text_of(stale)
    assert "Oak: Declined" in text_of(stale)
    assert stale.context["form"]["words"].value() == "Mine"
    assert client.post(url, offer(version=2, words="Mine")).status_code == 302
    remove = reverse("parity_remove", args=[plan.pk, entry.pk])
    assert client.post(remove, {"version": 2}).status_code == 409
    assert "has been removed" in text_of(client.post(remove, {"version": 3}, follow=True))
    assert client.get(url).status_code == 404
    restored = client.post(reverse("parity_restore", args=[plan.pk, entry.pk]), follow=True)
    assert "“Briefing: Mine” has been restored" in text_of(restored)


def test_requests_in_confidence_are_seen_by_their_readers_alone(
    plan, chief, officer, reviewer, adviser, stranger, groups, subtests
):
    entry_of(plan, chief)
    mine = Membership.objects.get(user=officer)
    found = request_of(plan, chief, readers=[mine])
    log = reverse("parity", args=[plan.pk])
    own = reverse("parity_request", args=[plan.pk, found.pk])
    for user, sees in (
        (chief, True),
        (officer, True),
        (reviewer, False),
        (adviser, False),
        (stranger, False),
    ):
        with subtests.test(user.name):
            client = signed_in(user)
            assert (SECRET in client.get(log).content.decode()) is sees
            assert client.get(own).status_code == (200 if sees else 404)
    assert SECRET not in str(list(Event.objects.values()))
    for kind in ("word", "excel"):
        content = signed_in(chief).post(
            reverse("parity_download", args=[plan.pk]), {"format": kind}
        )
        assert SECRET not in _text(kind, content.content)
    assert traces_of(officer, [plan.council]).confidential_requests == 1
    client = signed_in(officer)
    data = {"version": 1, "group": "Oak", **day("asked_on"), "words": SECRET, "answer": "Given"}
    assert client.post(own, data).status_code == 302
    assert client.post(own, data | {"answer": "Mine"}).status_code == 409
    found.refresh_from_db()
    assert (found.answer, list(found.readers.all())) == ("Given", [mine])
    assert ConfidentialRequestEvent.objects.count() == 2
    assert client.get(reverse("parity_request_new", args=[plan.pk])).status_code == 404


def test_an_owner_records_a_request_once(plan, chief, groups):
    client = signed_in(chief)
    url = reverse("parity_request_new", args=[plan.pk])
    assert client.get(url).status_code == 200
    wrong = client.post(url, {"version": 0, **day("asked_on")})
    assert wrong.status_code == 422
    assert "Enter what the group asked for" in text_of(wrong)
    data = {"version": 0, "group": "Oak", **day("asked_on"), "words": SECRET}
    page = client.post(url, data, follow=True)
    assert "Oak: marker-request-8842" in text_of(page)
    assert "not answered yet" in text_of(page)
    assert ConfidentialRequest.objects.get().saved_by == chief


def test_rows_of_the_workbook_are_as_high_as_their_text(plan, chief, groups):
    """Some programs do not measure text: they would show the lines of one row over the next."""
    entry_of(plan, chief, words="What each contract costs a year. " * 3)
    content = (
        signed_in(chief)
        .post(reverse("parity_download", args=[plan.pk]), {"format": "excel"})
        .content
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    heights = [book["Offers"].row_dimensions[number].height for number in (5, 6)]
    assert heights == [LINE_HEIGHT, LINE_HEIGHT * 3]
    starts = [name.partition(".")[2][:2] for name in book.defined_names]
    assert starts == ["A5", "A5"]


def test_the_documents_show_the_groups_side_by_side(plan, chief, groups):
    entry_of(plan, chief, words="=1+1")
    gone = entry_of(plan, chief, words="Gone")
    remove_parity_entry(gone, version=1, by=chief)
    entry_of(plan, chief, words="Later", shares=[("Elm", "not-offered", None)], reason="Late")
    client = signed_in(chief)
    url = reverse("parity_download", args=[plan.pk])
    book = openpyxl.load_workbook(io.BytesIO(client.post(url, {"format": "excel"}).content))
    rows = [row for row in book["Offers"].values if row[0]][3:]
    assert [row[1:] for row in rows] == [
        (
            "What was offered",
            "Offered by",
            "Ash",
            "Elm",
            "Oak",
            "Why it was not offered to every group",
        ),
        ("Facts: Later", "CE", "Not recorded", "Not offered", "Not recorded", "Late"),
        ("Facts: =1+1", "CE", "Given on 10 May 2027", "Not recorded", "Offered", None),
    ]
    assert book["Offers"].oddHeader.center.text == "OFFICIAL-SENSITIVE"
    document = Document(io.BytesIO(client.post(url, {"format": "word"}).content))
    counts, offers = document.tables
    assert [row[0] for row in book["Offers"].values][5].date() == DAY
    assert counts.rows[0].cells[2].text == "Offered, not yet given"
    assert [cell.text for cell in counts.rows[1].cells] == ["Ash", "1", "0", "0", "0"]
    assert [cell.text for cell in offers.rows[0].cells][3:6] == ["Ash", "Elm", "Oak"]
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 2


def _text(kind, content):
    if kind == "excel":
        return str([list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(content))])
    document = Document(io.BytesIO(content))
    return str([[cell.text for cell in row.cells] for t in document.tables for row in t.rows])


def test_the_log_takes_a_constant_number_of_queries(
    plan, chief, groups, django_assert_max_num_queries
):
    client = signed_in(chief)
    url = reverse("parity", args=[plan.pk])
    entry_of(plan, chief)
    request_of(plan, chief)
    client.get(url)
    with django_assert_max_num_queries(30) as few:
        client.get(url)
    for number in range(5):
        entry_of(plan, chief, words=f"Facts {number}")
        request_of(plan, chief)
    with django_assert_max_num_queries(len(few)):
        client.get(url)
