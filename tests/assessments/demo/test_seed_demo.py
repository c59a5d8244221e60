import datetime as dt
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from assessments.demo.seed import EASTMERE, NORTHWOLD, PASSWORD, RIVERDALE
from assessments.plans.models import Event, Plan, PlanItem, Status
from assessments.plans.progress import Tally, matrix_for, standing_of
from councils.models import Council, Membership, User
from frameworks.models import Framework
from tests.acting import signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAYS = [dt.date(2027, 5, 18), dt.date(2026, 11, 22), dt.date(2028, 2, 29), dt.date(2027, 12, 25)]


def at(day):
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC))


def seed():
    out = io.StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def riverdale():
    return Plan.objects.with_all_stages().get(council__slug="riverdale")


def test_three_councils_one_mid_transition_one_a_year_on_one_with_an_empty_plan():
    with at(DAYS[0]):
        seed()
        assert set(Council.objects.values_list("slug", flat=True)) == {
            "riverdale",
            "northwold",
            "eastmere",
        }
        plan, empty = riverdale(), Plan.objects.with_all_stages().get(council__slug="eastmere")
        counts = {status: plan.items.filter(status=status).count() for status in Status.values}
        assert min(counts.values()) > 1, counts
        assert plan.items.filter(source=None).count() == 2
        assert plan.items.exclude(note="").count() > 20
        assert plan.items.exclude(owner=None).count() > 20
        assert plan.items.exclude(owner_name="").exists()
        assert any("\n" in note for note in plan.items.values_list("note", flat=True))
        assert plan.coalition_term == "joint administration"
        untouched = sum(
            (Tally.of(row) for row in empty.items.tally_by("plan", today=DAYS[0])), Tally()
        )
        assert untouched == Tally(total=123)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_dates_are_alive_whenever_it_is_made(today):
    with at(today):
        seed()
        plan = riverdale()
        assert plan.election_day.weekday() == 3
        assert 12 <= (today - plan.election_day).days < 19
        assert plan.timetable.stage_on(today) == 2
        assert standing_of(plan, today=today).startswith("day ")
        total = matrix_for(plan, today=today).total
        assert total.overdue > 0
        assert total.due_soon > 0
        assert total.completed > 20
        done = plan.items.filter(status=Status.COMPLETED)
        assert not done.filter(completed_on__gt=today).exists()
        assert len(set(done.values_list("completed_on", flat=True))) > 5
        empty = Plan.objects.with_all_stages().get(council__slug="eastmere")
        assert empty.election_day >= today


def test_it_prints_who_can_sign_in_and_they_can(client):
    out = seed()
    assert PASSWORD in out
    for person in (*RIVERDALE, *NORTHWOLD, *EASTMERE):
        assert person.email in out
        assert person.name in out
    chief = RIVERDALE[0]
    response = client.post(
        reverse("account_login"), {"login": chief.email, "password": PASSWORD}, follow=True
    )
    assert "Riverdale Borough Council" in text_of(response)
    assert response.request["PATH_INFO"] == reverse("plan", args=[riverdale().pk])


def test_every_address_is_fictional():
    seed()
    for email in User.objects.values_list("email", flat=True):
        assert email.endswith(".example")


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Council, Membership, User, Plan, PlanItem, Event)
    ]


def test_it_is_safe_to_run_twice_even_after_work_was_done():
    first = seed()
    plan = riverdale()
    PlanItem.objects.filter(plan=plan).update(note="Tried out")
    before = everything()
    assert seed() == first
    assert everything() == before


def test_every_answer_came_through_the_actions():
    """So that the demo's record reads as a real one."""
    seed()
    plan = riverdale()
    answered = plan.items.exclude(saved_by=None)
    for item in answered:
        assert item.events.exists()
    assert not plan.items.filter(saved_by=None).exclude(status=Status.NOT_STARTED).exists()
    reviewers = Membership.objects.filter(access="reviewer").values("user")
    theirs = Event.objects.filter(by__in=reviewers)
    assert {event.kind for event in theirs} == {"comment-added"}


def test_each_council_sees_only_its_own():
    seed()
    ruth = User.objects.get(email="chief@eastmere.example")
    amara = User.objects.get(email="chief@riverdale.example")
    for user, mine, other in ((ruth, "Eastmere", "Riverdale"), (amara, "Riverdale", "Eastmere")):
        page = text_of(signed_in(user).get(reverse("home"), follow=True))
        assert mine in page
        assert other not in page
    assert signed_in(ruth).get(reverse("plan", args=[riverdale().pk])).status_code == 404


def test_production_refuses_it(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="passwords are public"):
        seed()
    assert not Council.objects.exists()
    assert not User.objects.exists()


def test_without_the_guidance_it_says_what_to_do_first(monkeypatch):
    monkeypatch.setattr(Framework.objects, "exists", lambda: False)
    with pytest.raises(CommandError, match="load_frameworks"):
        seed()
    assert not Council.objects.exists()
