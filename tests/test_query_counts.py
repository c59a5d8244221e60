"""The number of queries of a page does not grow with the plan, its people or its neighbours."""

import datetime as dt
import re
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.advisers.actions import record_look, revoke_grant
from assessments.comments.actions import reply, resolve_thread, start_thread
from assessments.comments.models import Thread
from assessments.development.actions import (
    open_check_in,
    save_answer,
    save_reflection,
    share_record,
    start_record,
    write_entry,
)
from assessments.development.models import Reflection, StandardAnswer
from assessments.plans.actions import create_plan, remove_item
from assessments.plans.models import BankHoliday, Event, Plan, PlanItem, Snapshot, Status
from assessments.portfolio.actions import ask_for_bundle
from assessments.register.actions import add_to_register
from assessments.register.models import Agreement, EarlyWin, Issue
from assessments.reviews.actions import (
    ask_for_review,
    latest_change,
    mark_step,
    record_control_change,
    reopen_stage,
    sign_off_stage,
    take_snapshot,
)
from assessments.reviews.models import ControlChange
from assessments.rounds.actions import add_on_paper, close_round, finish_answers, make_round
from assessments.rounds.models import RoundAnswer
from assessments.seats.actions import create_balance, record_composition, save_scenario, settle_ties
from assessments.seats.models import CouncilComposition
from assessments.timetable.actions import add_bank_holiday, set_date
from councils.models import Council, CouncilType, Membership, User
from elections.composition import Composition, Group
from elections.political_balance import Committee
from elections.scenario import SeatSwing
from elections.timetable import HAND_KEYS
from frameworks.models import CoalitionComponent, DevelopmentTheme, RoleArea, Stage, Step
from tests.acting import (
    HTMX,
    answer,
    fresh,
    item_url,
    own_item,
    signed_in,
    status_only,
    step_url,
    whole,
)
from tests.prepared import undone

pytestmark = pytest.mark.slow

# Three queries of a save are the chain's: its head, the new link, the head again.
PAGE, SAVE = 16, 10 + 3
LOOK = 5  # an adviser's look: was there one lately, and if not the look itself with its seal
WHOLE = 16  # a page of a review, which asks about reviewers, marks and sign-offs
COMPARE = 20  # two whole plans at once
HOME = 17  # plan home, which brings the most subjects together
STEP = 15  # the step page, which asks for more than any other page of a plan but its home
# Each kind of record that can name a person is searched once, and 3 queries say which names count.
TRACES = 34
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
# The session stores which plan was opened last, and is written only when that changes.
SESSION = 'UPDATE "django_session"'


@pytest.fixture
def client(officer):
    return signed_in(officer)


def queries(request, status=200):
    """The statements that were run, but for the ends of a transaction and the session's."""
    with CaptureQueriesContext(connection) as captured:
        assert request().status_code == status
    asked = [query["sql"] for query in captured]
    return [sql for sql in asked if not sql.startswith((*TRANSACTION, SESSION))]


def assert_constant(request, grow, limit, status=200):
    with undone():
        few = queries(request, status)
    grow()
    many = queries(request, status)
    assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)))
    assert len(many) <= limit, "\n".join(many)
    assert many  # a page that asks nothing is not what is measured here


def assert_each_constant(subtests, requests, grow, limit):
    """The same of several requests, by their names: growing takes longer than asking."""
    with undone():
        few = {name: queries(request) for name, request in requests.items()}
    grow()
    for name, request in requests.items():
        with subtests.test(name):
            many = queries(request)
            most = max(limit, HOME) if re.fullmatch(r"/plans/\d+/|plan", name) else limit
            assert len(many) == len(few[name]), "\n".join(sorted(set(many) - set(few[name])))
            assert 0 < len(many) <= most, "\n".join(many)


def gets(client, addresses, **options):
    return {address: partial(client.get, address, **options) for address in addresses}


