"""What a test is given prepared is what building it would have given."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction

from assessments.data_protection.actions import purge_plan
from assessments.plans.actions import create_plan, record_export
from councils.actions import add_member
from councils.models import Access, Council, Office
from councils.verification import verify
from frameworks.models import Step
from tests.prepared import REACHED, STATES, Preparation, rows_of, tables

pytestmark = pytest.mark.django_db


class Built:
    """A builder that counts how often it ran."""

    def __init__(self, build):
        self.build, self.times = build, 0

    def __call__(self):
        self.times += 1
        return self.build()


@pytest.fixture(autouse=True)
def own_states(monkeypatch):
    """Nothing that these tests keep is given to others."""
    states, reached = dict(STATES), set(REACHED)
    STATES.clear()
    yield
    STATES.clear()
    STATES.update(states)
    REACHED.clear()
    REACHED.update(reached)


def in_a_test(*builders, before=lambda: None, **options):
    """Take these steps as a test would that is undone afterwards; return results and rows."""
    steps = Preparation()
    with transaction.atomic(), connection.execute_wrapper(steps.notice):
        before()
        results = [steps.step(n, build, **options) for n, build in enumerate(builders)]
        rows = rows_of(tables())
        problems = [
            problem for council in Council.objects.all() for problem in verify(council).problems
        ]
        transaction.set_rollback(True)
    assert problems == []
    return results, rows


def make_council():
    return Council.objects.create(name="Oakshire Council", slug="oakshire", type="county")


def make_plan():
    council = Council.objects.get()
    chief = add_member(
        council=council,
        email="ce@example.org",
        name="Chief",
        office=Office.CHIEF_EXECUTIVE,
        access=Access.OWNER,
    ).membership.user
    gone = create_plan(council=council, by=chief, election_day=dt.date(2017, 5, 4))
    purge_plan(gone, by=chief)
    return create_plan(council=council, by=chief, election_day=dt.date(2027, 5, 6))


def test_rows_and_results_are_those_that_were_built():
    council, plan = Built(make_council), Built(make_plan)
    (_, first), rows = in_a_test(council, plan)
    (given, second), again = in_a_test(council, plan)
    assert (council.times, plan.times) == (1, 1)
    assert again == rows
    assert first is not second
    assert first == second
    assert second.council == given
    assert second.created_by.email == "ce@example.org"


def test_what_follows_gets_the_next_key_as_it_would_have():
    """An event's key may not be given again after a purge: its link in the chain is still there."""

    def export():
        plan = make_plan().show_all_stages()
        return plan, record_export(plan, by=plan.created_by, detail="Whole")

    for _ in range(2):
        in_a_test(Built(make_council), export)


@pytest.mark.parametrize(
    "build",
    [
        lambda: mail.send_mail("To you", "Words", None, ["you@example.org"]),
        lambda: Step.objects.update(title="Another"),
    ],
    ids=["an e-mail", "guidance"],
)
def test_what_rows_alone_do_not_hold_is_built_each_time(build):
    built = Built(build)
    in_a_test(built)
    in_a_test(built)
    assert built.times == 2


def test_a_test_that_has_written_something_builds():
    built = Built(make_council)
    for _ in range(2):
        in_a_test(
            built, before=lambda: Council.objects.create(name="First", slug="a", type="county")
        )
    assert built.times == 2


def test_a_rare_step_is_kept_the_second_time():
    built = Built(make_council)
    for _ in range(4):
        in_a_test(built, rare=True)
    assert built.times == 2


def test_each_frozen_moment_has_its_own_rows():
    built = Built(make_plan)
    noon = dt.datetime(2027, 5, 18, 12, tzinfo=dt.UTC)
    for hours in (0, 1):
        with time_machine.travel(noon + dt.timedelta(hours=hours), tick=False):
            for _ in range(4):
                _, rows = in_a_test(Built(make_council), built)
            kept = {row["at"] for row in rows["assessments_event"].values()}
            assert {at.hour for at in kept} == {12 + hours}
    assert built.times == 2 * 2
