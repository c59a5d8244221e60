import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.pages import due_lists
from assessments.pages.political_facts import seats_in_words
from assessments.plans.actions import create_plan
from assessments.plans.models import Control, Plan, PlanItem, Status
from assessments.plans.progress import Tally
from assessments.register.actions import add_to_register
from assessments.register.models import Agreement, EarlyWin
from assessments.seats.actions import record_composition
from assessments.vacancies.actions import save_row
from assessments.vacancies.models import Vacancy
from assessments.words import within_sentence
from councils.models import Membership, User
from elections.composition import Composition, Group, MajorityRule
from tests.acting import answer, own_item, signed_in, text_of, tree_of, vacate, words

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
        number = int(words(link.find("span").find("b")).removeprefix("Step ").removesuffix(","))
        text = words(link.find("span")).removeprefix(f"Step {number},").strip()
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
        complete = " complete" if tally.is_counted else ""
        overdue = f", {tally.overdue} overdue" if tally.overdue else ""
        assert text == f"{tally.words}{complete}{overdue}", number
        assert segments == tally.segments
        assert href == reverse("plan_step", args=[plan.pk, number])


def test_the_matrix_is_a_table_with_headers_that_lead_to_stages_and_areas(plan, chief):
    response = page_for(chief, plan)
    table = next(tree_of(response).iter("table"))
    assert words(table.find("caption"))
    columns = [words(th) for th in table.find("thead").iter("th")]
    assert columns[1:] == [
        "Pre-electionEnded, 22 open",
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


# --- Where the plan is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "heading", "stage"),
    [
        (dt.date(2026, 5, 6), "Pre-election, 365 days to election day", 1),
        (dt.date(2027, 5, 5), "Pre-election, 1 day to election day", 1),
        (dt.date(2027, 5, 6), "Early foundations, election day", 2),
        (dt.date(2027, 5, 18), "Early foundations, day 13 of 42", 2),
        (dt.date(2027, 6, 16), "Early foundations, day 42 of 42", 2),
        (dt.date(2027, 6, 17), "Strengthening, first day", 3),
        (dt.date(2028, 5, 6), "Strengthening, day 325 of 325", 3),
        (dt.date(2028, 5, 7), "Strengthening, first year ended", None),
        (dt.date(2033, 5, 7), "Strengthening, first year ended", None),
    ],
)
def test_the_current_stage_follows_the_calendar(plan, chief, today, heading, stage):
    with at(today):
        response = page_for(chief, plan)
    (h1,) = tree_of(response).iter("h1")
    assert words(h1) == heading
    assert f"<title>{heading} –" in response.content.decode()
    current = {number for number, cell in cells(response).items() if cell[2]}
    assert current == (set(range(stage * 10 - 9, stage * 10 + 1)) if stage else set())
    by_stage = next(a for a in tree_of(response).iter("a") if words(a) == "By stage")
    assert by_stage.get("href") == reverse("plan_stage", args=[plan.pk, stage or 3])
    assert response.content.decode().count("the current stage") == (2 if stage else 0)


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


# --- Overdue and next 14 days ---------------------------------------------------------------------


def due_list(response, name):
    """Return one of the lists: its count, its lines (id, facts), and the words below it."""
    (section,) = (
        each for each in tree_of(response).iter("section") if each.get("aria-labelledby") == name
    )
    count = int(words(section.find("div").find("span")))
    lines = [
        (int(line.find("a").get("href").split("-")[-1]), words(line.find("span")))
        for line in section.iter("li")
    ]
    return count, lines, " ".join(words(below) for below in section.iter("p"))


def test_overdue_and_next_14_days_are_what_they_say(plan, chief, officer):
    items = list(plan.items.filter(step__number__in=(11, 13, 14, 15))[:17])
    offsets = [9, -3, 0, 40, -5, 2, 5, 6, -1, -2, 14, 15, 13, 1, -9, 3, 4]
    for item, offset in zip(items, offsets, strict=True):
        answer(item, officer, due=TODAY + dt.timedelta(days=offset))
    done = plan.items.filter(step__number=1).first()
    answer(done, officer, status=Status.COMPLETED, due=TODAY - dt.timedelta(days=30))
    gone = own_item(plan, by=officer, title="Gone", due=TODAY - dt.timedelta(days=40))
    PlanItem.objects.filter(pk=gone.pk).update(removed_at=dt.datetime.now(dt.UTC))

    by_day = dict(zip(offsets, [item.pk for item in items], strict=True))
    page = page_for(chief, plan)
    count, lines, below = due_list(page, "overdue")
    assert (count, below) == (5, "2 more overdue")
    assert [pk for pk, _ in lines] == [by_day[-9], by_day[-5], by_day[-3]]
    assert lines[2][1].startswith("Sat 15 May · ")
    count, lines, below = due_list(page, "soon")
    assert (count, below) == (10, "5 more")
    assert [pk for pk, _ in lines] == [by_day[day] for day in (0, 1, 2, 3, 4)]
    assert "10 due in the next 14 days" in text_of(page)