@pytest.fixture
def grow(prepared, plan, chief, officer, person, riverdale):
    """Ten times the people, plans and own items; every item answered and owned; a long record.

    Growing takes more than a second unless it can be replayed: see `tests.prepared`.
    """

    def build():
        people = [person(riverdale, f"p{n}") for n in range(8)]
        members = list(Membership.objects.filter(user__in=people))
        for year in (2028, 2029, 2030):
            day = dt.date(year, 5, 1)
            day += dt.timedelta(days=(3 - day.weekday()) % 7)
            create_plan(council=riverdale, by=chief, election_day=day)
        for number in (1, 13, 13, 13, 13, 30):
            own_item(plan, number, by=chief)
        gone = own_item(plan, 13, by=chief)
        remove_item(fresh(gone), version=1, by=chief)
        items = list(PlanItem.objects.filter(plan=plan, step__number=13))
        for n, item in enumerate(items):
            if item.pk != gone.pk:
                answer(item, chief, owner=members[n % 8], note="Words", due=dt.date(2027, 6, 1))
        for n, item in enumerate(PlanItem.objects.filter(plan=plan).exclude(step__number=13)):
            item.owner, item.note, item.due = members[n % 8], "Words", dt.date(2027, 5, 1)
            item.status = (Status.NOT_STARTED, Status.IN_PROGRESS)[n % 2]
            item.save()
        mine = Membership.objects.get(user=officer)
        PlanItem.objects.filter(plan=plan, step__number__gt=20).update(owner=mine)
        holidays = []
        for n, key in enumerate(HAND_KEYS):
            day = plan.election_day + dt.timedelta(days=n)
            set_date(plan, key, date=day, reason="Words", version=0, by=chief)
            holidays.append(
                BankHoliday(council=riverdale, day=day, name="A day off", added_by=chief)
            )
        # Only the last is added by the action, which dates all actions of all plans again.
        BankHoliday.objects.bulk_create(holidays[:-1])
        add_bank_holiday(riverdale, day=holidays[-1].day, name="A day off", by=chief)
        everyone = [mine, *members]
        step = items[0].step
        for n in range(40):
            said = start_thread(plan, step, text="Words", by=people[n % 8], tell=everyone)
            reply(said.thread, text="Words", by=chief)
            about = items[n % 2]
            start_thread(plan, step, item=about, text="Words", by=chief, tell=[mine])
        Event.objects.bulk_create(
            Event(plan=plan, by=chief, kind=Event.Kind.PLAN_EXPORTED) for _ in range(200)
        )
        for item in items[:4]:
            answer(item, chief, note="Other words", status=Status.IN_PROGRESS)
        steps = list(Step.objects.filter(framework=plan.transition_id, stage__number=2))
        for kind in (ControlChange.Kind.LEADER, ControlChange.Kind.LEFT):
            record_control_change(
                plan,
                day=dt.date(2026, 1, 1),
                kind=kind,
                words="Words",
                control=plan.control,
                control_standing=plan.control_standing,
                formality=plan.formality,
                steps=steps,
                version=plan.version,
                by=chief,
            )
        for n in range(5):
            fill_register(plan, chief, owner=members[n])

    return lambda: prepared("grown", build)


def fill_register(plan, by, *, owner=None):
    """An agreement, an issue and an early win, each with a day."""
    day = plan.election_day + dt.timedelta(days=30)
    agreement = {"kind": "other", "manner": "verbal", "parties": "Ash\nOak", "review_on": day}
    issue = {"kind": "crunch", "words": "Parks", "bites_on": day}
    win = {"words": "A park", "due": day, "owner": owner}
    for model, fields in ((Agreement, agreement), (Issue, issue), (EarlyWin, win)):
        add_to_register(model, plan, by=by, **fields)


