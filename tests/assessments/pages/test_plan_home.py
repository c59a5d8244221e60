import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.plans.models import Plan, PlanItem, Status
from assessments.plans.progress import Tally
from councils.models import Membership, User
from tests.acting import answer, own_item, signed_in, text_of, tree_of, words

TODAY = dt.date(2027, 5, 18)


@pytest.fixture(autouse=True)
def at_noon():
    with at(TODAY):
        yield


def at(day):
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC))


def home_of(plan):
    return reverse("plan", args=[plan.pk])


def page_for(user, plan, **kwargs):
    response = signed_in(user).get(home_of(plan), **kwargs)
    assert response.status_code == 200
    return response


def of_class(response, name):
    return [
        element for element in tree_of(response).iter() if name in element.get("class", "").split()
    ]


def cells(response):
    """Return the cells of the matrix by step: words, URL, and whether it is current."""
    found = {}
    for cell in of_class(response, "app-matrix__cell"):
        link = cell.find("a")
        number = int(words(link.find("span").find("b")))
        text = words(link.find("span")).removeprefix(str(number)).strip()
        current = "app-matrix__cell--now" in cell.get("class")
        segments = [i.get("class").split("--")[1] for i in link.iter("i")]
        found[number] = (text, link.get("href"), current, segments)
    return found


# --- The matrix -----------------------------------------------------------------------------------


def test_the_matrix_shows_the_progress_of_the_actions(plan, chief, officer):
    items = list(plan.items.select_related("step"))
    for n, item in enumerate(items):
        status = Status.values[n % 4] if item.step.number % 3 else Status.COMPLETED
        reason = "Not here" if status == Status.NOT_NEEDED else ""
        due = TODAY + dt.timedelta(days=n % 40 - 20) if n % 5 else None
        answer(item, officer, status=status, reason=reason, due=due)
    own_item(plan, 13, by=officer)
    shown = cells(page_for(chief, plan))
    assert list(shown) == [row + column for row in range(1, 11) for column in (0, 10, 20)]
    for number, (text, href, _, segments) in shown.items():
        of_step = PlanItem.objects.filter(plan=plan, step__number=number)
        tally = sum((Tally.of_item(item, TODAY) for item in of_step), Tally())
        overdue = f" {tally.overdue} overdue" if tally.overdue else ""
        assert text == tally.words + overdue, number
        assert segments == tally.segments
        assert href == reverse("plan_step", args=[plan.pk, number])


def test_the_matrix_is_a_table_with_headers_that_lead_to_stages_and_areas(plan, chief):
    response = page_for(chief, plan)
    table = next(tree_of(response).iter("table"))
    assert words(table.find("caption"))
    columns = [words(th) for th in table.find("thead").iter("th")]
    assert columns[1:] == [
        "Pre-electionNot started",
        "Early foundations, the current stageNot started",
        "StrengtheningNot started",
    ]
    rows = [row.find("th") for row in table.find("tbody").iter("tr")]
    assert all(row.get("scope") == "row" for row in rows)
    assert [row.find("a").get("href") for row in rows] == [
        reverse("plan_area", args=[plan.pk, number]) for number in range(1, 11)
    ]


def test_the_figures_add_up(plan, chief, officer):
    items = list(plan.items.all()[:6])
    answer(items[0], officer, status=Status.COMPLETED)
    answer(items[1], officer, status=Status.NOT_NEEDED, reason="Done before")
    answer(items[2], officer, due=TODAY - dt.timedelta(days=1))
    answer(items[3], officer, due=TODAY)
    answer(items[4], officer, due=TODAY + dt.timedelta(days=14))
    answer(items[5], officer, due=TODAY + dt.timedelta(days=15))
    text = text_of(page_for(chief, plan))
    assert "1 of 122 complete1 overdue2 due in the next 14 days" in text
    assert "View all 121 open actions" in text


