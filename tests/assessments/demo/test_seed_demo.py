import calendar
import datetime as dt
import io
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from assessments.advice.models import AdviceQuestion
from assessments.annual_council.models import AnnualMeeting, OfficeElection
from assessments.appointments.models import CouncilAppointment, GroupNotice
from assessments.budget.models import BudgetAmendment
from assessments.comments.models import Comment, Thread
from assessments.demo import seed as demo
from assessments.demo.seed import EASTMERE, NORTHWOLD, PASSWORD, RIVERDALE
from assessments.development import demo as demo_development
from assessments.development.models import StandardAnswer
from assessments.election_night.models import WardResultSeats
from assessments.packs.models import CouncillorReturn, NewCouncillor
from assessments.packs.new_councillors import FORMS
from assessments.parity.models import ParityEntry, ParityShare
from assessments.plans.models import AdviserLook, Control, Event, Plan, PlanItem, Status
from assessments.plans.progress import Tally, matrix_for, standing_of
from assessments.register import demo as demo_register
from assessments.register.models import Agreement, EarlyWin, Issue
from assessments.rounds import demo as demo_rounds
from assessments.rounds.models import Respondent, RespondentGroup
from assessments.seats.models import CouncilComposition
from assessments.vacancies.models import Vacancy
from councils.models import Council, CouncilEvent, Membership, Office, User
from elections.calendar import is_working_day
from frameworks.models import Framework
from tests.acting import signed_in, text_of
from tests.frameworks.test_suggested_dates import ORDER, on_step

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAYS = [dt.date(2027, 5, 18), dt.date(2026, 11, 22), dt.date(2028, 2, 29), dt.date(2027, 12, 25)]


def at(day):
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC))


def seed():
    out = io.StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def bare(name):
    """Return the name of a nominee without the group in brackets."""
    return name.partition(" (")[0]


def riverdale():
    return Plan.objects.with_all_stages().get(council__slug="riverdale")


def test_the_demo_refuses_to_start_where_everyone_needs_two_step_sign_in(settings):
    settings.SECOND_FACTOR_REQUIRED = True
    with pytest.raises(CommandError, match="no two-step sign-in"):
        seed()
    assert not Council.objects.exists()


def test_the_demo_has_a_council_in_transition_one_a_year_on_and_one_with_an_empty_plan():
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
        assert plan.items.filter(source=None).count() == 3
        assert plan.items.exclude(note="").count() > 20
        assert plan.items.exclude(owner=None).count() > 20
        assert plan.items.exclude(owner_name="").exists()
        assert any("\n" in note for note in plan.items.values_list("note", flat=True))
        assert plan.coalition_term == "joint administration"
        untouched = sum(
            (Tally.of(row) for row in empty.items.tally_by("plan", today=DAYS[0])), Tally()
        )
        assert untouched == Tally(total=123, dated=112)


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
        assert_facts_are_plausible(plan)


def assert_facts_are_plausible(plan):
    """Councils act on weekdays, and an election on an unusual day says why."""
    dates = [
        *Agreement.objects.values_list("made_on", flat=True),
        *Agreement.objects.values_list("review_on", flat=True),
        *Issue.objects.values_list("bites_on", flat=True),
        *EarlyWin.objects.values_list("due", flat=True),
        *ParityEntry.objects.values_list("offered_on", flat=True),
        *ParityShare.objects.values_list("given_on", flat=True),
        *AdviceQuestion.objects.values_list("due", flat=True),
        *StandardAnswer.objects.values_list("next_step_on", flat=True),
    ]
    assert [day for day in dates if day and day.weekday() > 4] == []
    # Advice on what annual council decides is needed before it.
    needed = AdviceQuestion.objects.values_list("due", flat=True)
    assert [day for day in needed if day >= plan.timetable.annual_meeting] == []
    begins = plan.timetable.pre_election_period
    given = ParityShare.objects.exclude(given_on=None).values_list("given_on", flat=True)
    assert not [day for day in given if begins <= day <= plan.election_day]
    is_moved = not plan.timetable.is_first_thursday_in_may
    note = PlanItem.objects.get(plan=plan, source__code=demo.EXPLAINS_THE_DAY).note
    assert (demo.MOVED in note) == is_moved
    for slug in ("northwold", "eastmere"):
        other = Plan.objects.with_all_stages().get(council__slug=slug)
        assert other.timetable.is_first_thursday_in_may


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


