"""Two-step sign-in: setting it up, being asked for it, and what cannot be reached without it."""

import re
import subprocess
import sys
import time
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.apps import apps
from django.conf import settings as project_settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode
from django_tasks_db.models import DBTaskResult

from assessments.plans.models import PlanItem
from councils import actions
from councils.encryption import SecretUnreadable, decrypt
from councils.models import Access, Membership, Office, User
from tests.conftest import PASSWORD
from tests.noc_transition.test_production_settings import GOOD

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
WRONG = "That code is not right. Enter the one that your app shows now"
WRONG_OR_USED = f"{WRONG}, or a recovery code that you have not used"
SET_UP = reverse("mfa_activate_totp")


def code_of(secret, periods=0):
    """What an app shows for a secret, now or some periods of 30 seconds away."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def with_second_factor(user):
    """Gives `user` a secret and recovery codes, and returns both."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return SimpleNamespace(
        secret=secret, recovery_codes=RecoveryCodes.activate(user).get_unused_codes()
    )


def enter_password(client, user, password=PASSWORD, **data):
    return client.post(
        reverse("account_login"), {"login": user.email, "password": password, **data}
    )


def enter_code(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def enter_password_again(client, address, password=PASSWORD):
    return client.post(address, {"password": password})


def is_signed_in(client):
    return client.get(reverse("account")).status_code == 200


def set_up_then(address):
    return f"{SET_UP}?{urlencode({'next': address})}"


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def set_up_page(client):
    """Past the password, to the page with the secret: the secret."""
    asked = client.get(SET_UP)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert enter_password_again(client, asked.url).url == SET_UP
    html = client.get(SET_UP).content.decode()
    return re.search(r'<code class="app-code">([A-Z2-7 ]+)</code>', html).group(1).replace(" ", "")


@pytest.fixture
def frozen():
    """Codes change as time passes: here the clock stops unless a test moves it."""
    with time_machine.travel("2027-05-06 09:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


# --- Setting it up --------------------------------------------------------------------------------


def test_setting_it_up_from_the_account_page_to_the_recovery_codes(client, officer, frozen):
    client.force_login(officer)
    account = client.get(reverse("account"))
    assert "Two-step sign-in Off" in text_of(account)
    assert f'href="{SET_UP}"' in account.content.decode()

    secret = set_up_page(client)
    show = reverse("mfa_view_recovery_codes")
    assert client.post(SET_UP, {"code": code_of(secret)}).url == show
    done = client.get(show)
    codes = re.findall(r"\b\d{4} \d{4}\b", text_of(done))
    assert len(codes) == len(set(codes)) == 10
    assert "Two-step sign-in On, with 10 recovery codes left" in text_of(
        client.get(reverse("account"))
    )


def test_the_secret_is_a_picture_within_the_page_and_words(client, officer):
    client.force_login(officer)
    secret = set_up_page(client)
    html = client.get(SET_UP).content.decode()
    assert re.search(r'<div class="app-qr" role="img" aria-label="QR code[^"]+"><svg ', html)
    assert "data:" not in html
    assert "<?xml" not in html
    assert "style=" not in html
    assert 'autocomplete="one-time-code"' in html
    assert 'inputmode="numeric"' in html
    assert secret not in html  # each look makes a new one
    assert re.search(
        r'href="otpauth://totp/officer%40riverdale\.example\?secret=[A-Z2-7]+&amp;'
        r'issuer=Transition%20planner"',
        html,
    )


def test_a_wrong_first_code_keeps_the_secret_and_says_so_at_the_field(client, officer, frozen):
    client.force_login(officer)
    secret = set_up_page(client)
    response = client.post(SET_UP, {"code": "000000"})
    html = response.content.decode()
    assert f'<a href="#id_code">{WRONG}</a>' in html
    assert secret in html.replace(" ", "")
    assert not Authenticator.objects.exists()
    assert client.post(SET_UP, {"code": code_of(secret)}).status_code == 302


def test_setting_it_up_needs_the_password(client, officer):
    client.force_login(officer)
    asked = client.get(SET_UP)
    html = enter_password_again(client, asked.url, "wrong").content.decode()
    assert '<a href="#id_password">Your password is not right</a>' in html
    assert client.get(SET_UP).status_code == 302


def test_setting_it_up_ends_sessions_that_began_with_only_the_password(officer, frozen):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        assert enter_password(client, officer).status_code == 302
    secret = set_up_page(here)
    here.post(SET_UP, {"code": code_of(secret)})
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_turning_it_off_asks_first(client, officer, frozen):
    with_second_factor(officer)
    client.force_login(officer)
    off = reverse("mfa_deactivate_totp")
    asked = client.get(off)
    assert enter_password_again(client, asked.url).url == off
    assert "Turn off two-step sign-in?" in text_of(client.get(off))
    assert Authenticator.objects.count() == 2
    done = client.post(off, follow=True)
    assert done.redirect_chain == [(reverse("account"), 302)]
    assert "Two-step sign-in has been turned off." in text_of(done)
    assert not Authenticator.objects.exists()


def test_after_setting_it_up_a_person_goes_on_to_the_page_they_wanted(
    client, required, chief, plan, frozen
):
    client.force_login(chief)
    page = reverse("plan_stage", args=[plan.pk, 2]) + "?a=b"
    set_up = client.get(page).url
    assert set_up == set_up_then(page)
    asked = client.get(set_up)
    assert enter_password_again(client, asked.url).url == set_up
    html = client.get(set_up).content.decode()
    secret = re.search(r'<code class="app-code">([A-Z2-7 ]+)</code>', html).group(1)
    codes = client.post(set_up, {"code": code_of(secret.replace(" ", ""))})
    assert f'href="{page}">Continue</a>' in client.get(codes.url).content.decode()


def test_the_way_on_never_leads_to_another_host(client, officer, frozen):
    with_second_factor(officer)
    client.force_login(officer)
    show = reverse("mfa_view_recovery_codes")
    enter_password_again(client, client.get(show).url)
    for other in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        html = client.get(show, {"next": other}).content.decode()
        assert "Go to your plans" in html
        assert other not in html


def test_every_change_is_confirmed_by_email(client, officer, frozen, monkeypatch):
    # A test's transaction never commits, so run what waits for that at once.
    monkeypatch.setattr(transaction, "on_commit", lambda do: do())
    client.force_login(officer)
    secret = set_up_page(client)
    client.post(SET_UP, {"code": code_of(secret)})
    client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    assert [message.subject for message in mail.outbox] == [
        "Two-step sign-in has been turned on",
        "You have new recovery codes",
        "Two-step sign-in has been turned off",
    ]
    for message in mail.outbox:
        assert message.to == [officer.email]
        assert "6 May 2027 at 10am" in message.body
    turned_on, *others = [message.body for message in mail.outbox]
    # The person cannot sign in if someone else has the codes, so no page is named.
    assert "Set a new one from the sign-in page, and ask a plan owner" in turned_on
    assert "Where you are signed in" not in turned_on
    for body in others:
        assert "If it was not, set a new password now" in body


def test_a_change_is_answered_while_the_mail_server_is_away(
    client, officer, frozen, monkeypatch, settings
):
    """It has been saved: an error page would say otherwise, and never show the recovery codes."""
    settings.EMAIL_IN_BACKGROUND = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # no server listens there
    monkeypatch.setattr(transaction, "on_commit", lambda do: do())
    client.force_login(officer)
    with_second_factor_on = client.post(SET_UP, {"code": code_of(set_up_page(client))})
    assert with_second_factor_on.url == reverse("mfa_view_recovery_codes")
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    change = {
        "oldpassword": PASSWORD,
        "password1": "Otters-and-herons-7",
        "password2": "Otters-and-herons-7",
    }
    assert client.post(reverse("account_change_password"), change).status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(change["password1"])
    code = with_second_factor(officer).recovery_codes[0]
    client.logout()
    enter_password(client, officer, change["password1"])
    assert enter_code(client, code).status_code == 302
    assert is_signed_in(client)
    assert DBTaskResult.objects.filter(task_path="councils.mail.send_queued_email").count() == 5


def test_the_last_recovery_codes_ask_for_new_ones(client, officer):
    codes = with_second_factor(officer).recovery_codes
    pages = []
    for code in codes:
        client.logout()

        enter_password(client, officer)
        assert enter_code(client, code).status_code == 302
        pages.append(text_of(client.get(reverse("account"))))
    letters = [letter.body for letter in mail.outbox]
    assert "You have 3 left.\n\nIf this was you, you do not need to do anything." in letters[6]
    assert "You have 1 left. Make new ones soon, on your account page." in letters[8]
    assert "You have none left. Make new ones now, on your account page" in letters[9]
    assert "If this was you, you only need to make new codes." in letters[9]
    assert ["last recovery code" in page for page in pages] == [False] * 9 + [True]


# --- Kept encrypted -------------------------------------------------------------------------------


def kept_secrets():
    return " ".join(str(authenticator.data) for authenticator in Authenticator.objects.all())


def test_no_secret_is_in_the_database_in_plain_text(officer):
    kept = with_second_factor(officer)
    seed = decrypt(Authenticator.objects.get(type="recovery_codes").data["seed"])
    assert len(seed) == 80
    assert kept.secret not in kept_secrets()
    assert seed not in kept_secrets()


def test_a_new_secret_key_reads_what_the_one_before_encrypted(client, officer, frozen, settings):
    kept = with_second_factor(officer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-" * 3
    enter_password(client, officer)
    assert enter_code(client, code_of(kept.secret)).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SecretUnreadable):
        decrypt(Authenticator.objects.get(type="totp").data["secret"])


def test_an_earlier_secret_key_can_be_removed_once_secrets_are_encrypted_again(
    client, officer, frozen, settings, capsys
):
    kept = with_second_factor(officer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-" * 3
    call_command("renew_encryption")
    assert "current key: 2" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    enter_password(client, officer)
    assert enter_code(client, code_of(kept.secret)).status_code == 302
    assert is_signed_in(client)
    assert decrypt(Authenticator.objects.get(type="recovery_codes").data["seed"])
    before = kept_secrets()
    settings.SECRET_KEY = "a-third-secret-key-" * 3
    with pytest.raises(CommandError, match="can read: 2"):
        call_command("renew_encryption")
    assert kept_secrets() == before


def test_a_lost_secret_key_is_explained_to_the_person_and_the_operator(
    client, officer, frozen, settings, caplog
):
    kept = with_second_factor(officer)
    settings.SECRET_KEY = "another-secret-key-" * 3
    enter_password(client, officer)
    for code in (code_of(kept.secret), kept.recovery_codes[0]):
        response = enter_code(client, code)
        assert response.status_code == 403
        assert "Ask your system administrator" in text_of(response)
    assert "SECRET_KEY_FALLBACKS" in caplog.text
    assert not is_signed_in(client)


def test_secrets_kept_before_are_encrypted_by_the_migration(client, officer, frozen):
    kept = with_second_factor(officer)
    migration = import_module("councils.migrations.0002_second_factor")
    migration.change_secrets(apps, decrypt)
    assert kept.secret in kept_secrets()
    migration.change_secrets(apps, migration.encrypt)
    assert kept.secret not in kept_secrets()
    enter_password(client, officer)
    assert enter_code(client, code_of(kept.secret)).status_code == 302


# --- Lost phone and lost codes --------------------------------------------------------------------


def reset(email, **options):
    """The command: what it prints."""
    printed = StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("reset_second_factor", email, stdout=printed, **options)
    return printed.getvalue()


def test_after_a_reset_the_password_alone_signs_in_again(
    client, officer, reviewer, riverdale, eastmere, person
):
    kept = with_second_factor(officer)
    others = with_second_factor(reviewer)
    Membership.objects.create(
        user=officer, council=eastmere, office="lga-adviser", access="reviewer"
    )
    enter_password(client, officer)
    enter_code(client, kept.recovery_codes[0])
    assert is_signed_in(client)
    mail.outbox.clear()
    assert "signs in with only their password" in reset(
        "Officer@riverdale.example ", interactive=False
    )
    assert not is_signed_in(client)
    assert enter_password(client, officer).url == reverse("home")
    assert len(others.recovery_codes) == 10
    assert Authenticator.objects.filter(user=reviewer).count() == 2
    (message,) = mail.outbox
    assert message.to == [officer.email]
    assert "turn two-step sign-in on again" in message.body
    for council in (riverdale, eastmere):
        event = council.events.first()
        assert str(event) == (
            "System administrator reset two-step sign-in for Officer (officer@riverdale.example)"
        )


def test_resetting_asks_first(officer, monkeypatch):
    with_second_factor(officer)
    monkeypatch.setattr("builtins.input", lambda question: "n")
    with pytest.raises(CommandError, match="Nothing was changed"):
        reset(officer.email)
    assert Authenticator.objects.count() == 2
    monkeypatch.setattr("builtins.input", lambda question: "y")
    reset(officer.email)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    ("email", "words"),
    [("officer@riverdale.example", "has not turned on"), ("x@example.org", "No one has")],
)
def test_resetting_what_is_not_there_says_so(officer, riverdale, email, words):
    before = riverdale.events.count()
    with pytest.raises(CommandError, match=words):
        reset(email, interactive=False)
    assert mail.outbox == []
    assert riverdale.events.count() == before


def test_resetting_without_a_terminal_says_what_to_do(officer, monkeypatch):
    with_second_factor(officer)

    def no_terminal(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", no_terminal)
    with pytest.raises(CommandError, match="--no-input"):
        reset(officer.email)
    assert Authenticator.objects.count() == 2


def test_the_code_that_set_it_up_does_not_sign_in_again(client, officer, frozen):
    client.force_login(officer)
    code = code_of(set_up_page(client))
    client.post(SET_UP, {"code": code})
    assert Authenticator.objects.filter(user=officer, type="totp").exists()
    other = Client()
    enter_password(other, officer)
    assert WRONG in text_of(enter_code(other, code))
    assert not is_signed_in(other)


# --- Recovery codes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"],
)
def test_recovery_codes_need_the_password_again(client, officer, name):
    kept = with_second_factor(officer)
    client.force_login(officer)
    response = client.get(reverse(name))
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert kept.recovery_codes[0] not in response.content.decode()


def test_recovery_codes_are_shown_downloaded_and_replaced(client, officer):
    kept = with_second_factor(officer)
    client.force_login(officer)
    show, make = reverse("mfa_view_recovery_codes"), reverse("mfa_generate_recovery_codes")
    enter_password_again(client, client.get(show).url)
    shown = text_of(client.get(show))
    assert all(f"{code[:4]} {code[4:]}" in shown for code in kept.recovery_codes)

    file = client.get(reverse("mfa_download_recovery_codes"))
    assert file.headers["Content-Type"].startswith("text/plain")
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.content.decode().split()[-10:] == kept.recovery_codes
    assert officer.email in file.content.decode()

    assert "The 10 that you have left will stop working." in text_of(client.get(make))
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes"))
    assert all(codes.validate_code(code) for code in kept.recovery_codes[:9])
    assert "The one that you have left will stop working." in text_of(client.get(make))
    assert client.post(make).url == show
    shown = text_of(client.get(show))
    assert not any(f"{code[:4]} {code[4:]}" in shown for code in kept.recovery_codes)


def test_the_password_counts_for_five_minutes(client, officer, frozen):
    with_second_factor(officer)
    client.force_login(officer)
    show = reverse("mfa_view_recovery_codes")
    enter_password_again(client, client.get(show).url)
    frozen.shift(299)
    assert client.get(show).status_code == 200
    frozen.shift(2)
    assert client.get(show).status_code == 302


def test_a_code_can_be_used_instead_of_the_password(client, officer, frozen):
    kept = with_second_factor(officer)
    client.force_login(officer)
    show = reverse("mfa_view_recovery_codes")
    asked = client.get(client.get(show).url).content.decode()
    other_way = re.search(rf'href="({reverse("mfa_reauthenticate")}[^"]*)"', asked).group(1)
    html = client.post(other_way, {"code": "000000"}).content.decode()
    assert f'<a href="#id_code">{WRONG_OR_USED}</a>' in html
    assert client.post(other_way, {"code": code_of(kept.secret)}).url == show


# --- Signing in -----------------------------------------------------------------------------------


def test_the_password_alone_does_not_sign_in_a_person_who_uses_it(client, officer, frozen):
    kept = with_second_factor(officer)
    guidance = reverse("guidance")
    response = enter_password(client, officer, next=guidance)
    assert response.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert client.get(guidance).status_code == 302
    html = client.get(response.url).content.decode()
    assert "<title>Enter your code" in html
    assert 'autocomplete="one-time-code"' in html
    before = client.session.session_key
    assert enter_code(client, code_of(kept.secret)).url == guidance
    assert is_signed_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("write", [str, "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}".format])
def test_a_code_works_with_and_without_its_space(client, officer, frozen, write):
    kept = with_second_factor(officer)
    enter_password(client, officer)
    assert enter_code(client, write(code_of(kept.secret))).url == reverse("home")


@pytest.mark.parametrize(("periods", "status"), [(-2, 200), (-1, 302), (1, 302), (2, 200)])
def test_a_code_is_valid_one_period_early_or_late(client, officer, frozen, periods, status):
    kept = with_second_factor(officer)
    enter_password(client, officer)
    assert enter_code(client, code_of(kept.secret, periods)).status_code == status


def test_a_code_works_once_for_as_long_as_it_would_be_right(officer, frozen):
    kept = with_second_factor(officer)
    code = code_of(kept.secret, 1)
    for seconds, status in ((0, 302), (0, 200), (45, 200), (14, 200)):
        frozen.shift(seconds)
        client = Client()
        enter_password(client, officer)
        assert enter_code(client, code).status_code == status


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "Enter the code"), *((typed, WRONG_OR_USED) for typed in ("000000", "x" * 500, "é٣"))],
)
def test_a_wrong_code_is_named_at_the_field(client, officer, frozen, typed, message):
    with_second_factor(officer)
    enter_password(client, officer)
    html = enter_code(client, typed).content.decode()
    assert "<title>Error: Enter your code" in html
    assert f'<a href="#id_code">{message}</a>' in html
    assert not is_signed_in(client)


