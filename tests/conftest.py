"""The cast and what they share. Each test file is one feature; its own helpers stay with it."""

import datetime as dt
import io
import os

import pytest
from django.core.management import call_command
from django.db import connection

from assessments import actions
from councils.actions import add_member
from councils.models import Access, Council, CouncilType, Office

# The browser tests talk to a live server from the same process; Playwright's loop is not ours.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ELECTION_DAY = dt.date(2027, 5, 6)
PASSWORD = "a-long-enough-password"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Tests that commit leave the database empty behind them, so they come last, and of those the
    browser tests, which put the guidance back by themselves.

    pytest-django sees to the first by itself, but pytest then moves the browser tests forward,
    since they share the parameter that names the browser.
    """
    items.sort(key=lambda item: ("browser" in item.keywords, commits(item)))


def commits(item):
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The guidance is loaded once; no test may change it but in its own transaction.

    Tests that commit (browser tests) empty the database after them: those ask for
    `django_db_serialized_rollback`, which puts back what is kept here.
    """
    with django_db_blocker.unblock():
        call_command("load_frameworks", stdout=io.StringIO())
        connection._test_serialized_contents = connection.creation.serialize_db_to_string()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing slowly is for real passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(db):
    """Makes a member of a council who can sign in: `person(council, "mo", access=…)`."""

    def make(council, key, *, access=Access.EDITOR, office=Office.SLT_MEMBER, name=None):
        user = add_member(
            council=council,
            email=f"{key}@{council.slug}.example",
            name=name or key.title(),
            office=office,
            access=access,
        ).membership.user
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def riverdale(db):
    return Council.objects.create(
        name="Riverdale Borough Council", slug="riverdale", type=CouncilType.DISTRICT
    )


@pytest.fixture
def eastmere(db):
    return Council.objects.create(
        name="Eastmere District Council", slug="eastmere", type=CouncilType.DISTRICT
    )


@pytest.fixture
def chief(person, riverdale):
    return person(riverdale, "chief", access=Access.OWNER, office=Office.CHIEF_EXECUTIVE)


@pytest.fixture
def officer(person, riverdale):
    return person(riverdale, "officer", office=Office.MONITORING_OFFICER)


@pytest.fixture
def reviewer(person, riverdale):
    return person(riverdale, "reviewer", access=Access.REVIEWER, office=Office.LGA_ADVISER)


@pytest.fixture
def stranger(person, eastmere):
    """The owner of another council: what is Riverdale's does not exist for them."""
    return person(eastmere, "stranger", access=Access.OWNER, office=Office.CHIEF_EXECUTIVE)


@pytest.fixture
def dated_plan(riverdale, chief):
    """A plan as it is made, with every due date that is suggested."""
    return actions.create_plan(council=riverdale, by=chief, election_day=ELECTION_DAY)


@pytest.fixture
def plan(dated_plan):
    """The same with nothing due, so that a test says itself what is."""
    dated_plan.items.update(due=None, due_rule=None)
    return dated_plan


@pytest.fixture
def their_plan(eastmere, stranger):
    plan = actions.create_plan(council=eastmere, by=stranger, election_day=ELECTION_DAY)
    plan.items.update(due=None, due_rule=None)
    return plan


@pytest.fixture
def item(plan):
    """Riverdale's first item of step 13: preparing governance with the groups."""
    return plan.items.select_related("plan", "step", "source").get(source__code="NOC-13.1")
