"""Sharing a development record: who can read it, what they see, and ending it."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assessments.development.access import contact_of
from assessments.development.actions import (
    delete_records,
    end_share,
    open_check_in,
    save_answer,
    share_record,
    start_record,
    write_entry,
)
from assessments.development.models import DevelopmentShare, JournalEntry, StandardAnswer
from assessments.development.views import journal, shares
from councils.actions import end_membership
from councils.models import Membership, User
from tests.acting import error_links, form_on, signed_in, text_of

READERS, NEW = "/development/readers/", "/development/readers/new/"


@pytest.fixture
def record(chief):
    """With an answer in themes 2 and 3, and journal entries tied to either or to nothing."""
    record = start_record(chief)
    for code, mark in (("DEV-2S.1", "Ocelot"), ("DEV-3A.1", "Pangolin")):
        standard = record.standards.get(code=code)
        answer = StandardAnswer(record=record, standard=standard, version=0)
        save_answer(answer, version=0, rating="begun", evidence=f"Evidence of {mark}")
        write_entry(
            record, day=timezone.localdate(), words=f"Journal of {mark}", standards=[standard]
        )
    write_entry(record, day=timezone.localdate(), words="Journal of nothing")
    return record


@pytest.fixture
def known(chief, stranger):
    """The two know each other: they have a check-in."""
    return open_check_in(stranger, other=chief)


@pytest.fixture
def themes(record):
    return {theme.number: theme for theme in record.edition.developmentthemes.all()}


@pytest.fixture
def share(record, themes, stranger):
    """Makes a share with the chief executive of another council."""

    def make(*numbers, with_journal=False, reader=stranger):
        return share_record(
            record,
            reader=reader,
            themes=[themes[number] for number in numbers or themes],
            with_journal=with_journal,
            until=timezone.localdate() + dt.timedelta(days=30),
        )

    return make


def read_url(share):
    return reverse("development_shared", args=[share.pk])


def send(client, **changes):
    until = timezone.localdate() + dt.timedelta(days=30)
    parts = {f"until-{part}": getattr(until, part) for part in ("day", "month", "year")}
    return client.post(NEW, parts | changes)


def test_a_reader_named_by_address_is_emailed_and_can_read(
    chief, known, record, themes, stranger, mailoutbox, django_capture_on_commit_callbacks
):
    client = signed_in(chief)
    User.objects.filter(pk=stranger.pk).update(digest_frequency="at-once")
    with django_capture_on_commit_callbacks(execute=True):
        response = send(client, email=stranger.email.upper(), themes=[themes[2].pk])
    assert response.status_code == 302
    (message,) = mailoutbox
    share = DevelopmentShare.objects.get()
    assert message.to == [stranger.email]
    assert read_url(share) in message.body
    assert "evelopment" not in (message.subject + message.body).replace("/development/", "")
    assert stranger.name in text_of(client.get(READERS))
    reader = signed_in(stranger)
    assert f"{chief.name}’s development record" in text_of(reader.get("/development/"))
    assert "Evidence of Ocelot" in text_of(reader.get(read_url(share)))


def test_the_journal_is_shared_only_if_it_is_selected(share, stranger):
    reader = signed_in(stranger)
    part = share(2)
    page = text_of(reader.get(read_url(part)))
    assert "Evidence of Ocelot" in page
    assert "Pangolin" not in page
    assert "Journal" not in page
    end_share(part)
    whole = share()
    page = text_of(reader.get(read_url(whole)))
    assert "Evidence of Pangolin" in page
    assert "Journal" not in page
    end_share(whole)
    page = text_of(reader.get(read_url(share(2, with_journal=True))))
    assert "Journal of Ocelot" in page
    assert "Journal of Pangolin" not in page
    assert "Journal of nothing" not in page


def test_the_whole_journal_is_shared_with_the_whole_record(share, stranger):
    page = text_of(signed_in(stranger).get(read_url(share(with_journal=True))))
    for mark in ("Ocelot", "Pangolin", "nothing"):
        assert f"Journal of {mark}" in page


def test_a_reader_sees_no_forms_and_no_links(share, stranger, record, plan):
    step = plan.items.first().step
    day = timezone.localdate()
    write_entry(record, day=day, words="At a step", plan=plan, step=step)
    response = signed_in(stranger).get(read_url(share(with_journal=True)))
    html = response.content.decode()
    assert "At a step" in html
    assert "<form" not in html
    assert "/plans/" not in html
    assert "Riverdale" not in html
    assert "/development/standards/" not in html
    assert "/development/journal/" not in html


def test_sharing_ends_at_once_or_after_the_last_day_or_with_the_account(share, stranger, chief):
    reader, given = signed_in(stranger), share()
    assert reader.get(read_url(given)).status_code == 200
    signed_in(chief).post(reverse("development_share_end", args=[given.pk]))
    assert reader.get(read_url(given)).status_code == 404
    assert "Shared with you" not in text_of(reader.get("/development/"))
    again = share()
    noon = dt.datetime.combine(again.until, dt.time(12), dt.UTC)
    for moment, status in ((noon, 200), (noon + dt.timedelta(days=1), 404)):
        with time_machine.travel(moment):
            assert signed_in(stranger).get(read_url(again)).status_code == status
    User.objects.filter(pk=chief.pk).update(is_active=False)
    assert reader.get(read_url(again)).status_code == 404


def test_a_record_can_be_shared_again_after_the_last_day(share, stranger):
    given = share()
    with time_machine.travel(
        dt.datetime.combine(given.until, dt.time(12), dt.UTC) + dt.timedelta(2)
    ):
        again = share()
    given.refresh_from_db()
    assert given.ended_at is not None
    assert again.is_live


@pytest.mark.parametrize("who", ["owner", "editor", "reviewer", "reader of another share"])
def test_no_one_else_can_open_a_share(share, stranger, chief, officer, reviewer, who):
    given = share()
    other = {"owner": chief, "editor": officer, "reviewer": reviewer}.get(who)
    if other is None:
        share(2, reader=officer)
        other = officer
    assert signed_in(other).get(read_url(given)).status_code == 404
    end = reverse("development_share_end", args=[given.pk])
    if other != chief:
        assert signed_in(other).post(end).status_code == 404


def test_the_record_is_not_shared_with_an_address_that_cannot_be_used(
    share, known, chief, stranger, themes
):
    client = signed_in(chief)
    share(2)
    gone = User.objects.create_user(email="gone@example.org", name="Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    elsewhere = User.objects.create_user(email="elsewhere@example.org", name="Elsewhere")
    assert elsewhere.is_active
    for email, error in (
        ("unknown@example.org", "We cannot share with this address"),
        ("gone@example.org", "We cannot share with this address"),
        ("elsewhere@example.org", "We cannot share with this address"),
        (chief.email, "This is your own email address"),
        (stranger.email, f"{stranger.name} can read your record already"),
        ("a\0b@example.org", "Enter an email address in the correct format"),
        ("x", "Enter an email address in the correct format"),
        ("", "Enter their email address"),
    ):
        response = send(client, email=email, themes=[themes[1].pk])
        assert response.status_code == 422, email
        (message, where) = error_links(response)[0]
        assert message.startswith(error)
        assert where == "id_email"
    assert DevelopmentShare.objects.count() == 1


@pytest.mark.parametrize("themes", [[], ["99999999999999999999999"], ["\0"], ["x", "1"]])
def test_themes_are_selected_from_the_list(record, chief, stranger, themes):
    response = send(signed_in(chief), email=stranger.email, themes=themes)
    assert response.status_code == 422
    assert not DevelopmentShare.objects.exists()


@pytest.mark.parametrize("days", [0, -1, 800])
def test_the_last_day_is_in_the_future_and_not_too_far(record, chief, stranger, themes, days):
    day = timezone.localdate() + dt.timedelta(days=days)
    parts = {f"until-{part}": getattr(day, part) for part in ("day", "month", "year")}
    response = send(signed_in(chief), email=stranger.email, themes=[themes[1].pk], **parts)
    assert response.status_code == 422
    assert not DevelopmentShare.objects.exists()


def test_an_invalid_form_keeps_what_was_selected(record, chief, themes):
    client = signed_in(chief)
    response = send(client, email="unknown@example.org", themes=[themes[5].pk], with_journal="on")
    sent = form_on(response)
    assert sent["themes"] == str(themes[5].pk)
    assert "with_journal" in sent


def test_contacts_are_people_of_the_council_advisers_who_opened_its_plan_and_check_ins(
    chief, officer, stranger, plan, adviser, expired_adviser, removed
):
    def knows(person, other):
        return contact_of(person, other.email) == other

    assert knows(chief, officer)
    assert knows(officer, chief)
    for other in (stranger, adviser, expired_adviser, removed, chief):
        assert not knows(chief, other)
    assert knows(adviser, chief)  # they can see who the plan's owner is
    signed_in(adviser).get(plan.get_absolute_url())
    assert knows(chief, adviser)
    assert not knows(stranger, adviser)
    open_check_in(chief, other=stranger)
    assert knows(chief, stranger)
    assert knows(stranger, chief)
    end_membership(Membership.objects.select_related("council").get(user=officer), by=chief)
    assert not knows(chief, officer)


@pytest.mark.parametrize("what", ["share", "journal entry"])
def test_what_is_sent_while_the_record_is_being_deleted_leads_to_the_start_page(
    what, chief, known, record, themes, stranger, monkeypatch
):
    client = signed_in(chief)
    address = reverse("development_entry_new")
    entry = form_on(client.get(address)) | {"words": "Too late"}
    delete_records([chief])
    monkeypatch.setattr(shares, "record_for", lambda user: record)
    monkeypatch.setattr(journal, "own_record", lambda user: record)
    if what == "share":
        response = send(client, email=stranger.email, themes=[themes[2].pk])
    else:
        response = client.post(address, entry)
    assert response.url == reverse("development")
    assert not JournalEntry.objects.exists()
    assert not DevelopmentShare.objects.exists()