def test_a_recovery_code_takes_the_place_of_the_phone_once(officer):
    kept = with_second_factor(officer)
    code = kept.recovery_codes[3]
    client = Client()
    enter_password(client, officer)
    assert enter_code(client, f"{code[:4]} {code[4:]}").url == reverse("home")
    assert "with 9 recovery codes left" in text_of(client.get(reverse("account")))
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([officer.email], "A recovery code has been used")
    assert "You have 9 left." in message.body
    again = Client()
    enter_password(again, officer)
    assert enter_code(again, code).status_code == 200
    assert not is_signed_in(again)


def test_another_persons_code_opens_nothing(client, officer, reviewer, frozen):
    with_second_factor(officer)
    kept = with_second_factor(reviewer)
    enter_password(client, officer)
    for code in (code_of(kept.secret), kept.recovery_codes[0]):
        assert enter_code(client, code).status_code == 200
    assert not is_signed_in(client)


def test_after_five_wrong_codes_even_the_right_one_waits(client, officer, frozen):
    kept = with_second_factor(officer)
    enter_password(client, officer)
    for _ in range(5):
        assert WRONG in text_of(enter_code(client, "000000"))
    other = Client()
    enter_password(other, officer)
    for locked in (client, other):
        assert "Too many wrong codes. Wait 15 minutes" in text_of(
            enter_code(locked, code_of(kept.secret))
        )
    frozen.shift(901)
    enter_password(client, officer)
    assert enter_code(client, code_of(kept.secret)).status_code == 302


