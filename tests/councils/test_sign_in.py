import os
import re
import subprocess
import sys

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as project_settings
from django.urls import reverse

from councils.models import Access, Council, CouncilType, Membership, Office, User

pytestmark = pytest.mark.django_db

PASSWORD = "seven brown herons"
WRONG = "The email address or the password is not right"


@pytest.fixture
def ada():
    return User.objects.create_user(
        email="ada@riverdale.example", name="Ada Okoro", password=PASSWORD
    )


def sign_in(client, email="ada@riverdale.example", password=PASSWORD, **data):
    return client.post(reverse("account_login"), {"login": email, "password": password, **data})


def is_signed_in(client):
    return client.get(reverse("account")).status_code == 200


def tag(html, name):
    """The input called `name`, as text."""
    return re.search(rf'<input[^>]*name="{name}"[^>]*>', html).group()


# --- The page -------------------------------------------------------------------------------------


def test_the_page_asks_for_email_and_password_in_ways_a_browser_can_fill_in(client):
    html = client.get(reverse("account_login")).content.decode()
    assert 'type="email"' in tag(html, "login")
    assert 'autocomplete="username"' in tag(html, "login")
    assert 'type="password"' in tag(html, "password")
    assert 'autocomplete="current-password"' in tag(html, "password")
    assert "placeholder" not in html
    assert "remember" not in html.lower()
    assert f'href="{reverse("account_reset_password")}"' in html
    assert "<title>Sign in" in html


def test_signing_in_leads_straight_to_the_plans(client, ada):
    response = sign_in(client)
    assert response.status_code == 302
    assert response.url == reverse("home")
    assert is_signed_in(client)
    assert "Successfully" not in client.get(reverse("account")).content.decode()


@pytest.mark.parametrize("typed", ["ADA@Riverdale.Example", "  ada@riverdale.example "])
def test_email_is_known_whatever_its_case(client, ada, typed):
    assert sign_in(client, email=typed).status_code == 302
    assert is_signed_in(client)


def test_the_session_is_new_and_ends_with_the_browser(client, ada):
    session = client.session
    session["before"] = "planted"
    session.save()
    planted = session.session_key
    sign_in(client)
    cookie = client.cookies[project_settings.SESSION_COOKIE_NAME]
    assert cookie.value != planted
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["expires"]
    assert not cookie["max-age"]


def test_a_signed_in_person_is_not_asked_again(client, ada):
    sign_in(client)
    assert client.get(reverse("account_login")).url == reverse("home")


# --- Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@riverdale.example", "wrong"),
        ("unknown@riverdale.example", PASSWORD),
        ("closed@riverdale.example", PASSWORD),
        ("new@riverdale.example", PASSWORD),
        ("new@riverdale.example", "!"),
    ],
)
def test_every_refusal_reads_the_same(client, ada, email, password):
    User.objects.create_user(email="new@riverdale.example", name="No Password Yet")
    closed = User.objects.create_user(
        email="closed@riverdale.example", name="Closed", password=PASSWORD
    )
    User.objects.filter(pk=closed.pk).update(is_active=False)
    response = sign_in(client, email=email, password=password)
    html = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: Sign in" in html
    assert f'<a href="#id_login">{WRONG}</a>' in html
    assert 'id="id_login"' in tag(html, "login")
    assert f'value="{password}"' not in html
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("email", "password", "links"),
    [
        ("", "", {"id_login": "Enter your email address", "id_password": "Enter your password"}),
        (
            "ada",
            "x",
            {"id_login": "Enter an email address in the correct format, like name@example.gov.uk"},
        ),
        ("ada@riverdale.example\0", "x", {"id_login": "Null characters are not allowed"}),
    ],
)
def test_what_is_missing_or_malformed_is_named(client, email, password, links):
    html = sign_in(client, email=email, password=password).content.decode()
    for focus, message in links.items():
        assert f'<a href="#{focus}">{message}</a>' in html
        assert f'id="{focus}"' in html


def test_closing_an_account_acts_on_the_next_request(client, ada):
    sign_in(client)
    User.objects.update(is_active=False)
    assert not is_signed_in(client)


def test_everyone_stays_signed_in_when_the_secret_key_is_changed(client, ada, settings):
    sign_in(client)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 9
    assert is_signed_in(client)
    # From now on the session is signed with the new key, and the browser is still on the list.
    settings.SECRET_KEY_FALLBACKS = []
    assert is_signed_in(client)
    assert UserSession.objects.get(user=ada).session_key == client.session.session_key


