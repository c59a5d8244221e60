"""The journal of a development record, and the plan's steps that entries are tied to."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.development.actions import start_record, write_entry
from assessments.development.models import JournalEntry
from councils.actions import end_membership
from councils.models import Membership
from tests.acting import choices_of, error_links, form_on, signed_in, step_url, text_of

NEW, JOURNAL = "/development/journal/new/", "/development/journal/"


@pytest.fixture
def record(officer):
    return start_record(officer)


@pytest.fixture
def client(officer, record):
    return signed_in(officer)


def entry_url(entry, name="development_entry"):
    return reverse(name, args=[entry.pk])


def write(record, words="Learned", **fields):
    return write_entry(record, day=timezone.localdate(), words=words, **fields)


def test_from_a_plans_step_into_the_journal_and_back(client, plan):
    step = client.get(step_url(plan, 13)).content.decode()
    assert f"{NEW}?place={plan.pk}-13" in step
    assert "/development/#theme-" in step
    page = client.get(f"{NEW}?place={plan.pk}-13")
    assert form_on(page)["place"] == f"{plan.pk}-13"
    client.post(NEW, form_on(page) | {"words": "What I learned\r\nbrokering the first talks"})
    entry = JournalEntry.objects.get()
    assert (entry.plan, entry.step.number) == (plan, 13)
    assert entry.words == "What I learned\nbrokering the first talks"
    shown = client.get(JOURNAL)
    assert step_url(plan, 13) in shown.content.decode()


def test_a_person_without_a_record_is_sent_to_the_start_page(chief, plan):
    response = signed_in(chief).get(f"{NEW}?place={plan.pk}-13", follow=True)
    assert "Start your record" in text_of(response)


def test_from_a_standard(client, record):
    standard = record.standards.get(code="DEV-6S.4")
    page = client.get(f"{NEW}?standard={standard.pk}&standard=x&standard={10**30}")
    assert form_on(page)["standards"] == str(standard.pk)
    client.post(NEW, form_on(page) | {"words": "Here"})
    assert list(JournalEntry.objects.get().standards.all()) == [standard]
    assert standard.text in text_of(client.get(JOURNAL))


def test_an_entry_keeps_its_text_and_loses_its_link_when_access_ends(
    client, record, plan, officer, chief
):
    step = plan.items.get(source__code="NOC-13.1").step
    entry = write(record, "Kept in full", plan=plan, step=step)
    end_membership(Membership.objects.get(user=officer), by=chief)
    page = client.get(JOURNAL)
    assert "Kept in full" in text_of(page)
    assert plan.council.name not in text_of(page)
    assert step_url(plan, 13) not in page.content.decode()
    form = client.get(entry_url(entry))
    assert plan.council.name not in text_of(form)
    client.post(entry_url(entry), form_on(form) | {"words": "Changed"})
    entry.refresh_from_db()
    # Comes back should the access come back.
    assert (entry.words, entry.plan) == ("Changed", plan)


def test_the_link_to_a_step_can_be_removed(client, record, plan):
    step = plan.items.get(source__code="NOC-13.1").step
    entry = write(record, plan=plan, step=step)
    client.post(entry_url(entry), form_on(client.get(entry_url(entry))) | {"place": ""})
    entry.refresh_from_db()
    assert (entry.plan, entry.step) == (None, None)


def test_an_entry_cannot_be_linked_to_a_plan_the_person_cannot_see(client, their_plan):
    data = form_on(client.get(NEW)) | {"words": "W", "place": f"{their_plan.pk}-13"}
    response = client.post(NEW, data)
    assert response.status_code == 422
    assert error_links(response) == [("Select a step from the list", "id_place")]
    assert "Eastmere" not in text_of(response)


def test_an_adviser_is_offered_only_the_steps_of_their_grant(partial_adviser, plan):
    start_record(partial_adviser)
    offered = choices_of(signed_in(partial_adviser).get(NEW), "place")
    assert f"{plan.pk}-13" in offered
    assert f"{plan.pk}-3" not in offered


def test_saving_in_two_windows_loses_nothing(client, record):
    entry = write(record, "Before")
    early = form_on(client.get(entry_url(entry)))
    client.post(entry_url(entry), early | {"words": "From one window"})
    late = client.post(entry_url(entry), early | {"words": "From the other"})
    assert late.status_code == 409
    assert "From one window" in text_of(late)
    assert form_on(late)["words"].strip() == "From the other"
    assert client.post(entry_url(entry), form_on(late)).status_code == 302
    entry.refresh_from_db()
    assert entry.words == "From the other"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"words": " \n "}, ("Enter what happened", "id_words")),
        ({"words": "x" * 20_001}, ("The entry must be 20,000 characters or fewer", "id_words")),
        ({"day-year": ""}, ("The date must include a year", "id_day-year")),
        ({"standards": ["1", str(10**30)]}, ("Select standards from the list", "id_standards_0")),
        ({"standards": "\0"}, ("Select standards from the list", "id_standards_0")),
    ],
)
def test_an_invalid_form_shows_its_errors(client, changes, error):
    data = form_on(client.get(NEW)) | {"words": "Kept"} | changes
    response = client.post(NEW, data)
    assert response.status_code == 422
    assert error in error_links(response)
    assert not JournalEntry.objects.exists()


def test_an_entry_is_deleted_after_confirmation(client, record):
    entry = write(record, "Gone")
    assert "Gone" in text_of(client.get(entry_url(entry, "development_entry_remove")))
    assert JournalEntry.objects.exists()
    client.post(entry_url(entry, "development_entry_remove"))
    assert not JournalEntry.objects.exists()


def test_entries_are_listed_latest_first_in_pages(client, record):
    for n in range(25):
        day = dt.date(2027, 1, 1) + dt.timedelta(days=n)
        write_entry(record, day=day, words=f"Entry number {n}.")
    first, second = (text_of(client.get(f"{JOURNAL}?page={page}")) for page in (1, 2))
    assert first.index("number 24.") < first.index("number 5.")
    assert "number 4." in second
    assert client.get(f"{JOURNAL}?page=nonsense").status_code == 200
