"""Who is told at once of what, by which email, and that no one is told twice."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assessments.comments.actions import reply, start_thread
from assessments.for_you.waiting import WaitingKind, waiting_for
from assessments.notices.actions import UPDATES_A_DAY, save_item
from assessments.notices.models import MOST_A_DAY, Notice
from assessments.notices.tasks import send_notices
from assessments.plans.models import AdviserGrant, Marking, PlanItem, Status
from assessments.reviews.actions import (
    ask_for_review,
    change_review,
    latest_change,
    reopen_stage,
    sign_off_stage,
)
from assessments.rounds.actions import ask_member, make_round
from assessments.words import day_in_words
from councils.actions import choose_digest, end_membership
from councils.models import DigestFrequency, Membership
from frameworks.models import Stage, Step
from tests.acting import answer, fresh, signed_in, text_of


@pytest.fixture(autouse=True)
def open_plan(plan, settings):
    settings.SITE_URL = "https://planner.example"
    plan.marking = Marking.OFFICIAL
    plan.save()


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run what is left for the commit, and return the emails that were sent."""

    def run(action):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            action()
        return [(message.to[0], message.subject) for message in mail.outbox]

    return run


def member(user):
    return Membership.objects.select_related("user").get(user=user)


def test_people_are_told_of_what_concerns_them_and_not_of_what_they_do(
    plan, item, chief, officer, reviewer, committed
):
    for user in (chief, officer, reviewer):
        choose_digest(user, DigestFrequency.AT_ONCE)
    stage = Stage.objects.get(framework=plan.transition, number=2)
    asked = []
    day = dt.date(2027, 6, 1)

    def ask():
        asked.append(ask_for_review(plan, stage, reviewers=[member(officer)], due=day, by=chief))

    council = plan.council.name
    assert committed(ask) == [
        (officer.email, f"Chief asked you to review a stage: {council}"),
    ]
    assert signed_in(officer).get(Notice.objects.get().path).status_code == 200
    assert "\nStage 2, early foundations\nDue by 1 June 2027\n" in mail.outbox[0].body
    both = [member(officer), member(reviewer)]
    later = day + dt.timedelta(days=1)
    change = {"reviewers": both, "due": later, "words": "", "version": 1, "by": chief}
    assert committed(lambda: change_review(asked[0], **change)) == [
        (reviewer.email, f"Chief asked you to review a stage: {council}"),
    ]
    assert "\nStage 2, early foundations\nDue by 2 June 2027\n" in mail.outbox[0].body
    said = []
    told = [member(officer), member(chief)]
    start = {"text": "What now?", "by": chief, "tell": told, "item": item}
    assert committed(lambda: said.append(start_thread(plan, item.step, **start))) == [
        (officer.email, f"Chief mentioned you in a comment: {council}"),
    ]
    assert committed(lambda: reply(said[0].thread, text="Soon", by=officer)) == [
        (chief.email, f"Officer replied to your comment: {council}"),
    ]
    assign = {"version": 1, "by": chief, "owner": member(officer), "owner_name": ""}
    assert committed(lambda: save_item(item, **assign)) == [
        (officer.email, f"Chief assigned an action to you: {council}"),
    ]
    body = mail.outbox[0].body
    assert item.words(plan.term) in body
    assert (
        f"https://planner.example{reverse('plan_step', args=[plan.pk, 13])}#item-{item.pk}" in body
    )
    assert "newly assigned to you" in text_of(
        signed_in(officer).get(reverse("plan_for_you", args=[plan.pk]), {"show": "undated"})
    )


def test_nothing_is_sent_before_the_commit_or_twice(plan, chief, officer, committed):
    choose_digest(officer, DigestFrequency.AT_ONCE)
    step = Step.objects.get(framework=plan.transition, number=13)
    mail.outbox.clear()
    start_thread(plan, step, text="What now?", by=chief, tell=[member(officer)])
    assert mail.outbox == []
    notice = Notice.objects.get(user=officer)
    for _ in range(2):
        send_notices.call([officer.pk], notice.key)
    assert len(mail.outbox) == 1