def test_a_client_that_asks_for_json_gets_the_page(client, ada):
    response = client.post(
        reverse("account_login"),
        {"login": "ada@riverdale.example", "password": "wrong"},
        headers={"x-requested-with": "XMLHttpRequest", "accept": "application/json"},
    )
    assert response.headers["Content-Type"].startswith("text/html")


# --- Where to go next -----------------------------------------------------------------------------


def test_a_person_goes_on_to_the_page_they_asked_for(client, ada):
    asked = client.get(reverse("account"))
    assert asked.url == f"{reverse('account_login')}?next={reverse('account')}"
    assert f'name="next" value="{reverse("account")}"' in client.get(asked.url).content.decode()
    for same_host in (reverse("account"), f"http://testserver{reverse('account')}"):
        assert sign_in(client, next=same_host).url == same_host
        client.logout()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "https://other.riverdale.example/",
        "https://trusted.example/",
        " https://evil.example",
        "\0",
    ],
)
def test_a_person_never_goes_on_to_another_host(client, ada, settings, elsewhere):
    settings.ALLOWED_HOSTS = ["testserver", ".riverdale.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example"]
    assert sign_in(client, next=elsewhere).url == reverse("home")
    assert client.get(reverse("account_login"), {"next": elsewhere}).url == reverse("home")


# --- Lockout --------------------------------------------------------------------------------------


def fail_five_times(client, email="ada@riverdale.example"):
    for _ in range(5):
        assert sign_in(client, email=email, password="wrong").status_code == 200


def test_five_failures_lock_the_address_even_for_the_right_password(client, ada):
    fail_five_times(client)
    response = sign_in(client)
    html = response.content.decode()
    assert response.status_code == 429
    assert "<h1" in html
    assert "Too many attempts" in html
    assert "Wait 15 minutes" in html
    assert not is_signed_in(client)


def test_the_lock_counts_any_case_of_the_address(client, ada):
    fail_five_times(client, email="ADA@riverdale.example")
    assert sign_in(client).status_code == 429


def test_the_lock_counts_any_spelling_of_the_host(client, ada, settings):
    settings.ALLOWED_HOSTS = ["planner.example"]
    for port in range(5):
        client.defaults["HTTP_HOST"] = f"planner.example:{8000 + port}"
        assert sign_in(client, password="wrong").status_code == 200
    for host in ("planner.example:9000", "PLANNER.example", "planner.example."):
        client.defaults["HTTP_HOST"] = host
        assert sign_in(client).status_code == 429


def test_an_unknown_address_is_locked_in_the_same_way(client):
    fail_five_times(client, email="unknown@riverdale.example")
    assert sign_in(client, email="unknown@riverdale.example").status_code == 429


def test_other_people_can_still_sign_in(client, ada):
    User.objects.create_user(email="ben@riverdale.example", name="Ben Hale", password=PASSWORD)
    fail_five_times(client)
    assert sign_in(client, email="ben@riverdale.example").status_code == 302


def test_the_lock_opens_after_15_minutes(client, ada):
    with time_machine.travel("2027-05-06 09:00:00Z", tick=False) as clock:
        fail_five_times(client)
        clock.shift(899)
        assert sign_in(client).status_code == 429
        clock.shift(2)
        assert sign_in(client).status_code == 302


def test_successful_sign_ins_do_not_count_as_attempts(client, ada):
    for _ in range(6):
        assert sign_in(client).status_code == 302
        client.logout()


def test_guessing_at_many_accounts_from_one_address_is_stopped(client):
    answers = [sign_in(client, email=f"p{n}@riverdale.example").status_code for n in range(21)]
    assert answers == [200] * 20 + [429]


def test_the_log_says_if_a_request_came_by_too_few_proxies(client, settings, caplog, chief):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    client.raise_request_exception = False
    there = {"X-Forwarded-For": "203.0.113.7"}
    refused = client.post(
        reverse("account_login"), {"login": chief.email, "password": PASSWORD}, headers=there
    )
    assert refused.status_code == 500
    assert "TRUSTED_PROXY_COUNT is 2, but a request came by fewer proxies" in caplog.text


