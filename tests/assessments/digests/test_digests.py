"""Email updates: who is told what and how often, what is never emailed, and how to stop them."""

import datetime as dt
import io
import re
from smtplib import SMTPException

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.comments.actions import reply, resolve_thread, start_thread
from assessments.data_protection.actions import ask_to_delete_plan, cancel_request
from assessments.digests import sending
from assessments.plans.actions import create_plan
from assessments.plans.models import Marking, Status
from assessments.restricted_notes.actions import save_restricted_note
from assessments.reviews.actions import ask_for_review, mark_step
from assessments.rounds.actions import ask_member, finish_answers, make_round
from councils.actions import choose_digest, end_membership
from councils.models import (
    DAYS_AS_OWNER,
    Access,
    DigestFrequency,
    Membership,
    Office,
    User,
)
from frameworks.models import Stage, Step
from tests.acting import answer, browser, error_links, own_item, settle_owners, signed_in, text_of

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2027, 5, 18, 6, 0, tzinfo=dt.UTC)
TODAY = TUESDAY.date()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def plain(request, settings):
    settings.SITE_URL = "https://planner.example"
    if "plan" in request.fixturenames:
        plan = request.getfixturevalue("plan")
        plan.marking = Marking.OFFICIAL
        plan.save()


@pytest.fixture
def mine(officer):
    return Membership.objects.get(user=officer)


def run():
    """What each person was sent by one run, by address."""
    mail.outbox.clear()
    call_command("send_digests", stdout=io.StringIO(), stderr=io.StringIO())
    return {message.to[0]: message for message in mail.outbox}


def sent_to(user):
    return run().get(user.email)


def theirs(plan, chief, mine, **fields):
    """An item that the officer has owned since long before."""
    with time_machine.travel(TUESDAY - 60 * DAY):
        return own_item(plan, by=chief, owner=mine, **fields)


# --- What is told ---------------------------------------------------------------------------------


def test_overdue_items_and_items_due_soon_are_listed(plan, chief, officer, mine):
    theirs(plan, chief, mine, title="Late thing", due=TODAY - DAY)
    theirs(plan, chief, mine, title="Thing of today", due=TODAY)
    theirs(plan, chief, mine, title="Last thing", due=TODAY + 14 * DAY)
    theirs(plan, chief, mine, title="Far thing", due=TODAY + 15 * DAY)
    theirs(plan, chief, mine, title="Done thing", due=TODAY, status=Status.COMPLETED)
    body = sent_to(officer).body
    overdue, coming = body.split("Your actions due in the next 14 days: 2")
    assert "Your overdue actions: 1\n- Step 13: Late thing (due 17 May 2027)\n" in overdue
    assert "Thing of today (due 18 May 2027)" in coming
    assert "Last thing" in coming
    assert "that have no owner and are suggested for your role. A plan can have others" in body
    assert "Far thing" not in body
    assert "Done thing" not in body
    assert "Newly given" not in body
    assert f"https://planner.example/plans/{plan.pk}/\n" in body
    assert "\n\n\n" not in body


def test_unassigned_items_that_their_office_leads_are_listed(plan, officer):
    item = plan.items.filter(source__lead_role__code=Office.MONITORING_OFFICER).first()
    plan.items.filter(pk=item.pk).update(due=TODAY)
    assert item.words(plan.coalition_term) in sent_to(officer).body


def test_items_assigned_by_others_since_the_previous_update_are_listed(
    plan, chief, officer, mine, clock
):
    own_item(plan, by=chief, owner=mine, title="Given by the chief")
    own_item(plan, by=officer, owner=mine, title="Taken by oneself")
    body = sent_to(officer).body
    assert "Newly assigned to you: 1\n- Step 13: Given by the chief\n" in body
    assert "Taken by oneself" not in body
    clock.shift(7 * DAY)
    assert sent_to(officer) is None
    other = own_item(plan, by=chief, title="Given later")
    answer(other, chief, owner=mine)
    body = sent_to(officer).body
    assert "Given later" in body
    assert "Given by the chief" not in body


def test_unread_comments_that_mention_them_are_listed(plan, item, chief, officer, mine, clock):
    said = start_thread(plan, item.step, item=item, text="SECRETWORD", tell=[mine], by=chief)
    message = sent_to(officer)
    place = f"?thread={said.thread_id}#thread-{said.thread_id}"
    link = f"https://planner.example{reverse('item_comments', args=[plan.pk, item.pk])}{place}"
    assert f"Comments that mention you: 1\n- From Chief, on step {item.step.number}: {link}\n" in (
        message.body
    )
    assert "SECRETWORD" not in message.message().as_string()
    User.objects.update(digest_sent_at=None)
    signed_in(officer).get(reverse("item_comments", args=[plan.pk, item.pk]))
    assert sent_to(officer) is None


