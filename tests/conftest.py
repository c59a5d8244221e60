"""The cast and what they share. Each test file is one feature; its own helpers stay with it."""

import datetime as dt
import io
import os

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from assessments.advisers.actions import grant_adviser, revoke_grant
from assessments.plans.actions import create_plan
from assessments.plans.models import STAGES, AdviserGrant
from councils.actions import add_member, end_membership
from councils.models import Access, Council, CouncilType, Membership, Office

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
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """On SQLite the tests' database is a file, as the product's is.

    One in memory would be a single connection for a browser test and every thread of its server,
    and their transactions would run into each other.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "tests.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The guidance is loaded once; no test may change it but in its own transaction.

    Tests that commit (browser tests) empty the database after them: those ask for
    `django_db_serialized_rollback`, which puts back what is kept here.
    """
    with django_db_blocker.unblock():
        call_command("load_frameworks", stdout=io.StringIO())
        guidance = io.StringIO()
        call_command("dumpdata", "frameworks", stdout=guidance)
        connection._test_serialized_contents = guidance.getvalue()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing slowly is for real passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def private_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("private")


@pytest.fixture(autouse=True)
def private_files(settings, private_dir):
    """Each process that runs tests has its own, so that none waits for another's PDF."""
    settings.PRIVATE_DIR = private_dir
    settings.PDF_SECONDS = 120  # the computer may be busy with other tests


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
    return create_plan(council=riverdale, by=chief, election_day=ELECTION_DAY).show_all_stages()


@pytest.fixture
def plan(dated_plan):
    """The same with nothing due, so that a test says itself what is."""
    dated_plan.items.update(due=None, due_rule=None)
    return dated_plan


@pytest.fixture
def their_plan(eastmere, stranger):
    plan = create_plan(council=eastmere, by=stranger, election_day=ELECTION_DAY).show_all_stages()
    plan.items.update(due=None, due_rule=None)
    return plan


@pytest.fixture
def granted(db):
    """Makes somebody an adviser by a grant: `granted(plan, "ada", stages=[2])`; gives the grant."""

    def make(plan, key, *, stages=STAGES, may_comment=True, days=90):
        grant = grant_adviser(
            plan,
            email=f"{key}@adviser.example",
            name=f"{key.title()} Adviser",
            stages=stages,
            may_comment=may_comment,
            until=timezone.localdate() + dt.timedelta(days=days),
            by=plan.created_by,
        )
        grant.adviser.set_password(PASSWORD)
        grant.adviser.save()
        return grant

    return make


@pytest.fixture
def adviser(granted, plan):
    """Is granted the whole of Riverdale's plan, to read and comment; belongs to no council."""
    return granted(plan, "whole").adviser


@pytest.fixture
def partial_adviser(granted, plan):
    """Is granted stage 2 of Riverdale's plan alone, to read."""
    return granted(plan, "partial", stages=[2], may_comment=False).adviser


@pytest.fixture
def expired_adviser(granted, plan):
    """Their last day was yesterday."""
    grant = granted(plan, "expired")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    AdviserGrant.objects.filter(pk=grant.pk).update(until=yesterday)
    return grant.adviser


@pytest.fixture
def revoked_adviser(granted, plan):
    """Had the whole plan until its owner ended that."""
    grant = granted(plan, "revoked")
    revoke_grant(grant, by=plan.created_by)
    return grant.adviser


@pytest.fixture
def elsewhere(granted, their_plan):
    """Advises on the whole plan of another council."""
    return granted(their_plan, "elsewhere").adviser


@pytest.fixture
def removed(person, riverdale, plan):
    """Was an editor of Riverdale, and is a member no more."""
    user = person(riverdale, "removed")
    end_membership(Membership.objects.get(user=user), by=plan.created_by)
    return user


@pytest.fixture
def item(plan):
    """Riverdale's first item of step 13: preparing governance with the groups."""
    return plan.items.select_related("plan", "step", "source").get(source__code="NOC-13.1")
