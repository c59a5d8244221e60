"""Comparison with other councils: consent, weekly publication, who sees it, withdrawal."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from model_bakery import baker

from assessments.comparisons import actions
from assessments.comparisons.actions import publish_comparisons, share_figures, stop_sharing
from assessments.comparisons.figures import StageCount
from assessments.comparisons.models import (
    ComparisonMember,
    ComparisonPublication,
    ComparisonShare,
    ComparisonSpread,
)
from assessments.data_protection.actions import purge_plan
from assessments.plans.models import Event, Plan, PlanItem, Status
from councils.actions import add_member
from councils.models import Access, Council, CouncilType, Office
from frameworks.models import Step
from tests.acting import signed_in, text_of

CREATED = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
SUNDAY = dt.datetime(2027, 5, 16, 12, tzinfo=dt.UTC)
MONDAY = SUNDAY + dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
ACTIONS = 10


@pytest.fixture
def councils(dated_plan):
    """Eight more councils, whose plans have 10 actions in stage 1: 1 to 8 are completed."""
    Council.objects.filter(pk=dated_plan.council_id).update(gss_code="E07000000")
    Plan.objects.filter(pk=dated_plan.pk).update(created_at=CREATED)
    step = Step.objects.get(framework=dated_plan.transition_id, number=1)
    plans = []
    for number in range(1, 9):
        council = baker.make(
            Council,
            name=f"Council {number}",
            slug=f"council-{number}",
            type=CouncilType.DISTRICT,
            gss_code=f"E0700010{number}",
        )
        plan = Plan.objects.get(pk=dated_plan.pk)
        plan.pk, plan.council, plan._state.adding = None, council, True
        plan.save()
        done = {"status": Status.COMPLETED, "completed_on": CREATED.date()}
        PlanItem.objects.bulk_create(
            PlanItem(
                plan=plan,
                step=step,
                title=f"Action {n}",
                position=n,
                **(done if n < number else {}),
            )
            for n in range(ACTIONS)
        )
        plans.append(plan)
    return plans


@pytest.fixture
def shared(dated_plan, councils, chief):
    """Riverdale, of which no action is completed, and the eight share their counts on a Sunday."""
    with time_machine.travel(SUNDAY, tick=False):
        for plan in [dated_plan, *councils]:
            share_figures(plan, by=chief)
    return dated_plan


def publish(at=MONDAY):
    with time_machine.travel(at, tick=False):
        return publish_comparisons()


def page(user, plan, at=MONDAY):
    with time_machine.travel(at, tick=False):
        return signed_in(user).get(reverse("comparison", args=[plan.pk]))


def shown(stage=1):
    return ComparisonSpread.objects.filter(stage=stage).exclude(lower=None)


def test_an_owner_sees_what_is_shared_shares_it_and_stops(dated_plan, chief, officer):
    assert "A plan owner decides" in text_of(page(officer, dated_plan))
    assert "View what would be shared" in text_of(page(chief, dated_plan))
    owner, editor = signed_in(chief), signed_in(officer)
    address = reverse("comparison_share", args=[dated_plan.pk])
    what = text_of(owner.get(address))
    assert "District or borough council" in what
    assert "Week of the poll" in what
    assert f"0 of {PlanItem.objects.filter(step__stage__number=1).count()} actions" in what
    assert editor.post(address).status_code == 403
    owner.post(address)
    owner.post(address)
    share = ComparisonShare.objects.get()
    assert (share.given_by, share.ended_at) == (chief, None)
    owner.post(reverse("comparison_stop", args=[dated_plan.pk]))
    owner.post(reverse("comparison_stop", args=[dated_plan.pk]))
    kinds = Event.objects.filter(kind__startswith="comparison").values_list("kind", flat=True)
    assert list(kinds) == ["comparison-ended", "comparison-shared"]


def test_the_spread_of_the_group_is_shown_without_a_name(shared, chief, officer):
    publish()
    spread = shown().get()
    assert (spread.councils, spread.lower, spread.middle, spread.upper) == (9, 20, 40, 60)
    words = text_of(page(officer, shared))
    assert "Of 9 district and borough councils whose form of control is not yet known" in words
    assert "including yours, about half had completed between 20% and 60%" in words
    assert "Council 1" not in words
    # No one has begun stages 2 and 3: their figures are too similar.
    assert "too similar" in words
    assert not shown(stage=2).exists()


def test_it_is_published_once_a_week_of_what_was_shared_before(shared, councils, chief, capsys):
    assert publish(SUNDAY).spreads.count() == 0  # no one had shared before that week began
    assert publish(MONDAY).spreads.count() == 1
    PlanItem.objects.filter(plan=councils[0]).update(
        status=Status.COMPLETED, completed_on=CREATED.date()
    )
    assert publish(MONDAY + dt.timedelta(days=3)) is None
    with time_machine.travel(MONDAY + WEEK, tick=False):
        call_command("publish_comparisons")
        call_command("publish_comparisons")
    told = capsys.readouterr().out
    assert "Published 1 figure for 2027-05-24" in told
    assert "already been published" in told
    assert shown().get().publication.week == (MONDAY + WEEK).date()
    assert ComparisonPublication.objects.count() == 3


def test_after_withdrawing_no_figure_includes_the_council(shared, councils, chief, officer):
    publish()
    with time_machine.travel(MONDAY, tick=False):
        stop_sharing(councils[3], by=chief)
    assert not shown().exists()
    assert "Why nothing is shown yet" in text_of(page(officer, shared))
    publish(MONDAY + WEEK)
    assert not shown().exists()  # 8 are left, and without 3 more they are too few
    with time_machine.travel(MONDAY + WEEK, tick=False):
        share_figures(councils[3], by=chief)
    publish(MONDAY + 2 * WEEK)
    assert shown().get().councils == 9


def test_a_deleted_plan_is_in_no_figure(shared, councils):
    publish()
    purge_plan(councils[0], by=None)
    assert not shown().exists()


def at_once(monkeypatch, name, *, first, second):
    """Call both functions, each on its own connection; `second` begins while `first` is in `name`.

    `name` is a function of the actions. `first` goes on after a second, or once `second` is done.
    """
    begun, done, original = threading.Event(), threading.Event(), getattr(actions, name)

    def slowly(*arguments):
        begun.set()
        done.wait(1)
        return original(*arguments)

    def run(function):
        try:
            return function()
        finally:
            connection.close()

    def run_second():
        begun.wait(60)
        try:
            return run(second)
        finally:
            done.set()

    monkeypatch.setattr(actions, name, slowly)
    with ThreadPoolExecutor(2) as pool:
        for called in [pool.submit(run, first), pool.submit(run_second)]:
            called.result(timeout=120)


def test_a_clock_that_jumps_ahead_deletes_no_earlier_publication(shared, councils):
    """Later figures must not be published if one council's follows from the earlier ones."""
    publish(MONDAY)
    publish(MONDAY + 500 * WEEK)
    assert ComparisonPublication.objects.count() == 2
    publish(MONDAY + 501 * WEEK)
    assert ComparisonPublication.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_council_that_leaves_while_figures_are_published_is_in_none(
    shared, councils, chief, monkeypatch, is_deleted
):
    def leave():
        if is_deleted:
            purge_plan(councils[0], by=None)
        else:
            stop_sharing(councils[0], by=chief)

    with time_machine.travel(MONDAY, tick=False):
        at_once(monkeypatch, "figures_of", first=publish_comparisons, second=leave)
    assert ComparisonPublication.objects.count() == 1
    assert not shown().exists()


