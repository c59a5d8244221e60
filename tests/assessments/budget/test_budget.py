"""The budget: its dates and figures, groups' amendments, statements and what is in confidence."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import time_machine as clock
from django.urls import reverse
from docx import Document

from assessments.budget.actions import (
    add_amendment,
    publish_amendment,
    save_amendment,
    save_budget,
    save_confidential_amendment,
    state_amendment,
)
from assessments.budget.models import (
    BudgetAmendment,
    ConfidentialAmendment,
    ConfidentialAmendmentEvent,
)
from assessments.data_protection.actions import erase_person
from assessments.data_protection.traces import traces_of
from assessments.plans.models import Event
from assessments.seats.actions import record_composition
from councils.models import Membership, Office
from elections.budget import AmendmentLine, BudgetStep
from elections.composition import Composition, Group
from tests.acting import signed_in, text_of, vacate

DAY = dt.date(2028, 2, 15)
SECRET = "marker-amendment-5521"
LINES = (AmendmentLine("Wardens", 80_000, 0, 20_000), AmendmentLine("Car parks", 0, 60_000))


@pytest.fixture(autouse=True)
def after_what_is_recorded():
    with clock.travel(dt.datetime(2028, 2, 16, 12, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def finance(person, riverdale):
    """The section 151 officer, who can only review."""
    office = Office.SECTION_151_OFFICER
    return person(riverdale, "finance", access="reviewer", office=office)


def url(plan, name="budget", *args):
    return reverse(name, args=[plan.pk, *args])


def day(name, date=DAY):
    return {f"{name}-day": date.day, f"{name}-month": date.month, f"{name}-year": date.year}


def sent(**others):
    """Return the form of an amendment as a page with two lines sends it."""
    return {
        "group": "Oak",
        "title": "Wardens",
        **day("received_on"),
        "state": "received",
        "words_0": "Wardens",
        "spending_0": "£80,000",
        "reserves_0": "20000",
        "words_1": "Car parks",
        "income_1": "60,000",
        **others,
    }


def amendment_of(plan, by, **others):
    fields = {"group": "Oak", "title": "Wardens", "received_on": DAY, "lines": LINES}
    return add_amendment(plan, by=by, **fields | others)


def confidential_of(plan, by, **others):
    fields = {"group": "Ash", "title": SECRET, "received_on": DAY, "lines": LINES, "version": 0}
    return save_confidential_amendment(None, plan=plan, by=by, **fields | others)


def test_the_page_has_the_dates_and_a_council_changes_its_own(plan, officer, chief, reviewer):
    client = signed_in(officer)
    words = text_of(client.get(url(plan)))
    for said in (
        "Financial year 2028 to 2029",
        "Tue 22 Feb 2028 Budget meeting of full council",
        "Fri 10 Mar 2028 Last day to set council tax",
        "Local Government Finance Act 1992, section 30(6)",
        "If no budget is agreed",
    ):
        assert said in words
    settings = url(plan, "budget_settings")
    assert "Suggested: 22 February 2028" in text_of(client.get(settings))
    data = {"version": 0, "year": 2028, "requirement": "£8,640,000", "tax_base": "44,320.5"}
    data |= day("council", dt.date(2028, 2, 24))
    words = text_of(client.post(settings, data, follow=True))
    assert "The dates and figures have been saved." in words
    assert "Budget meeting of full council Set by the council Suggested: 22 February 2028." in words
    assert "Thu 17 Feb 2028 Last day for amendments from groups" in words
    assert "Suggested: 17 February 2028" in text_of(client.get(settings))
    event = Event.objects.get(kind=Event.Kind.BUDGET_CHANGED)
    assert ("council", "As suggested", "24 February 2028") in set(
        event.changes.values_list("field", "before", "after")
    )
    history = client.get(reverse("plan_history", args=[plan.pk]), {"subject": "budget"})
    assert "changed the year, dates and figures of the budget" in text_of(history)
    stale = client.post(settings, data | day("council", dt.date(2028, 2, 25)))
    assert stale.status_code == 409
    both = "24 February 2028 Only in this version: 24. 25 February 2028 Only in this version: 25."
    assert both in text_of(stale)
    assert client.post(settings, data | {"version": 1}).status_code == 302
    assert Event.objects.filter(kind=Event.Kind.BUDGET_CHANGED).count() == 1
    assert "Change the year" not in text_of(signed_in(reviewer).get(url(plan)))


def test_past_dates_are_marked(plan, officer, time_machine):
    time_machine.move_to(dt.datetime(2028, 2, 18, 12, tzinfo=dt.UTC))
    words = text_of(signed_in(officer).get(url(plan)))
    assert "Last day for amendments from groups Past" in words
    assert "Section 151 officer’s statement on each amendment Past" not in words


def test_what_is_wrong_is_said_beside_the_field(plan, officer, subtests):
    client = signed_in(officer)
    for name, words, wrong in (
        ("budget_settings", "must be in 2027 or 2028", day("council", dt.date(2029, 2, 1))),
        ("budget_settings", "The council tax base must be a number above 0", {"tax_base": "0"}),
        ("budget_settings", "Select the financial year", {"year": "1999"}),
        ("amendment_add", "Enter which group proposes it", {"group": " "}),
        (
            "amendment_add",
            "The date it was received must be today or in the past",
            day("received_on", dt.date(2028, 2, 17)),
        ),
        ("amendment_add", "Enter what changes in line 2", {"words_1": ""}),
        ("amendment_add", "must be an amount in whole pounds", {"income_1": "a lot"}),
        ("amendment_add", "must be an amount in whole pounds", {"income_1": "9" * 12}),
        ("amendment_add", "£1 is not paid for", {"state": "balanced", "income_1": "59,999"}),
        ("amendment_add", "Select its status", {"state": "ready"}),
    ):
        with subtests.test(words, name=name):
            right = sent() if name == "amendment_add" else {"version": 0, "year": 2028}
            page = client.post(url(plan, name), right | wrong)
            assert page.status_code == 422
            assert words in text_of(page)
    assert not BudgetAmendment.objects.exists()


def test_an_amendment_is_shown_with_its_sums_and_its_effect_on_council_tax(plan, officer):
    save_budget(plan, version=0, year=2028, requirement=8640000, tax_base=44320.5, by=officer)
    client = signed_in(officer)
    words = text_of(client.post(url(plan, "amendment_add"), sent(), follow=True))
    for said in (
        "“Oak: Wardens” has been added.",
        "Total £80,000 £60,000 £20,000",
        "leaves £0. Change in the council tax requirement: £0. It balances.",
        "£20,000 comes from reserves, which can only be used once.",
        "Council tax requirement £8,640,000 and band D £194.94, as proposed.",
    ):
        assert said in words
    found = BudgetAmendment.objects.get()
    own = url(plan, "amendment", found.pk)
    assert client.get(own).status_code == 200
    changed = sent(version=1, spending_0="163,000", tax_change="83,000")
    words = text_of(client.post(own, changed, follow=True))
    assert "Band D £196.82 instead of £194.94: +£1.88." in words
    more = {f"words_{n}": f"Line {n}" for n in range(12)}
    stale = client.post(own, sent(version=1, **more))
    assert stale.status_code == 409
    assert stale.context["form"]["words_11"].value() == "Line 11"
    assert "163,000" in text_of(stale)
    history = text_of(client.get(url(plan, "plan_history"), {"subject": "budget"}))
    assert "Wardens: spending £80,000, income £0, from reserves £20,000" in history


def test_only_the_section_151_officer_makes_a_statement(plan, officer, chief, finance):
    found = amendment_of(plan, officer)
    own = url(plan, "amendment_statement", found.pk)
    assert signed_in(chief).get(own).status_code == 403
    client = signed_in(finance)
    assert "Make a statement" in text_of(client.get(url(plan)))
    assert "Make a statement" not in text_of(signed_in(chief).get(url(plan)))
    assert "Enter your statement" in text_of(client.post(own, {"version": 1}))
    data = {"version": 1, "statement": "Robust.", "confirms_figures": "yes"}
    words = text_of(client.post(own, data, follow=True))
    assert "Status: figures confirmed." in words
    assert "Section 151 officer’s statement (Finance," in words
    assert Event.objects.filter(kind=Event.Kind.AMENDMENT_STATED).count() == 1
    assert client.post(own, data).status_code == 409
    # Words can change; figures make the statement out of date.
    found.refresh_from_db()
    fields = {"group": "Oak", "received_on": DAY, "state": "ready", "tax_change": 0}
    save_amendment(found, version=2, title="More wardens", lines=LINES, by=officer, **fields)
    assert (found.is_stated, found.state) == (True, "ready")
    fewer = (AmendmentLine("Wardens", 5, 5),)
    save_amendment(found, version=3, title="More wardens", lines=fewer, by=officer, **fields)
    found.refresh_from_db()
    assert (found.is_stated, found.state) == (False, "costing")
    assert "The figures have changed since" in text_of(client.get(url(plan)))


def test_the_history_writes_amounts_as_the_page_does(plan, officer, chief):
    """Nor does a new amendment have an earlier status: nothing was removed."""
    figures = {"requirement": Decimal("8640000.00"), "tax_base": Decimal("44320.50")}
    save_budget(plan, version=0, year=2027, by=chief, **figures)
    save_budget(plan, version=1, year=2027, by=chief, **figures | {"tax_base": Decimal("44321.00")})
    amendment = amendment_of(plan, officer, tax_change=83_000, state="balanced")
    save_amendment(amendment, version=1, lines=LINES, by=officer, tax_change=-500, state="carried")
    shown = text_of(signed_in(officer).get(url(plan, "plan_history"), {"subject": "budget"}))
    assert "Council tax requirement added: £8,640,000 end of added." in shown
    assert "Council tax base added: 44,320.5 end of added." in shown
    assert "removed: 44,320.5 end of removed. added: 44,321 end of added." in shown
    assert "Status added: Balanced end of added." in shown
    assert "Change in the council tax requirement added: £83,000 end of added." in shown
    assert "removed: £83,000 end of removed. added: −£500 end of added." in shown
    assert "removed: Balanced end of removed. added: Carried end of added." in shown


def test_an_amendment_that_does_not_balance_cannot_be_confirmed(plan, officer, finance):
    found = amendment_of(plan, officer, tax_change=1)
    own = url(plan, "amendment_statement", found.pk)
    data = {"version": 1, "statement": "Not robust.", "confirms_figures": "yes"}
    page = signed_in(finance).post(own, data)
    assert page.status_code == 422
    assert "You can confirm the figures once the amendment balances" in text_of(page)
    with pytest.raises(ValueError, match="does not balance"):
        state_amendment(found, version=1, statement="x", confirms_figures=True, by=finance)
    assert signed_in(finance).post(own, data | {"confirms_figures": "no"}).status_code == 302


def test_an_amendment_in_confidence_is_seen_by_its_readers_alone(
    plan, chief, officer, reviewer, adviser, stranger, finance, subtests
):
    amendment_of(plan, officer)
    mine = Membership.objects.get(user=finance)
    found = confidential_of(plan, chief, readers=[mine])
    own = url(plan, "amendment_in_confidence", found.pk)
    for user, sees in (
        (chief, True),
        (finance, True),
        (officer, False),
        (reviewer, False),
        (adviser, False),
        (stranger, False),
    ):
        with subtests.test(user.name):
            client = signed_in(user)
            assert (SECRET in client.get(url(plan)).content.decode()) is sees
            assert client.get(own).status_code == (200 if sees else 404)
            publish = client.get(url(plan, "amendment_in_confidence_publish", found.pk))
            assert publish.status_code == (200 if user == chief else 404)
    assert SECRET not in str(list(Event.objects.values()))
    content = signed_in(chief).post(url(plan, "budget_download")).content
    assert SECRET not in _text(content)
    client = signed_in(finance)
    data = {"version": 1, "statement": "Robust.", "confirms_figures": "yes"}
    stated = url(plan, "amendment_in_confidence_statement", found.pk)
    assert stated in client.get(own).content.decode()
    assert stated not in signed_in(chief).get(own).content.decode()
    assert client.post(stated, data).status_code == 302
    assert client.post(own, sent(version=1)).status_code == 409
    assert client.post(own, sent(version=2, title=SECRET, state="ready")).status_code == 302
    assert ConfidentialAmendmentEvent.objects.count() == 3
    assert not Event.objects.filter(kind=Event.Kind.AMENDMENT_STATED).exists()
    assert traces_of(finance, [plan.council]).confidential_amendments == 1


def test_an_owner_records_one_and_publishes_it_once(plan, chief, finance):
    client = signed_in(chief)
    new = url(plan, "amendment_in_confidence_new")
    form = client.get(new).context["form"]
    named = [member.user for member in form["readers"].value() and form.initial["readers"]]
    assert named == [finance]
    assert "may have to be disclosed" in text_of(client.get(new))
    assert client.post(new, sent(version=0, title="")).status_code == 422
    page = client.post(new, sent(version=0, title=SECRET), follow=True)
    assert SECRET in text_of(page)
    found = ConfidentialAmendment.objects.get()
    own = text_of(client.get(url(plan, "amendment_in_confidence", found.pk)))
    assert "Publish this amendment" in own
    assert "Make a statement" not in own
    # As in the list and in the document. "Received on 3 December. Received." reads as a slip.
    assert "Status: received." in found.events.get().text
    publish = url(plan, "amendment_in_confidence_publish", found.pk)
    assert client.post(publish, {"version": 7}).status_code == 409
    words = text_of(client.post(publish, {"version": 1}, follow=True))
    assert f"“Oak: {SECRET}” has been published." in words
    assert client.post(publish, {"version": 2}).status_code == 404
    (open_one,) = BudgetAmendment.objects.all()
    assert open_one.working.lines == found.working.lines
    assert Event.objects.get(kind=Event.Kind.AMENDMENT_PUBLISHED).detail == f"Oak: {SECRET}"
    assert SECRET in text_of(signed_in(finance).get(url(plan)))


def test_the_document_has_the_dates_and_working_that_adds_up(plan, chief, finance, riverdale):
    record_composition(
        council=riverdale,
        as_at=DAY,
        composition=Composition((Group("Oak", 10), Group("Ash", 9)), ungrouped=1),
        based_on=None,
        by=chief,
    )
    found = amendment_of(plan, chief, title="Wardens \x07 <b>")
    state_amendment(found, version=1, statement="Robust.", confirms_figures=True, by=finance)
    own = {BudgetStep.COUNCIL: dt.date(2028, 2, 24)}
    save_budget(plan, version=0, year=2028, own=own, by=chief)
    document = Document(io.BytesIO(signed_in(chief).post(url(plan, "budget_download")).content))
    dates, figures, votes = document.tables
    cells = [[cell.text for cell in row.cells] for row in dates.rows]
    assert ["Thursday 24 February 2028", "Budget meeting of full council (set by the council)"] in [
        row[:2] for row in cells
    ]
    amounts = [[cell.text for cell in row.cells] for row in figures.rows]
    assert amounts[1:] == [
        ["Wardens", "£80,000", "£0", "£20,000"],
        ["Car parks", "£0", "£60,000", "£0"],
        ["Total", "£80,000", "£60,000", "£20,000"],
    ]
    assert [row.cells[1].text for row in votes.rows][1:] == ["9", "10", "1", "20"]
    words = "\n".join(each.text for each in document.paragraphs)
    assert "Oak: Wardens  <b>" in words
    assert "It balances." in words
    assert "Robust." in words
    assert Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_the_sheet_for_votes_has_the_members_of_today(plan, chief, riverdale):
    record_composition(
        council=riverdale,
        as_at=DAY,
        composition=Composition((Group("Oak", 10), Group("Ash", 9)), ungrouped=1),
        based_on=None,
        by=chief,
    )
    vacate(plan, arose_on=DAY + dt.timedelta(days=2), by=chief)
    document = Document(io.BytesIO(signed_in(chief).post(url(plan, "budget_download")).content))
    votes = document.tables[-1]
    assert [row.cells[1].text for row in votes.rows][1:] == ["8", "10", "1", "19"]


def test_erasing_a_person_lists_amendments_that_name_them(plan, chief, officer, finance):
    amendment_of(plan, officer, title=f"Wardens for {officer.name}")
    found = traces_of(officer, [plan.council])
    assert [str(each) for each in found.in_amendments] == [f"Oak: Wardens for {officer.name}"]
    mine = Membership.objects.get(user=finance)
    confidential = confidential_of(plan, chief, readers=[mine])
    erase_person(finance, by=chief)
    assert not confidential.readers.exists()


def test_publishing_keeps_earlier_texts_with_their_readers(plan, chief, officer):
    found = confidential_of(plan, chief, readers=[])
    published = publish_amendment(found, version=1, by=chief)
    own = url(plan, "amendment", published.pk)
    assert signed_in(officer).get(own).status_code == 200
    in_confidence = url(plan, "amendment_in_confidence", found.pk)
    assert signed_in(chief).get(in_confidence).status_code == 404


def test_the_page_takes_a_constant_number_of_queries(plan, chief, django_assert_max_num_queries):
    client = signed_in(chief)
    amendment_of(plan, chief)
    confidential_of(plan, chief)
    client.get(url(plan))
    with django_assert_max_num_queries(32) as few:
        client.get(url(plan))
    for number in range(4):
        amendment_of(plan, chief, title=f"Wardens {number}")
        confidential_of(plan, chief)
    with django_assert_max_num_queries(len(few)):
        client.get(url(plan))


def _text(content):
    document = Document(io.BytesIO(content))
    cells = [cell.text for t in document.tables for row in t.rows for cell in row.cells]
    return str([*cells, *(each.text for each in document.paragraphs)])


@pytest.mark.parametrize("state", ["withdrawn", "carried", "lost"])
def test_a_statement_does_not_change_the_status_of_an_amendment_that_has_ended(
    plan, officer, finance, state
):
    found = amendment_of(plan, officer, state=state)
    own = url(plan, "amendment_statement", found.pk)
    data = {"version": 1, "statement": "Robust.", "confirms_figures": "yes"}
    assert signed_in(finance).post(own, data).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.is_stated) == (state, True)


def test_a_new_amendment_in_confidence_does_not_say_that_only_owners_can_read_it(
    plan, chief, finance
):
    page = signed_in(chief).get(url(plan, "amendment_in_confidence_new"))
    assert "Only the owners and the people selected below can read this" in text_of(page)
