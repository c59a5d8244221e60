"""How long signing in lasts, what happens to a page that outlives it, and ending it elsewhere."""

import re
from html import unescape

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as project_settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.plans.models import PlanItem
from councils.sessions import browser_in_words
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
MINUTE, HOUR = 60, 3600
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def clock():
    with time_machine.travel("2027-05-06 09:00:00Z", tick=False) as clock:
        yield clock


def sign_in(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def is_signed_in(client):
    return client.get(reverse("account")).status_code == 200


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def token_on(response):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode()).group(
        1
    )


class Browser(Client):
    """A client whose forms are checked as in real life."""

    def __init__(self, user=None, agent=FIREFOX):
        super().__init__(enforce_csrf_checks=True, headers={"user-agent": agent})
        if user:
            self.sign_in(user)

    def sign_in(self, user):
        page = self.get(reverse("account_login"))
        form = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token_on(page)}
        assert self.post(reverse("account_login"), form).status_code == 302

    def opened(self, item):
        """The address and fields of the form of an item, as its page has them."""
        page = self.get(reverse("item_edit", args=[item.plan_id, item.pk]))
        address = reverse("item", args=[item.plan_id, item.pk])
        fields = {
            "csrfmiddlewaretoken": token_on(page),
            "version": str(PlanItem.objects.get(pk=item.pk).version),
            "status": "in-progress",
            "note": "Two lines,\r\nand “marks” & <tags>",
        }
        return address, fields


def fields_on(response):
    """The hidden boxes of a form that came back."""
    page = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode()
    )
    return {name: unescape(value) for name, value in page}


# --- How long -------------------------------------------------------------------------------------


def test_the_key_changes_at_sign_in(client, officer):
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    sign_in(client, officer)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_thirty_minutes_without_use_end_a_session(client, officer, clock):
    sign_in(client, officer)
    clock.shift(30 * MINUTE - 1)
    assert is_signed_in(client)
    clock.shift(30 * MINUTE - 1)
    assert is_signed_in(client)
    clock.shift(30 * MINUTE + 1)
    assert not is_signed_in(client)


def test_a_session_ends_after_12_hours_even_if_it_is_used(client, officer, clock):
    sign_in(client, officer)
    for _ in range(12 * 3 - 1):
        clock.shift(20 * MINUTE)
        assert is_signed_in(client)
    clock.shift(20 * MINUTE - 1)
    assert is_signed_in(client)
    clock.shift(2)
    assert not is_signed_in(client)
    sign_in(client, officer)
    assert is_signed_in(client)


def test_a_new_password_does_not_begin_the_twelve_hours_again(client, officer, clock):
    sign_in(client, officer)
    for _ in range(35):
        clock.shift(20 * MINUTE)
        assert is_signed_in(client)
    new = "nine quiet otters"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert is_signed_in(client)
    clock.shift(20 * MINUTE + 1)
    assert not is_signed_in(client)


def test_use_is_recorded_once_a_minute(client, officer, clock):
    sign_in(client, officer)
    page = reverse("guidance")

    def writes():
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        return [query["sql"].split()[0] for query in queries if "SELECT" not in query["sql"]]

    assert writes() == []
    clock.shift(59)
    assert writes() == []
    clock.shift(1)
    assert writes() == ["UPDATE", "UPDATE"]  # the session ends later; it was last used now
    assert writes() == []


def test_use_near_the_end_is_not_recorded_on_every_request(client, officer, clock):
    sign_in(client, officer)
    for _ in range(35):
        clock.shift(20 * MINUTE)
        client.get(reverse("guidance"))
    clock.shift(5 * MINUTE)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("guidance"))
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_use_undoes_nothing_that_another_request_changed(client, officer, clock):
    """Two requests at once: what the one puts into the session is not lost to the other's clock."""
    sign_in(client, officer)
    clock.shift(5 * MINUTE)
    ours = client.session
    assert ours.get("_auth_user_id")
    theirs = client.session
    theirs["kept"] = True
    theirs.save()
    ours.keep()
    assert client.session["kept"] is True


def test_signing_out_meanwhile_is_not_undone(client, officer, clock):
    sign_in(client, officer)
    clock.shift(5 * MINUTE)
    ours = client.session
    assert ours.get("_auth_user_id")
    Session.objects.all().delete()
    ours.keep()
    assert not Session.objects.exists()


def test_an_ended_session_leads_to_sign_in_and_back(client, officer, clock):
    sign_in(client, officer)
    clock.shift(HOUR)
    response = client.get(reverse("guidance"), {"a": "b"})
    assert response.url == f"{reverse('account_login')}?next=/guidance/%3Fa%3Db"


