"""No form sends email without a limit, and nothing typed becomes an email header."""

import datetime as dt
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.development.tasks import offer_check_in
from councils import actions
from councils.mail import RETRY_AFTER, SENDERS_TO_ONE_ADDRESS, TooManyEmails, count_email, send_to
from councils.models import Access, Invitation, Membership, Office, User
from councils.tasks import request_password_reset
from councils.validators import on_one_line, validate_one_line
from tests.acting import error_links, signed_in

pytestmark = pytest.mark.django_db

PLACE = {
    "email": "friend@example.org",
    "office": Office.SLT_MEMBER,
    "job_title": "",
    "access": Access.EDITOR,
}


@pytest.fixture
def limits(settings):
    settings.EMAILS_A_DAY = {"sender": 4, "council": 6, "recipient": 2}


def invite(client, **changes):
    """Invite Fay Friend, or someone with another address and so another name."""
    name = f"Person at {changes['email'].partition('@')[0]}" if "email" in changes else "Fay Friend"
    return client.post(reverse("invite", args=["riverdale"]), PLACE | {"name": name} | changes)


def test_one_address_is_sent_a_few_emails_a_day(limits, riverdale, chief):
    client = signed_in(chief)
    for title in ("One", "Two"):
        assert invite(client, job_title=title).status_code == 302
    response = invite(client, job_title="Three")
    page = response.content.decode()
    assert response.status_code == 422
    assert f"We cannot send more emails to {PLACE['email']} today." in page
    assert 'value="Three"' in page
    assert [target for _, target in error_links(response)] == ["id_email"]
    # The invitation that was sent can still be used.
    assert Invitation.objects.open().get().job_title == "Two"


def test_one_person_sends_a_limited_number_of_emails_a_day(limits, riverdale, chief):
    client = signed_in(chief)
    answers = [invite(client, email=f"p{n}@example.org").status_code for n in range(5)]
    assert answers == [302] * 4 + [422]
    assert "today’s limit of 4 emails" in invite(client, email="p9@example.org").content.decode()


def test_one_council_sends_a_limited_number_of_emails_a_day(limits, riverdale, chief, person):
    other = person(riverdale, "deputy", access=Access.OWNER)
    for owner, count in ((chief, 4), (other, 2)):
        for n in range(count):
            email = f"{owner.pk}-{n}@example.org"
            assert invite(signed_in(owner), email=email).status_code == 302
    page = invite(signed_in(other), email="last@example.org").content.decode()
    assert "Your council has reached today’s limit of 6 emails." in page


def test_a_new_link_counts_and_is_refused_in_words(
    limits, riverdale, chief, django_capture_on_commit_callbacks
):
    client = signed_in(chief)
    invite(client, job_title="One")
    invite(client, job_title="Two")
    invitation = Invitation.objects.open().get()
    digest = invitation.token_digest
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        address = reverse("invitation_resend", args=["riverdale", invitation.pk])
        page = client.post(address, follow=True).content.decode()
    assert f"We cannot send more emails to {PLACE['email']} today." in page
    assert mail.outbox == []
    invitation.refresh_from_db()
    assert invitation.token_digest == digest


def test_a_refused_email_is_not_counted_and_the_count_ends_with_the_day(limits, chief, officer):
    with time_machine.travel("2027-03-01 09:00:00Z", tick=False) as clock:
        for _ in range(2):
            count_email(sender=chief, recipient="a@example.org")
        for _ in range(9):
            with pytest.raises(TooManyEmails):
                count_email(sender=chief, recipient="A@example.org ")
        for n in range(4):
            count_email(sender=officer, recipient=f"{n}@example.org")
        for n in range(2):
            count_email(sender=chief, recipient=f"{n}@example.org")
        with pytest.raises(TooManyEmails):
            count_email(sender=chief, recipient="2@example.org")
        clock.shift(24 * 60 * 60)
        count_email(sender=chief, recipient="a@example.org")


def test_one_person_cannot_use_up_what_an_address_gets_and_all_together_can(
    limits, riverdale, person
):
    senders = [person(riverdale, f"p{n}") for n in range(SENDERS_TO_ONE_ADDRESS + 1)]
    *first, last = senders
    for sender in first:
        for _ in range(2):
            count_email(sender=sender, recipient="a@example.org")
        with pytest.raises(TooManyEmails):
            count_email(sender=sender, recipient="a@example.org")
    with pytest.raises(TooManyEmails):
        count_email(sender=last, recipient="a@example.org")
    count_email(sender=last, recipient="b@example.org")


# --- Headers --------------------------------------------------------------------------------------