def test_the_page_for_the_code_leads_back_without_the_password(client, officer):
    with_second_factor(officer)
    assert client.get(reverse("mfa_authenticate")).url == reverse("account_login")
    enter_password(client, officer)
    client.post(reverse("account_logout"))
    assert client.get(reverse("mfa_authenticate")).url == reverse("account_login")


def test_the_page_for_the_code_expires(client, officer, frozen):
    kept = with_second_factor(officer)
    enter_password(client, officer)
    frozen.shift(15 * 60 + 1)
    assert enter_code(client, code_of(kept.secret)).url == reverse("account_login")
    assert not is_signed_in(client)


# --- No way round it ------------------------------------------------------------------------------


def test_a_new_password_by_email_does_not_skip_it(client, officer, frozen):
    kept = with_second_factor(officer)
    client.post(reverse("account_reset_password"), {"email": officer.email})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body).group(1)
    page = client.get(link, follow=True)
    new = {"password1": "nine quiet otters", "password2": "nine quiet otters"}
    assert "Your password has been saved" in text_of(
        client.post(page.request["PATH_INFO"], new, follow=True)
    )
    assert not is_signed_in(client)
    assert enter_password(client, officer, "nine quiet otters").url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert enter_code(client, code_of(kept.secret)).url == reverse("home")


