"""Guesses by others do not lock a person out of a browser in which they have signed in before."""

import pytest
import time_machine
from django.conf import settings as project_settings
from django.urls import reverse

from councils.known_browsers import LIFE
from councils.passwords import password_link
from tests.acting import browser
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, user, password=PASSWORD):
    form = {"login": user.email, "password": password}
    return client.post(reverse("account_login"), form).status_code


def sign_out(client):
    client.post(reverse("account_logout"))


def fail(client, user, times=5):
    return [sign_in(client, user, "wrong") for _ in range(times)]


def test_a_known_browser_can_sign_in_while_others_are_locked_out(officer):
    mine, new, attacker = browser(), browser(), browser()
    assert sign_in(mine, officer) == 302
    sign_out(mine)
    assert fail(attacker, officer) == [200] * 5
    assert sign_in(attacker, officer) == 429
    assert sign_in(new, officer) == 429
    assert sign_in(mine, officer) == 302


def test_a_known_browser_has_a_limit_of_its_own(officer):
    mine = browser()
    sign_in(mine, officer)
    sign_out(mine)
    assert fail(mine, officer, 6) == [200] * 5 + [429]
    assert sign_in(browser(), officer) == 302


def test_it_is_known_for_one_account_and_a_forged_cookie_for_none(officer, chief):
    mine = browser()
    sign_in(mine, officer)
    sign_out(mine)
    fail(browser(), chief)
    assert sign_in(mine, chief) == 429
    forger = browser()
    cookie = mine.cookies[project_settings.KNOWN_BROWSER_COOKIE_NAME].value
    forger.cookies[project_settings.KNOWN_BROWSER_COOKIE_NAME] = cookie.replace(
        officer.email, chief.email
    )
    assert sign_in(forger, chief) == 429


def test_a_password_set_by_email_lets_a_new_browser_in_while_others_fail(officer):
    mine, attacker = browser(), browser()
    fail(attacker, officer)
    form = mine.get(password_link(officer, site="")).headers["Location"]
    assert project_settings.KNOWN_BROWSER_COOKIE_NAME not in mine.cookies
    chosen = "a new and long password"
    assert mine.post(form, {"password1": chosen, "password2": chosen}).status_code == 302
    fail(attacker, officer)
    assert sign_in(attacker, officer, chosen) == 429
    assert sign_in(mine, officer, chosen) == 302


def test_a_wrong_password_does_not_make_a_browser_known(officer):
    client = browser()
    fail(client, officer, 1)
    assert project_settings.KNOWN_BROWSER_COOKIE_NAME not in client.cookies


def test_it_is_forgotten_after_half_a_year(officer):
    mine = browser()
    with time_machine.travel("2027-01-01 09:00:00Z", tick=False) as clock:
        sign_in(mine, officer)
        sign_out(mine)
        cookie = mine.cookies[project_settings.KNOWN_BROWSER_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        clock.shift(LIFE + 1)
        cookie["expires"] = ""
        fail(browser(), officer)
        assert sign_in(mine, officer) == 429