@pytest.mark.django_db(transaction=True)
def test_figures_are_published_while_a_council_stops_sharing(shared, councils, chief, monkeypatch):
    publish()
    with time_machine.travel(MONDAY + WEEK, tick=False):
        at_once(
            monkeypatch,
            "remove_figures",
            first=lambda: stop_sharing(councils[0], by=chief),
            second=publish_comparisons,
        )
    assert ComparisonPublication.objects.count() == 2
    assert not shown().exists()


def test_a_plan_that_is_over_cannot_be_shared(dated_plan, chief):
    over = dt.datetime(2028, 6, 1, 12, tzinfo=dt.UTC)
    with time_machine.travel(over, tick=False):
        response = signed_in(chief).post(reverse("comparison_share", args=[dated_plan.pk]))
    assert not ComparisonShare.objects.exists()
    assert response.url == reverse("comparison", args=[dated_plan.pk])
    words = text_of(page(chief, dated_plan, over))
    assert "This plan is over" in words
    assert "View what would be shared" not in words


def test_who_is_not_counted(shared, councils):
    new, untried, stopped, moved = councils[:4]
    Plan.objects.filter(pk=new.pk).update(created_at=MONDAY - dt.timedelta(days=27))
    Council.objects.filter(pk=untried.council_id).update(gss_code=None)
    Council.objects.filter(pk=stopped.council_id).update(stopped_at=CREATED)
    publish()
    assert not set(ComparisonMember.objects.values_list("plan_number", flat=True)) & {
        new.pk,
        untried.pk,
        stopped.pk,
    }
    assert shown().get().councils == 6
    # A council whose poll moves to another week leaves a group that would be too small without it.
    Plan.objects.filter(pk=moved.pk).update(election_day=moved.election_day + WEEK)
    publish(MONDAY + WEEK)
    assert not shown().exists()


def test_who_can_see_the_comparison(shared, councils, chief, officer, stranger, adviser):
    publish()
    assert page(stranger, shared).status_code == 404
    address = reverse("comparison", args=[shared.pk])
    assert signed_in(adviser).get(address).status_code == 403
    assert "about half" in text_of(page(officer, shared))
    # A member of several councils is shown a group while 5 councils are left that they cannot see.
    for number, plan in enumerate(councils[:4]):
        assert ("about half" in text_of(page(officer, shared))) == (number < 4)
        add_member(
            council=plan.council,
            email=officer.email,
            name=officer.name,
            office=Office.SLT_MEMBER,
            access=Access.REVIEWER,
        )
    words = text_of(page(officer, shared))
    assert "about half" not in words
    assert "You can see the plans of other councils in this group" in words
    assert "about half" in text_of(page(chief, shared))


@pytest.mark.parametrize(
    ("completed", "needed", "rounded"),
    [(0, 0, 100), (0, 5, 0), (5, 5, 100), (1, 8, 13), (1, 3, 33), (199, 200, 99), (1, 300, 1)],
)
def test_a_percentage_is_100_only_if_all_are_completed_and_0_only_if_none_is(
    completed, needed, rounded
):
    assert StageCount(1, completed, needed).rounded == rounded