REAL_PARTIES = (
    "Conservative",
    "Green",
    "Independent",
    "Labour",
    "Liberal Democrat",
    "Plaid",
    "Reform",
    "UKIP",
)


def demo_texts():
    """Yield every text that the demo stores, outside the guidance and the sign-in tables."""
    for model in apps.get_models():
        if model._meta.app_label not in {"assessments", "councils"}:
            continue
        for row in model._base_manager.all():
            for field in model._meta.concrete_fields:
                if isinstance(value := getattr(row, field.attname), str):
                    yield value


def test_no_real_party_or_month_is_named_in_the_demo():
    """Its dates move with today, so that a month in a sentence would be wrong most of the year."""
    months = [calendar.month_name[number] for number in range(1, 13)]
    seed()
    source = "".join(
        Path(module.__file__).read_text()
        for module in (demo, demo_register, demo_rounds, demo_development)
    )
    for word in (*REAL_PARTIES, *months, "spring", "summer", "autumn", "winter"):
        assert not re.search(rf"\b{word}\b", source), word
    texts = list(demo_texts())
    for party in REAL_PARTIES:
        assert not [text for text in texts if re.search(rf"\b{party}s?\b", text)], party


def test_the_facts_of_the_demo_agree():
    seed()
    plan = riverdale()
    before, after = CouncilComposition.objects.filter(council=plan.council).order_by("as_at")
    groups = {group.name: group.members for group in after.groups.all()}
    agreement = Agreement.objects.get(plan=plan)
    partners = agreement.parties.splitlines()
    assert set(partners) <= set(groups)
    assert len(partners) == 3
    assert plan.control == Control.THREE
    seats = sum(groups.values()) + after.ungrouped + after.vacancies
    assert sum(groups[name] for name in partners) > seats / 2
    assert max(groups.values()) <= seats / 2
    assert max(group.members for group in before.groups.all()) > seats / 2
    assert after.as_at == plan.timetable.retirement
    assert (agreement.manner, plan.formality) == ("verbal", "informal")
    history = signed_in(plan.created_by).get(reverse("plan_history", args=[plan.pk]))
    assert "entered nominations at annual council: Leader" in text_of(history)
    # The new councillors are those that election night declared, in each group.
    listed = NewCouncillor.objects.filter(listed_in__plan=plan)
    declared = Counter()
    for won in WardResultSeats.objects.filter(result__ward__count__plan=plan):
        declared[won.group.name if won.group else ""] += won.seats
    assert Counter(listed.values_list("group", flat=True)) == declared
    # A vacancy is not in the seat that another group has just won.
    vacancy = Vacancy.objects.get(plan=plan)
    winners = WardResultSeats.objects.filter(result__ward__name=vacancy.ward)
    just_won = vacancy.term_ends.year == plan.election_day.year + 4
    assert winners.filter(group__name=vacancy.group).exists() == just_won
    # Who holds a post since before the poll was a councillor then: their group had seats up.
    elected = dict(listed.values_list("name", "group"))
    had = {group.name: group.members for group in before.groups.all()}
    for post in CouncilAppointment.objects.filter(from_on__lt=plan.election_day):
        group = elected.get(post.holder.removeprefix("Councillor "))
        assert group is None or had[group] > demo.NOT_UP[group], post.holder
    # So were the leaders and deputies of the groups: no more of them than their group had seats up.
    for notice in GroupNotice.objects.filter(council=plan.council):
        named = (name.removeprefix("Councillor ") for name in (notice.leader, notice.deputy))
        re_elected = sum(name in elected for name in named)
        assert re_elected <= had[notice.group] - demo.NOT_UP[notice.group], notice.group
    # An owner without access is not named like an officer role, which has its own row by officer.
    assert not PlanItem.objects.filter(owner_name__in=Office.labels).exists()
    # What has to be done before something else was completed before it.
    for first, second in ORDER:
        pair = [
            PlanItem.objects.filter(plan=plan, status=Status.COMPLETED)
            .filter(source__code=code, step__code=step)
            .values_list("completed_on", flat=True)
            .first()
            for code, step in (on_step(first), on_step(second))
        ]
        assert None in pair or pair[0] <= pair[1], (first, second)
    # Who was elected and signs the notice of a group has made the declaration by then.
    made = CouncillorReturn.objects.filter(form="declaration", councillor__listed_in__plan=plan)
    declared_on = dict(made.values_list("councillor__name", "returned_on"))
    for notice in GroupNotice.objects.filter(council=plan.council):
        for name in notice.signed_by.splitlines():
            declared = declared_on.get(name.removeprefix("Councillor "))
            assert declared is None or declared <= notice.received_on
    after_poll = PlanItem.objects.filter(plan=plan, step__stage__number=2, status=Status.COMPLETED)
    assert not after_poll.filter(completed_on__lte=plan.election_day).exists()
    # A council elected as a whole knows the result, and has its members, only after the poll.
    past = Plan.objects.with_all_stages().get(council__slug="northwold")
    composition = CouncilComposition.objects.get(council=past.council)
    assert composition.as_at == past.timetable.retirement
    analysed = PlanItem.objects.get(plan=past, source__code="NOC-11.1")
    assert analysed.completed_on > past.election_day
    # Someone who has worked in the planner has signed in, and has read what they replied to.
    assert not User.objects.filter(last_login=None).exists()
    for event in Event.objects.exclude(by=None).select_related("by"):
        assert event.by.last_login >= event.at
    for thread in Thread.objects.all():
        *earlier, last = thread.comments.order_by("pk")
        unread = thread.comments.unseen_by(last.author)
        assert not unread.filter(pk__in=[comment.pk for comment in earlier]).exists()
    # What an adviser commented on or answered, they had viewed in the hour before.
    looks = AdviserLook.objects.filter(grant__plan=plan)
    for event in Event.objects.filter(plan=plan, by__adviser_grants__plan=plan):
        assert looks.filter(at__lt=event.at, at__gt=event.at - dt.timedelta(hours=1)).exists()
    # Those who lead the council a year on and those in opposition are of different groups.
    of_group = dict(NewCouncillor.objects.filter(listed_in__plan=past).values_list("name", "group"))
    asked = Respondent.objects.filter(round__plan=past)
    lead, oppose = (
        {of_group[row.name] for row in asked.filter(group=group)}
        for group in (RespondentGroup.LEADING, RespondentGroup.OPPOSITION)
    )
    assert len(lead) == 2
    assert not lead & oppose
    # Groups that have agreed to run the council together nominate one Leader, who is elected with
    # their votes at least, and is asked in each review round.
    agreed = Agreement.objects.get(plan=past)
    assert agreed.made_on < past.timetable.annual_meeting
    written = PlanItem.objects.get(plan=past, source__code="COMP-03.1")
    assert (agreed.manner, written.completed_on) == ("written", agreed.made_on)
    # Each plan records who will run the council on the day of the agreement, once it is registered.
    for each in Agreement.objects.select_related("plan"):
        events = Event.objects.filter(plan=each.plan)
        recorded = events.get(kind="plan-changed").at
        assert timezone.localtime(recorded).date() == each.made_on
        assert recorded > events.filter(kind="register-added").earliest("at").at
    # Those elected are listed after the results, which are analysed when the count has ended.
    for each in (plan, past):
        listed = Event.objects.get(plan=each, kind="councillors-listed").at
        analysed = Event.objects.get(
            plan=each, kind="item-changed", item__source__code="NOC-11.1"
        ).at
        assert listed > analysed
    # No action is completed before the plan could be used.
    for each in (plan, past):
        events = Event.objects.filter(plan=each)
        made, used = (
            events.filter(kind=kind).earliest("at") for kind in ("plan-created", "item-changed")
        )
        assert timezone.localtime(made.at).date() < timezone.localtime(used.at).date()
    allies = {group.name: group.members for group in composition.groups.all()}
    allies = {name: allies[name] for name in agreed.parties.splitlines()}
    leader = OfficeElection.objects.with_votes().get(plan=past, office="leader")
    (theirs,) = (
        nominee for nominee in leader.nominees.all() if of_group[bare(nominee.name)] in allies
    )
    count = leader.counted(AnnualMeeting.objects.get(plan=past).rule)
    assert count.elected == theirs.name
    final = leader.rounds.last()
    assert final.given.get(nominee=theirs).votes >= sum(allies.values())
    names = asked.filter(group=RespondentGroup.LEADING, name=bare(theirs.name))
    assert names.count() == past.rounds.count()
    # A year on, every form has come back from nearly all councillors.
    returned = CouncillorReturn.objects.filter(councillor__listed_in__plan=past)
    for form in FORMS:
        assert returned.filter(form=form.key).count() > 0.9 * len(of_group), form.key
    # The partners' amendment to the budget was carried, and the opposition's was lost.
    for row in BudgetAmendment.objects.filter(plan=past):
        assert (row.state == "carried") == (row.group in lead)
    # Councillors agree what an early win is: no officer is responsible for one.
    assert not EarlyWin.objects.exclude(owner=None).exists()


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_comments_in_the_demo_are_made_in_order_and_in_office_hours(today):
    with at(today):
        seed()
        moments = [timezone.localtime(comment.at) for comment in Comment.objects.order_by("pk")]
        assert all(moment.weekday() < 5 and 9 <= moment.hour < 18 for moment in moments)
        assert all(moment < timezone.now() for moment in moments)
        for thread in Thread.objects.all():
            said = list(thread.comments.order_by("pk").values_list("at", flat=True))
            assert said == sorted(said)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_happened_in_the_demo_has_its_own_time_and_comes_in_order(today):
    with at(today):
        seed()
        now = timezone.now()
        for council in Council.objects.all():
            for record in (council.events, Event.objects.filter(plan__council=council)):
                moments = list(record.order_by("pk").values_list("at", flat=True))
                assert moments == sorted(moments)
                assert max(moments) <= now
        plan = riverdale()
        events = plan.events.order_by("pk")
        days = {timezone.localtime(moment).date() for moment in events.values_list("at", flat=True)}
        assert len(days) > 30
        assert min(days) < plan.election_day - dt.timedelta(days=90)
        before = (
            "stage-signed-off",
            "review-asked",
            "step-marked",
            "protocol-agreed",
            "count-started",
        )
        after = ("result-saved", "count-ended", "register-added", "vacancy-added", "leaders-met")
        for event in events.filter(kind__in=(*before, *after)):
            is_before = timezone.localtime(event.at).date() <= plan.election_day
            assert is_before == (event.kind in before), event.kind
        by_day = events.exclude(kind__in=("count-started", "result-saved", "count-ended"))
        worked = {timezone.localtime(event.at).date() for event in by_day if event.at < now}
        assert [day for day in worked - {today} if not is_working_day(day)] == []
        balance = CouncilEvent.objects.get(council=plan.council, kind="balance-created")
        noted = CouncilEvent.objects.filter(
            council=plan.council, kind="group-notice-recorded"
        ).values_list("at")
        assert max(noted)[0] < balance.at


def test_without_the_library_that_sets_the_clock_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "time_machine", None)
    monkeypatch.delitem(sys.modules, "assessments.demo.seed")
    monkeypatch.delitem(sys.modules, "assessments.demo_story")
    with pytest.raises(CommandError, match="uv sync --group demo"):
        seed()


def test_it_is_safe_to_run_twice_even_after_work_was_done():
    first = seed()
    plan = riverdale()
    PlanItem.objects.filter(plan=plan).update(note="Tried out")
    before = everything()
    assert seed() == first
    assert everything() == before


def test_every_answer_came_through_the_actions():
    """So the demo has the events that real use leaves."""
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