# --- Where the plan is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "heading", "stage"),
    [
        (dt.date(2026, 5, 6), "Pre-election, 365 days to election day", 1),
        (dt.date(2027, 5, 5), "Pre-election, 1 day to election day", 1),
        (dt.date(2027, 5, 6), "Early foundations, election day", 2),
        (dt.date(2027, 5, 18), "Early foundations, day 12 of 42", 2),
        (dt.date(2027, 6, 16), "Early foundations, day 41 of 42", 2),
        (dt.date(2027, 6, 17), "Strengthening, day 0 of 324", 3),
        (dt.date(2028, 5, 6), "Strengthening, day 324 of 324", 3),
        (dt.date(2028, 5, 7), "Strengthening, first year complete", 3),
        (dt.date(2033, 5, 7), "Strengthening, first year complete", 3),
    ],
)
def test_the_current_stage_follows_the_calendar(plan, chief, today, heading, stage):
    with at(today):
        response = page_for(chief, plan)
    (h1,) = tree_of(response).iter("h1")
    assert words(h1) == heading
    assert f"<title>{heading} –" in response.content.decode()
    current = {number for number, cell in cells(response).items() if cell[2]}
    assert current == set(range(stage * 10 - 9, stage * 10 + 1))
    assert f'href="{reverse("plan_stage", args=[plan.pk, stage])}">stage</a>' in (
        response.content.decode()
    )


def test_the_day_changes_at_midnight_local_time(plan, chief):
    with time_machine.travel(dt.datetime(2027, 5, 5, 23, 30, tzinfo=dt.UTC)):  # 00:30 in London
        assert "Early foundations, election day" in text_of(page_for(chief, plan))


def test_the_key_dates_are_all_there_with_their_rules(plan, chief):
    response = page_for(chief, plan)
    terms = [words(element) for element in tree_of(response).iter("dt")]
    assert len(terms) == len(plan.timetable.key_dates)
    assert "Thu 6 May 2027" in terms
    assert "Tue 11 May 2027 to Mon 31 May 2027" in terms
    text = text_of(response)
    for date in plan.timetable.key_dates:
        assert date.label in text
        assert date.rule in text
        assert date.source in text
    (svg,) = tree_of(response).iter("svg")
    assert svg.get("role") == "img"
    assert words(svg.find("title"))
    assert "Today" in words(svg)


# --- Next -----------------------------------------------------------------------------------------


def next_items(response):
    return [words(line.find("a")) for line in of_class(response, "app-next__item")]


def test_what_is_next_is_the_soonest_first_overdue_ones_marked(plan, chief, officer):
    items = list(plan.items.filter(step__number__in=(13, 14)).order_by("-pk")[:8])
    offsets = [9, -3, 0, 40, -3, 2, 5, 6]
    for item, offset in zip(items, offsets, strict=True):
        answer(item, officer, due=TODAY + dt.timedelta(days=offset))
    done = plan.items.filter(step__number=1).first()
    answer(done, officer, status=Status.COMPLETED, due=TODAY - dt.timedelta(days=30))
    gone = own_item(plan, by=officer, title="Gone", due=TODAY - dt.timedelta(days=40))
    PlanItem.objects.filter(pk=gone.pk).update(removed_at=dt.datetime.now(dt.UTC))

    response = page_for(chief, plan)
    wanted = sorted(zip(offsets, [item.pk for item in items], strict=True))[:5]
    lines = of_class(response, "app-next__item")
    assert [line.find("a").get("href").split("#item-")[1] for line in lines] == [
        str(pk) for _, pk in wanted
    ]
    facts = [words(of) for line in lines for of in line.iter("span")]
    assert facts[0].startswith("Overdue Sat 15 May · ")
    assert facts[1].startswith("Overdue Sat 15 May · ")
    assert facts[2].startswith("Tue 18 May · ")
    overdue = [i for i, line in enumerate(lines) if "overdue" in line.get("class")]
    assert overdue == [0, 1]


def test_next_actions_name_their_owner_or_lead(plan, chief, officer):
    items = list(plan.items.filter(step__number=13).select_related("source__lead_role")[:3])
    member = Membership.objects.get(user=officer)
    answer(items[0], chief, due=TODAY, owner=member)
    answer(items[1], chief, due=TODAY + dt.timedelta(days=1), owner_name="Head of comms")
    answer(items[2], chief, due=TODAY + dt.timedelta(days=2))
    own = own_item(plan, by=chief, due=TODAY + dt.timedelta(days=3))
    lines = [words(line) for line in of_class(page_for(chief, plan), "app-next__item")]
    assert "· Officer, Monitoring officer · step 13" in lines[0]
    assert "· Head of comms · step 13" in lines[1]
    assert f"· {items[2].source.lead_role.name} · step 13" in lines[2]
    assert lines[3].startswith(own.title)
    assert "· not yet assigned · step 13" in lines[3]


def test_a_plan_without_dates_says_what_to_do(plan, chief):
    text = text_of(page_for(chief, plan))
    assert "No actions have a due date yet." in text
    assert "View all 123 open actions" in text