def invite(council, by, email):
    tokens = []
    actions.invite(
        council=council,
        by=by,
        link_for=lambda token: tokens.append(token) or "",
        email=email,
        name="Invited",
        office=Office.MONITORING_OFFICER,
        job_title="",
        access=Access.EDITOR,
    )
    return reverse("join", args=tokens)


def test_an_invitation_does_not_skip_it(client, eastmere, stranger, officer, frozen):
    kept = with_second_factor(officer)
    link = invite(eastmere, stranger, officer.email)
    assert "Sign in to join" in text_of(client.get(link))
    enter_password(client, officer, next=link)
    assert "Sign in to join" in text_of(client.post(link))
    assert not officer.memberships.filter(council=eastmere).exists()
    assert enter_code(client, code_of(kept.secret)).url == link
    client.post(link)
    assert officer.memberships.filter(council=eastmere).exists()


def test_a_new_password_ends_a_sign_in_that_waits_for_a_code(client, officer, frozen):
    means = with_second_factor(officer)
    enter_password(client, officer)
    officer.set_password("a-password-that-no-one-else-knows")
    officer.save(update_fields=["password"])
    refused = enter_code(client, means.recovery_codes[0])
    assert refused.url == reverse("account_login")
    assert "The password has been changed. Sign in again." in text_of(client.get(refused.url))
    assert not is_signed_in(client)
    enter_password(client, officer, "a-password-that-no-one-else-knows")
    enter_code(client, means.recovery_codes[1])
    assert is_signed_in(client)