PAGES = {
    "plan": (),
    "plan_history": (),
    "comparison": (),
    "control_changes": (),
    "register": (),
    "register_add": ("early-win",),
    "plan_stage": (2,),
    "plan_area": (3,),
    "plan_officers": (),
    "plan_officer": ("monitoring-officer",),
    "plan_mine": (),
    "plan_open": (),
    "plan_step": (13,),
    "item_add": (13,),
    "plan_dates": (),
    "plan_date": ("annual_meeting",),
    "plan_timeline": (),
    "plan_due": (),
    "plan_calendar": (),
    "plan_calendar_file": (),
}


def test_the_pages_of_a_plan(client, plan, grow, subtests):
    addresses = [reverse(name, args=[plan.pk, *args]) for name, args in PAGES.items()]
    addresses.append(reverse("plan_open", args=[plan.pk]) + "?q=words&status=any")
    assert_each_constant(subtests, gets(client, addresses), grow, STEP)


def test_the_step_page_with_an_item_open(client, item, grow):
    assert_constant(lambda: client.get(item_url(item, "item_edit")), grow, PAGE)


@pytest.fixture
def some_talk(prepared, plan, item, chief, officer):
    """A thread on the item and one on its step, with something unseen in each."""
    mine = [Membership.objects.select_related("user").get(user=officer)]

    def talk():
        for about in (item, None):
            start_thread(plan, item.step, item=about, text="Words", by=chief, tell=mine)

    return lambda: prepared("talk", talk)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_is_said_of_an_item_or_a_step(client, plan, item, grow, some_talk, headers, subtests):
    addresses = [item_url(item, "item_comments"), step_url(plan, 13, "step_comments")]
    some_talk()
    assert_each_constant(subtests, gets(client, addresses, headers=headers), grow, PAGE)


def test_all_comments_of_a_thread(client, plan, grow, some_talk):
    some_talk()
    address = reverse("thread", args=[plan.pk, Thread.objects.first().pk]) + "?page=1"
    assert_constant(lambda: client.get(address), grow, PAGE)


def test_the_lists_of_threads(client, plan, chief, grow, some_talk, subtests):
    some_talk()

    def grown():
        grow()
        for thread in Thread.objects.all()[:30]:
            resolve_thread(thread, by=chief)

    resolve_thread(Thread.objects.first(), by=chief)
    address = reverse("plan_comments", args=[plan.pk])
    addresses = [f"{address}?show={show}" for show in ("open", "unseen", "mine", "resolved")]
    assert_each_constant(subtests, gets(client, addresses), grown, PAGE)


def test_a_reply(client, plan, grow, some_talk):
    some_talk()
    address = reverse("thread", args=[plan.pk, Thread.objects.first().pk])
    client.post(address, {"text": "Yes"}, headers=HTMX)
    assert_constant(
        lambda: client.post(address, {"text": "Yes"}, headers=HTMX), grow, 21
    )  # one writes the notice


def test_news_of_a_step_with_nothing_new(client, plan, item, grow):
    """What every open page asks all the time, the first time written down."""

    def ask():
        items = PlanItem.objects.filter(plan=plan, step__number=13)
        has = ",".join(f"{pk}.{version}.0.r" for pk, version in items.values_list("pk", "version"))
        address = step_url(plan, 13, "step_news")
        client.get(address, {"items": has})
        return lambda: client.get(address, {"items": has})

    few = queries(ask(), 204)
    grow()
    assert len(queries(ask(), 204)) == len(few) <= 6


def test_news_of_a_step_where_everything_is_new(client, plan, item, chief, grow):
    """All of it closed on the page but the one item that is being edited."""

    def ask():
        return client.get(step_url(plan, 13, "step_news"), {"items": f"{item.pk}.1.0.o"})

    answer(item, chief, note="Words 0")
    # However long it takes to grow, who is here is not written again.
    with time_machine.travel(timezone.now(), tick=False):
        client.get(step_url(plan, 13, "step_news"))
        assert_constant(ask, grow, PAGE)


