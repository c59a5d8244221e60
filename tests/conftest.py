"""The cast and what they share. Each test file is one feature; its own helpers stay with it."""

import datetime as dt
import gc
import io
import os
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from assessments.advisers.actions import grant_adviser, revoke_grant
from assessments.plans.actions import create_plan
from assessments.plans.models import STAGES, AdviserGrant
from assessments.printing import pdf as printing
from councils.actions import add_member, end_membership
from councils.models import Access, Council, CouncilType, Membership, Office
from operate.notices import keep_notice
from tests import committing
from tests.acting import PASSWORD
from tests.browser import examine
from tests.prepared import Preparation

# The browser tests talk to a live server from the same process; Playwright's loop is not ours.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# By default Python looks for unreachable cycles after every 700 new objects, which takes a quarter
# of the suite’s time: many objects last to its end, and there are few cycles.
gc.set_threshold(200_000, 20, 20)

ELECTION_DAY = dt.date(2027, 5, 6)


# --- Which tests there are ------------------------------------------------------------------------

# Fixtures that say what a test costs; pytest marks the tests that use them.
MARKS = {"world": "matrix", "grow": "slow"}


def pytest_addoption(parser):
    parser.addoption(
        "--matrix-sample",
        type=int,
        default=1,
        metavar="N",
        help="ask only every Nth row of the access matrix",
    )
    parser.addoption(
        "--fuzz",
        type=int,
        default=300,
        metavar="N",
        help="requests of tests/test_fuzz.py",
    )
    parser.addoption("--fuzz-seed", type=int, default=1, metavar="N", help="where it begins")
    parser.addoption(
        "--attack", action="store_true", help="attack at full size and print figures: script/attack"
    )


def pytest_itemcollected(item):
    """Mark tests by what they need: see `markers` in pyproject.toml."""
    if not uses_database(item):
        item.add_marker("pure")
    if commits(item) and "browser" not in item.keywords:
        item.add_marker("slow")
    for fixture in item.fixturenames:
        if fixture in MARKS:
            item.add_marker(MARKS[fixture])


def uses_database(item):
    return item.get_closest_marker("django_db") is not None or not {
        "db",
        "transactional_db",
        "live_server",
    }.isdisjoint(item.fixturenames)


def commits(item):
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Tests that commit come last, and of those the browser tests.

    pytest-django sees to the first by itself, but pytest then moves the browser tests forward,
    since they share the parameter that names the browser. Tests with a pooler are deselected on
    SQLite, which has none.
    """
    if connection.vendor != "postgresql":
        without = [item for item in items if "pooler" in item.keywords]
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]
    items.sort(key=lambda item: ("browser" in item.keywords, commits(item)))


FIGURES = {}  # what attacks tried, in words


@pytest.fixture
def figures():
    """Return a function that notes a figure for the table at the end of `script/attack`."""
    return FIGURES.__setitem__


LEFT_OUT = Counter()  # tests by mark
NAMED = ("browser", "pooler", "pure", "pdf", "matrix", "slow")


def pytest_deselected(items):
    for item in items:
        marks = [mark for mark in NAMED if mark in item.keywords]
        LEFT_OUT[" and ".join(marks) or "other"] += 1


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(LEFT_OUT)
        session.config.workeroutput["axe"] = dict(examine.COUNTS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Take over what a worker counted: each has chosen from all tests, and examined its own."""
    told = getattr(node, "workeroutput", {})
    LEFT_OUT.clear()
    LEFT_OUT.update(told.get("left_out", {}))
    examine.COUNTS.update(told.get("axe", {}))


def pytest_terminal_summary(terminalreporter, config):
    """Say what was not run: a selection must never pass for the whole."""
    if LEFT_OUT:
        counts = ", ".join(f"{count} {mark}" for mark, count in sorted(LEFT_OUT.items()))
        terminalreporter.write_line(f"Not selected, by mark: {counts}.")
    if examine.COUNTS:
        counts = ", ".join(f"{count} {what}" for what, count in examine.COUNTS.items())
        terminalreporter.write_line(f"Accessibility: {counts}; see tests/browser/examine.py.")
    if config.getoption("--attack"):
        terminalreporter.section("Figures")
        for name, figure in FIGURES.items():
            terminalreporter.write_line(f"{name:<50} {figure}")
    if (step := config.getoption("--matrix-sample")) > 1:
        terminalreporter.write_line(f"Of the access matrix, 1 row in {step} was asked.")


@pytest.fixture
def sampled(request):
    """`sampled(rows)`: the rows of the matrix that this run asks, the same ones every time."""
    return lambda rows: rows[:: request.config.getoption("--matrix-sample")]


# --- The database ---------------------------------------------------------------------------------


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
    """The guidance is loaded once. A test may change it in its own transaction; a test that commits
    gets the whole database back afterwards.
    """
    with django_db_blocker.unblock():
        call_command("load_frameworks", stdout=io.StringIO())
        restore, finish = committing.keep(connection)
    committing.restore_around_tests(restore)
    yield
    with django_db_blocker.unblock():
        finish()


# --- Settings -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hash passwords fast, to save time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def private_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("private")


@pytest.fixture(autouse=True)
def private_files(settings, private_dir):
    """Each process that runs tests has its own, so that none waits for another's PDF."""
    settings.PRIVATE_DIR = private_dir
    settings.PDF_SECONDS = 120  # the computer may be busy with other tests


@pytest.fixture(autouse=True)
def no_notice(settings):
    """Every process knows that no notice is shown: reading it again would be one more query."""
    settings.NOTICE_SECONDS = 3600
    keep_notice("")