SIGN_IN_FROM_ANOTHER_PROCESS = """
import sys
import django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.test import Client
from councils.models import User
if "councils_user" not in connection.introspection.table_names():
    with connection.schema_editor() as schema:
        schema.create_model(User)
        schema.create_model(EmailAddress)
    call_command("createcachetable")
for attempt in sys.argv[1:]:
    email, password = attempt.split("/")
    print(Client().post("/sign-in/", {"login": email, "password": password}).status_code)
"""


def test_failures_in_one_process_lock_the_address_in_another(tmp_path):
    def sign_in_from_another_process(*attempts):
        done = subprocess.run(
            [sys.executable, "-c", SIGN_IN_FROM_ANOTHER_PROCESS, *attempts],
            cwd=project_settings.BASE_DIR,
            env={
                **os.environ,
                "ALLOWED_HOSTS": "testserver",
                "DATABASE_URL": f"sqlite:///{tmp_path / 'lockout.sqlite3'}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    failures = ["ada@riverdale.example/wrong"] * 5
    assert sign_in_from_another_process(*failures) == ["200"] * 5
    assert sign_in_from_another_process(
        f"ada@riverdale.example/{PASSWORD}", f"ben@riverdale.example/{PASSWORD}"
    ) == ["429", "200"]


# --- Signing out ----------------------------------------------------------------------------------


def test_a_link_to_sign_out_only_asks(client, ada):
    sign_in(client)
    html = client.get(reverse("account_logout")).content.decode()
    assert "<title>Sign out" in html
    assert f'<form method="post" action="{reverse("account_logout")}"' in html
    assert is_signed_in(client)


def test_signing_out_ends_the_session_and_says_so(client, ada):
    sign_in(client)
    key = client.session.session_key
    response = client.post(reverse("account_logout"), follow=True)
    assert response.redirect_chain == [(reverse("account_login"), 302)]
    assert "You have been signed out." in response.content.decode()
    client.cookies[project_settings.SESSION_COOKIE_NAME] = key
    assert not is_signed_in(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_signing_out_twice_is_harmless(client, method):
    assert getattr(client, method)(reverse("account_logout")).url == reverse("account_login")


# --- Your account ---------------------------------------------------------------------------------


def join(user, name, access=Access.EDITOR, office=Office.MONITORING_OFFICER, job_title=""):
    council = Council.objects.create(
        name=name, slug=name.lower().replace(" ", "-"), type=CouncilType.DISTRICT
    )
    return Membership.objects.create(
        user=user, council=council, office=office, access=access, job_title=job_title
    )


def test_the_account_page_says_who_i_am_and_what_i_may_do(client, ada):
    ben = User.objects.create_user(email="ben@hillford.example", name="Ben Hale")
    join(ben, "Hillford Council")
    join(ada, "Riverdale Borough Council", access=Access.OWNER, office=Office.CHIEF_EXECUTIVE)
    join(ada, "Adderley <District> Council", access=Access.REVIEWER, job_title="Director of Law")
    client.force_login(ada)
    html = client.get(reverse("account")).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "Ada Okoro" in text
    assert "ada@riverdale.example" in text
    assert (
        "Riverdale Borough Council Chief executive Owner. Can do everything an editor can" in text
    )
    assert (
        "Adderley &lt;District&gt; Council Director of Law (Monitoring officer) Reviewer." in text
    )
    assert text.index("Adderley") < text.index("Riverdale Borough")
    assert "Hillford" not in text
    assert f'href="{reverse("account_change_password")}"' in html
    assert f'<form method="post" action="{reverse("account_logout")}"' in html


def test_a_reviewer_is_not_told_they_can_edit(client, ada):
    join(ada, "Riverdale Borough Council", access=Access.REVIEWER)
    client.force_login(ada)
    html = client.get(reverse("account")).content.decode()
    assert "Can view and download the plan" in html
    assert "record progress" not in html


def test_a_person_without_a_council_is_told_who_to_ask(client, ada):
    client.force_login(ada)
    page = client.get(reverse("account")).content.decode()
    assert "You do not belong to a council in the planner." in page
    # The list itself: an adviser with one plan is otherwise sent to that plan.
    assert f'href="{reverse("home")}?all=1">Your plans</a>' in page


def test_the_account_page_costs_the_same_for_one_council_and_for_five(
    client, ada, django_assert_num_queries
):
    client.force_login(ada)
    for count in (1, 5):
        while ada.memberships.count() < count:
            join(ada, f"Council {ada.memberships.count()}")
        # session, person, memberships, means of sign-in, other sessions, requests about them
        with django_assert_num_queries(6):
            client.get(reverse("account"))