def test_a_stage_review_names_the_stage_without_assuming_a_coalition(plan, chief, officer, mine):
    stage = Stage.objects.get(framework=plan.transition_id, number=3)
    ask_for_review(plan, stage, reviewers=[mine], due=TODAY + 3 * DAY, words="", by=chief)
    body = sent_to(officer).body
    assert "- Stage 3, strengthening: by 21 May 2027\n" in body
    assert "coalition" not in body


def test_stage_reviews_to_answer_are_listed(plan, chief, officer, mine):
    stage = Stage.objects.get(framework=plan.transition_id, number=2)
    review = ask_for_review(plan, stage, reviewers=[mine], due=TODAY + 3 * DAY, words="", by=chief)
    line = "Stage reviews awaiting your response: 1\n- Stage 2, early foundations: by 21 May 2027\n"
    assert line in sent_to(officer).body
    steps = list(Step.objects.filter(stage=stage))
    for step in steps[1:]:
        mark_step(review, step, reviewer=mine, verdict="agree", version=0, by=officer)
    User.objects.update(digest_sent_at=None)
    assert line in sent_to(officer).body
    mark_step(review, steps[0], reviewer=mine, verdict="agree", version=0, by=officer)
    User.objects.update(digest_sent_at=None)
    assert sent_to(officer) is None


def test_review_rounds_to_answer_are_listed(plan, chief, officer, mine):
    made = make_round(plan, name="Six weeks", opens=TODAY, closes=TODAY + 5 * DAY, by=chief)
    make_round(plan, name="Later", opens=TODAY + DAY, closes=TODAY + DAY, by=chief)
    asked = ask_member(made, membership=mine, group="officers", by=chief)
    line = "Review rounds to answer: 1\n- Six weeks: by 23 May 2027\n"
    assert line in sent_to(officer).body
    User.objects.update(digest_sent_at=None)
    finish_answers(asked, may_be_named=False)
    assert sent_to(officer) is None


def test_a_long_list_is_cut_after_ten_and_the_rest_counted(plan, chief, officer, mine):
    for n in range(13):
        theirs(plan, chief, mine, title=f"Thing {n}", due=TODAY)
    body = sent_to(officer).body
    assert body.count("- Step 13: Thing") == 10
    assert "- and 3 more\n" in body


def test_nothing_is_sent_if_there_is_nothing_to_report(plan, officer):
    assert run() == {}
    assert User.objects.get(pk=officer.pk).digest_sent_at is None


def test_a_plan_that_has_been_followed_is_left_out(plan, chief, officer, mine):
    theirs(plan, chief, mine, title="Old thing", due=TODAY)
    later = create_plan(council=plan.council, by=chief, election_day=dt.date(2028, 5, 4))
    later.items.update(due=None, due_rule=None)
    later.previous = plan
    later.save()
    assert run() == {}


# --- What is never emailed ------------------------------------------------------------------------


def test_only_numbers_and_a_link_are_sent_about_a_sensitive_plan(plan, item, chief, officer, mine):
    theirs(plan, chief, mine, title="Quagga", due=TODAY - DAY)
    own_item(plan, by=chief, owner=mine, title="Quagga two")
    start_thread(plan, item.step, item=item, text="Quagga", tell=[mine], by=chief)
    plan.marking = Marking.OFFICIAL_SENSITIVE
    plan.save()
    message = sent_to(officer)
    whole = message.message().as_string()
    for word in ("Quagga", plan.council.name, "Chief", "6 May", "Step 13", "step 13"):
        assert word not in whole
    assert "A plan marked OFFICIAL-SENSITIVE" in message.body
    names = "Your overdue actions", "Newly assigned to you", "Comments that mention you"
    for count in (f"{name}: 1" for name in names):
        assert f"\n{count}\n" in message.body
    assert "\n\n\n" not in message.body
    assert re.findall(r"https://planner\.example/plans/\S+", message.body) == [
        f"https://planner.example/plans/{plan.pk}/"
    ]


def test_no_note_is_emailed(plan, chief, officer, mine):
    item = theirs(plan, chief, mine, title="Thing", due=TODAY, note="SHAREDNOTE")
    save_restricted_note(item, None, text="RESTRICTED", version=0, by=chief, readers=[mine])
    whole = sent_to(officer).message().as_string()
    assert "Thing" in whole
    assert "SHAREDNOTE" not in whole
    assert "RESTRICTED" not in whole


