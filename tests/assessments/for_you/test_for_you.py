"""For you: what needs a person's answer, their actions by date, and what others have done."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.comments.actions import reply, start_thread
from assessments.development.actions import open_check_in
from assessments.for_you import page as for_you_page
from assessments.for_you.actions import SAME_VISIT
from assessments.for_you.waiting import WaitingKind, count_waiting, waiting_for
from assessments.pages.lists_by_date import list_by_date
from assessments.plans.actions import create_plan
from assessments.plans.models import Election, PlanItem, ReviewMark, Status
from assessments.reviews.actions import ask_for_review, mark_step, record_control_change
from assessments.rounds.actions import ask_member, finish_answers, make_round
from councils.actions import end_deputy, name_deputy
from councils.models import Access, Membership
from frameworks.models import Stage, Step
from tests.acting import HTMX, answer, by_id, fresh, item_ids, own_item, signed_in, text_of
from tests.acting import words as words_of

NOW = dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travels:
        yield travels


def member(user):
    return Membership.objects.select_related("user").get(user=user)


def kinds(user):
    found = waiting_for(user)
    assert len(found) == count_waiting(user)
    return [item.kind for item in found]


def assert_they_open(user, *kinds):
    """Follow the link of everything of these kinds that needs an answer from `user`."""
    client = signed_in(user)
    urls = [item.url for item in waiting_for(user) if item.kind in kinds]
    assert urls
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def page(user, plan=None, **query):
    address = reverse("plan_for_you", args=[plan.pk]) if plan else reverse("for_you")
    return signed_in(user).get(address, query)


def test_each_kind_of_request_is_shown_until_it_is_answered(
    plan, chief, officer, person, riverdale, leader_user
):
    assert kinds(officer) == []
    step = Step.objects.get(framework=plan.transition, number=13)
    stage = Stage.objects.get(framework=plan.transition, number=2)
    round_ = make_round(
        plan, name="Six weeks in", opens=TODAY, closes=TODAY + dt.timedelta(days=9), by=chief
    )
    place = ask_member(round_, membership=member(officer), group="officers", by=chief)
    review = ask_for_review(
        plan, stage, reviewers=[member(officer)], due=TODAY + dt.timedelta(days=9), by=chief
    )
    thread = start_thread(plan, step, text="What now?", by=chief, tell=[member(officer)]).thread
    open_check_in(officer, other=leader_user)
    assert kinds(officer) == [
        WaitingKind.ROUND,
        WaitingKind.REVIEW,
        WaitingKind.CHECK_IN,
        WaitingKind.COMMENT,
    ]
    assert_they_open(officer, WaitingKind.ROUND, WaitingKind.REVIEW, WaitingKind.CHECK_IN)
    words = text_of(page(officer, plan))
    for expected in (
        "Review round “Six weeks in”",
        "Review stage 2: early foundations",
        "Chief mentioned you on",
    ):
        assert expected in words
    finish_answers(place, may_be_named=False)
    for each in Step.objects.filter(stage=stage):
        mark_step(
            review,
            each,
            reviewer=member(officer),
            verdict="concern",
            words="Not yet",
            version=0,
            by=officer,
        )
    signed_in(officer).get(reverse("step_comments", args=[plan.pk, 13]))
    assert kinds(officer) == [WaitingKind.CHECK_IN]
    # The concerns are for the plan owner to answer; a reply is for the author of the thread.
    reply(thread, text="Done", by=officer)
    found = kinds(chief)
    assert found.count(WaitingKind.CONCERN) == 10
    assert found.count(WaitingKind.COMMENT) == 1
    assert_they_open(chief, WaitingKind.CONCERN)
    ReviewMark.objects.update(answer="We will", answered_by=chief)
    assert kinds(chief) == [WaitingKind.COMMENT]


@pytest.fixture
def leader_user(person, their_plan):
    """Another person who belongs to another council."""
    return person(their_plan.council, "leader", access=Access.REVIEWER)


def test_steps_to_review_again_are_for_the_owner_and_the_lead_of_the_step(
    plan, chief, officer, reviewer
):
    steps = Step.objects.filter(framework=plan.transition, lead_role__code="monitoring-officer")
    record_control_change(
        plan,
        day=TODAY,
        kind="leader",
        words="A new Leader",
        steps=[steps[0], *Step.objects.filter(framework=plan.transition, number=1)],
        control=plan.control,
        control_standing=plan.control_standing,
        formality=plan.formality,
        version=plan.version,
        by=chief,
    )
    assert kinds(chief) == [WaitingKind.REOPENING]
    assert_they_open(chief, WaitingKind.REOPENING)
    assert "Review 2 steps again" in text_of(page(chief, plan))
    assert "Review 1 step again" in text_of(page(officer, plan))
    assert kinds(reviewer) == []


def test_an_adviser_finds_replies_in_the_stages_they_can_see(
    plan, their_plan, chief, adviser, granted
):
    step = Step.objects.get(framework=plan.transition, number=13)
    thread = start_thread(plan, step, text="Have you thought of this?", by=adviser).thread
    reply(thread, text="We have", by=chief)
    assert kinds(adviser) == [WaitingKind.COMMENT]
    words = text_of(page(adviser, plan))
    assert "Chief replied on step 13" in words
    assert "To follow up" not in words
    # Outside the plan nothing of it is shown, because no look at it is recorded there.
    granted(their_plan, "whole")
    adviser.refresh_from_db()
    response = page(adviser)
    assert response.status_code == 200, response.url
    words = text_of(response)
    assert "Chief replied on step 13" in words
    assert "We have" not in words
    assert "commented" not in words
    adviser.adviser_grants.update(stage_2=False)
    assert kinds(adviser) == []


def test_a_person_without_a_plan_sees_what_waits_for_them(chief, leader_user, django_user_model):
    alone = django_user_model.objects.create_user(email="l@example.org", name="Helen Marsh")
    open_check_in(alone, other=chief)
    response = page(alone)
    assert response.status_code == 200
    assert "Check-in with Chief" in text_of(response)
    assert "Overdue" not in text_of(response)


def test_a_person_of_one_plan_is_led_to_it_and_of_several_sees_all(
    plan, their_plan, chief, officer
):
    assert page(officer).url == reverse("plan_for_you", args=[plan.pk])
    Membership.objects.create(
        user=officer, council=their_plan.council, office="slt-member", access="editor"
    )
    items = [p.items.first() for p in (plan, their_plan)]
    for item in items:
        PlanItem.objects.filter(pk=item.pk).update(
            owner=Membership.objects.get(user=officer, council=item.plan.council), due=TODAY
        )
    response = page(officer)
    assert set(item_ids(response)) == {item.pk for item in items}
    assert their_plan.council.name in text_of(response)


def test_two_plans_of_one_council_are_told_apart_by_the_day_of_the_election(plan, chief, officer):
    council = plan.council
    create_plan(
        council=council,
        by=chief,
        election_day=dt.date(2027, 6, 10),
        occasion=Election.BY_ELECTION,
    )
    item = PlanItem.objects.filter(plan=plan, step__number=13).first()
    answer(item, chief, owner=member(officer), due=TODAY)
    name = f"{council.name}, election on 6 May 2027"
    assert f"· {name}" in text_of(page(officer))
    back = reverse("for_you")
    url = reverse("item", args=[plan.pk, item.pk])
    version = fresh(item).version
    sent = {"status": "in-progress", "version": version, "back": back, "close": ""}
    saved = text_of(signed_in(officer).post(url, sent, headers=HTMX))
    assert name in saved


def test_second_factor_keeps_what_needs_it_out_of_list_and_count(plan, chief, officer, settings):
    step = Step.objects.get(framework=plan.transition, number=13)
    start_thread(plan, step, text="Well?", by=officer, tell=[member(chief)])
    assert count_waiting(chief) == 1
    settings.SECOND_FACTOR_REQUIRED = True
    assert kinds(chief) == []


def test_actions_come_by_date_and_what_is_later_or_completed_is_folded(plan, chief, officer):
    items = list(PlanItem.objects.filter(plan=plan, step__number=13)[:4])
    for item, days in zip(items, (-3, 2, 60, 1), strict=True):
        answer(item, chief, owner=member(officer), due=TODAY + dt.timedelta(days=days))
    answer(fresh(items[3]), chief, status=Status.COMPLETED)
    response = page(officer, plan)
    words = text_of(response)
    assert item_ids(response) == [items[0].pk, items[1].pk]
    assert "Overdue 1 action" in words
    assert "Later 1 action · Show" in words
    assert "Completed or not needed 1 action · Show" in words
    assert items[2].pk in item_ids(page(officer, plan, show="later"))
    assert items[3].pk in item_ids(page(officer, plan, show="closed"))


def test_what_others_changed_is_counted_from_the_last_visit(plan, chief, officer, clock):
    page(officer, plan)
    clock.shift(SAME_VISIT * 2)
    first, second = PlanItem.objects.filter(plan=plan, step__number=13)[:2]
    answer(first, chief, status=Status.COMPLETED)
    answer(second, officer, status=Status.COMPLETED)
    words = text_of(page(officer, plan))
    assert f"Chief completed {first.words(plan.term)}" in words
    assert second.words(plan.term) not in words
    assert f"Chief completed {first.words(plan.term)}" in text_of(page(officer, plan))
    clock.shift(SAME_VISIT * 2)
    assert "No one else has changed anything" in text_of(page(officer, plan))


def test_the_number_of_changes_is_that_of_the_time_shown_not_of_the_history(
    plan, chief, officer, clock
):
    page(officer, plan)
    clock.shift(SAME_VISIT * 2)
    for item in PlanItem.objects.filter(plan=plan, step__number__in=[11, 13, 14])[:9]:
        answer(item, chief, status=Status.COMPLETED)
    words = text_of(page(officer, plan))
    assert re.search(r"Since you were last here Since [\w ,:]+: 9 changes Chief completed", words)
    assert "History of the plan" in words


def test_only_someone_who_can_have_actions_is_told_that_they_have_none(
    plan, reviewer, partial_adviser
):
    """Actions belong to people at the council: none can be assigned to an adviser."""
    none = "You have no actions. An action appears here when it is assigned to you, or when it has"
    with time_machine.travel(dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)):  # no key date is near
        assert none in text_of(page(reviewer, plan))
        assert "You have no actions" not in text_of(page(partial_adviser, plan))


def test_an_adviser_reads_only_changes_of_their_stages(plan, chief, partial_adviser):
    page(partial_adviser, plan)
    inside = PlanItem.objects.filter(plan=plan, step__number=13).first()
    outside = PlanItem.objects.filter(plan=plan, step__number=1).first()
    for item in (inside, outside):
        answer(item, chief, status=Status.COMPLETED)
    words = text_of(page(partial_adviser, plan))
    assert inside.words(plan.term) in words
    assert outside.words(plan.term) not in words


def test_key_dates_of_a_plan_are_shown_to_its_adviser_only_where_the_log_lists_a_look(
    plan, their_plan, officer, granted
):
    """On For you of another plan, or outside plans, no look at the plan is recorded."""
    grant = granted(plan, "whole")
    item = PlanItem.objects.filter(plan=their_plan).first()
    answer(
        item,
        their_plan.created_by,
        owner=Membership.objects.get(user=their_plan.created_by, council=their_plan.council),
        due=TODAY,
    )
    Membership.objects.create(
        user=grant.adviser, council=their_plan.council, office="slt-member", access="editor"
    )
    own_dates = f"Key date · {their_plan.council.name}"
    advised_dates = f"Key date · {plan.council.name}"

    def counted(address):
        page = list_by_date(address, plan_id=their_plan.pk, user=grant.adviser)
        return dict(page.counts(item, grant.adviser, today=TODAY))["count-soon"]

    def shown(address):
        return words_of(by_id(signed_in(grant.adviser).get(address))["count-soon"])

    outside, there, here = (
        reverse("for_you"),
        reverse("plan_for_you", args=[their_plan.pk]),
        reverse("plan_for_you", args=[plan.pk]),
    )
    for address in (outside, there):
        text = text_of(signed_in(grant.adviser).get(address))
        assert own_dates in text
        assert advised_dates not in text
        assert counted(address) == shown(address)
    assert counted(here) == counted(there)  # its address can be sent before it is opened
    assert not grant.looks.exists()
    text = text_of(signed_in(grant.adviser).get(here))
    assert own_dates in text
    assert advised_dates in text
    assert [look.what for look in grant.looks.all()] == ["For you"]
    assert counted(here) == shown(here) != counted(there)


def test_what_is_with_someone_else_leads_to_the_list_of_it(plan, chief, officer):
    item = PlanItem.objects.filter(plan=plan).first()
    answer(item, chief, owner=member(officer), due=TODAY - dt.timedelta(days=1))
    response = page(chief, plan)
    words = text_of(response)
    assert "1 overdue action assigned to Officer" in words
    assert "122 actions have no owner" in words
    link = f"{reverse('plan_open', args=[plan.pk])}?owner={member(officer).pk}&amp;due=overdue"
    assert link in response.content.decode()


def test_saving_a_status_here_updates_the_counts(plan, chief, officer):
    item = PlanItem.objects.filter(plan=plan, step__number=13).first()
    answer(item, chief, owner=member(officer), due=TODAY - dt.timedelta(days=1))
    sent = {"part": "status", "status": "completed", "version": fresh(item).version}
    back = reverse("plan_for_you", args=[plan.pk])
    client = signed_in(officer)
    url = reverse("item", args=[plan.pk, item.pk])
    saved = client.post(url, {**sent, "back": back}, headers=HTMX).content.decode()
    assert '<span id="count-overdue" data-hx-swap-oob="innerHTML">0 actions</span>' in saved
    sent = {"part": "status", "status": "in-progress", "version": fresh(item).version}
    assert client.post(url, {**sent, "back": back}).url == f"{back}#item-{item.pk}"


@pytest.mark.slow
def test_the_number_of_queries_is_constant_and_the_count_is_one(
    plan, their_plan, chief, officer, person, riverdale
):
    def asked(user):
        client = signed_in(user)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("plan_for_you", args=[plan.pk])).status_code == 200
        return [query["sql"] for query in captured if "SELECT" in query["sql"]]

    page(officer, plan)
    step = Step.objects.get(framework=plan.transition, number=13)
    start_thread(plan, step, text="What now?", by=chief, tell=[member_of(officer, plan)])
    first = PlanItem.objects.filter(plan=plan).first()
    PlanItem.objects.filter(pk=first.pk).update(owner=member_of(officer, plan), due=TODAY)
    few = asked(officer)
    Membership.objects.create(
        user=officer, council=their_plan.council, office="slt-member", access="editor"
    )
    for _ in range(4):
        start_thread(plan, step, text="What now?", by=chief, tell=[member_of(officer, plan)])
    PlanItem.objects.filter(plan=plan).update(owner=member_of(officer, plan), due=TODAY)
    many = asked(officer)
    assert len(many) == len(few) <= 27, "\n".join(many)
    with CaptureQueriesContext(connection) as captured:
        assert count_waiting(officer) == 5
    assert len(captured) == 1


def test_an_action_that_is_removed_while_the_page_is_made_is_not_shown(plan, officer, monkeypatch):
    item = own_item(plan, by=officer, owner=member_of(officer, plan), due=TODAY)
    assert item_ids(page(officer, plan)) == [item.pk]

    def remove_first(actions, plans):
        PlanItem.objects.filter(pk=item.pk).update(removed_at=timezone.now())
        return whole(actions, plans)

    whole = for_you_page._whole
    monkeypatch.setattr(for_you_page, "_whole", remove_first)
    assert item_ids(page(officer, plan)) == []


def member_of(user, plan):
    return Membership.objects.select_related("user").get(user=user, council=plan.council)


def test_the_count_is_in_words_that_agree_with_it(plan, chief, officer):
    step = Step.objects.get(framework=plan.transition, number=13)
    home = reverse("home")
    for number, words in ((1, "1 thing needs your answer"), (2, "2 things need your answer")):
        start_thread(plan, step, text="What now?", by=chief, tell=[member(officer)])
        assert words in text_of(signed_in(officer).get(home, {"all": 1})), number
    bar = text_of(signed_in(officer).get(plan.get_absolute_url()))
    assert "For you 2 need your answer" in bar


def test_a_deputy_finds_what_the_post_leads(plan, chief, officer, person, riverdale):
    """Actions that it leads and no one owns, and its steps to review again, in as many queries."""
    director = person(riverdale, "director")
    post = "monitoring-officer"
    led = PlanItem.objects.live().filter(plan=plan, source__lead_role__code=post)[0]
    answer(led, chief, due=TODAY)
    record_control_change(
        plan,
        day=TODAY,
        kind="leader",
        words="A new Leader",
        steps=Step.objects.filter(framework=plan.transition, lead_role__code=post)[:1],
        control=plan.control,
        control_standing=plan.control_standing,
        formality=plan.formality,
        version=plan.version,
        by=chief,
    )

    def found(user):
        client = signed_in(user)
        client.get(reverse("plan_for_you", args=[plan.pk]))
        with CaptureQueriesContext(connection) as asked:
            here = client.get(reverse("plan_for_you", args=[plan.pk]))
        mine = client.get(reverse("plan_mine", args=[plan.pk]))
        return led.pk in item_ids(here), led.pk in item_ids(mine), kinds(user), len(asked)

    assert found(director)[:3] == (False, False, [])
    deputy = name_deputy(member(director), office=post, by=chief)
    assert found(director) == found(officer)
    assert found(director)[:3] == (True, True, [WaitingKind.REOPENING])
    assert end_deputy(deputy, by=chief)
    assert found(director)[:3] == (False, False, [])