# --- A page that was left open, with its script ---------------------------------------------------


def test_a_save_after_the_end_saves_nothing_and_says_so(officer, item, clock):
    browser = Browser(officer)
    address, form = browser.opened(item)
    clock.shift(HOUR)
    response = browser.post(address, form, headers=HTMX)
    assert response.status_code == 401
    assert response.headers["HX-Retarget"] == "#page-message"
    assert "Sign in using a new tab" in text_of(response)
    assert PlanItem.objects.get(pk=item.pk).note == ""


def test_after_signing_in_again_the_page_gets_a_token_with_which_its_save_works(
    officer, item, clock
):
    browser = Browser(officer)
    address, form = browser.opened(item)
    clock.shift(HOUR)
    assert browser.get(reverse("session"), headers=HTMX).status_code == 401
    browser.sign_in(officer)
    outdated = browser.post(address, form, headers=HTMX)
    assert outdated.status_code == 403
    assert outdated.headers["HX-Trigger"] == "app:outdated"
    assert PlanItem.objects.get(pk=item.pk).note == ""

    fresh = browser.get(reverse("session"), headers=HTMX).json()
    assert fresh["person"] == officer.pk
    form["csrfmiddlewaretoken"] = fresh["token"]
    assert browser.post(address, form, headers=HTMX).status_code == 200
    assert PlanItem.objects.get(pk=item.pk).note.startswith("Two lines,")


def test_a_page_knows_whose_it_is(client, officer):
    client.force_login(officer)
    html = client.get(reverse("account")).content.decode()
    assert f'data-app-person="{officer.pk}" data-app-session="{reverse("session")}"' in html
    assert "data-app-person" not in Client().get(reverse("account_login")).content.decode()


def test_only_pages_of_this_host_can_read_the_token(client, officer):
    client.force_login(officer)
    response = client.get(reverse("session"))
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert client.cookies[project_settings.CSRF_COOKIE_NAME]["httponly"]
    assert client.post(reverse("session")).status_code == 405


# --- A page that was left open, without script ----------------------------------------------------


def test_a_form_sent_after_the_end_comes_back_and_is_saved_when_sent_again(officer, item, clock):
    browser = Browser(officer)
    address, form = browser.opened(item)
    clock.shift(HOUR)
    signed_out = browser.post(address, form)
    assert signed_out.status_code == 401
    assert "You have been signed out." in text_of(signed_out)
    html = signed_out.content.decode()
    assert f'href="{reverse("account_login")}" target="_blank"' in html
    assert f'<form method="post" action="{address}">' in html
    assert "and “marks” &amp; &lt;tags&gt;" in html

    browser.sign_in(officer)
    kept = fields_on(signed_out)
    assert {**kept, "csrfmiddlewaretoken": ""} == {**form, "csrfmiddlewaretoken": ""}
    outdated = browser.post(address, kept, headers=SAME_ORIGIN)
    assert outdated.status_code == 403
    assert f"You are signed in as {officer.name}." in text_of(outdated)
    assert PlanItem.objects.get(pk=item.pk).version == 1

    assert browser.post(address, fields_on(outdated), headers=SAME_ORIGIN).status_code == 302
    saved = PlanItem.objects.get(pk=item.pk)
    assert (saved.version, saved.status) == (2, "in-progress")
    assert saved.note.replace("\r", "") == form["note"].replace("\r", "")


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "none"}]
)
def test_no_other_site_can_submit_text_in_a_persons_name(officer, item, headers):
    browser = Browser(officer)
    address, form = browser.opened(item)
    form["csrfmiddlewaretoken"] = "x" * 32
    response = browser.post(address, form, headers=headers)
    assert response.status_code == 403
    assert "This page is out of date" in text_of(response)
    assert "<form" not in response.content.decode()


def test_a_form_of_another_site_does_not_come_back_to_someone_signed_out(db, item):
    browser = Browser()
    response = browser.post(reverse("item", args=[item.plan_id, item.pk]), {"note": "Not mine"})
    assert response.status_code == 403
    assert "Not mine" not in response.content.decode()


def test_a_password_never_comes_back(officer, clock):
    browser = Browser(officer)
    address = reverse("account_change_password")
    token = token_on(browser.get(address))
    clock.shift(HOUR)
    form = {"csrfmiddlewaretoken": token, "oldpassword": PASSWORD, "password1": "nine quiet otters"}
    response = browser.post(address, form)
    assert response.url.startswith(reverse("account_login"))
    browser.sign_in(officer)
    response = browser.post(address, form, headers=SAME_ORIGIN)
    assert response.status_code == 403
    assert "otters" not in response.content.decode()