@pytest.mark.parametrize("name", ["item", "item_edit"])
def test_an_item_alone(client, item, grow, name):
    address = item_url(item, name)
    assert_constant(lambda: client.get(address, headers=HTMX), grow, PAGE)


def test_home_with_one_plan_and_with_many(client, plan, grow, officer, their_plan):
    def many():
        grow()
        for n in range(5):
            council = Council.objects.create(
                name=f"Council {n}", slug=f"council-{n}", type=CouncilType.COUNTY
            )
            Membership.objects.create(
                user=officer, council=council, office="lga-adviser", access="reviewer"
            )
            create_plan(council=council, by=officer, election_day=dt.date(2027, 5, 6))

    assert_constant(lambda: client.get(reverse("home") + "?all"), many, PAGE)


def test_the_history_of_an_item(client, item, grow, officer):
    answer(item, officer, note="First words")
    assert_constant(lambda: client.get(item_url(item, "item_history")), grow, PAGE)


def test_what_an_owner_is_asked(chief, plan, grow, subtests):
    names = ("plan_next", "control_change_new", "plan_settings")
    addresses = [reverse(name, args=[plan.pk]) for name in names]
    assert_each_constant(subtests, gets(signed_in(chief), addresses), grow, PAGE)


def test_the_pages_about_advisers(chief, plan, granted):
    client = signed_in(chief)
    grants = [granted(plan, "first"), granted(plan, "second")]
    for grant in grants:
        record_look(grant.pk, what="plan home")
    revoke_grant(grants[1], by=chief)

    def many():
        for n in range(12):
            grant = granted(plan, f"adviser-{n}", stages=[2])
            for number in range(10):
                record_look(grant.pk, what=f"step {number}")
            if n % 2:
                revoke_grant(grant, by=chief)

    addresses = [reverse(name, args=[plan.pk]) for name in ("plan_advisers", "plan_adviser_looks")]

    def both():
        return [client.get(address) for address in addresses][-1]

    assert_constant(both, many, 2 * PAGE)


def test_the_pages_of_a_development_record(chief, officer, plan, riverdale):
    record = start_record(chief)
    themes = list(record.edition.developmentthemes.all())
    until = timezone.localdate() + dt.timedelta(days=30)
    scope = {"themes": themes, "with_journal": True, "until": until}
    share = share_record(record, reader=officer, **scope)

    def fill(standards, entries):
        for standard in standards:
            answer = StandardAnswer(record=record, standard=standard, version=0)
            save_answer(answer, version=0, rating="begun", next_step="Go")
        noted = record.reflections.values("principle")
        subjects = Reflection.subjects("principle", record).exclude(pk__in=noted)
        for subject in subjects[: len(standards)]:
            reflection = Reflection(record=record, principle=subject, version=0)
            save_reflection(reflection, version=0, note="N")
        step = plan.items.first().step
        for _ in range(entries):
            standards = record.standards[:5]
            write_entry(record, day=until, words="W", standards=standards, plan=plan, step=step)

    def many():
        fill(record.standards[1:], 50)
        for year in (2028, 2029):
            day = dt.date(year, 5, 4 if year == 2028 else 3)
            create_plan(council=riverdale, by=chief, election_day=day)
        for n in range(5):
            other = User.objects.create_user(email=f"other{n}@example.org", name="Other")
            open_check_in(chief, other=other)

    part = open_check_in(chief, other=officer)
    fill(record.standards[:1], 1)
    entry = record.journal.first()
    client, reader = signed_in(chief), signed_in(officer)
    addresses = [
        reverse("development"),
        reverse("development_cell", args=[2, 1]),
        reverse("development_standard", args=[record.standards[0].pk]),
        reverse("development_ratings"),
        reverse("development_calendar"),
        reverse("development_reflections"),
        reverse("check_ins"),
        reverse("check_in", args=[part.check_in_id]),
        reverse("development_journal"),
        reverse("development_entry_new"),
        reverse("development_entry", args=[entry.pk]),
        reverse("development_readers"),
        reverse("development_share"),
    ]
    shared = reverse("development_shared", args=[share.pk])

    def every():
        return [queries(lambda each=each: client.get(each)) for each in addresses] + [
            queries(lambda: reader.get(shared))
        ]

    few = every()
    many()
    counts = [len(asked) for asked in every()]
    assert counts == [len(asked) for asked in few]
    assert max(counts) <= PAGE


