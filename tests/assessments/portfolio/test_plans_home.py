"""The list of plans: its rows, sorting, filters, pages and query counts."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.comments.actions import start_thread
from assessments.development.actions import open_check_in
from assessments.plans.actions import create_plan, record_export
from assessments.plans.models import AdviserLook, Event, Plan, PlanItem
from assessments.portfolio.overview import PAGE_SIZE
from councils.models import Access, Council, CouncilType, Membership, Office
from frameworks.models import Framework, Step
from tests.acting import answer, signed_in, text_of, tree_of, words

NOON = dt.datetime(2027, 5, 18, 11, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def adviser(person, riverdale):
    """Someone with a plan in Riverdale, and in whatever `council_with` adds."""
    return person(riverdale, "sam", access=Access.REVIEWER, office=Office.LGA_ADVISER)


@pytest.fixture
def council_with(adviser):
    """Makes a council of the adviser's with a plan for an election on the day."""

    def make(name, day, **fields):
        council = Council.objects.create(
            name=name, slug=name.lower().replace(" ", "-"), type=CouncilType.DISTRICT
        )
        Membership.objects.create(
            user=adviser, council=council, office=Office.LGA_ADVISER, access=Access.REVIEWER
        )
        plan = create_plan(council=council, by=adviser, election_day=day, **fields)
        plan.items.update(due=None, due_rule=None)
        return plan

    return make


@pytest.fixture
def client(adviser):
    return signed_in(adviser)


@pytest.fixture
def three(plan, council_with):
    """Riverdale in stage 2, one in stage 1, one in stage 3; two days between their changes."""
    with time_machine.travel(NOON - dt.timedelta(days=40), tick=False):
        ash = council_with("Ash Vale District Council", dt.date(2028, 5, 4))
    with time_machine.travel(NOON - dt.timedelta(days=2), tick=False):
        oak = council_with("Oakham District Council", dt.date(2027, 4, 1), stage_2_weeks=4)
    return ash, oak, plan


def home(client, query="?all=1"):
    return client.get(reverse("home") + query)


def names(response):
    """The councils in the list, in order, by their first word."""
    return [
        words(cell.find("a")).split()[0]
        for cell in tree_of(response).iter("th")
        if cell.get("scope") == "row"
    ]


def line(response, name):
    for row in tree_of(response).iter("tr"):
        if name in words(row):
            return words(row)
    raise AssertionError(name)


# --- A line ---------------------------------------------------------------------------------------


def test_a_row_shows_the_stage_progress_and_dates_of_a_plan(client, three, adviser):
    plan = three[2]
    items = list(plan.items.filter(step__stage__number=2))
    answer(items[0], adviser, status="completed")
    answer(items[1], adviser, due=dt.date(2027, 5, 17))
    answer(items[2], adviser, due=dt.date(2027, 5, 20))
    said = line(home(client), "Riverdale")
    assert "Election 6 May 2027" in said
    assert "OFFICIAL-SENSITIVE" in said
    assert "Stage 2 day 13 of 42" in said
    assert "2: 1 of 49" in said
    assert "Overdue1" in said
    assert "18 May 2027" in said  # the annual meeting comes before the action of the 20th
    assert "18 May 2027" in said.split("Last changed")[1]


def test_the_next_date_may_be_an_action(client, three, adviser):
    answer(three[0].items.first(), adviser, due=dt.date(2027, 5, 19))
    assert "Next date19 May 2027 Next due date of an action" in line(home(client), "Ash Vale")
    answer(three[0].items.first(), adviser, status="completed")
    assert "Next due date of an action" not in line(home(client), "Ash Vale")


def test_an_export_is_no_change(client, three, adviser):
    before = line(home(client), "Ash Vale")
    record_export(three[0].show_all_stages(), by=adviser, detail="")
    assert line(home(client), "Ash Vale") == before
    assert "Last changed 8 Apr 2027" in before


def test_every_plan_can_be_opened_selected_and_downloaded(client, three):
    tree = tree_of(home(client))
    links = {a.get("href") for a in tree.iter("a")}
    boxes = {box.get("value") for box in tree.iter("input") if box.get("name") == "plans"}
    for plan in three:
        assert plan.get_absolute_url() in links
        assert reverse("action_plan", args=[plan.pk]) in links
        assert str(plan.pk) in boxes