def test_a_form_without_answers_leads_to_sign_in(officer, item, clock):
    browser = Browser(officer)
    token = token_on(browser.get(reverse("account")))
    clock.shift(HOUR)
    form = {"csrfmiddlewaretoken": token}
    response = browser.post(reverse("item_restore", args=[item.plan_id, item.pk]), form)
    assert response.url.startswith(reverse("account_login"))


# --- Other browsers -------------------------------------------------------------------------------


def test_changing_the_password_ends_the_other_sessions(officer):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, officer)
    old = here.session.session_key
    new = "nine quiet otters"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    page = text_of(here.get(reverse("account_change_password")))
    account = text_of(here.get(reverse("account")))
    for what in ("calendar addresses", "change of email address that has not been confirmed"):
        assert what in page
        assert what in account
    assert here.post(reverse("account_change_password"), form).url == reverse("account")
    assert is_signed_in(here)
    assert here.session.session_key != old
    assert not is_signed_in(elsewhere)
    assert Session.objects.filter(pk=here.session.session_key).exists()
    assert text_of(here.get(reverse("account"))).count("Last used") == 1


def test_the_account_page_lists_where_the_person_is_signed_in(officer, reviewer, clock):
    phone = Browser(officer, agent=IPHONE)
    Browser(reviewer)
    clock.shift(10 * MINUTE)
    here = Browser(officer)
    text = text_of(here.get(reverse("account")))
    first, second = "6 May 2027 at 10am", "6 May 2027 at 10:10am"
    assert f"Firefox on Windows (this one) Last used on {second} signed in on {second} from" in text
    assert f"Safari on an iPhone Last used on {first} signed in on {first} from 127.0.0.1" in text
    assert text.count("Last used") == 2
    assert text.index("(this one)") < text.index("iPhone")
    clock.shift(5 * MINUTE)
    assert is_signed_in(phone)
    assert "iPhone Last used on 6 May 2027 at 10:15am" in text_of(here.get(reverse("account")))
    clock.shift(28 * MINUTE)
    assert is_signed_in(here)
    clock.shift(5 * MINUTE)
    assert "iPhone" not in text_of(here.get(reverse("account")))


def end(browser, address):
    token = token_on(browser.get(reverse("account")))
    return browser.post(address, {"csrfmiddlewaretoken": token})


def test_one_other_browser_is_signed_out(officer):
    here, phone, tablet = Browser(officer), Browser(officer, agent=IPHONE), Browser(officer)
    pk = UserSession.objects.get(session_key=phone.session.session_key).pk
    assert end(here, reverse("session_end", args=[pk])).url == reverse("account")
    assert not is_signed_in(phone)
    assert is_signed_in(here)
    assert is_signed_in(tablet)
    assert end(here, reverse("session_end", args=[pk])).status_code == 404


def test_every_other_browser_is_signed_out(officer, reviewer):
    here, phone, tablet = Browser(officer), Browser(officer, agent=IPHONE), Browser(officer)
    other = Browser(reviewer)
    assert end(here, reverse("sessions_end")).url == reverse("account")
    assert not is_signed_in(phone)
    assert not is_signed_in(tablet)
    assert is_signed_in(here)
    assert is_signed_in(other)


def test_no_one_can_end_another_persons_session_or_the_current_one(officer, reviewer):
    here, other = Browser(officer), Browser(reviewer)
    for browser in (here, other):
        pk = UserSession.objects.get(session_key=browser.session.session_key).pk
        assert end(here, reverse("session_end", args=[pk])).status_code == 404
        assert is_signed_in(browser)


def test_a_save_in_a_browser_that_was_signed_out_says_so(officer, item):
    here, phone = Browser(officer), Browser(officer, agent=IPHONE)
    address, form = phone.opened(item)
    end(here, reverse("sessions_end"))
    assert phone.post(address, form, headers=HTMX).status_code == 401
    assert PlanItem.objects.get(pk=item.pk).version == 1


def test_the_list_costs_the_same_for_one_browser_and_for_five(officer):
    here = Browser(officer)
    counts = []
    for others in (0, 4):
        for _ in range(others):
            Browser(officer)
        with CaptureQueriesContext(connection) as queries:
            here.get(reverse("account"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
            "(KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
            "Chrome on a Mac",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/137.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5.0", "An unknown browser"),
        ("Something (Linux)", "A browser on Linux"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_named_in_plain_words(user_agent, words):
    assert browser_in_words(user_agent) == words