def test_an_invitation_with_a_first_password_does_not_skip_it(
    client, eastmere, stranger, officer, frozen
):
    officer.set_unusable_password()
    officer.save()
    kept = with_second_factor(officer)
    link = invite(eastmere, stranger, officer.email)
    response = client.post(link, {"password": "nine quiet otters"})
    assert response.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert enter_code(client, code_of(kept.secret)).url == reverse("home")
    assert "You have joined Eastmere District Council." in text_of(client.get(reverse("account")))


# --- Who needs it ---------------------------------------------------------------------------------


def pages_of(plan, item):
    slug = plan.council.slug
    return [
        reverse("home"),
        reverse("plan", args=[plan.pk]),
        reverse("plan_settings", args=[plan.pk]),
        reverse("plan_stage", args=[plan.pk, 1]),
        reverse("plan_open", args=[plan.pk]),
        reverse("plan_step", args=[plan.pk, 13]),
        reverse("item_edit", args=[plan.pk, item.pk]),
        reverse("action_plan", args=[plan.pk]),
        reverse("plan_new", args=[slug]),
        reverse("people", args=[slug]),
        reverse("invite", args=[slug]),
    ]


def test_an_owner_is_led_to_set_it_up_and_then_gets_in(client, required, chief, plan, item, frozen):
    client.force_login(chief)
    for address in pages_of(plan, item):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, set_up_then(address)), address
    assert "Set up two-step sign-in first" in text_of(client.get(reverse("home"), follow=True))
    assert "Turn it on to open your plans" in text_of(client.get(reverse("account")))
    assert client.get(reverse("guidance")).status_code == 200

    secret = set_up_page(client)
    client.post(SET_UP, {"code": code_of(secret)})
    for address in pages_of(plan, item)[1:]:
        assert client.get(address).status_code == 200, address