def test_the_worker_sends_where_one_runs(plan, chief, officer, committed, settings):
    from django_tasks_db.models import DBTaskResult

    settings.EMAIL_IN_BACKGROUND = True
    choose_digest(officer, DigestFrequency.AT_ONCE)
    step = Step.objects.get(framework=plan.transition, number=13)
    tell = {"text": "What now?", "by": chief, "tell": [member(officer)]}
    assert committed(lambda: start_thread(plan, step, **tell)) == []
    assert DBTaskResult.objects.get().task_path.endswith("send_notices")


@pytest.mark.parametrize("frequency", ["daily", "weekly", "never"])
def test_who_wants_no_email_at_once_gets_none(plan, chief, officer, committed, frequency):
    choose_digest(officer, frequency)
    step = Step.objects.get(framework=plan.transition, number=13)
    tell = {"text": "What now?", "by": chief, "tell": [member(officer)]}
    assert committed(lambda: start_thread(plan, step, **tell)) == []


def test_a_sensitive_plan_has_a_number_and_a_link_only(plan, item, chief, officer, committed):
    choose_digest(officer, DigestFrequency.AT_ONCE)
    plan.marking = Marking.OFFICIAL_SENSITIVE
    plan.save()
    item.plan.marking = plan.marking
    tell = {"text": "A secret", "by": chief, "tell": [member(officer)], "item": item}
    sent = committed(lambda: start_thread(plan, item.step, **tell))
    assert sent == [(officer.email, "Transition planner: something new for you")]
    text = mail.outbox[0].subject + mail.outbox[0].body
    for word in ("Chief", "Riverdale", "secret", item.words(plan.term)):
        assert word not in text


def test_who_has_left_meanwhile_or_cannot_see_the_stage_is_not_told(
    plan, item, chief, officer, partial_adviser, committed
):
    choose_digest(officer, DigestFrequency.AT_ONCE)
    start_thread(plan, item.step, text="?", by=chief, tell=[member(officer)], item=item)
    key = Notice.objects.get().key
    mail.outbox.clear()
    end_membership(member(officer), by=chief)
    send_notices.call([officer.pk], key)
    choose_digest(partial_adviser, DigestFrequency.AT_ONCE)
    outside = PlanItem.objects.filter(plan=plan, step__number=1).first()
    notice = {"plan": plan, "by": chief, "kind": "reply", "path": "/", "user": partial_adviser}
    Notice.objects.create(item=outside, key="outside", **notice)
    send_notices.call([partial_adviser.pk], "outside")
    assert mail.outbox == []
    Notice.objects.create(item=item, key="inside", **notice)
    send_notices.call([partial_adviser.pk], "inside")
    assert [message.to for message in mail.outbox] == [[partial_adviser.email]]


def test_an_adviser_is_not_emailed_about_a_comment_on_a_step_they_can_no_longer_see(
    plan, item, chief, partial_adviser
):
    """Of a comment on a whole step, there is no action that says which stage it is in."""
    choose_digest(partial_adviser, DigestFrequency.AT_ONCE)
    began = start_thread(plan, item.step, text="From the adviser", by=partial_adviser)
    reply(began.thread, text="Thank you", by=chief)
    notice = Notice.objects.get(user=partial_adviser)
    grant = AdviserGrant.objects.filter(adviser=partial_adviser)
    grant.update(stage_1=True, stage_2=False)
    send_notices.call([partial_adviser.pk], notice.key)
    assert mail.outbox == []
    grant.update(stage_2=True)
    send_notices.call([partial_adviser.pk], notice.key)
    assert [message.to for message in mail.outbox] == [[partial_adviser.email]]
    assert "\nStep 13: Governance\n" in mail.outbox[0].body
    assert "Stage 2" not in mail.outbox[0].body


def test_an_update_can_be_asked_for_once_a_week_and_waits_until_the_action_is_saved(
    plan, item, chief, officer, reviewer
):
    answer(item, chief, owner=member(officer))
    url = reverse("item_ask", args=[plan.pk, item.pk])
    client = signed_in(chief)
    assert "Ask Officer" in text_of(client.get(url))
    assert "will be emailed at once if they have chosen that" in text_of(client.get(url))
    assert client.post(url).status_code == 302
    assert [each.kind for each in waiting_for(officer)] == [WaitingKind.UPDATE]
    for user in (chief, reviewer):
        again = signed_in(user).post(url)
        assert again.status_code == 409
        assert "in the last 7 days" in text_of(again)
    assert "This action is yours" in text_of(signed_in(officer).post(url))
    answer(fresh(item), officer, note="Under way")
    assert waiting_for(officer) == []