def test_dates_of_the_register_are_listed_only_within_14_days(plan, chief):
    for offset, wish in ((-2, "Late"), (14, "Near"), (15, "Far")):
        day = TODAY + dt.timedelta(days=offset)
        add_to_register(EarlyWin, plan, by=chief, words=wish, due=day)
    page = page_for(chief, plan)
    lists = {name: due_list(page, name) for name in ("overdue", "soon")}
    assert [count for count, _, _ in lists.values()] == [1, 1]
    assert "Far" not in text_of(page)


def test_lines_name_the_owner_or_the_suggested_lead(plan, chief, officer):
    items = list(plan.items.filter(step__number=13).select_related("source__lead_role")[:3])
    member = Membership.objects.get(user=officer)
    answer(items[0], chief, due=TODAY, owner=member)
    answer(items[1], chief, due=TODAY + dt.timedelta(days=1), owner_name="Head of comms")
    answer(items[2], chief, due=TODAY + dt.timedelta(days=2))
    own_item(plan, by=chief, due=TODAY + dt.timedelta(days=3))
    _, lines, _ = due_list(page_for(chief, plan), "soon")
    lead = within_sentence(items[2].source.lead_role.name)
    assert [facts.split("·")[1].strip() for _, facts in lines] == [
        "Officer, step 13",
        "Head of comms, step 13",
        f"suggested lead: {lead}, step 13",
        "no owner, step 13",
    ]


def test_a_plan_without_dates_says_what_to_do(plan, chief):
    assert "No actions have a due date yet." in text_of(page_for(chief, plan))


def test_a_plan_with_nothing_open_says_so(plan, chief):
    PlanItem.objects.filter(plan=plan).update(status=Status.COMPLETED, completed_on=TODAY)
    response = page_for(chief, plan)
    assert "There are no open actions. All of them are completed or not needed." in text_of(
        response
    )
    assert {cell[0] for cell in cells(response).values()} == {"Complete"}


def test_a_plan_with_nothing_needed_is_shown(plan, chief):
    PlanItem.objects.filter(plan=plan, source__isnull=False).update(
        status=Status.NOT_NEEDED, reason="x"
    )
    assert {cell[0] for cell in cells(page_for(chief, plan)).values()} == {"Not needed"}


# --- The status of a stage ------------------------------------------------------------------------


def heads(response):
    return [words(head) for head in of_class(response, "app-matrix__rag")]


def test_a_stage_claims_no_more_than_the_facts(plan, chief, officer):
    before, now, later = (
        list(plan.items.filter(step__stage__number=number)) for number in (1, 2, 3)
    )
    assert heads(page_for(chief, plan)) == [
        f"Ended, {len(before)} open",
        "Not started",
        "Not started",
    ]
    answer(now[0], officer, status=Status.IN_PROGRESS)
    assert heads(page_for(chief, plan))[1] == "No dates set"
    answer(now[0], officer, due=TODAY + dt.timedelta(days=30))
    assert heads(page_for(chief, plan))[1] == "Nothing overdue"
    answer(now[0], officer, due=TODAY - dt.timedelta(days=1))
    assert heads(page_for(chief, plan))[1] == "Overdue"
    with at(dt.date(2028, 5, 7)):
        assert heads(page_for(chief, plan))[2] == f"Ended, {len(later)} open"
        PlanItem.objects.filter(pk__in=[item.pk for item in later]).update(
            status=Status.COMPLETED, completed_on=TODAY
        )
        assert heads(page_for(chief, plan))[2] == "Complete"


# --- Political facts ------------------------------------------------------------------------------


