"""Actions about a council while others save its plans: no one's save is refused."""

import datetime as dt
import threading
import time
from contextlib import suppress
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from assessments.advisers.actions import grant_adviser
from assessments.appointments.actions import record_group_notice
from assessments.appointments.models import GroupNotice
from assessments.comments.actions import reply, start_thread
from assessments.data_protection.actions import purge_plan
from assessments.election_night.actions import finish_count, start_count
from assessments.plans.actions import PlanDeleted, create_plan, save_item
from assessments.plans.models import STAGES
from assessments.rounds.actions import ask_by_link, ask_several_by_link, close_round, make_round
from assessments.seats.actions import record_composition
from assessments.seats.models import CouncilComposition
from assessments.timetable.actions import change_cycle, make_feed
from councils.actions import invite
from councils.actions.addresses import ask_to_change_address, confirm_address, set_address
from councils.models import Council, Office, User
from councils.sessions import end_access_of
from elections.composition import Composition, Group
from tests.acting import fresh

from .test_concurrency import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 15
SEATS = Composition(groups=(Group("Oak", 20), Group("Ash", 19)), vacancies=0)


@pytest.fixture
def saves(plan, officer):
    """Return functions that each save another action of the plan several times."""

    def save(item):
        def run():
            for number in range(TIMES):
                save_item(fresh(item), version=number + 1, by=officer, note=f"Words {number}")

        return run

    return [save(item) for item in plan.items.all()[:4]]


def note_groups(council, plan, by):
    newest = GroupNotice.objects.filter(council=council).first()
    record_group_notice(
        council=council,
        kind=GroupNotice.Kind.FORMED,
        group="Oak",
        leader="Ann Ash",
        members=3,
        received_on=dt.date(2027, 5, 7),
        latest=newest.pk if newest else 0,
        by=by,
    )


def enter_seats(council, plan, by):
    current = CouncilComposition.objects.of(council).first()
    record_composition(
        council=council,
        as_at=dt.date(2027, 5, 7),
        composition=SEATS,
        based_on=current.pk if current else None,
        by=by,
    )


def set_cycle(council, plan, by):
    now = Council.objects.get(pk=council.pk)
    other = next(each for each in ("whole", "thirds") if each != now.election_cycle)
    change_cycle(now, cycle=other, by=by)


@transaction.atomic
def set_own_address(council, plan, by):
    person = plan.council.memberships.get(office=Office.MONITORING_OFFICER).user
    set_address(person, f"{uuid4()}@example.org", by=by)


@pytest.mark.parametrize("act", [note_groups, enter_seats, set_cycle, set_own_address])
def test_what_is_recorded_of_a_council_waits_for_saves_of_its_plans(
    plan, riverdale, chief, saves, act
):
    def run():
        for _ in range(TIMES):
            act(riverdale, plan, chief)

    outcomes = all_at_once([*saves, run])
    assert outcomes == [None] * len(outcomes)


def test_a_plan_that_is_deleted_meanwhile_refuses_nothing_about_the_council(plan, riverdale, chief):
    def delete():
        for number in range(TIMES):
            day = dt.date(2031, 5, 1) + dt.timedelta(weeks=number)
            purge_plan(create_plan(council=riverdale, by=chief, election_day=day), by=chief)

    def cycle():
        for _ in range(2 * TIMES):
            set_cycle(riverdale, plan, chief)

    outcomes = all_at_once([delete, cycle])
    assert outcomes == [None, None]


def test_comments_in_a_plan_that_is_deleted_meanwhile_are_not_found(riverdale, chief):
    """Each writes until the plan is gone: PlanDeleted then, which a view answers as 404."""
    plans = [
        create_plan(
            council=riverdale, by=chief, election_day=dt.date(2031, 5, 1) + dt.timedelta(weeks=week)
        )
        for week in range(TIMES)
    ]
    threads = [
        start_thread(plan, plan.items.all()[0].step, text="?", by=chief).thread for plan in plans
    ]

    def talk():
        for thread in threads:
            try:
                for number in range(2000):
                    reply(thread, text=f"Words {number}", by=chief)
                    time.sleep(0.005)  # so that the other is not kept waiting
            except PlanDeleted:
                continue
            raise AssertionError("It was never deleted.")

    def delete():
        for plan in plans:
            time.sleep(0.02)
            purge_plan(plan, by=chief)

    outcomes = all_at_once([talk, delete])
    assert outcomes == [None, None]


