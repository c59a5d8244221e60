"""Questions to advisers: asked, answered, returned, withdrawn, shown in downloads."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assessments.advice.actions import (
    AdviceRefused,
    answer_question,
    ask_for_advice,
    end_question,
    show_in_exports,
)
from assessments.advice.models import AdviceQuestion
from assessments.advisers.actions import revoke_grant
from assessments.data_protection.traces import traces_of
from assessments.exports.pdf import render_html
from assessments.exports.report import report_for
from assessments.for_you.waiting import WaitingKind, count_waiting, waiting_for
from assessments.notices.letters import letter_for
from assessments.notices.models import Notice
from assessments.plans.models import AdviserGrant, Event, Marking, Plan
from assessments.words import day_in_words
from frameworks.models import Step
from tests.acting import signed_in, text_of

WORDS = "May the outgoing chair vote? marker-question"
ANSWER = "Yes, and a casting vote as well. marker-answer"


@pytest.fixture
def step(plan):
    found = Step.objects.select_related("stage")
    return found.get(framework=plan.transition_id, number=13)


@pytest.fixture
def asked(plan, step, chief, adviser):
    day = timezone.localdate() + dt.timedelta(days=7)
    return ask_for_advice(plan, step, adviser=adviser, question=WORDS, due=day, by=chief)


def page_of(question):
    return reverse("advice_question", args=[question.plan_id, question.pk])


def kinds_for(user):
    found = waiting_for(user)
    assert count_waiting(user) == len(found)
    return [each.kind for each in found]


def sent(plan, asked, **others):
    day = timezone.localdate() + dt.timedelta(days=7)
    due = {f"due-{part}": getattr(day, part) for part in ("day", "month", "year")}
    grant = AdviserGrant.objects.get(plan=plan, adviser=asked)
    return {"step": 13, "adviser": grant.pk, "question": WORDS, **due, **others}


def test_a_question_is_asked_answered_and_closed(plan, chief, adviser):
    owner, client = signed_in(chief), signed_in(adviser)
    response = owner.post(reverse("advice_ask", args=[plan.pk]), sent(plan, adviser))
    question = AdviceQuestion.objects.get()
    assert response.url == page_of(question)
    assert kinds_for(adviser) == [WaitingKind.ADVICE]
    assert "marker-question" in text_of(client.get(page_of(question)))
    assert plan.council.name in text_of(client.get(reverse("advice_queue")))
    client.post(page_of(question), {"answer": ANSWER})
    assert kinds_for(adviser) == []
    assert kinds_for(chief) == [WaitingKind.ADVICE_BACK]
    assert "marker-answer" in text_of(owner.get(page_of(question)))
    owner.post(reverse("advice_end", args=[plan.pk, question.pk]))
    assert kinds_for(chief) == []
    assert "marker-answer" in text_of(owner.get(page_of(question)))
    kinds = list(Event.objects.filter(kind__startswith="advice-").values_list("kind", flat=True))
    assert kinds == ["advice-closed", "advice-answered", "advice-asked"]
    assert not Event.objects.filter(detail__contains="marker").exists()


def test_the_step_leads_to_its_questions(plan, officer, asked):
    page = signed_in(officer).get(reverse("plan_step", args=[plan.pk, 13]))
    assert "1 question to advisers on this step" in text_of(page)
    listed = signed_in(officer).get(reverse("advice", args=[plan.pk]) + "?step=13")
    assert "marker-question" in text_of(listed)
    other = signed_in(officer).get(reverse("advice", args=[plan.pk]) + "?step=12")
    assert "marker-question" not in text_of(other)


def test_when_access_ends_the_question_returns_and_says_so(plan, chief, adviser, asked):
    revoke_grant(AdviserGrant.objects.get(plan=plan, adviser=adviser), by=chief)
    assert kinds_for(adviser) == []
    assert signed_in(adviser).get(page_of(asked)).status_code == 404
    assert signed_in(adviser).post(page_of(asked), {"answer": ANSWER}).status_code == 404
    with pytest.raises(AdviceRefused):
        answer_question(asked, answer=ANSWER, by=adviser)
    assert kinds_for(chief) == [WaitingKind.ADVICE_BACK]
    page = text_of(signed_in(chief).get(page_of(asked)))
    assert "the question has returned to you without an answer" in page
    end_question(asked, by=chief)
    assert kinds_for(chief) == []
    assert Event.objects.filter(kind=Event.Kind.ADVICE_WITHDRAWN).count() == 1


def test_a_question_that_is_answered_has_the_day_of_the_answer(plan, chief, adviser, asked):
    listed = text_of(signed_in(chief).get(reverse("advice", args=[plan.pk])))
    assert "Answer needed by" in listed
    answer_question(asked, answer="Look at the protocol", by=adviser)
    listed = text_of(signed_in(chief).get(reverse("advice", args=[plan.pk])))
    assert "Answered" in listed
    assert "Answer needed by" not in listed


def test_an_answer_to_a_withdrawn_question_is_refused_and_kept(chief, adviser, asked):
    end_question(asked, by=chief)
    response = signed_in(adviser).post(page_of(asked), {"answer": ANSWER})
    assert response.status_code == 409
    assert "marker-answer" in response.text
    assert "withdrawn or answered after you opened it" in response.text
    asked.refresh_from_db()
    assert asked.answer == ""


def test_what_is_wrong_is_said_and_the_text_is_kept(plan, chief, adviser):
    client, url = signed_in(chief), reverse("advice_ask", args=[plan.pk])
    late = AdviserGrant.objects.get(plan=plan, adviser=adviser).until + dt.timedelta(days=1)
    for wrong, expected in (
        ({"due-year": 2020}, "must be today or later"),
        ({"due-day": late.day, "due-month": late.month, "due-year": late.year}, "access ends on"),
        ({"adviser": "0"}, "Select an adviser from the list"),
        ({"step": "x"}, "Select a step from the list"),
    ):
        response = client.post(url, sent(plan, adviser, **wrong))
        assert response.status_code == 422
        assert expected in response.text
        assert "marker-question" in response.text
    empty = client.post(url, sent(plan, adviser, question=""))
    assert "Enter your question" in empty.text
    assert not AdviceQuestion.objects.exists()


def test_an_adviser_is_not_asked_about_a_step_they_cannot_see(plan, chief, partial_adviser, step):
    form = sent(plan, partial_adviser, step=1)
    response = signed_in(chief).post(reverse("advice_ask", args=[plan.pk]), form)
    assert "This adviser cannot see the step" in response.text
    first = Step.objects.select_related("stage").get(framework=plan.transition_id, number=1)
    asked = {"adviser": partial_adviser, "question": WORDS, "due": timezone.localdate()}
    with pytest.raises(AdviceRefused):
        ask_for_advice(plan, first, by=chief, **asked)


def test_another_adviser_sees_nothing_of_it(plan, partial_adviser, asked):
    client = signed_in(partial_adviser)
    assert client.get(page_of(asked)).status_code == 404
    assert "marker" not in client.get(reverse("advice", args=[plan.pk])).text
    assert "marker" not in client.get(reverse("advice_queue")).text
    step = client.get(reverse("plan_step", args=[plan.pk, 13]))
    assert "to advisers on this step" not in step.text


def test_the_queue_is_by_deadline_and_marks_what_is_overdue(plan, chief, adviser, asked, step):
    early = ask_for_advice(
        plan, step, adviser=adviser, question="Early", due=timezone.localdate(), by=chief
    )
    past = timezone.localdate() - dt.timedelta(days=1)
    AdviceQuestion.objects.filter(pk=early.pk).update(due=past)
    response = signed_in(adviser).get(reverse("advice_queue"))
    assert [(each.pk, late) for each, late in response.context["rows"]] == [
        (early.pk, True),
        (asked.pk, False),
    ]
    assert text_of(response).count("Overdue") == 1
    # The date could also be when a question was asked or answered, so both lists say what it is.
    for page in (response, signed_in(chief).get(reverse("advice", args=[plan.pk]))):
        assert f"{past:%a} {past.day} {past:%b %Y}OverdueAnswer needed by" in text_of(page)
        assert text_of(page).count("Answer needed by") == 2


def test_an_email_about_a_sensitive_plan_has_a_number_and_a_link_only(
    plan, chief, adviser, asked, settings
):
    settings.SITE_URL = "https://planner.example"
    adviser.digest_frequency = "at-once"
    adviser.save()
    notice = Notice.objects.select_related("user", "plan", "by").get(kind=Notice.Kind.ADVICE)
    notice.user = adviser
    Plan.objects.filter(pk=plan.pk).update(marking=Marking.OFFICIAL_SENSITIVE)
    letter = letter_for(notice)
    assert letter.subject == "Transition planner: something new for you"
    for secret in ("marker", chief.name, plan.council.name):
        assert secret not in letter.body
    assert page_of(asked) in letter.body
    assert "Step 13" not in letter.body
    assert "Answer needed by" not in letter.body
    Plan.objects.filter(pk=plan.pk).update(marking=Marking.OFFICIAL)
    due = day_in_words(asked.due)
    assert f"\nStep 13: Governance\nAnswer needed by {due}\n" in letter_for(notice).body
    assert mail.outbox == []


def test_an_answer_is_in_downloads_only_if_an_owner_wishes(plan, chief, adviser, asked):
    def html():
        seen = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
        return render_html(report_for(seen, today=dt.date(2027, 5, 18)))

    show_in_exports(asked, shown=True, by=chief)  # it has no answer yet
    answer_question(asked, answer=ANSWER, by=adviser)
    assert "marker-answer" not in html()
    signed_in(chief).post(reverse("advice_exports", args=[plan.pk, asked.pk]))
    assert "marker-answer" in html()
    signed_in(chief).post(reverse("advice_exports", args=[plan.pk, asked.pk]), {"hide": 1})
    assert "marker-answer" not in html()


def test_an_owner_is_told_that_other_advisers_download_an_answer(
    plan, chief, adviser, partial_adviser, asked
):
    told = "other advisers who can see stage 2 can read it there, with your question"
    assert told not in text_of(signed_in(chief).get(page_of(asked)))
    answer_question(asked, answer=ANSWER, by=adviser)
    assert told in text_of(signed_in(chief).get(page_of(asked)))
    show_in_exports(asked, shown=True, by=chief)
    seen = Plan.objects.visible_to(partial_adviser).select_related("council").get(pk=plan.pk)
    assert "marker-answer" in render_html(report_for(seen, today=dt.date(2027, 5, 18)))


def test_a_persons_name_in_a_question_is_found(plan, step, chief, officer, adviser):
    today = timezone.localdate()
    words = f"May {officer.name} preside?"
    question = ask_for_advice(plan, step, adviser=adviser, question=words, due=today, by=chief)
    assert traces_of(officer, [plan.council]).in_advice == [question]
