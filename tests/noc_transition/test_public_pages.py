"""The pages that a public body must publish, linked from every page and true of the deployment."""

import re

import pytest
from django.conf import settings as project_settings
from django.test import Client
from django.urls import reverse

from tests.acting import signed_in, text_of

NAMES = ("help", "contact", "accessibility", "privacy", "cookies")
LINKS = [f"/{name}/" for name in NAMES]


def footer_links(response):
    footer = response.content.decode().partition('<footer class="app-footer">')[2]
    return re.findall(r'href="([^"]+)"', footer)


@pytest.mark.parametrize("name", NAMES)
def test_anyone_can_read_them_without_a_query(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert footer_links(response) == LINKS
    assert response.content.decode().count("<h1") == 1


def test_every_page_links_to_them_signed_in_or_not(client, chief, plan):
    owner = signed_in(chief)
    for page in (
        client.get(reverse("account_login")),
        client.get(reverse("account_reset_password")),
        client.get("/nowhere/"),
        client.get(reverse("join", args=["gone"])),
        owner.get(reverse("account")),
        owner.get(plan.get_absolute_url()),
        owner.get(reverse("people", args=["riverdale"])),
        owner.get("/nowhere/"),
    ):
        assert footer_links(page) == LINKS
        assert "guidance, not legal advice" in text_of(page)


def test_respondents_with_a_personal_link_have_them_too(client):
    assert footer_links(client.get(reverse("review"))) == LINKS


def test_the_sign_in_page_says_what_the_planner_is_and_who_it_is_for(client, db):
    text = text_of(client.get(reverse("account_login")))
    for words in ("no overall control", "Local Government Association", "chief executives"):
        assert words in text


def test_they_name_who_runs_the_planner(client, settings):
    settings.PUBLISHER = settings.PUBLISHER | {
        "name": "Shire <Services>",
        "email": "help@shire.example",
        "phone": "01234 567890",
        "address": "1 High Street",
        "data_protection_email": "dpo@shire.example",
        "hosting": "the United Kingdom",
        "backup_days": 35,
        "accessibility_prepared_on": "1 March 2027",
    }
    contact = text_of(client.get(reverse("contact")))
    for words in ("Shire &lt;Services&gt;", "help@shire.example", "01234 567890", "1 High Street"):
        assert words.replace("&lt;", "<").replace("&gt;", ">") in contact
    privacy = text_of(client.get(reverse("privacy")))
    assert "Each council is the controller" in privacy
    assert "Shire <Services> is the processor" in privacy
    assert "dpo@shire.example" in privacy
    assert "kept in the United Kingdom" in privacy
    assert "up to 35 days more" in privacy
    statement = text_of(client.get(reverse("accessibility")))
    assert "which is run by Shire <Services>" in statement
    assert "prepared on 1 March 2027" in statement


def test_a_council_that_runs_its_own_planner_is_the_controller(client, settings):
    settings.PUBLISHER = settings.PUBLISHER | {"name": "Riverdale", "is_the_council": True}
    privacy = text_of(client.get(reverse("privacy")))
    assert "Riverdale runs this planner for its own plans, and is the controller" in privacy
    assert "processor" not in privacy


def test_pages_say_what_has_not_been_set_up(client):
    contact = text_of(client.get(reverse("contact")))
    assert "have not been set up for this planner yet. Ask your system administrator" in contact
    assert "not been reviewed for this deployment" in text_of(client.get(reverse("accessibility")))


def test_the_privacy_notice_has_what_the_law_requires(client):
    text = text_of(client.get(reverse("privacy")))
    for words in (
        "controller",
        "article 6(1)(e)",
        "article 9(2)(g)",
        "How long it is kept",
        "third parties",
        "the data protection regulator",
        "automated decisions",
    ):
        assert words in text


def test_the_privacy_notice_names_what_is_asked_of_respondents(client):
    """They choose a role; the planner does not ask for their political group."""
    text = text_of(client.get(reverse("privacy")))
    assert "role in relation to the administration" in text
    assert "political group or role" not in text
    assert "The political group of a councillor, the role of a respondent" in text


def test_the_privacy_notice_says_whether_errors_are_reported(client, settings):
    assert "sends nothing to other websites" in text_of(client.get(reverse("privacy")))
    settings.SENTRY_DSN = "https://key@reports.example/1"
    text = text_of(client.get(reverse("privacy")))
    assert "reports the error to a service for this, without names" in text
    assert "itself sends nothing to other websites" not in text


def test_every_cookie_that_is_set_is_on_the_page(client, chief, officer, plan):
    page = text_of(client.get(reverse("cookies")))
    person = Client()
    person.get(reverse("account_login"))
    chief.set_password("a-long-enough-password")
    chief.save()
    person.post(
        reverse("account_login"), {"login": chief.email, "password": "a-long-enough-password"}
    )
    person.post(reverse("digest"), {"digest_frequency": "daily"})
    assert set(person.cookies) >= {
        project_settings.SESSION_COOKIE_NAME,
        project_settings.CSRF_COOKIE_NAME,
        project_settings.KNOWN_BROWSER_COOKIE_NAME,
        "messages",
    }
    for name in person.cookies:
        assert name in page


def test_help_says_who_needs_two_step_sign_in_here(client, settings):
    """It is not required everywhere: the demo does without."""
    settings.SECOND_FACTOR_REQUIRED = True
    required = text_of(client.get(reverse("help")))
    assert "Owners and advisers also need a code from their phone" in required
    settings.SECOND_FACTOR_REQUIRED = False
    optional = text_of(client.get(reverse("help")))
    assert "If you have turned on two-step sign-in, you also need a code" in optional
    assert "Owners and advisers also need" not in optional


def test_a_deployment_can_replace_a_page(client, settings, tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "help.html").write_text("Our own help")
    first, *others = settings.TEMPLATES
    options = first | {"DIRS": [tmp_path, *first["DIRS"]]}
    settings.TEMPLATES = [options, *others]
    assert client.get(reverse("help")).content.decode() == "Our own help"