def test_a_count_that_ends_waits_for_what_is_recorded_of_the_council(plan, riverdale, chief):
    def end():
        for _ in range(TIMES):
            count = start_count(
                plan,
                by_wards=False,
                groups=[("Oak", 0), ("Ash", 0)],
                seats_up=39,
                no_group_not_up=0,
                vacant_not_up=0,
                rule="seats",
                by=chief,
            )
            current = CouncilComposition.objects.of(riverdale).first()
            finish_count(
                count,
                as_at=dt.date(2027, 5, 7),
                composition=SEATS,
                revision=count.revision,
                based_on=current.pk if current else None,
                by=chief,
            )

    def cycle():
        for _ in range(TIMES):
            set_cycle(riverdale, plan, chief)

    outcomes = all_at_once([end, cycle])
    assert outcomes == [None, None]


@pytest.fixture
def later(plan, riverdale, chief):
    """The council's plan after `plan`, which actions lock after it."""
    return create_plan(council=riverdale, by=chief, election_day=dt.date(2031, 5, 1))


def test_people_invited_to_a_round_of_one_plan_while_a_round_of_another_closes(plan, later, chief):
    today = timezone.localdate()
    rounds = [
        [make_round(each, name=f"{n}", opens=today, closes=today, by=chief) for n in range(TIMES)]
        for each in (plan, later)
    ]

    def invite():
        for each in rounds[1]:
            people = [(f"Person {n}", f"{each.pk}-{n}@example.org") for n in range(2)]
            ask_several_by_link(
                each, people=people, group="officers", by=chief, link_for=lambda token: "link"
            )

    def close():
        for each in rounds[0]:
            close_round(each, by=chief)

    assert all_at_once([invite, close]) == [None, None]


@pytest.mark.parametrize("how", ["their sessions", "their address"])
def test_calendar_addresses_of_two_plans_end_while_others_save(
    how, plan, later, chief, officer, settings
):
    settings.EMAILS_A_DAY = dict.fromkeys(settings.EMAILS_A_DAY, 1000)
    item, tokens = later.items.first(), []

    def end():
        for number in range(TIMES):
            for each in (plan, later):
                make_feed(each, by=officer)
            if how == "their sessions":
                end_access_of(officer, by=officer)
                continue
            ask_to_change_address(
                User.objects.get(pk=officer.pk),
                email=f"officer-{number}@riverdale.example",
                link_for=lambda token: tokens.append(token) or "link",
            )
            for token in tokens[-2:]:
                confirm_address(token)

    def save():
        for number in range(4 * TIMES):
            save_item(fresh(item), version=number + 1, by=chief, note=f"Words {number}")

    assert all_at_once([end, save]) == [None, None]


def test_an_adviser_changes_their_address_while_their_access_is_changed(plan, adviser, settings):
    """Giving access locks the plan and then the person, and so does the end of their calendar."""
    settings.EMAILS_A_DAY = dict.fromkeys(settings.EMAILS_A_DAY, 1000)
    scope = {"stages": STAGES, "may_comment": False, "until": plan.election_day}
    chief = plan.council.memberships.get(office=Office.CHIEF_EXECUTIVE).user
    asked = threading.Barrier(2, timeout=60)

    def move():
        for number in range(TIMES):
            tokens = []
            make_feed(plan, by=adviser)
            ask_to_change_address(
                User.objects.get(pk=adviser.pk),
                email=f"adviser-{number}@adviser.example",
                link_for=lambda token, tokens=tokens: tokens.append(token) or "link",
            )
            confirm_address(tokens[0])
            asked.wait()
            confirm_address(tokens[1])
            asked.wait()

    def give():
        for _ in range(TIMES):
            asked.wait()
            email = User.objects.get(pk=adviser.pk).email
            for _ in range(4):
                with suppress(ValidationError):
                    grant_adviser(plan, email=email, name="Ada", by=chief, **scope)
            asked.wait()

    assert all_at_once([move, give]) == [None, None]


def test_emails_are_counted_without_keeping_others_from_the_record(plan, riverdale, chief, officer):
    """Some actions count an email before what they record, and some after it."""
    today = timezone.localdate()
    made = make_round(plan, name="First", opens=today, closes=today, by=chief)

    def ask():
        for number in range(TIMES):
            ask_by_link(
                made,
                name=f"Ann {number}",
                email=f"ann{number}@example.org",
                group="partners",
                by=chief,
                link_for=str,
            )

    def invite_others():
        for number in range(TIMES):
            invite(
                council=riverdale,
                email=f"bob{number}@example.org",
                name=f"Bob {number}",
                access="reviewer",
                office="slt-member",
                by=officer,
                link_for=str,
            )

    outcomes = all_at_once([ask, invite_others])
    assert outcomes == [None] * len(outcomes)