def test_an_adviser_sees_until_when_and_only_new_comments_of_their_stages(
    plan, their_plan, chief, granted
):
    granted(plan, "ada", stages=[2], days=43)
    ada = granted(their_plan, "ada", days=90).adviser
    for number in (2, 12, 12, 13):
        step = Step.objects.get(framework=plan.transition_id, number=number)
        start_thread(plan, step, text="Ready?", by=chief)
    client = signed_in(ada)
    for each in (plan, their_plan):  # figures are shown once the plan has been opened
        client.get(each.get_absolute_url())
    response = home(client)
    said = line(response, "Riverdale")
    assert "Adviser: stage 2, until 30 June 2027" in said
    assert "3 new comments" in said
    assert "until 16 August 2027" in line(response, "Eastmere")
    assert "new comment" not in line(response, "Eastmere")
    (url,) = (a.get("href") for a in tree_of(response).iter("a") if "new comments" in words(a))
    assert "3 unread comments" in text_of(client.get(url))
    client.post(reverse("comments_seen", args=[plan.pk]))
    assert "new comment" not in line(home(client), "Riverdale")


def test_a_member_has_no_last_day(client, three):
    assert "until" not in line(home(client), "Ash Vale")


def test_filters_are_shown_from_two_plans_on(chief, plan, council_with, client):
    assert "Apply filters" not in text_of(home(signed_in(chief)))
    council_with("Ash Vale District Council", dt.date(2028, 5, 4))
    assert "Apply filters" in text_of(home(client))


# --- Sorting and filtering ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ash", "Oakham", "Riverdale"]),
        ("&sort=election", ["Oakham", "Riverdale", "Ash"]),
        ("&sort=changed", ["Riverdale", "Oakham", "Ash"]),
        ("&sort=overdue", ["Oakham", "Ash", "Riverdale"]),
        ("&stage=1", ["Ash"]),
        ("&stage=2", ["Riverdale"]),
        ("&stage=3", ["Oakham"]),
        ("&text=VALE", ["Ash"]),
        ("&text=district&sort=election", ["Oakham", "Ash"]),
        ("&overdue=1", ["Oakham"]),
        ("&overdue=1&stage=1", []),
        ("&text=100%25", []),
    ],
)
def test_the_address_sorts_and_filters(client, three, query, found):
    # Yesterday for Oakham; today is not late.
    for plan, day in ((three[1], 17), (three[0], 18)):
        item = plan.items.first()
        PlanItem.objects.filter(pk=item.pk).update(due=dt.date(2027, 5, day))
    response = home(client, f"?all=1{query}")
    assert names(response) == found
    assert ("No plans match." in text_of(response)) == (not found)


@pytest.mark.parametrize(
    "query",
    [
        "&stage=4",
        "&stage=x",
        "&stage=" + "9" * 40,
        "&sort=password",
        "&text=%00",
        "&text=" + "x" * 500,
        "&page=x",
        "&page=-1",
        "&page=" + "9" * 40,
        "&overdue=",
        "&text[]=1&stage=1&stage=",
    ],
)
def test_what_makes_no_sense_is_left_out(client, three, query):
    assert names(home(client, f"?all=1{query}")) == ["Ash", "Oakham", "Riverdale"]


def test_stages_in_the_query_are_those_of_the_timetable(plan, chief):
    for weeks in (4, 5, 6):
        Plan.objects.filter(pk=plan.pk).update(stage_2_weeks=weeks)
        plan = Plan.objects.get(pk=plan.pk)
        for days in range(-2, 50):
            today = plan.election_day + dt.timedelta(days=days)
            found = [n for n in (1, 2, 3) if Plan.objects.in_stage(n, today).exists()]
            assert found == [plan.timetable.stage_on(today)], (weeks, days)


def test_filter_and_order_stay_from_page_to_page(client, adviser, bulk):
    bulk(councils=1, plans=60)
    response = home(client, "?all=1&text=council&sort=election&page=2")
    links = [a.get("href") for a in tree_of(response).iter("a") if a.get("rel")]
    assert links == [
        "/?all=1&text=council&sort=election&page=1",
        "/?all=1&text=council&sort=election&page=3",
    ]
    assert "26 to 50 of 60 plans found" in text_of(response)
    tree = tree_of(response)
    assert [form.get("action") for form in tree.iter("form")][1] == (
        "/bundles/?all=1&text=council&sort=election&page=2"
    )
    assert [i.get("value") for i in tree.iter("input") if i.get("name") == "text"] == ["council"]


