import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from assessments.plans.actions import remove_item
from assessments.plans.models import PlanItem, Status
from councils.models import Membership, Office
from tests.acting import (
    answer,
    by_id,
    fresh,
    item_ids,
    own_item,
    signed_in,
    text_of,
    tree_of,
    words,
)

TODAY = dt.date(2027, 5, 18)
OFFICE = "monitoring-officer"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def deputy(person, riverdale):
    """A second member with the role of `officer`."""
    return person(riverdale, "deputy", office=Office.MONITORING_OFFICER)


def member(user):
    return Membership.objects.get(user=user)


def get(user, name, *args):
    response = signed_in(user).get(reverse(name, args=args))
    assert response.status_code == 200
    return response


def pks(queryset):
    return list(queryset.values_list("pk", flat=True))


def live(plan):
    return PlanItem.objects.filter(plan=plan, removed_at=None)


@pytest.fixture
def scattered(plan, chief, officer, deputy, their_plan):
    """Actions with every kind of owner, one added by the council, one removed."""
    led = list(live(plan).filter(source__lead_role__code=OFFICE))
    other = list(live(plan).exclude(source__lead_role__code=OFFICE))
    answer(led[0], chief, owner=member(officer))
    answer(led[1], chief, owner=member(deputy))
    answer(led[2], chief, owner=member(chief))
    answer(led[3], chief, owner_name="A solicitor")
    answer(other[0], chief, owner=member(officer))
    answer(other[1], chief, owner=member(deputy))
    answer(other[2], chief, owner_name="Monitoring officer")
    own = own_item(plan, 13, by=chief, title="Ours, without an owner")
    owned = own_item(plan, 13, by=chief, title="Ours, the officer's", owner=member(officer))
    gone = own_item(plan, 13, by=chief, title="Gone", owner=member(officer))
    remove_item(fresh(gone), version=1, by=chief)
    return {
        "officer": {led[0].pk, other[0].pk, owned.pk},
        "deputy": {led[1].pk, other[1].pk},
        "unowned": {item.pk for item in led[4:]},
        "elsewhere": {led[2].pk, led[3].pk, other[2].pk, own.pk, gone.pk},
    }


# --- By stage and by area -------------------------------------------------------------------------


def headings_of(response):
    """Return the second-level headings of the page's content."""
    return [words(h2) for h2 in by_id(response)["main"].iter("h2")]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_stage_holds_its_ten_steps_in_order(scattered, plan, chief, number):
    response = get(chief, "plan_stage", plan.pk, number)
    assert item_ids(response) == pks(live(plan).filter(step__stage__number=number))
    headings = headings_of(response)
    steps = [int(heading.split()[0]) for heading in headings]
    assert steps == list(range(number * 10 - 9, number * 10 + 1))


@pytest.mark.parametrize("number", [1, 3, 10])
def test_an_area_lists_its_steps_in_all_stages(scattered, plan, chief, number):
    response = get(chief, "plan_area", plan.pk, number)
    assert item_ids(response) == pks(live(plan).filter(step__role_area__number=number))
    headings = headings_of(response)
    assert [int(heading.split()[0]) for heading in headings] == [number, number + 10, number + 20]
    assert [heading.rsplit(" ", 1)[1] for heading in headings] == [
        "Pre-election",
        "foundations",
        "Strengthening",
    ]


def test_an_area_links_to_the_previous_and_next_area(plan, chief):
    links = {
        number: [
            a.get("href").split("/areas/")[1]
            for a in tree_of(get(chief, "plan_area", plan.pk, number)).iter("a")
            if words(a) in {"Previous area", "Next area"}
        ]
        for number in (1, 5, 10)
    }
    assert links == {1: ["2/"], 5: ["4/", "6/"], 10: ["9/"]}


