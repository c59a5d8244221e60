"""The set-up list on plan home, which follows from what the council has recorded."""

import datetime as dt

import pytest
from django.urls import reverse

from assessments.plans.actions import change_plan
from assessments.plans.models import Event, Plan, PlanItem
from assessments.seats.actions import record_composition
from assessments.timetable.actions import set_date
from councils.models import Membership, Office
from elections.composition import Composition, Group
from tests.acting import signed_in, tree_of, words


def tasks(user, plan):
    """Return the open tasks by label, or None if there is no list."""
    page = tree_of(signed_in(user).get(plan.get_absolute_url()))
    if not any(each.get("id") == "set-up" for each in page.iter()):
        return None
    lines = [e for e in page.iter("li") if e.get("class") == "app-tasks__task"]
    return [words(line.find("span").find("a")) for line in lines if "To do" in words(line)]


STATUTORY = "Invite your statutory officers"
CHECK = "Check the key dates"
DATES = f"{CHECK} and set the day of annual council"
SEATS = "Enter the council’s seats"
OWNERS = "Assign the first 10 actions"
EMAIL = "Choose your email updates"


def test_a_task_is_done_when_the_record_says_so(plan, chief, officer, person, riverdale):
    assert tasks(chief, plan) == [STATUTORY, DATES, SEATS, OWNERS, EMAIL]
    person(riverdale, "finance", office=Office.SECTION_151_OFFICER)
    assert STATUTORY not in tasks(chief, plan)
    day = plan.election_day + dt.timedelta(days=14)
    set_date(plan, "annual_meeting", date=day, reason="Agreed", version=0, by=chief)
    assert DATES not in tasks(chief, plan)
    seats = Composition((Group("Ash", 10), Group("Elm", 9)))
    record_composition(
        council=riverdale, as_at=dt.date(2026, 1, 1), composition=seats, based_on=None, by=chief
    )
    assert SEATS not in tasks(chief, plan)
    first = list(plan.items.values_list("pk", flat=True)[:10])
    member = Membership.objects.get(user=officer)
    PlanItem.objects.filter(pk__in=first[:9]).update(owner=member)
    assert OWNERS in tasks(chief, plan)
    PlanItem.objects.filter(pk=first[9]).update(owner_name="A solicitor")
    assert tasks(chief, plan) == [EMAIL]
    signed_in(chief).post(reverse("digest"), {"digest_frequency": "weekly"})
    assert tasks(chief, plan) is None


def test_the_key_dates_are_marked_as_checked_until_election_day_moves(plan, chief, officer):
    address, dates = reverse("plan_dates_checked", args=[plan.pk]), plan.timetable.every_key_date
    item = plan.items.first()
    # As an upgrade leaves it that counts a date in another way.
    PlanItem.objects.filter(pk=item.pk).update(due=dt.date(2027, 4, 1))
    client = signed_in(officer)
    stale = client.post(address, {"checked": "1", "election_day": "2027-05-13"}, follow=True)
    assert "The plan has changed since you opened this page" in words(tree_of(stale))
    assert DATES in tasks(chief, plan)
    form = {"checked": "1", "election_day": plan.election_day.isoformat()}
    for _ in range(2):
        page = client.post(address, form, follow=True)
        assert "The key dates have been marked as checked." in words(tree_of(page))
    assert DATES not in tasks(chief, plan)
    plan = Plan.objects.get()
    assert plan.timetable.every_key_date == dates
    assert PlanItem.objects.get(pk=item.pk).due == dt.date(2027, 4, 1)
    (event,) = Event.objects.filter(plan=plan, kind=Event.Kind.PLAN_CHANGED)
    assert [(c.field, c.after) for c in event.changes.all()] == [
        ("dates_checked_for", "6 May 2027")
    ]
    client.post(address, form | {"checked": "0"})
    assert DATES in tasks(chief, plan)
    client.post(address, form)
    later = plan.election_day + dt.timedelta(days=7)
    plan = Plan.objects.get()
    change_plan(plan, version=plan.version, by=chief, election_day=later)
    assert DATES in tasks(chief, plan)


def test_the_key_dates_of_another_kind_of_election_have_to_be_checked_again(plan, chief):
    poll = plan.election_day
    plan = change_plan(plan, version=plan.version, by=chief, dates_checked_for=poll)
    plan = change_plan(Plan.objects.get(), version=plan.version, by=chief, occasion="order")
    assert Plan.objects.get().dates_checked_for is None
    assert f"{CHECK} and enter those of the order" in tasks(chief, plan)


def test_a_by_election_has_no_day_of_annual_council_to_set(plan, chief):
    change_plan(plan, version=plan.version, by=chief, occasion="by-election")
    found = tasks(chief, Plan.objects.get())
    assert CHECK in found
    assert DATES not in found


def test_only_owners_see_the_list(plan, officer, reviewer, adviser):
    assert [tasks(each, plan) for each in (officer, reviewer, adviser)] == [None] * 3


def test_an_owner_can_hide_the_list_and_the_history_says_so(plan, chief):
    hide = reverse("plan_set_up_hide", args=[plan.pk])
    assert signed_in(chief).post(hide).url == plan.get_absolute_url()
    assert tasks(chief, plan) is None
    (event,) = Event.objects.filter(plan=plan, kind=Event.Kind.PLAN_CHANGED)
    assert [change.field for change in event.changes.all()] == ["shows_set_up"]
    history = signed_in(chief).get(reverse("plan_history", args=[plan.pk]))
    assert "Set-up list on plan home" in words(tree_of(history))


@pytest.mark.parametrize("field", ["election_day", "control", "marking"])
def test_each_answer_can_be_changed_before_the_plan_is_made(chief, riverdale, field):
    answers = {
        "election_day-day": 1,
        "election_day-month": 5,
        "election_day-year": 2031,
        "control": "minority",
        "control_standing": "expected",
        "formality": "unknown",
        "coalition_term": "alliance",
        "stage_2_weeks": 4,
        "marking": "official",
    }
    address = reverse("plan_new", args=[riverdale.slug])
    client = signed_in(chief)
    check = tree_of(client.post(address, answers))
    (button,) = (e for e in check.iter("button") if e.get("value") == field)
    assert words(button).startswith("Change")
    form = tree_of(client.post(address, answers | {"change": field}))
    ids = {element.get("id") for element in form.iter()}
    assert button.get("formaction").removeprefix("#") in ids
