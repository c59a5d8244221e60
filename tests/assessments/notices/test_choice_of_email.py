"""Invitations to rounds, access and what is shared privately follow the choice of email."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.advisers.actions import grant_adviser
from assessments.development.actions import open_check_in, share_record, start_record
from assessments.digests.news import digest_for
from assessments.notices.models import Notice
from assessments.rounds.actions import ask_member, make_round
from councils.digests import stop_path
from councils.models import DigestFrequency, Membership, User
from tests.acting import browser, signed_in, text_of

CHOICES = ("at-once", "daily", "weekly", "never")


def told(person, choice, capture, *, happens):
    """Return what is emailed at once and the text of the next update."""
    User.objects.filter(pk=person.pk).update(digest_frequency=choice)
    person = User.objects.get(pk=person.pk)
    mail.outbox = []
    with capture(execute=True):
        happens(person)
    now = timezone.now() + dt.timedelta(minutes=1)
    update = None if choice == DigestFrequency.NEVER else digest_for(person, now=now)
    return len(mail.outbox), update.body if update else ""


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://planner.example"


ON_THE_PAGE = {
    Notice.Kind.REVIEW: "asks you to review a stage",
    Notice.Kind.MENTION: "mentions you",
    Notice.Kind.REPLY: "replies to your comment",
    Notice.Kind.ASSIGNED: "assigns an action to you",
    Notice.Kind.UPDATE: "for an update",
    Notice.Kind.ROUND: "to answer a review round",
    Notice.Kind.ADVICE: "or for advice",
    Notice.Kind.ANSWER: "answers your question",
    Notice.Kind.ACCESS: "gives you access to a plan as an adviser",
}


def test_the_page_names_every_kind_of_email_that_is_sent_at_once(officer):
    page = text_of(signed_in(officer).get(reverse("digest")))
    assert set(ON_THE_PAGE) == set(Notice.Kind)
    assert [words for words in ON_THE_PAGE.values() if words not in page] == []
    stop = text_of(browser().get(stop_path(officer)))
    for shown in (page, stop):
        assert "we will email you about" in shown or "We will still email you about" in shown
        assert "requests such as one to delete a plan or to erase a person" in shown
        # A change of someone's own access is not emailed, except an adviser's if they chose that.
        assert "your access" not in shown
        assert "invitations to join a council or a check-in" in shown
        assert "tell owners if access to their council’s plans is stopped" in shown
    assert "those assigned to you, and those without an owner that are suggested for your" in page


def test_the_link_that_stops_updates_says_if_they_are_stopped_already(officer):
    client, address = browser(), stop_path(officer)
    assert "Stop email updates?" in text_of(client.get(address))
    assert "Email updates have been stopped" in text_of(client.post(address))
    again = text_of(client.get(address))
    assert "Email updates are already stopped" in again
    assert "Stop email updates?" not in again


@pytest.mark.parametrize("choice", CHOICES)
def test_a_member_is_asked_to_answer_a_round(
    plan, chief, officer, choice, django_capture_on_commit_callbacks
):
    plan.marking = "official"
    plan.save()
    today = timezone.localdate()
    found = make_round(
        plan, name="Spring", opens=today, closes=today + dt.timedelta(days=20), by=chief
    )

    def happens(person):
        membership = Membership.objects.get(user=person, council=plan.council)
        ask_member(found, membership=membership, group="officers", by=chief, tells=True)

    sent, update = told(officer, choice, django_capture_on_commit_callbacks, happens=happens)
    assert sent == (choice == "at-once")
    assert ("Spring: by" in update) == (choice != "never")


@pytest.mark.parametrize("choice", CHOICES)
def test_someone_with_an_account_is_given_access_as_an_adviser(
    plan, chief, stranger, choice, django_capture_on_commit_callbacks
):
    def happens(person):
        grant_adviser(
            plan,
            email=person.email,
            name="",
            by=chief,
            link_for=lambda user: "https://planner.example/",
            stages=[1, 2, 3],
            may_comment=False,
            until=timezone.localdate() + dt.timedelta(days=20),
        )

    sent, update = told(stranger, choice, django_capture_on_commit_callbacks, happens=happens)
    assert sent == (choice == "at-once")
    assert ("Access given to you: 1" in update) == (choice != "never")


@pytest.mark.parametrize("choice", CHOICES)
def test_a_check_in_is_accepted_and_a_record_is_shared(
    plan, chief, officer, choice, django_capture_on_commit_callbacks
):
    def happens(person):
        open_check_in(person, other=chief, link_for=lambda part: "https://planner.example/a/")
        record = start_record(chief)
        until = timezone.localdate() + dt.timedelta(days=20)
        share_record(
            record,
            reader=person,
            themes=[],
            with_journal=False,
            until=until,
            link_for=lambda share: "https://planner.example/b/",
        )

    sent, update = told(officer, choice, django_capture_on_commit_callbacks, happens=happens)
    assert sent == (2 if choice == "at-once" else 0)
    wanted = choice != "never"
    assert ("Check-in to answer, with Chief" in update) == wanted
    assert ("Chief has shared a private document with you" in update) == wanted


def test_the_worker_sends_it_where_one_runs(
    chief, officer, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_IN_BACKGROUND = True
    User.objects.filter(pk=officer.pk).update(digest_frequency="at-once")
    with django_capture_on_commit_callbacks(execute=True):
        officer = User.objects.get(pk=officer.pk)
        open_check_in(officer, other=chief, link_for=lambda part: "https://planner.example/a/")
    assert mail.outbox == []
    (queued,) = DBTaskResult.objects.all()
    assert queued.task_path.endswith("send_private_letter")