@pytest.mark.parametrize("end", ["left", "closed", "never"])
def test_former_members_and_people_who_stopped_them_get_none(plan, chief, officer, mine, end):
    theirs(plan, chief, mine, title="Thing", due=TODAY)
    if end == "left":
        end_membership(mine, by=chief)
    elif end == "closed":
        User.objects.filter(pk=officer.pk).update(is_active=False)
    else:
        choose_digest(officer, DigestFrequency.NEVER)
    assert sent_to(officer) is None


def test_plans_of_other_councils_and_advised_plans_are_left_out(plan, chief, stranger, granted):
    granted(plan, "ada")
    plan.items.update(due=TODAY)
    assert set(run()) == {chief.email}


def test_a_plan_that_they_could_not_open_is_left_out(plan, chief, officer, mine, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    plan.items.update(due=TODAY)
    assert set(run()) == {officer.email}


# --- How often ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "told_on"),
    [
        # Runs are on Tuesday 18 May and each day after it for nine days.
        (DigestFrequency.DAILY, list(range(18, 28))),
        (DigestFrequency.WEEKLY, [18, 24]),
        (DigestFrequency.NEVER, []),
    ],
)
def test_at_most_one_update_is_sent_in_a_period(
    plan, chief, officer, mine, clock, frequency, told_on
):
    choose_digest(officer, frequency)
    theirs(plan, chief, mine, title="Thing", due=TODAY)
    told = []
    for day in range(18, 28):
        for _ in range(2):
            if sent_to(officer):
                told.append(day)
            clock.shift(dt.timedelta(hours=4))
        clock.shift(dt.timedelta(hours=16))
    assert told == told_on


def test_changing_the_frequency_sends_no_second_update(plan, chief, officer, mine, clock):
    theirs(plan, chief, mine, title="Thing", due=TODAY)
    choose_digest(officer, DigestFrequency.DAILY)
    assert sent_to(officer)
    officer.refresh_from_db()
    choose_digest(officer, DigestFrequency.WEEKLY)
    clock.shift(DAY)
    assert sent_to(officer) is None


def test_a_week_begins_on_monday_at_midnight_here_in_summer_and_winter():
    begun = DigestFrequency.WEEKLY.period_start
    for now, monday in [
        (dt.datetime(2027, 3, 28, 12, tzinfo=dt.UTC), "2027-03-22T00:00:00+00:00"),  # clocks go on
        (dt.datetime(2027, 3, 28, 23, 30, tzinfo=dt.UTC), "2027-03-29T00:00:00+01:00"),
        (dt.datetime(2027, 10, 31, 12, tzinfo=dt.UTC), "2027-10-25T00:00:00+01:00"),  # and back
    ]:
        assert begun(now).isoformat() == monday


def test_an_update_that_could_not_be_sent_is_sent_by_the_next_run(
    plan, chief, officer, mine, monkeypatch
):
    theirs(plan, chief, mine, title="Thing", due=TODAY)
    with monkeypatch.context() as patch:

        def fail(*args):
            raise SMTPException("refused")

        patch.setattr(EmailBackend, "send_messages", fail)
        with pytest.raises(CommandError, match="1 could not be sent"):
            run()
    assert sent_to(officer)
    assert sent_to(officer) is None


def test_an_update_that_fails_in_any_way_does_not_keep_others_from_theirs(
    plan, chief, officer, mine, monkeypatch
):
    theirs(plan, chief, mine, title="Thing", due=TODAY)
    choose_digest(chief, DigestFrequency.DAILY)
    choose_digest(officer, DigestFrequency.DAILY)
    digest_for = sending.digest_for

    def make(user, *, now):
        if user == chief:
            raise UnicodeEncodeError("ascii", "é", 0, 1, "no such address")
        return digest_for(user, now=now)

    monkeypatch.setattr(sending, "digest_for", make)
    assert User.objects.due_a_digest(TUESDAY).first() == chief
    done = sending.send_due_digests(now=TUESDAY)
    assert done.failed == [(chief.pk, "UnicodeEncodeError")]
    assert [message.to for message in mail.outbox] == [[officer.email]]


def test_the_command_needs_the_address_of_the_planner(plan, settings):
    settings.SITE_URL = ""
    with pytest.raises(CommandError, match="SITE_URL"):
        run()