def test_the_email_about_a_review_round_says_until_when_it_can_be_answered(
    plan, chief, officer, committed
):
    choose_digest(officer, DigestFrequency.AT_ONCE)
    opens, closes = timezone.localdate(), timezone.localdate() + dt.timedelta(weeks=1)
    round_ = make_round(plan, name="Six weeks", opens=opens, closes=closes, by=chief)
    invited = {"membership": member(officer), "group": "officers", "by": chief, "tells": True}
    assert committed(lambda: ask_member(round_, **invited)) == [
        (officer.email, "Chief asked you to answer a review round: Riverdale Borough Council")
    ]
    assert f"\nYou can answer until {day_in_words(closes)}\n" in mail.outbox[0].body


def test_no_update_waits_while_the_stage_of_the_action_is_signed_off(plan, item, chief, officer):
    answer(item, chief, owner=member(officer))
    signed_in(chief).post(reverse("item_ask", args=[plan.pk, item.pk]))
    stage = item.step.stage
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="Enough", by=chief)
    assert waiting_for(officer) == []
    reopen_stage(plan, stage, reason="More to do", by=chief)
    assert [each.kind for each in waiting_for(officer)] == [WaitingKind.UPDATE]


def test_the_page_offers_no_request_that_cannot_be_made(plan, item, chief, officer, reviewer):
    """Not of one’s own action, of a closed one, of someone who has left, or once signed off."""
    url = reverse("item_ask", args=[plan.pk, item.pk])
    client = signed_in(chief)

    def is_refused(words, *, by=client):
        page = by.get(url)
        assert words in text_of(page)
        assert "will see your request" not in text_of(page)
        assert "govuk-button" not in page.content.decode().split("<main")[1].split("</main")[0]
        assert by.post(url).status_code == 409

    is_refused("has no owner who belongs to the council")
    answer(item, chief, owner=member(officer))
    is_refused("This action is yours", by=signed_in(officer))
    answer(fresh(item), chief, status=Status.COMPLETED)
    is_refused("This action is completed")
    answer(fresh(item), chief, status=Status.IN_PROGRESS)
    stage = item.step.stage
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="Enough", by=chief)
    is_refused("was signed off by Chief, so it cannot be changed")
    row = text_of(client.get(reverse("plan_open", args=[plan.pk])))
    assert "Ask for an update on" not in row
    reopen_stage(plan, stage, reason="More to do", by=chief)
    assert "Ask Officer" in text_of(client.get(url))
    assert "Ask for an update on" in text_of(client.get(reverse("plan_open", args=[plan.pk])))
    end_membership(member(officer), by=chief)
    is_refused("has no owner who belongs to the council")
    assert not Notice.objects.filter(kind=Notice.Kind.UPDATE).exists()


def test_one_person_asks_for_a_limited_number_of_updates_a_day(plan, chief, officer):
    items = PlanItem.objects.filter(plan=plan)[: UPDATES_A_DAY + 1]
    PlanItem.objects.filter(pk__in=[item.pk for item in items]).update(owner=member(officer))
    client = signed_in(chief)
    answers = [client.post(reverse("item_ask", args=[plan.pk, item.pk])) for item in items]
    assert [answer.status_code for answer in answers] == [302] * UPDATES_A_DAY + [409]


def test_one_person_cannot_fill_the_mailbox_of_another(item, officer, reviewer, committed):
    choose_digest(reviewer, DigestFrequency.AT_ONCE)

    def assign_back_and_forth():
        for _ in range(MOST_A_DAY + 5):
            for owner in (member(reviewer), None):
                stored = fresh(item)
                save_item(stored, version=stored.version, by=officer, owner=owner)

    assert len(committed(assign_back_and_forth)) == MOST_A_DAY
    assert Notice.objects.filter(user=reviewer).count() == MOST_A_DAY + 5
    with time_machine.travel(dt.timedelta(days=1, minutes=1)):
        stored = fresh(item)
        assert committed(
            lambda: save_item(stored, version=stored.version, by=officer, owner=member(reviewer))
        )