def test_a_list_shows_its_own_figures(plan, chief):
    items = list(live(plan).filter(step__stage__number=2)[:3])
    answer(items[0], chief, status=Status.COMPLETED)
    answer(items[1], chief, due=TODAY - dt.timedelta(days=3))
    answer(items[2], chief, status=Status.NOT_NEEDED, reason="x")
    total = live(plan).filter(step__stage__number=2).count()
    text = text_of(get(chief, "plan_stage", plan.pk, 2))
    assert f"1 of {total - 1} complete1 overdue0 due in the next 14 days" in text
    assert "current stage" in text
    assert "current stage" not in text_of(get(chief, "plan_stage", plan.pk, 1))
    with time_machine.travel(plan.boundaries.first_year_ends + dt.timedelta(days=2)):
        assert "current stage" not in text_of(get(chief, "plan_stage", plan.pk, 3))
    assert "overdue" not in text_of(get(chief, "plan_stage", plan.pk, 3)).lower()


# --- By officer -----------------------------------------------------------------------------------


def test_a_role_lists_actions_of_its_members_and_unassigned_ones_it_leads(scattered, plan, chief):
    response = get(chief, "plan_officer", plan.pk, OFFICE)
    wanted = scattered["officer"] | scattered["deputy"] | scattered["unowned"]
    assert item_ids(response) == [pk for pk in pks(live(plan)) if pk in wanted]
    assert not wanted & scattered["elsewhere"]


def test_my_actions_leave_out_those_of_a_colleague_in_my_role(scattered, plan, officer, deputy):
    unowned = scattered["unowned"]
    assert set(item_ids(get(officer, "plan_mine", plan.pk))) == scattered["officer"] | unowned
    assert set(item_ids(get(deputy, "plan_mine", plan.pk))) == scattered["deputy"] | unowned


def test_my_actions_are_in_plan_order_with_a_description(scattered, plan, officer):
    response = get(officer, "plan_mine", plan.pk)
    assert item_ids(response) == [
        pk for pk in pks(live(plan)) if pk in scattered["officer"] | scattered["unowned"]
    ]
    assert "where we suggest your role (monitoring officer) as lead" in text_of(response)


def test_a_role_without_actions_says_so(plan, reviewer):
    response = get(reviewer, "plan_mine", plan.pk)
    assert item_ids(response) == []
    assert "You have no actions." in text_of(response)


@pytest.mark.parametrize("office", Office.values)
def test_every_office_has_a_list(plan, chief, office):
    response = get(chief, "plan_officer", plan.pk, office)
    assert item_ids(response) == pks(live(plan).filter(source__lead_role__code=office))
    assert Office(office).label in text_of(response)


@pytest.mark.parametrize("office", ["none", "owner", "Monitoring-Officer", "chief_executive"])
def test_an_office_that_does_not_exist_is_not_found(plan, chief, office):
    address = reverse("plan_officers", args=[plan.pk]) + f"{office}/"
    assert signed_in(chief).get(address).status_code == 404


def test_the_officers_page_counts_every_item_once(scattered, plan, chief):
    some = live(plan).filter(pk__in=scattered["officer"]).first()
    answer(some, chief, due=TODAY - dt.timedelta(days=1))
    answer(live(plan).get(pk=min(scattered["deputy"])), chief, status=Status.COMPLETED)
    (table,) = tree_of(get(chief, "plan_officers", plan.pk)).iter("table")
    rows = {}
    for row in table.find("tbody").iter("tr"):
        name, *figures = [words(cell) for cell in row]
        rows[name] = figures
    fall_to_office = len(scattered["officer"] | scattered["deputy"] | scattered["unowned"])
    assert rows["Monitoring officer"] == [
        str(fall_to_office - 1),
        "1",
        f"1 of {fall_to_office}",
    ]
    assert rows["Other people, and actions added by the council that have no owner"] == [
        "3",
        "0",
        "0 of 3",
    ]
    assert rows["LGA adviser"] == ["0", "0", "0 of 0"]
    assert list(rows)[:-1] == Office.labels
    assert sum(int(open_) for open_, _, _ in rows.values()) == live(plan).open().count()
    # Each row counts what its list shows.
    shown = item_ids(get(chief, "plan_officer", plan.pk, OFFICE))
    assert len(shown) == fall_to_office