def test_the_pages_that_an_adviser_looks_at(partial_adviser, plan, grow, subtests):
    """More than for a member, by what writing the look down takes."""
    client = signed_in(partial_adviser)
    names = ("plan", "plan_open", "plan_step")
    asked = gets(client, [reverse(name, args=[plan.pk, *PAGES[name]]) for name in names])
    for request in asked.values():
        assert len(queries(request)) <= HOME + LOOK
    assert_each_constant(subtests, asked, grow, PAGE + 1)


def test_a_zip_of_one_plan_and_of_many(client, plan, grow, officer):
    def asked():
        plans = Plan.objects.visible_to(officer)
        return ask_for_bundle(plans, by=officer).get_absolute_url()

    address = asked()

    def many():
        nonlocal address
        grow()
        address = asked()

    assert_constant(lambda: client.get(address), many, PAGE)


@pytest.mark.parametrize("name", ["register_entry", "register_remove"])
@pytest.mark.parametrize(("noun", "model"), [("agreement", Agreement), ("early-win", EarlyWin)])
def test_an_entry_of_the_register(client, plan, chief, prepared, grow, name, noun, model):
    prepared("register", lambda: fill_register(plan, chief))
    address = reverse(name, args=[plan.pk, noun, model.objects.get().pk])
    assert_constant(lambda: client.get(address), grow, PAGE)


@pytest.fixture
def seats(riverdale, chief):
    """Records a composition and works out an allocation, the larger the larger `n`."""

    def make(n):
        current = CouncilComposition.objects.of(riverdale).first()
        composition = record_composition(
            council=riverdale,
            as_at=dt.date(2026, 5, 7),
            composition=Composition(tuple(Group(f"G{i}", 6) for i in range(1 + n))),
            based_on=current.pk if current else None,
            by=chief,
        )
        committees = [Committee(f"C{i}", 5) for i in range(n)]
        balance = create_balance(composition=composition, committees=committees, by=chief)
        ties = [(tie, tie.shown) for tie in balance.worked_out().open_ties]
        settle_ties(balance, ties, reason="Lot", version=1, by=chief)
        return balance

    return make


@pytest.mark.parametrize(
    "name", ["composition", "composition_new", "balances", "balance_new", "group_notices"]
)
def test_a_page_of_the_councils_seats(client, riverdale, seats, name):
    seats(6)
    address = reverse(name, args=[riverdale.slug])
    assert_constant(lambda: client.get(address), lambda: [seats(n) for n in (8, 9)], PAGE)


def test_an_allocation(client, riverdale, seats):
    made = [seats(6)]
    assert_constant(
        lambda: client.get(reverse("balance", args=[riverdale.slug, made[-1].pk])),
        lambda: made.append(seats(9)),
        PAGE,
    )


def test_the_nominations_of_an_allocation(client, seats):
    made = [seats(6)]
    assert_constant(
        lambda: client.get(reverse("balance_nominations", args=["riverdale", made[-1].pk])),
        lambda: made.append(seats(9)),
        PAGE,
    )


def test_the_scenarios(chief, plan, seats):
    base = seats(6).composition

    def add(count):
        for n in range(count):
            save_scenario(
                None,
                plan=plan,
                base=base,
                name=f"Scenario {n}",
                changes=[SeatSwing("G1", "G2", 1)] * (1 + n),
                version=0,
                by=chief,
                readers=Membership.objects.all()[:1],
            )

    add(1)
    client = signed_in(chief)
    address = reverse("scenarios", args=[plan.pk])
    assert_constant(lambda: client.get(address), lambda: add(5), PAGE)