def facts_of(response):
    (line,) = of_class(response, "app-facts")
    return words(line), [(words(a), a.get("href")) for a in line.iter("a")]


def test_a_majority_of_members_in_post_is_not_called_one_of_all_seats():
    groups, rule = (Group("Elm", 12), Group("Ash", 30)), MajorityRule.IN_POST
    day = dt.date(2027, 5, 10)
    for vacancies, made, as_at, said in (
        (0, MajorityRule.SEATS, day, "42 seats, majority 22."),
        (2, MajorityRule.SEATS, None, "44 seats, 2 of them vacant, majority 23."),
        (0, rule, None, "42 seats, majority 22."),
        (2, rule, None, "44 seats, 2 of them vacant. Majority 22 of the 42 members in post."),
        (0, rule, day, "42 seats. Majority 22 of the 42 members in post on 10 May 2027."),
    ):
        assert seats_in_words(Composition(groups, vacancies=vacancies, rule=made), as_at) == said


def test_the_political_facts_are_those_recorded(plan, chief, reviewer, adviser, riverdale):
    address = reverse("composition_new", args=[riverdale.slug])
    words_, links = facts_of(page_for(chief, plan))
    assert words_.startswith("The council’s seats have not been entered.")
    assert links == [("Enter the seats", address)]
    assert facts_of(page_for(reviewer, plan))[1] == [
        ("Council", reverse("composition", args=[riverdale.slug]))
    ]
    groups = (Group("Elm", 12), Group("Ash", 9), Group("Oak", 21))
    seats = {"council": riverdale, "composition": Composition(groups, ungrouped=2), "by": chief}
    earlier = record_composition(as_at=dt.date(2027, 4, 1), based_on=None, **seats)
    words_, links = facts_of(page_for(chief, plan))
    assert words_.startswith(
        "No overall control. 44 seats, majority 23. These are the seats before"
    )
    assert links == [("Enter the result", address)]
    record_composition(as_at=dt.date(2027, 5, 10), based_on=earlier.pk, **seats)
    add_to_register(
        Agreement,
        plan,
        by=chief,
        kind=Agreement.Kind.COALITION,
        manner=Agreement.Manner.VERBAL,
        parties="Ash\nElm",
        made_on=dt.date(2027, 5, 14),
    )
    words_, links = facts_of(page_for(chief, plan))
    assert words_ == (
        "No overall control. 44 seats, majority 23. "
        "Agreement between Ash and Elm (21 seats) since 14 May. Council"
    )
    assert facts_of(page_for(adviser, plan)) == ("Agreement between Ash and Elm since 14 May.", [])
    # One is recorded in another plan of the council, which has the same seats.
    earlier = create_plan(council=riverdale, by=chief, election_day=dt.date(2026, 5, 7))
    for where, ward, group, day in (
        (earlier, "Mill", "Ash", 13),
        (plan, "Abbey", "", 12),
        (plan, "Heath", "Oak", 10),
    ):
        vacate(where, ward=ward, group=group, arose_on=dt.date(2027, 5, day), by=chief)
    words_, _ = facts_of(page_for(chief, plan))
    assert words_ == (
        "No overall control. 44 seats, majority 23. Now vacant: Abbey (no group) and Mill (Ash). "
        "Agreement between Ash and Elm (21 seats, 1 of them vacant) since 14 May. Council"
    )
    mill = Vacancy.objects.get(ward="Mill")
    by_election = dt.date(2027, 6, 24)
    save_row(mill, version=1, by=chief, state="filled", poll_on=by_election)
    words_, _ = facts_of(page_for(chief, plan))
    assert words_ == (
        "No overall control. 44 seats, majority 23. Now vacant: Abbey (no group). Filled since, "
        "not yet counted here: Mill (Ash). Agreement between Ash and Elm (21 seats) since 14 May. "
        "Council"
    )
    save_row(mill, version=2, by=chief, state="open", poll_on=None)
    words_, _ = facts_of(page_for(adviser, plan))
    assert words_ == "Agreement between Ash and Elm since 14 May."
    with time_machine.travel(dt.datetime(2028, 1, 10, 12, tzinfo=dt.UTC), tick=False):
        words_, _ = facts_of(page_for(chief, plan))
    assert "since 14 May 2027. Council" in words_


