import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from assessments.data_protection.actions import erase_person
from councils.models import User
from councils.tasks import send_password_reset

pytestmark = pytest.mark.django_db

OLD = "seven brown herons"
NEW = "nine quiet otters"


@pytest.fixture
def ada():
    return User.objects.create_user(email="ada@riverdale.example", name="Ada O'Koro", password=OLD)


def ask_for_link(client, email="ada@riverdale.example"):
    return client.post(reverse("account_reset_password"), {"email": email})


def link_from(message):
    return re.search(r"https?://testserver(/\S+)", message.body).group(1)


def open_link(client, link):
    """The page that asks for the new password, and its address."""
    response = client.get(link, follow=True)
    return response, response.request["PATH_INFO"]


def choose(client, address, password=NEW, again=None):
    again = password if again is None else again
    return client.post(address, {"password1": password, "password2": again}, follow=True)


def can_sign_in(password, email="ada@riverdale.example"):
    response = Client().post(reverse("account_login"), {"login": email, "password": password})
    return response.status_code == 302


def is_signed_in(client):
    return client.get(reverse("account")).status_code == 200


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- Asking for a link ----------------------------------------------------------------------------


def test_a_new_password_from_asking_to_signing_in(client, ada):
    response = ask_for_link(client)
    assert response.url == reverse("account_reset_password_done")
    assert "Check your email" in text_of(client.get(response.url))

    (message,) = mail.outbox
    assert message.to == ["ada@riverdale.example"]
    assert message.subject == "Set a new password for the transition planner"
    assert message.body.startswith("Hello Ada O'Koro,\n")
    assert "within 24 hours" in message.body
    assert len(message.alternatives) == 0

    page, address = open_link(client, link_from(message))
    assert "<title>Choose a new password" in page.content.decode()
    done = choose(client, address)
    assert "Your password has been saved" in text_of(done)
    assert "Your password has been changed" not in text_of(done)
    assert not is_signed_in(client)
    assert can_sign_in(NEW)
    assert not can_sign_in(OLD)


def test_a_first_password_is_not_called_a_new_one(client, ada):
    ada.set_unusable_password()
    ada.save()
    ask_for_link(client)
    (message,) = mail.outbox
    assert message.subject == "Set your password for the transition planner"
    assert "No password has been set." in message.body
    page, address = open_link(client, link_from(message))
    assert "<title>Choose a password" in page.content.decode()
    assert "Save password" in text_of(page)
    done = choose(client, address)
    assert " new password" not in message.body + text_of(page) + text_of(done)
    assert mail.outbox[1].subject == "Your password has been set"
    assert "changed" not in mail.outbox[1].body


@pytest.mark.parametrize("typed", ["ADA@Riverdale.EXAMPLE", " ada@riverdale.example "])
def test_the_link_comes_whatever_the_case_of_the_address(client, ada, typed):
    ask_for_link(client, typed)
    assert [message.to for message in mail.outbox] == [["ada@riverdale.example"]]


def test_someone_new_sets_their_first_password_this_way(client):
    User.objects.create_user(email="new@riverdale.example", name="New Owner")
    ask_for_link(client, "New@riverdale.example")
    _page, address = open_link(client, link_from(mail.outbox[0]))
    choose(client, address)
    assert can_sign_in(NEW, "new@riverdale.example")


def test_an_unknown_or_closed_account_gets_no_email_and_the_same_answer(client, ada):
    User.objects.create_user(email="closed@riverdale.example", name="Closed", password=OLD)
    User.objects.filter(name="Closed").update(is_active=False)
    answers = set()
    for email in ("ada", "closed", "unknown"):
        response = ask_for_link(Client(), f"{email}@riverdale.example")
        answers.add((response.status_code, response.url, text_of(Client().get(response.url))))
    assert len(answers) == 1
    assert [message.to for message in mail.outbox] == [["ada@riverdale.example"]]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter your email address"),
        ("ada", "Enter an email address in the correct format, like name@example.gov.uk"),
    ],
)
def test_a_malformed_address_is_named(client, typed, message):
    html = ask_for_link(client, typed).content.decode()
    assert "<title>Error: Set a new password" in html
    assert f'<a href="#id_email">{message}</a>' in html
    assert 'id="id_email"' in html


def test_one_address_cannot_be_flooded_with_links(client, ada):
    for _ in range(5):
        assert ask_for_link(client).status_code == 302
    response = ask_for_link(client)
    assert response.status_code == 429
    assert "Too many attempts" in text_of(response)
    assert len(mail.outbox) == 5


def test_no_one_gets_more_than_20_links_a_day(client, ada):
    with time_machine.travel("2027-03-01T09:00Z", tick=False) as clock:
        for email in 26 * ["ada@riverdale.example", " Ada@riverdale.example"]:
            clock.shift(60)
            answer = ask_for_link(client, email)
            assert answer.url == reverse("account_reset_password_done")
        assert len(mail.outbox) == 20
        clock.shift(24 * 60 * 60)
        ask_for_link(client)
        assert len(mail.outbox) == 21


# --- The link -------------------------------------------------------------------------------------


