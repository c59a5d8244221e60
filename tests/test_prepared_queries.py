"""Queries whose SQL is kept give what they would give if it were made again each time."""

import datetime as dt
import importlib
import pkgutil
from threading import Thread

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

import assessments
from assessments.plans.models import Plan, PlanItem
from councils.models import User
from councils.prepared import KEPT, PreparedQuery


def every_prepared_query():
    found = {}
    for module in pkgutil.walk_packages(assessments.__path__, "assessments."):
        if ".migrations." in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, PreparedQuery):
                found[f"{value.build.__module__}.{name}"] = value
    return found


# What each takes: how many numbers, and the values that its SQL depends on.
TODAY = dt.date(2027, 5, 18)
TAKES = {
    "assessments.access._beside": (2, {}),
    "assessments.access._plan": (2, {"today": TODAY}),
    "assessments.access._item": (3, {"related": ("step", "source"), "today": TODAY}),
    "assessments.data_protection.access._requests_to_delete": (1, {"today": TODAY}),
    "assessments.for_you.access._plans": (1, {"today": TODAY}),
    "assessments.for_you.page._actions_with_keys": (5, {}),
    "assessments.for_you.page._dated_actions": (4, {}),
    "assessments.for_you.page._shares": (1, {"today": TODAY, "needs_second_factor": True}),
    "assessments.for_you.waiting._waiting": (1, {"today": TODAY, "needs_second_factor": True}),
    "assessments.pages.list_queries.actions_of_stage": (2, {}),
    "assessments.pages.list_queries.actions_with_keys": (3, {}),
    "assessments.pages.list_queries.comments_shown": (1, {"stages": (1, 2)}),
    "assessments.pages.list_queries.governing_agreement": (1, {}),
    "assessments.pages.list_queries.latest_composition": (1, {"today": TODAY}),
    "assessments.pages.list_queries.owners_of_actions": (1, {"stages": (1, 2)}),
    "assessments.pages.list_queries.rows_of_plan": (1, {"stages": (1, 2)}),
    "assessments.pages.list_queries.stages_and_areas": (1, {}),
    "assessments.pages.list_queries.vacancies_since": (1, {"day": TODAY}),
    "assessments.pages.step_queries.actions_of_step": (2, {"stages": (1, 2, 3)}),
    "assessments.pages.step_queries.comments_by_action": (3, {}),
    "assessments.pages.step_queries.links_on_actions": (2, {}),
    "assessments.pages.step_queries.readable_notes": (3, {"needs_second_factor": False}),
    "assessments.pages.step_queries.related_guidance": (2, {}),
    "assessments.pages.step_queries.rows_of_area": (2, {"stages": (1, 2, 3)}),
    "assessments.pages.step_queries.steps_near": (6, {"stages": (1, 2, 3)}),
    "assessments.plans.models.dates.dates_by_hand": (2, {}),
    "assessments.plans.progress._steps": (1, {}),
    "assessments.plans.stages._current_sign_offs": (1, {}),
    "assessments.plans.stages._reviews": (1, {}),
    "assessments.plans.stages._sign_offs": (1, {}),
    "assessments.presence.viewers._viewers": (2, {}),
    "assessments.register.kinds._live_entries": (1, {"noun": "agreement"}),
    "assessments.reviews.reopenings._pending": (1, {"stages": (1, 2, 3)}),
    "assessments.register.lines._rows": (1, {}),
}


@pytest.fixture
def forgotten_after():
    """SQL made here, with values that do not fit the settings, is not kept for other tests."""
    yield
    for query in every_prepared_query().values():
        query.made.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("name", TAKES)
def test_the_sql_that_is_kept_depends_on_nothing_but_what_is_given(name, forgotten_after):
    """A time of day, or a set without an order, would be true only when the SQL was made."""
    query = every_prepared_query()[name]
    count, depends_on = TAKES[name]
    query.made.clear()
    with time_machine.travel(dt.datetime(2027, 5, 18, 9, tzinfo=dt.UTC), tick=False):
        first = query.make(count, depends_on)
    query.made.clear()
    with time_machine.travel(dt.datetime(2027, 5, 18, 17, tzinfo=dt.UTC), tick=False):
        again = query.make(count, depends_on)
    assert (first.sql, first.parameters) == (again.sql, again.parameters)


def test_every_prepared_query_is_tested_here():
    assert set(every_prepared_query()) == set(TAKES)


@pytest.mark.django_db
def test_each_person_gets_their_own_rows(plan, chief, stranger):
    query = PreparedQuery(
        lambda user_id, plan_id: Plan.objects.visible_to(User(pk=user_id)).filter(pk=plan_id)
    )
    for _ in range(2):
        (found,) = query.fetch(chief.pk, plan.pk)
        assert (found, found.access, found.sees_stage_3) == (plan, "owner", True)
        assert query.fetch(stranger.pk, plan.pk) == []
        assert query.fetch(chief.pk, 10**30) == []


@pytest.mark.django_db
def test_the_rows_are_what_the_queryset_itself_gives(plan):
    def build(plan_id):
        rows = PlanItem.objects.filter(plan=plan_id, step__number__lte=3)
        return rows.select_related("step__stage", "source__component").order_by("pk")

    query = PreparedQuery(build)
    usual = list(build(plan.pk))
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            found = query.fetch(plan.pk)
            places = [(each.step.stage.title, each.source.component) for each in found]
        assert len(captured) == 1
        assert [vars(each)["note"] for each in found] == [each.note for each in usual]
        assert places == [(each.step.stage.title, each.source.component) for each in usual]


@pytest.mark.django_db
def test_the_sql_is_made_again_for_what_it_depends_on(plan):
    made = []

    def build(plan_id, *, number):
        made.append(number)
        return PlanItem.objects.filter(plan=plan_id, step__number=number).values_list("pk")

    query = PreparedQuery(build)
    first, second = query.fetch(plan.pk, number=1), query.fetch(plan.pk, number=2)
    assert first
    assert second
    assert not set(first) & set(second)
    assert query.fetch(plan.pk, number=1) == first
    assert made == [1, 2]
    for number in range(3, 3 + KEPT):
        query.fetch(plan.pk, number=number)
    assert len(query.made) <= KEPT


@pytest.mark.django_db
def test_a_number_that_the_sql_does_not_take_as_it_is_is_refused(plan):
    query = PreparedQuery(lambda pk: Plan.objects.filter(pk=pk + 1))
    with pytest.raises(ValueError, match="not among the parameters"):
        query.fetch(plan.pk)


@pytest.mark.django_db(transaction=True)
def test_each_thread_uses_its_own_connection(plan):
    query = PreparedQuery(lambda pk: Plan.objects.filter(pk=pk))
    query.fetch(plan.pk)
    found = []

    def ask():
        found.extend(query.fetch(plan.pk))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [plan]