def test_the_pages_of_a_councils_data(chief, riverdale, plan, grow, subtests):
    names = ("people", "export", "retention")
    addresses = [reverse(f"council_data_{name}", args=[riverdale.slug]) for name in names]
    assert_each_constant(subtests, gets(signed_in(chief), addresses), grow, PAGE)


def test_what_erasing_a_person_and_purging_a_plan_would_do(chief, officer, riverdale, plan, grow):
    client = signed_in(chief)
    mine = Membership.objects.get(user=officer).pk
    for name, pk, limit in (("erase", mine, TRACES), ("purge", plan.pk, PAGE)):
        address = reverse(f"council_data_{name}", args=[riverdale.slug, pk])
        assert len(queries(lambda address=address: client.get(address))) <= limit
    grow()
    for name, pk, limit in (("erase", mine, TRACES), ("purge", plan.pk, PAGE)):
        address = reverse(f"council_data_{name}", args=[riverdale.slug, pk])
        assert len(queries(lambda address=address: client.get(address))) <= limit


# --- Saving ---------------------------------------------------------------------------------------


def test_a_status_saved_at_once(client, item, grow):
    bodies = [status_only(item, "in-progress")]

    def grown():
        grow()
        bodies.append(status_only(item, "completed"))

    assert_constant(lambda: client.post(item_url(item), bodies.pop(0), headers=HTMX), grown, SAVE)
    assert fresh(item).status == Status.COMPLETED


def test_a_whole_answer_saved_as_one_leaves_a_box(client, item, grow, officer):
    mine = Membership.objects.get(user=officer).pk
    bodies = [whole(item, note="Words 0", owner=mine)]

    def grown():
        grow()
        bodies.append(whole(item, note="Words 1", owner=mine, status="in-progress"))

    assert_constant(lambda: client.post(item_url(item), bodies.pop(0), headers=HTMX), grown, SAVE)
    assert fresh(item).note == "Words 1"


# --- Reviews and snapshots ------------------------------------------------------------------------


@pytest.fixture
def reviewed(prepared, plan, chief, officer):
    return prepared("reviewed", lambda: in_review(plan, chief, officer))


def in_review(plan, chief, officer):
    """Stage 2 in review, with one mark; a snapshot of stage 1, which is signed off."""
    first, second, _ = Stage.objects.filter(framework=plan.transition_id)
    sign_off_stage(plan, first, seen=latest_change(plan, first), reason="Over", by=chief)
    mine = Membership.objects.get(user=officer)
    review = ask_for_review(plan, second, reviewers=[mine], due=dt.date(2099, 1, 1), by=chief)
    mark(review, mine, number=11)
    return review


def mark(review, reviewer, *, number):
    mark_step(
        review,
        Step.objects.get(framework=review.plan.transition_id, number=number),
        reviewer=reviewer,
        verdict="concern",
        words="Not yet",
        version=0,
        by=reviewer.user,
    )


@pytest.fixture
def grow_reviews(prepared, grow, reviewed, chief):
    """Nine reviewers with a concern at every step, ten more snapshots of everything."""

    def grown():
        reopen_stage(reviewed.plan, Stage.objects.get(steps__number=1), reason="More", by=chief)
        grow()
        members = Membership.objects.filter(council=reviewed.plan.council_id)
        reviewed.reviewers.set(members)
        for member in members.select_related("user"):
            for number in range(12, 21):
                mark(reviewed, member, number=number)
        first = Stage.objects.get(steps__number=1)
        seen = latest_change(reviewed.plan, first)
        sign_off_stage(reviewed.plan, first, seen=seen, reason="Again", by=chief)
        for _ in range(3):
            take_snapshot(reviewed.plan, [1, 2, 3], by=chief, reason="More")

    return lambda: prepared("grown reviews", grown)