def test_the_link_works_once(client, ada):
    ask_for_link(client)
    link = link_from(mail.outbox[0])
    _page, address = open_link(client, link)
    choose(client, address)
    for again in (client, Client()):
        page, _address = open_link(again, link)
        assert "This link no longer works" in text_of(page)
        assert "Ask for a new link" in text_of(page)


def test_a_newer_password_ends_an_older_link(client, ada):
    ask_for_link(client)
    ada.set_password(NEW)
    ada.save()
    page, _address = open_link(client, link_from(mail.outbox[0]))
    assert "This link no longer works" in text_of(page)


def test_the_link_works_for_a_day(client, ada):
    with time_machine.travel("2027-05-06 09:00:00Z", tick=False) as clock:
        ask_for_link(client)
        link = link_from(mail.outbox[0])
        clock.shift(24 * 3600 - 1)
        assert "Choose a new password" in text_of(open_link(Client(), link)[0])
        clock.shift(2)
        assert "This link no longer works" in text_of(open_link(Client(), link)[0])


def test_the_key_leaves_the_address_bar_at_once(client, ada):
    ask_for_link(client)
    link = link_from(mail.outbox[0])
    key = link.rstrip("/").rsplit("/", 1)[1]
    page, address = open_link(client, link)
    assert key not in address
    assert key not in page.content.decode()


@pytest.mark.parametrize(
    ("person", "key"),
    [
        ("1", "set-password"),
        ("1", "x"),
        ("1", "c" * 500),
        ("zzzzzzzzzzzzz", "c1-abc"),
        ("z" * 400, "c1-abc"),
        ("0", "c1-abc"),
        ("-1", "c1-abc"),
        ("no_body", "c1-abc"),
        ("1", "c1-%00"),
    ],
)
def test_a_broken_link_is_explained(client, ada, person, key):
    page = client.get(f"/password/reset/{person}/{key}/", follow=True)
    assert page.status_code == 200
    assert "This link no longer works" in text_of(page)


def test_a_link_is_for_one_person_only(client, ada):
    ben = User.objects.create_user(email="ben@riverdale.example", name="Ben", password=OLD)
    ask_for_link(client)
    link = link_from(mail.outbox[0])
    own = reverse("account_reset_password_from_key", args=["1", "x"]).split("/1/")[0]
    key = link.rstrip("/").rsplit("/", 1)[1]
    page, _address = open_link(client, f"{own}/{_base36(ben.pk)}/{key}/")
    assert "This link no longer works" in text_of(page)


def _base36(number):
    from django.utils.http import int_to_base36

    return int_to_base36(number)


def test_opening_a_link_while_someone_else_is_signed_in_signs_them_out(client, ada):
    ben = User.objects.create_user(email="ben@riverdale.example", name="Ben", password=OLD)
    ask_for_link(client)
    client.force_login(ben)
    page, _address = open_link(client, link_from(mail.outbox[0]))
    assert "Choose a new password" in text_of(page)
    assert not is_signed_in(client)


def test_a_new_password_ends_every_session_and_the_lockout(client, ada):
    elsewhere = Client()
    elsewhere.force_login(ada)
    for _ in range(5):
        assert not can_sign_in("wrong")
    assert not can_sign_in(OLD)
    ask_for_link(client)
    choose(client, open_link(client, link_from(mail.outbox[0]))[1])
    assert not is_signed_in(elsewhere)
    assert can_sign_in(NEW)