# --- Who sees what --------------------------------------------------------------------------------


def test_only_ones_own_plans(client, three, their_plan):
    assert "Eastmere" not in text_of(home(client))
    assert names(home(client, "?all=1&text=eastmere")) == []


def test_a_person_without_a_council_is_told_what_to_do(db, riverdale, person):
    user = person(riverdale, "gone")
    Membership.objects.all().delete()
    said = text_of(home(signed_in(user), ""))
    assert "You do not have access to a council’s plans" in said


def test_a_person_with_only_check_ins_is_led_to_them(db, riverdale, person, chief):
    leader = person(riverdale, "leader")
    open_check_in(chief, other=leader)
    Membership.objects.filter(user=leader).delete()
    page = home(signed_in(leader), "")
    assert "not been added to a council" not in text_of(page)
    assert "You do not have access to a council’s plans. Your check-ins" in text_of(page)
    assert f'href="{reverse("check_ins")}"' in page.content.decode()


def test_the_only_plan_is_opened_at_once_unless_another_council_has_none(client, plan, adviser):
    assert home(client, "").url == plan.get_absolute_url()
    assert home(client).status_code == 200
    other = Council.objects.create(name="Elm", slug="elm", type=CouncilType.COUNTY)
    Membership.objects.create(
        user=adviser, council=other, office=Office.LGA_ADVISER, access=Access.REVIEWER
    )
    response = home(client, "")
    assert response.status_code == 200
    assert "There is no transition plan yet. An owner can make one." in text_of(response)


def test_an_owner_can_make_another_plan(chief, plan):
    links = [a.get("href") for a in tree_of(home(signed_in(chief))).iter("a")]
    assert reverse("plan_new", args=["riverdale"]) in links


# --- What it costs --------------------------------------------------------------------------------


@pytest.fixture
def bulk(adviser):
    """Many plans at once, without items: `bulk(councils=100, plans=100)`."""

    def make(*, councils, plans):
        made = Council.objects.bulk_create(
            Council(name=f"Council {n:03}", slug=f"council-{n}", type=CouncilType.COUNTY)
            for n in range(councils)
        )
        Membership.objects.bulk_create(
            Membership(user=adviser, council=c, office=Office.LGA_ADVISER, access=Access.REVIEWER)
            for c in made
        )
        first = dt.date(2020, 5, 7)
        editions = {
            "transition": Framework.objects.current(Framework.TRANSITION),
            "components": Framework.objects.current(Framework.COMPONENTS),
            "development": Framework.objects.current(Framework.DEVELOPMENT),
        }
        Plan.objects.bulk_create(
            Plan(
                council=c,
                election_day=first + dt.timedelta(weeks=n),
                created_by=adviser,
                **editions,
            )
            for c in made
            for n in range(plans)
        )
        # PostgreSQL does this in the background. Until then, it may run a kept statement with the
        # plan that it made for a few rows.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    return make


@pytest.mark.parametrize(
    "query", ["", "&sort=changed", "&sort=election", "&sort=overdue", "&overdue=1&stage=2"]
)
def test_ten_thousand_plans_cost_no_more_queries_and_only_the_page_is_counted(
    client, plan, adviser, bulk, query
):
    answer(plan.items.first(), adviser, due=dt.date(2027, 5, 1))

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert home(client, f"?all=1{query}").status_code == 200
        return [q["sql"] for q in captured]

    few = asked()
    bulk(councils=100, plans=100)
    assert Plan.objects.count() == 10_001
    many = asked()
    assert len(many) == len(few) <= 13, "\n".join(many)
    (counted,) = (sql for sql in many if 'COUNT("assessments_planitem"."id")' in sql)
    (dated,) = (sql for sql in many if "MAX(" in sql)
    for sql, column in ((counted, "planitem"), (dated, "event")):
        ids = sql.split(f'"assessments_{column}"."plan_id" IN (')[1].split(")")[0].split(",")
        assert len(ids) <= PAGE_SIZE


def test_plans_without_items_or_history_have_a_line(client, bulk):
    bulk(councils=50, plans=40)
    response = home(client)
    assert len(names(response)) == PAGE_SIZE
    assert "1 to 25 of 2000 plans" in text_of(response)
    assert PlanItem.objects.count() == 0
    assert not Event.objects.exists()