def test_an_owner_who_turns_it_off_loses_access_at_once(client, required, chief, plan, frozen):
    with_second_factor(chief)
    client.force_login(chief)
    address = reverse("plan", args=[plan.pk])
    assert client.get(address).status_code == 200
    off = reverse("mfa_deactivate_totp")
    enter_password_again(client, client.get(off).url)
    assert "you cannot open your plans" in text_of(client.get(off))
    client.post(off)
    assert client.get(address).url.startswith(SET_UP)


def test_recovery_codes_without_an_app_are_not_a_second_factor(client, required, chief, plan):
    RecoveryCodes.activate(chief)
    client.force_login(chief)
    assert client.get(reverse("plan", args=[plan.pk])).url.startswith(SET_UP)


def test_another_persons_second_factor_does_not_count(client, required, chief, officer, plan):
    with_second_factor(officer)
    client.force_login(chief)
    assert client.get(reverse("plan", args=[plan.pk])).url.startswith(SET_UP)


def test_an_adviser_needs_it_whatever_they_may_do(client, required, reviewer, plan):
    assert reviewer.memberships.get().office == Office.LGA_ADVISER
    client.force_login(reviewer)
    assert client.get(reverse("plan", args=[plan.pk])).url.startswith(SET_UP)
    with_second_factor(reviewer)
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 200