@pytest.mark.parametrize(
    ("control", "oak", "day", "differs"),
    [
        (Control.MINORITY, 23, 10, True),
        (Control.MINORITY, 22, 10, False),
        (Control.MINORITY, 23, 1, False),  # the seats before the election
        (Control.MAJORITY, 22, 10, True),
        (Control.MAJORITY, 23, 10, False),
        (Control.UNKNOWN, 23, 10, False),
    ],
)
def test_seats_that_contradict_the_settings_are_pointed_out(
    plan, chief, riverdale, control, oak, day, differs
):
    Plan.objects.filter(pk=plan.pk).update(control=control)
    seats = Composition((Group("Oak", oak), Group("Ash", 44 - oak)))
    as_at = dt.date(2027, 5, day)
    record_composition(council=riverdale, as_at=as_at, composition=seats, based_on=None, by=chief)
    words_, _ = facts_of(page_for(chief, plan))
    said = "The seats and the control in the plan’s settings differ. Check both."
    assert (said in words_) == differs


def test_control_that_is_only_expected_is_said_to_be_expected(plan, chief):
    Plan.objects.filter(pk=plan.pk).update(control=Control.MINORITY, control_standing="expected")
    words_, _ = facts_of(page_for(chief, plan))
    assert "Single-party minority administration, expected." in words_


def test_an_expected_control_is_to_be_confirmed_after_annual_council(
    plan, chief, officer, riverdale
):
    Plan.objects.filter(pk=plan.pk).update(control=Control.MINORITY, control_standing="expected")
    seats = Composition((Group("Oak", 22), Group("Ash", 22)))
    as_at = dt.date(2027, 5, 7)
    record_composition(council=riverdale, as_at=as_at, composition=seats, based_on=None, by=chief)
    said = "the plan’s settings still say “Single-party minority administration, expected”"
    assert said not in facts_of(page_for(chief, plan))[0]
    with at(dt.date(2027, 7, 1)):
        assert said in facts_of(page_for(chief, plan))[0]
        assert said not in facts_of(page_for(officer, plan))[0]
        Plan.objects.filter(pk=plan.pk).update(control_standing="known")
        assert said not in facts_of(page_for(chief, plan))[0]


# --- Whose plan, in whose words -------------------------------------------------------------------


def test_the_page_says_whose_plan_it_is_and_how_it_is_marked(plan, chief):
    text = text_of(page_for(chief, plan))
    assert "OFFICIAL-SENSITIVE" in text
    assert "Riverdale Borough Council" in text
    assert "Transition plan · election on 6 May 2027" in text


def test_due_actions_use_the_councils_term(plan, chief, officer):
    Plan.objects.filter(pk=plan.pk).update(coalition_term="alliance")
    item = plan.items.get(source__code="NOC-17.1")
    answer(item, officer, due=TODAY)
    title = "Agree a communication protocol with the alliance, where possible"
    assert title in text_of(page_for(chief, plan))


# --- Home: all of a person's plans ----------------------------------------------------------------


def test_a_person_with_one_plan_goes_straight_to_it(plan, chief):
    client = signed_in(chief)
    assert client.get(reverse("home")).url == home_of(plan)
    everything = client.get(reverse("home") + "?all")
    assert everything.status_code == 200
    assert "Election 6 May 2027" in text_of(everything)
    assert "Stage 2 day 13 of 42" in text_of(everything)


def test_a_person_without_a_council_is_told(db, plan):
    newcomer = User.objects.create_user(email="new@example.org", name="New")
    text = text_of(signed_in(newcomer).get(reverse("home")))
    assert "You do not have access to a council’s plans." in text
    assert "Riverdale" not in text


def test_an_action_whose_due_date_is_cleared_while_the_page_is_made_is_left_out(
    plan, officer, monkeypatch
):
    """Between the query that counts and the one for the lines, after which the page failed."""
    late = own_item(plan, by=officer, title="Late", due=TODAY - dt.timedelta(days=1))
    own_item(plan, by=officer, title="Still late", due=TODAY - dt.timedelta(days=2))
    fetch = due_lists.actions_with_keys.fetch

    def clear_first(*keys):
        PlanItem.objects.filter(pk=late.pk).update(due=None)
        return fetch(*keys)

    monkeypatch.setattr(due_lists.actions_with_keys, "fetch", clear_first)
    assert "Still late" in page_for(officer, plan).content.decode()