def test_the_row_for_others_is_only_there_when_needed(plan, chief):
    assert "Other people" not in text_of(get(chief, "plan_officers", plan.pk))


# --- Open -----------------------------------------------------------------------------------------


def test_open_items_are_soonest_first_and_those_without_a_date_last(plan, chief):
    items = list(live(plan).order_by("-pk")[:6])
    for item, offset in zip(items, [5, -2, 400, 0, -2, None], strict=True):
        due = None if offset is None else TODAY + dt.timedelta(days=offset)
        answer(item, chief, due=due, status=Status.IN_PROGRESS)
    done = live(plan).first()
    answer(done, chief, status=Status.COMPLETED, due=TODAY)
    shown = item_ids(get(chief, "plan_open", plan.pk))
    dated = [items[4], items[1], items[3], items[0], items[2]]
    assert shown[:5] == [item.pk for item in dated]
    undated = [pk for pk in pks(live(plan)) if pk not in {i.pk for i in dated} | {done.pk}]
    assert shown[5:] == undated[:95]


def test_open_items_come_in_pages_that_together_hold_each_once(plan, chief):
    first = get(chief, "plan_open", plan.pk)
    assert "123 open, soonest first" in text_of(first)
    assert "Page 1 of 2" in text_of(first)
    assert "Previous page" not in text_of(first)
    client = signed_in(chief)
    address = reverse("plan_open", args=[plan.pk])
    second = client.get(address + "?page=2")
    assert "Next page" not in text_of(second)
    assert (len(item_ids(first)), len(item_ids(second))) == (100, 23)
    assert sorted(item_ids(first) + item_ids(second)) == sorted(pks(live(plan)))
    for page, shown in (("0", second), ("99", second), ("x", first), ("-1", second), ("", first)):
        assert item_ids(client.get(address, {"page": page})) == item_ids(shown), page


def test_a_plan_without_open_actions_says_so(plan, chief):
    live(plan).update(status=Status.COMPLETED, completed_on=TODAY)
    response = get(chief, "plan_open", plan.pk)
    assert "There are no open actions. All of them are completed or not needed." in text_of(
        response
    )
    assert item_ids(response) == []


# --- All of them ----------------------------------------------------------------------------------


def test_a_reviewer_reads_every_list_and_can_change_none(scattered, plan, reviewer):
    for name, args in [
        ("plan_stage", [2]),
        ("plan_area", [3]),
        ("plan_officer", [OFFICE]),
        ("plan_open", []),
        ("plan_step", [13]),
    ]:
        response = get(reviewer, name, plan.pk, *args)
        html = response.content.decode()
        assert item_ids(response)
        posts = re.findall(r'<form[^>]*method="post"[^>]*>', html)
        assert all("/action-plan/pdf/" in form for form in posts)  # downloads
        assert "data-hx-post" not in html
        assert "/edit/" not in html
        assert "Not started" in text_of(response)


def test_lists_of_another_council_hold_nothing_of_this_one(scattered, plan, their_plan, stranger):
    for name, args in [("plan_stage", [2]), ("plan_open", []), ("plan_officer", [OFFICE])]:
        shown = item_ids(get(stranger, name, their_plan.pk, *args))
        assert shown
        assert not set(shown) & set(pks(live(plan)))


def test_a_list_with_no_open_action_does_not_count_what_is_due(plan, chief):
    for item in live(plan).filter(step__stage__number=1):
        answer(item, chief, status=Status.COMPLETED)
    total = live(plan).filter(step__stage__number=1).count()
    text = text_of(get(chief, "plan_stage", plan.pk, 1))
    assert f"{total} of {total} complete" in text
    assert "due in the next" not in text