@pytest.mark.parametrize(
    ("password", "again", "focus", "message"),
    [
        ("", "", "id_password1", "Enter a new password"),
        ("short", "short", "id_password1", "at least 12 characters"),
        ("administrator", "administrator", "id_password1", "too common"),
        ("ada@riverdale.example", "ada@riverdale.example", "id_password1", "too similar"),
        ("ada o'koro 12", "ada o'koro 12", "id_password1", "too similar"),
        (NEW, "nine quiet otter", "id_password2", "You must type the same password each time"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(client, ada, password, again, focus, message):
    ask_for_link(client)
    _page, address = open_link(client, link_from(mail.outbox[0]))
    html = choose(client, address, password, again).content.decode()
    assert "<title>Error: Choose a new password" in html
    assert re.search(rf'<a href="#{focus}">[^<]*{message}', html)
    assert f'id="{focus}"' in html
    if password:
        assert f'value="{password}"' not in html
    assert can_sign_in(OLD)


# --- Changing it ----------------------------------------------------------------------------------


def change(client, old=OLD, new=NEW, again=NEW, **options):
    data = {"oldpassword": old, "password1": new, "password2": again}
    return client.post(reverse("account_change_password"), data, **options)


def test_changing_the_password_keeps_me_signed_in_here_and_nowhere_else(client, ada):
    client.force_login(ada)
    elsewhere = Client()
    elsewhere.force_login(ada)
    response = change(client, follow=True)
    assert response.redirect_chain == [(reverse("account"), 302)]
    assert "Your password has been changed." in text_of(response)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert can_sign_in(NEW)
    assert not can_sign_in(OLD)


@pytest.mark.parametrize(
    ("typed", "focus", "message"),
    [
        ({"old": "wrong"}, "id_oldpassword", "Your current password is not right"),
        ({"old": ""}, "id_oldpassword", "Enter your current password"),
        ({"new": "short", "again": "short"}, "id_password1", "at least 12 characters"),
        ({"again": "other"}, "id_password2", "You must type the same password each time"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(client, ada, typed, focus, message):
    client.force_login(ada)
    html = change(client, **typed).content.decode()
    assert "<title>Error: Change your password" in html
    assert re.search(rf'<a href="#{focus}">[^<]*{message}', html)
    assert f'id="{focus}"' in html
    assert can_sign_in(OLD)


def test_guesses_of_the_current_password_are_limited(client, ada):
    client.force_login(ada)
    for _ in range(5):
        assert change(client, old="wrong").status_code == 200
    assert change(client, old=OLD).status_code == 429
    assert can_sign_in(OLD)


@pytest.mark.parametrize("way", ["page", "link"])
def test_a_new_password_does_not_bring_back_who_was_erased_meanwhile(client, ada, way, monkeypatch):
    """The hash takes a while, which is when another process erases them."""
    ask_for_link(client)
    _page, address = open_link(client, link_from(mail.outbox[0]))
    calculate = User.set_password

    def slowly(user, password):
        calculate(user, password)
        erase_person(User.objects.get(pk=ada.pk), by=None)

    monkeypatch.setattr(User, "set_password", slowly)
    if way == "page":
        client.force_login(ada)
        change(client)
    else:
        choose(client, address)
    ada = User.objects.get(pk=ada.pk)
    assert (ada.name, ada.is_active) == (f"Removed person {ada.pk}", False)
    assert ada.email == f"removed-{ada.pk}@removed.invalid"
    assert not can_sign_in(NEW)
    assert not can_sign_in(NEW, ada.email)


def test_of_two_changes_at_once_the_first_counts(client, ada, monkeypatch):
    """The second could be by someone else who knows the old password."""
    calculate = User.set_password

    def slowly(user, password):
        calculate(user, password)
        monkeypatch.setattr(User, "set_password", calculate)
        first = User.objects.get(pk=ada.pk)
        first.set_password("eleven pale moths")
        first.save()

    monkeypatch.setattr(User, "set_password", slowly)
    client.force_login(ada)
    assert change(client).status_code == 403
    assert can_sign_in("eleven pale moths")
    assert not can_sign_in(NEW)


def test_saving_an_account_keeps_what_was_saved_meanwhile(ada):
    slow, quick = (User.objects.get(pk=ada.pk) for _ in range(2))
    quick.is_active = False
    quick.save()
    slow.name = "Ada Koro"
    slow.save()
    ada.refresh_from_db()
    assert (ada.name, ada.is_active) == ("Ada Koro", False)
    ada.is_active = True
    ada.save()
    ada.is_active = False
    ada.save()
    slow.refresh_from_db()
    assert not slow.is_active


@pytest.mark.parametrize("fields", [None, ["last_login"]])
def test_saving_an_account_that_was_read_again_keeps_what_was_saved_meanwhile(ada, fields):
    slow = User.objects.get(pk=ada.pk)
    slow.name = "Ada Koro"
    slow.refresh_from_db(fields=fields)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    slow.email = "ada.koro@riverdale.example"
    slow.save()
    ada.refresh_from_db()
    assert (ada.email, ada.is_active) == (slow.email, False)
    assert (ada.name == "Ada Koro") == bool(fields)


def test_passwords_can_be_filled_in_by_a_password_manager(client, ada):
    client.force_login(ada)
    html = client.get(reverse("account_change_password")).content.decode()
    assert (
        'autocomplete="current-password"' in re.search("<input[^>]*oldpassword[^>]*>", html).group()
    )
    assert html.count('autocomplete="new-password"') == 2
    assert "placeholder" not in html


def test_someone_without_a_password_sets_one_by_email(client):
    client.force_login(User.objects.create_user(email="new@riverdale.example", name="New"))
    assert client.get(reverse("account_change_password")).url == reverse("account_reset_password")
    assert "Not set" in text_of(client.get(reverse("account")))


def test_changing_needs_sign_in(client):
    assert change(client).url.startswith(reverse("account_login"))


# --- Who has an account ---------------------------------------------------------------------------


def test_in_production_every_address_is_queued_so_that_no_answer_takes_longer(
    client, ada, settings
):
    settings.EMAIL_IN_BACKGROUND = True
    known, unknown = ada.email, "unknown@riverdale.example"
    answers = [ask_for_link(client, email) for email in (known, unknown)]
    assert [answer.url for answer in answers] == [answers[0].url] * 2
    assert mail.outbox == []
    queued = DBTaskResult.objects.order_by("enqueued_at")
    assert len(queued) == 2
    stored = str(list(queued.values()))
    assert known not in stored
    assert unknown not in stored
    assert "/password/reset/" not in stored, "the queue holds no secret"
    for task in queued:
        send_password_reset.call(*task.args_kwargs["args"])
    (message,) = mail.outbox
    assert message.to == [known]
    assert "http://testserver/password/reset/" in message.body
