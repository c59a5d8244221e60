"""Two-step sign-in as a person meets it: an app on the phone, then a code at every sign-in."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import PASSWORD

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def code_of(secret):
    """What the person's app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enter(page, code):
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name=re.compile("^(Turn on|Sign in)$")).click()


def enter_password(page, user):
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page):
    page.goto(reverse("account"))
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_owner_sets_it_up_and_signs_in_with_it(page, chief, plan, settings, examined):
    settings.SECOND_FACTOR_REQUIRED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page.set_viewport_size(WIDE)
    # An owner must set up two-step sign-in before any page; the password is asked for again.
    stage = reverse("plan_stage", args=[plan.pk, 2])
    page.goto(stage)
    enter_password(page, chief)
    expect(page.get_by_role("heading", name="Enter your password again")).to_be_visible()
    examined(page, "password again")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Turn on two-step sign-in")).to_be_visible()
    examined(page, "set up")
    enter(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    examined(page, "set up, wrong code")
    secret = page.locator(".app-code").inner_text().replace(" ", "")
    enter(page, code_of(secret))
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    examined(page, "recovery codes")
    recovery_codes = page.locator(".app-codes .app-code").all_inner_texts()
    assert len(recovery_codes) == 10
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile(re.escape(stage) + "$"))

    sign_out(page)
    enter_password(page, chief)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    examined(page, "code")
    enter(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    examined(page, "wrong code")
    cache.clear()  # a code works once; the next one comes in half a minute
    enter(page, code_of(secret))
    expect(page.get_by_role("link", name="Account", exact=True)).to_be_visible()

    sign_out(page)
    enter_password(page, chief)
    enter(page, recovery_codes[4])
    expect(page.get_by_role("link", name="Account", exact=True)).to_be_visible()
    page.goto(reverse("account"))
    expect(page.get_by_text("with 9 recovery codes left")).to_be_visible()
    examined(page, "account")
    page.goto(stage)
    expect(page).to_have_url(re.compile(re.escape(stage) + "$"))