def test_the_number_of_queries_does_not_depend_on_the_content(plan, chief, officer, mine):
    counts = []
    for more in (1, 30):
        for n in range(more):
            theirs(plan, chief, mine, title=f"Thing {n}", due=TODAY)
        choose_digest(officer, DigestFrequency.DAILY)
        User.objects.update(digest_sent_at=None)
        with CaptureQueriesContext(connection) as queries:
            assert sent_to(officer)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Stopping and choosing ------------------------------------------------------------------------


def stop_link(message):
    (link,) = re.findall(r"<(.+)>", message["List-Unsubscribe"])
    assert link in message.get_payload()
    return link.removeprefix("https://planner.example")


@pytest.fixture
def link(plan, chief, officer, mine):
    theirs(plan, chief, mine, title="Thing", due=TODAY)
    return stop_link(sent_to(officer).message())


def test_an_email_program_stops_them_with_one_request(link, officer):
    without_cookies = Client(enforce_csrf_checks=True)
    response = without_cookies.post(link, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert User.objects.get(pk=officer.pk).digest_frequency == DigestFrequency.NEVER


def test_the_message_names_the_address_for_one_click_unsubscribing(plan, chief, officer, mine):
    theirs(plan, chief, mine, title="Thing", due=TODAY)
    message = sent_to(officer).message()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_only_the_button_on_the_page_of_the_link_stops_them(link, officer):
    client = browser()
    page = client.get(link)
    assert "Stop email updates" in text_of(page)
    assert officer.email not in page.content.decode()
    assert User.objects.get(pk=officer.pk).digest_frequency == DigestFrequency.AT_ONCE
    assert "Email updates have been stopped" in text_of(client.post(link))
    assert "Email updates have been stopped" in text_of(client.post(link))
    assert User.objects.get(pk=officer.pk).digest_frequency == DigestFrequency.NEVER


def test_a_link_cannot_be_forged_for_another_person(link, chief):
    token = link.split("/")[-2]
    signature = token.split(":")[1]
    for forged in (f"{chief.pk}:{signature}", f"{token}x", "1", ":", "x" * 5000):
        for method in ("get", "post"):
            address = reverse("digest_stop", args=[forged])
            assert getattr(browser(), method)(address).status_code == 404
    assert set(User.objects.values_list("digest_frequency", flat=True)) == {"at-once"}


def test_a_person_chooses_in_their_account(officer):
    client = signed_in(officer)
    assert "As soon as something needs you" in text_of(client.get(reverse("account")))
    response = client.post(reverse("digest"), {"digest_frequency": "daily"}, follow=True)
    assert "Every day" in text_of(response)
    response = client.post(reverse("digest"), {"digest_frequency": "hourly"})
    assert response.status_code == 422
    assert error_links(response)
    assert User.objects.get(pk=officer.pk).digest_frequency == DigestFrequency.DAILY


def test_an_adviser_is_sent_what_needs_their_answer_and_no_actions(
    plan, item, chief, adviser, granted
):
    thread = start_thread(plan, item.step, text="Have you thought of this?", by=adviser).thread
    reply(thread, text="A long story", by=chief)
    body = sent_to(adviser).body
    assert f"Comments to answer: 1\n- From Chief, on step {item.step.number}: https://" in body
    assert "A long story" not in body
    assert "overdue actions" not in body
    assert "suggested for your role" not in body


def test_a_member_is_sent_replies_to_their_comments_until_the_thread_is_resolved(
    plan, item, chief, officer
):
    thread = start_thread(plan, item.step, text="Have you thought of this?", by=officer).thread
    reply(thread, text="A long story", by=chief)
    body = sent_to(officer).body
    assert f"Replies to your comments: 1\n- From Chief, on step {item.step.number}: " in body
    assert "A long story" not in body
    assert "mention you" not in body
    User.objects.update(digest_sent_at=None)
    resolve_thread(thread, by=chief)
    assert officer.email not in run()


def test_an_owner_is_sent_requests_that_another_owner_made_until_they_are_decided(
    plan, chief, person, riverdale
):
    second = person(riverdale, "second", access=Access.OWNER)
    settle_owners(chief, second, days=DAYS_AS_OWNER)
    asked = ask_to_delete_plan(plan, by=chief, link_for=lambda each: "https://planner.example/x")
    sent = run()
    line = "Requests for an owner to decide: 1\n- From Chief: https://planner.example/councils/"
    assert line in sent[second.email].body
    assert "for an owner to decide" not in getattr(sent.get(chief.email), "body", "")
    User.objects.update(digest_sent_at=None)
    cancel_request(asked, by=second)
    assert "for an owner to decide" not in getattr(sent_to(second), "body", "")