# --- The adviser access log -----------------------------------------------------------------------


def looks(plan):
    return list(AdviserLook.objects.filter(grant__plan=plan).values_list("what", flat=True))


def test_what_an_adviser_sees_in_the_list_is_in_the_log_of_each_plan(plan, council_with, granted):
    other = council_with("Oakham District Council", dt.date(2027, 5, 6))
    granted(plan, "ada", stages=[2])
    adviser = granted(other, "ada", stages=[1, 2]).adviser
    client = signed_in(adviser)
    for each in (plan, other):
        assert client.get(each.get_absolute_url()).status_code == 200
    with time_machine.travel(NOON + dt.timedelta(minutes=1), tick=False):
        for _ in range(3):
            assert "Shown once you have opened it" not in text_of(home(client, ""))
    for each in (plan, other):
        assert looks(each) == ["the list of plans", "the plan’s home page"]
    with time_machine.travel(NOON + dt.timedelta(minutes=17), tick=False):
        home(client, "")
    assert looks(plan).count("the list of plans") == 2


def test_a_plan_that_an_adviser_has_not_opened_has_no_figures_in_the_list(
    plan, council_with, granted
):
    """Nothing is logged for it: from the first look on, the council reads the adviser's name."""
    other = council_with("Oakham District Council", dt.date(2027, 5, 6))
    answer(plan.items.filter(step__number=13).first(), plan.created_by, due=dt.date(2027, 5, 17))
    start_thread(
        plan, Step.objects.get(framework=plan.transition, number=13), text="New", by=plan.created_by
    )
    granted(plan, "ada")
    adviser = granted(other, "ada").adviser
    client = signed_in(adviser)
    shown = text_of(home(client, ""))
    assert shown.count("Shown once you have opened it") == 2
    assert shown.count("Not shown") == 6
    assert "1 new comment" not in shown
    assert looks(plan) == looks(other) == []
    client.get(plan.get_absolute_url())
    shown = text_of(home(client, ""))
    assert shown.count("Shown once you have opened it") == 1
    assert "1 new comment" in shown
    assert "the list of plans" in looks(plan)
    assert looks(other) == []


def test_the_order_and_the_filters_tell_nothing_of_a_plan_that_an_adviser_has_not_opened(
    plan, council_with, granted
):
    """Its place in the list would show what its figures are, which the log would have to list."""
    oakham = council_with("Oakham District Council", dt.date(2027, 5, 6))
    ashby = council_with("Ashby District Council", dt.date(2027, 5, 6))
    late = dt.date(2027, 5, 17)
    with time_machine.travel(NOON + dt.timedelta(minutes=1), tick=False):
        for each, number in ((plan, 1), (oakham, 2)):
            for item in each.items.order_by("pk")[:number]:
                answer(item, each.created_by, due=late)
    for each in (ashby, plan):
        granted(each, "ada")
    client = signed_in(granted(oakham, "ada").adviser)
    client.get(plan.get_absolute_url())
    client.get(ashby.get_absolute_url())

    with time_machine.travel(NOON + dt.timedelta(minutes=2), tick=False):
        assert names(home(client, "?all=1&overdue=1")) == ["Riverdale"]
        by_overdue = names(home(client, "?all=1&sort=overdue"))
        assert by_overdue == ["Riverdale", "Ashby", "Oakham"]
        assert names(home(client, "?all=1&sort=changed"))[-1] == "Oakham"
        assert looks(oakham) == []
        client.get(oakham.get_absolute_url())
        assert set(names(home(client, "?all=1&overdue=1"))) == {"Riverdale", "Oakham"}
        assert names(home(client, "?all=1&sort=overdue"))[0] == "Oakham"
        assert names(home(client, "?all=1&sort=changed"))[-1] != "Oakham"


def test_the_log_takes_no_query_for_members_and_one_for_advisers(
    plan, council_with, granted, client
):
    council_with("Oakham District Council", dt.date(2027, 5, 6))

    def asked(client):
        home(client)
        with CaptureQueriesContext(connection) as captured:
            home(client)
        return sum("adviserlook" in each["sql"] for each in captured)

    assert asked(client) == 0
    adviser = granted(plan, "ada").adviser
    advising = signed_in(adviser)
    assert asked(advising) == 1
    advising.get(plan.get_absolute_url())
    assert asked(advising) == 1