def test_a_plan_with_nothing_open_says_so(plan, chief):
    PlanItem.objects.filter(plan=plan).update(status=Status.COMPLETED, completed_on=TODAY)
    response = page_for(chief, plan)
    text = text_of(response)
    assert "There are no open actions. All of them are completed or not needed." in text
    assert "View all" not in text.split("Next", 1)[1].split("My actions")[0]
    assert {cell[0] for cell in cells(response).values()} == {"Complete"}


def test_a_plan_with_nothing_needed_is_shown(plan, chief):
    PlanItem.objects.filter(plan=plan, source__isnull=False).update(
        status=Status.NOT_NEEDED, reason="x"
    )
    assert {cell[0] for cell in cells(page_for(chief, plan)).values()} == {"Not needed"}


# --- Mine -----------------------------------------------------------------------------------------


def mine_line(response, plan):
    link = next(
        element
        for element in tree_of(response).iter("a")
        if element.get("href") == reverse("plan_mine", args=[plan.pk]) and "open" in words(element)
    )
    return words(link)


def test_my_actions_count_mine_and_unassigned_ones_my_role_leads(
    plan, chief, officer, person, riverdale
):
    led = list(plan.items.filter(source__lead_role__code="monitoring-officer"))
    others = list(plan.items.exclude(source__lead_role__code="monitoring-officer")[:2])
    assert len(led) > 4
    me = Membership.objects.get(user=officer)
    deputy = Membership.objects.get(
        user=person(riverdale, "deputy", office="monitoring-officer", name="Deputy")
    )
    late = TODAY - dt.timedelta(days=1)
    assert mine_line(page_for(officer, plan), plan) == f"Monitoring officer: {len(led)} open"
    answer(others[0], chief, owner=me, due=late)  # mine now
    answer(led[0], chief, owner=deputy, due=late)  # assigned to a colleague in the same role
    answer(led[1], chief, owner_name="A solicitor")  # assigned to someone who is not a member
    answer(led[2], chief, status=Status.COMPLETED)  # done
    answer(led[3], chief, due=late)
    expected = len(led) - 3 + 1
    line = mine_line(page_for(officer, plan), plan)
    assert line == f"Monitoring officer: {expected} open, 2 overdue"


def test_each_person_has_their_own_count(plan, chief, reviewer):
    led_by_chief = plan.items.filter(source__lead_role__code="chief-executive").count()
    assert mine_line(page_for(chief, plan), plan) == f"Chief executive: {led_by_chief} open"
    assert mine_line(page_for(reviewer, plan), plan) == "LGA adviser: 0 open"


# --- Whose plan, in whose words -------------------------------------------------------------------


def test_the_page_says_whose_plan_it_is_and_how_it_is_marked(plan, chief):
    text = text_of(page_for(chief, plan))
    assert "OFFICIAL-SENSITIVE" in text
    assert "Riverdale Borough Council" in text
    assert "Transition plan · election on 6 May 2027" in text


def test_next_actions_use_the_councils_term(plan, chief, officer):
    Plan.objects.filter(pk=plan.pk).update(coalition_term="alliance")
    item = plan.items.get(source__code="NOC-17.1")
    answer(item, officer, due=TODAY)
    (title,) = next_items(page_for(chief, plan))
    assert title == "Agree a communication protocol with the alliance, where possible"


def test_only_owners_see_settings(plan, chief, officer, reviewer):
    settings = reverse("plan_settings", args=[plan.pk])
    assert settings in page_for(chief, plan).content.decode()
    assert settings not in page_for(officer, plan).content.decode()
    assert settings not in page_for(reviewer, plan).content.decode()


# --- Home: all of a person's plans ----------------------------------------------------------------


def test_a_person_with_one_plan_goes_straight_to_it(plan, chief):
    client = signed_in(chief)
    assert client.get(reverse("home")).url == home_of(plan)
    everything = client.get(reverse("home") + "?all")
    assert everything.status_code == 200
    assert "Election 6 May 2027" in text_of(everything)
    assert "Stage 2 day 12 of 42" in text_of(everything)


def test_a_person_without_a_council_is_told(db, plan):
    newcomer = User.objects.create_user(email="new@example.org", name="New")
    text = text_of(signed_in(newcomer).get(reverse("home")))
    assert "You have not been added to a council yet." in text
    assert "Riverdale" not in text