REVIEWED = {
    "stage_review": (1,),
    "stage_sign_off": (2,),
    "plan_stage": (1,),
    "plan_step": (1,),
    "plan_area": (1,),
    "plan": (),
    "snapshots": (),
}


def test_the_pages_of_a_review(plan, chief, grow_reviews, subtests):
    addresses = [reverse(name, args=[plan.pk, *args]) for name, args in REVIEWED.items()]
    asked = gets(signed_in(chief), addresses)
    # A person who is asked has a form as well.
    to_mark = [reverse("stage_review", args=[plan.pk, 2])]
    asked |= gets(signed_in(User.objects.get(name="Officer")), to_mark)
    assert_each_constant(subtests, asked, grow_reviews, WHOLE)


def test_a_snapshot_and_what_changed_since(plan, chief, grow_reviews):
    client = signed_in(chief)
    compare = reverse("snapshot_compare", args=[plan.pk])

    def latest():
        return Snapshot.objects.filter(plan=plan).order_by("pk").last()

    few = [
        len(queries(lambda: client.get(latest().get_absolute_url()))),
        len(queries(lambda: client.get(compare, {"before": latest().pk, "after": "now"}))),
    ]
    grow_reviews()
    many = [
        len(queries(lambda: client.get(latest().get_absolute_url()))),
        len(queries(lambda: client.get(compare, {"before": latest().pk, "after": "now"}))),
    ]
    assert many == few
    assert max(many) <= COMPARE


# --- The guidance ---------------------------------------------------------------------------------


def test_the_pages_of_the_guidance(client, plan, grow, subtests):
    names = ("", "_components", "_themes", "_reflections", "_officers")
    addresses = [reverse(f"guidance{name}") for name in names]
    assert_each_constant(subtests, gets(client, addresses), grow, PAGE)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("guidance_step", range(1, 31)),
        ("guidance_area", range(1, 11)),
        ("guidance_component", range(1, 13)),
        ("guidance_theme", range(1, 8)),
    ],
)
def test_every_entry_of_the_guidance_costs_the_same(client, name, numbers):
    counts = {
        number: len(queries(lambda number=number: client.get(reverse(name, args=[number]))))
        for number in numbers
    }
    assert len(set(counts.values())) == 1, counts
    assert max(counts.values()) <= PAGE


def test_the_guidance_has_the_entries_that_are_counted_here(db):
    assert RoleArea.objects.current().count() == 10
    assert CoalitionComponent.objects.current().count() == 12
    assert DevelopmentTheme.objects.current().count() == 7


def test_the_limit_is_that_of_every_step(client, plan):
    counts = {n: len(queries(lambda n=n: client.get(step_url(plan, n)))) for n in range(1, 31)}
    assert len(set(counts.values())) == 1, counts


@pytest.fixture
def round_of(plan, chief):
    """Makes and closes rounds in which people answer everything in words."""
    components = list(CoalitionComponent.objects.filter(framework=plan.components_id))
    today = timezone.localdate()

    def make(name, people):
        made = make_round(plan, name=name, opens=today, closes=today, by=chief)
        for n in range(people):
            paper = add_on_paper(made, name=f"Sheet {n}", group="officers", by=chief)
            RoundAnswer.objects.bulk_create(
                RoundAnswer(respondent=paper, component=each, strength=3, to_do="Act")
                for each in components
            )
            finish_answers(paper, may_be_named=False)
        close_round(made, by=chief)
        return made

    return make


def test_the_rounds_of_the_review(chief, plan, round_of):
    client = signed_in(chief)
    first = round_of("First", 4)
    round_of("Second", 4)
    addresses = [reverse(name, args=[plan.pk]) for name in ("rounds", "rounds_compare")]
    addresses.append(reverse("round", args=[plan.pk, first.pk]))

    def each_page():
        return [client.get(address) for address in addresses][-1]

    assert_constant(each_page, lambda: [round_of(name, 8) for name in "abc"], 3 * PAGE)