@pytest.fixture
def quick_press(monkeypatch):
    """A PDF comes back as the HTML that it would be set from: sooner, and its words can be read."""

    class Press:
        def set(self, html, lock):
            return html.encode(), 0

    monkeypatch.setattr(printing, "_Press", Press)
    monkeypatch.setattr(printing, "_idle", [])


# --- The cast -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def preparation():
    """The steps this test has taken: see `tests.prepared`."""
    Preparation.current = steps = Preparation()
    with connection.execute_wrapper(steps.notice):
        yield steps


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    item.funcargs["preparation"].in_body = True


@pytest.fixture
def prepared(db, preparation):
    """`prepared("a name", build)` gives what `build()` gives, and builds it once in each worker."""
    return preparation.step


@pytest.fixture
def person(prepared):
    """Makes a member of a council who can sign in: `person(council, "mo", access=…)`."""

    def make(council, key, *, access=Access.EDITOR, office=Office.SLT_MEMBER, name=None):
        def build():
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

        return prepared(("person", council.pk, key, access, office, name), build, rare=True)

    return make


@pytest.fixture
def member(prepared, person):
    """As `person`, of one that many tests share: kept from the first time."""

    def make(council, key, **kwargs):
        return prepared(("member", council.pk, key), lambda: person(council, key, **kwargs))

    return make


@pytest.fixture
def riverdale(prepared):
    def build():
        return Council.objects.create(
            name="Riverdale Borough Council", slug="riverdale", type=CouncilType.DISTRICT
        )

    return prepared("riverdale", build)


@pytest.fixture
def eastmere(prepared):
    def build():
        return Council.objects.create(
            name="Eastmere District Council", slug="eastmere", type=CouncilType.DISTRICT
        )

    return prepared("eastmere", build)


@pytest.fixture
def chief(member, riverdale):
    return member(riverdale, "chief", access=Access.OWNER, office=Office.CHIEF_EXECUTIVE)


@pytest.fixture
def officer(member, riverdale):
    return member(riverdale, "officer", office=Office.MONITORING_OFFICER)


@pytest.fixture
def reviewer(member, riverdale):
    return member(riverdale, "reviewer", access=Access.REVIEWER, office=Office.LGA_ADVISER)


@pytest.fixture
def stranger(member, eastmere):
    """The owner of another council: what is Riverdale's does not exist for them."""
    return member(eastmere, "stranger", access=Access.OWNER, office=Office.CHIEF_EXECUTIVE)


@pytest.fixture
def dated_plan(prepared, riverdale, chief):
    """A plan as it is made, with every due date that is suggested."""

    def build():
        plan = create_plan(council=riverdale, by=chief, election_day=ELECTION_DAY)
        return plan.show_all_stages()

    return prepared("dated plan", build)


@pytest.fixture
def plan(prepared, dated_plan):
    """The same with nothing due, so that a test says itself what is."""
    prepared("nothing due", lambda: dated_plan.items.update(due=None, due_rule=None))
    return dated_plan


@pytest.fixture
def their_plan(prepared, eastmere, stranger):
    def build():
        plan = create_plan(council=eastmere, by=stranger, election_day=ELECTION_DAY)
        plan.show_all_stages()
        plan.items.update(due=None, due_rule=None)
        return plan

    return prepared("their plan", build)


@pytest.fixture
def granted(prepared):
    """`granted(plan, "ada", stages=[2])` grants advice on the plan and returns the grant."""

    def make(plan, key, **scope):
        names = tuple((name, repr(value)) for name, value in scope.items())
        build = lambda: grant(plan, key, **scope)  # noqa: E731
        return prepared(("grant", plan.pk, key, names), build, rare=True)

    def grant(plan, key, *, stages=STAGES, may_comment=True, days=90):
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
def adviser(prepared, granted, plan):
    """Is granted the whole of Riverdale's plan, to read and comment; belongs to no council."""
    return prepared("adviser", lambda: granted(plan, "whole").adviser)


@pytest.fixture
def partial_adviser(prepared, granted, plan):
    """Return an adviser who can read stage 2 only."""

    def build():
        return granted(plan, "partial", stages=[2], may_comment=False).adviser

    return prepared("partial adviser", build)


@pytest.fixture
def expired_adviser(prepared, granted, plan):
    """Their last day was yesterday."""

    def build():
        grant = granted(plan, "expired")
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        AdviserGrant.objects.filter(pk=grant.pk).update(until=yesterday)
        return grant.adviser

    return prepared("expired adviser", build)


@pytest.fixture
def revoked_adviser(prepared, granted, plan):
    """Return an adviser whose access to the whole plan was ended."""

    def build():
        grant = granted(plan, "revoked")
        revoke_grant(grant, by=plan.created_by)
        return grant.adviser

    return prepared("revoked adviser", build)


@pytest.fixture
def elsewhere(prepared, granted, their_plan):
    """Advises on the whole plan of another council."""
    return prepared("elsewhere", lambda: granted(their_plan, "elsewhere").adviser)


@pytest.fixture
def removed(prepared, person, riverdale, plan):
    """Return a former editor of Riverdale."""

    def build():
        user = person(riverdale, "removed")
        end_membership(Membership.objects.get(user=user), by=plan.created_by)
        return user

    return prepared("removed", build)


@pytest.fixture
def item(plan):
    """Riverdale's first item of step 13: preparing governance with the groups."""
    return plan.items.select_related("plan", "step", "source").get(source__code="NOC-13.1")