@pytest.mark.parametrize("access", [Access.EDITOR, Access.REVIEWER])
def test_editors_and_reviewers_of_the_council_need_not(client, required, officer, plan, access):
    Membership.objects.filter(user=officer).update(access=access)
    client.force_login(officer)
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 200
    assert client.get(reverse("people", args=[plan.council.slug])).status_code == 200


def test_a_person_needs_it_from_when_they_become_an_owner(client, required, officer, plan):
    client.force_login(officer)
    Membership.objects.filter(user=officer).update(access=Access.OWNER)
    assert client.get(reverse("plan", args=[plan.pk])).url.startswith(SET_UP)


def test_no_one_needs_it_if_it_is_not_required(client, chief, plan):
    client.force_login(chief)
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 200


def test_another_councils_plan_is_not_found_rather_than_refused(client, required, stranger, plan):
    client.force_login(stranger)
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 404


def test_a_save_without_it_saves_nothing_and_keeps_the_text(client, required, chief, item):
    client.force_login(chief)
    address = reverse("item", args=[item.plan_id, item.pk])
    form = {"csrfmiddlewaretoken": "x", "version": "1", "status": "in-progress", "note": "My text"}
    fragment = client.post(address, form, headers=HTMX)
    assert fragment.status_code == 403
    assert fragment.headers["HX-Retarget"] == "#page-message"
    assert "Set up two-step sign-in first." in text_of(fragment)
    assert "<html" not in fragment.content.decode()
    page = client.post(address, form)
    assert page.status_code == 403
    assert '<input type="hidden" name="note" value="My text">' in page.content.decode()
    assert client.post(reverse("item_restore", args=[item.plan_id, item.pk])).url.startswith(SET_UP)
    assert PlanItem.objects.get(pk=item.pk).version == 1


def test_the_gate_costs_no_query(client, chief, plan, settings):
    with_second_factor(chief)
    client.force_login(chief)
    client.get(reverse("plan", args=[plan.pk]))  # stores which plan was opened last
    counts = []
    for required in (False, True):
        settings.SECOND_FACTOR_REQUIRED = required
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("plan", args=[plan.pk])).status_code == 200
        asked = [query["sql"] for query in queries if "mfa_authenticator" in query["sql"]]
        # It is a condition of other queries, not a query of its own.
        assert asked
        assert not any(re.match(r'[^(]* FROM "mfa_authenticator"', sql) for sql in asked)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("environment", "required"),
    [
        ({}, False),
        ({"SECOND_FACTOR_REQUIRED": "1"}, True),
        ({"PRODUCTION": "1"}, True),
        ({"PRODUCTION": "1", "SECOND_FACTOR_REQUIRED": "0"}, False),
    ],
)
def test_it_is_required_in_production_unless_the_environment_says_not(environment, required):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import noc_transition.settings as s; print(s.SECOND_FACTOR_REQUIRED)",
        ],
        cwd=project_settings.BASE_DIR,
        env=GOOD | {"PRODUCTION": "0"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(required)


def test_a_new_person_is_not_asked_for_it(client, riverdale, chief):
    link = invite(riverdale, chief, "new@riverdale.example")
    assert client.post(link, {"password": "nine quiet otters"}).url == reverse("home")
    assert is_signed_in(client)
    assert User.objects.get(email="new@riverdale.example").memberships.count() == 1


def test_the_account_page_names_what_two_step_sign_in_opens(client, required, chief):
    client.force_login(chief)
    shown = text_of(client.get(reverse("account")))
    assert "Off. Turn it on to open your plans." in shown

    User.objects.filter(pk=chief.pk).update(is_operator=True)
    shown = text_of(client.get(reverse("account")))
    assert "Off. Turn it on to open your plans and the operators’ pages." in shown

    operator = User.objects.create(email="op@planner.example", name="Olu Park", is_operator=True)
    client.force_login(operator)
    shown = text_of(client.get(reverse("account")))
    assert "Off. Turn it on to open the operators’ pages." in shown


def test_the_account_page_asks_an_adviser_to_turn_it_on(client, required, adviser):
    client.force_login(adviser)
    shown = text_of(client.get(reverse("account")))
    assert "Off. Turn it on to open the plans that you advise on." in shown