BREAKS = ["\n", "\r", "\r\n", "\t", "\x07", "\x1f", "\x7f", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("mark", BREAKS, ids=ascii)
def test_a_name_or_job_title_of_two_lines_is_refused_beside_its_field(riverdale, chief, mark):
    client = signed_in(chief)
    for field in ("name", "job_title"):
        response = invite(client, **{field: f"Fay{mark}Bcc: all@example.org"})
        assert response.status_code == 422
        assert [target for _, target in error_links(response)] == [f"id_{field}"]
    assert not Invitation.objects.exists()
    with pytest.raises(ValidationError):
        actions.add_member(council=riverdale, **PLACE | {"name": f"Fay{mark}x"})
    mine = Membership.objects.get(user=chief)
    form = {"seen": mine.state, "office": mine.office, "access": mine.access}
    form["job_title"] = f"Chief{mark}x"
    response = client.post(reverse("member", args=["riverdale", mine.pk]), form)
    assert response.status_code == 422


def test_a_name_that_was_stored_before_cannot_break_a_subject():
    send_to("a@example.org", subject="Join Ann\r\nBcc: all@example.org\x07 now", body="Text")
    assert mail.outbox[0].subject == "Join Ann Bcc: all@example.org now"
    assert on_one_line("  a \t b\u2028c\u202e ") == "a b c"
    assert mail.outbox[0].recipients() == ["a@example.org"]


def test_what_no_format_can_hold_is_not_in_an_email():
    send_to("a@example.org", subject="Join\ufffe Ann", body="Hello Ann\ufffe\x07,\n\tWelcome.\r\n")
    assert mail.outbox[0].subject == "Join Ann"
    assert mail.outbox[0].body == "Hello Ann,\n\tWelcome.\r\n"


@pytest.mark.parametrize(
    "name", ["Ann\u202eeoD", "\u2067Ann", "Ann\nBcc: x", "Ann\x7f", "Ann\ufffe", "\ufdd0"]
)
def test_names_that_would_look_or_act_like_something_else_are_refused(name):
    with pytest.raises(ValidationError):
        validate_one_line(name)


@pytest.mark.parametrize("name", ["Zoë Œdipus", "Seán Ó’Brien", "李小龍", "Anne-Marie d’Arcy"])
def test_names_of_all_kinds_are_allowed(name):
    validate_one_line(name)
    assert User(email="a@example.org", name=name).clean_fields(exclude=["password"]) is None


# --- A mail server that is slow or away -----------------------------------------------------------


def run_queue():
    """Do what a worker would: every task that may run now."""
    for queued in DBTaskResult.objects.ready():
        queued.claim("a worker")
        try:
            queued.task.call(*queued.args_kwargs["args"])
        except OSError as error:
            queued.set_failed(error)
        else:
            queued.set_successful(None)


def test_a_page_does_not_wait_for_the_mail_server_and_no_email_is_lost(
    chief, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.EMAIL_IN_BACKGROUND = True
    with django_capture_on_commit_callbacks(execute=True):
        response = invite(signed_in(chief))
    assert response.status_code == 302
    assert mail.outbox == []
    queued = DBTaskResult.objects.get()
    assert PLACE["email"] not in str(queued.args_kwargs)  # nor the link that lets its reader in

    def refuses(*args):
        raise SMTPServerDisconnected

    now = timezone.now()
    with monkeypatch.context() as away, time_machine.travel(now, tick=False):
        away.setattr("councils.mail.send_mail", refuses)
        run_queue()
        run_queue()  # the next attempt is a minute later
    assert DBTaskResult.objects.count() == 2
    with time_machine.travel(now + RETRY_AFTER[0], tick=False):
        run_queue()
    assert [letter.to for letter in mail.outbox] == [[PLACE["email"]]]
    assert "/invitations/" in mail.outbox[0].body


def test_an_email_that_is_never_taken_fails_in_the_end(settings, monkeypatch):
    settings.EMAIL_IN_BACKGROUND = True

    def refuses(*args):
        raise SMTPServerDisconnected

    monkeypatch.setattr("councils.mail.send_mail", refuses)
    send_to("a@example.org", subject="Subject", body="Text")
    now = timezone.now()
    for wait in (dt.timedelta(0), *RETRY_AFTER):
        now += wait
        with time_machine.travel(now, tick=False):
            run_queue()
    states = DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True)
    assert list(states) == ["SUCCESSFUL"] * len(RETRY_AFTER) + ["FAILED"]


def test_what_another_machine_encrypted_under_a_new_key_is_sent_once_this_one_has_it(
    settings, monkeypatch, chief, officer
):
    """While SECRET_KEY changes on several machines. Each such email was given up at once."""
    settings.EMAIL_IN_BACKGROUND = True
    old, new = settings.SECRET_KEY, "another-secret-key-" * 3
    settings.SECRET_KEY = new
    send_to("a@example.org", subject="Subject", body="Text")
    request_password_reset(officer.email, "https://planner.example")
    offer_check_in(officer, chief.email, "https://planner.example")
    settings.SECRET_KEY = old
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        run_queue()
    assert mail.outbox == []
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    with time_machine.travel(now + RETRY_AFTER[0], tick=False):
        run_queue()
        run_queue()
    sent = {letter.to[0] for letter in mail.outbox}
    assert sent == {"a@example.org", officer.email, chief.email}
    assert not DBTaskResult.objects.failed().exists()
