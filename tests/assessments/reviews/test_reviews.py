"""Stage reviews: asking for one, the views of reviewers, and answers to concerns."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments.plans.models import Event, Review, ReviewMark
from assessments.plans.stages import MoveRefused, State, standing_of_stage
from assessments.reviews.actions import answer_concern, ask_for_review, call_off_review, mark_step
from councils.actions import end_membership
from councils.models import Membership
from frameworks.models import Stage, Step
from tests.acting import by_id, error_links, form_on, signed_in, text_of, tree_of, words

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC)
DUE = dt.date(2027, 5, 25)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def stage(plan):
    return Stage.objects.get(framework=plan.transition_id, number=2)


@pytest.fixture
def url(plan):
    return reverse("stage_review", args=[plan.pk, 2])


@pytest.fixture
def marks_url(plan):
    return reverse("stage_marks", args=[plan.pk, 2])


def member(user):
    return Membership.objects.get(user=user)


def step(number):
    return Step.objects.get(framework__is_current=True, number=number)


@pytest.fixture
def review(plan, stage, chief, officer, reviewer):
    return ask_for_review(
        plan,
        stage,
        reviewers=[member(officer), member(reviewer)],
        due=DUE,
        words="Before annual council",
        by=chief,
    )


def asked(*users, due=DUE, version=0, text=""):
    return {
        "version": version,
        "reviewers": [member(user).pk for user in users],
        "due-day": due.day,
        "due-month": due.month,
        "due-year": due.year,
        "words": text,
    }


def mark(review, number, user, verdict="agree", version=0, text=""):
    mark_step(
        review,
        step(number),
        reviewer=member(user),
        verdict=verdict,
        words=text,
        version=version,
        by=user,
    )
    return ReviewMark.objects.get(review=review, reviewer__user=user, step__number=number)


# --- Asking ---------------------------------------------------------------------------------------


def test_the_owner_asks_and_everyone_can_see_who_was_asked(url, plan, stage, chief, officer):
    client = signed_in(chief)
    response = client.post(url, asked(officer, text="Line one\r\nline two"), follow=True)
    review = Review.objects.get()
    assert (review.due, review.words, review.asked_by) == (DUE, "Line one\nline two", chief)
    assert standing_of_stage(plan, stage).state is State.IN_REVIEW
    page = text_of(response)
    assert "In review" in page
    assert "25 May 2027" in page
    assert "Officer" in page
    event = Event.objects.first()
    assert (event.kind, event.by, event.detail) == ("review-asked", chief, "Stage 2")
    assert event.changes.get(field="reviewers").after == "Officer, Monitoring officer"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"reviewers": []}, "Select at least one person"),
        ({"reviewers": ["0"]}, "Select people from the list"),
        ({"reviewers": ["abc"]}, "Select people from the list"),
        ({"reviewers": ["9" * 30]}, "Select people from the list"),
        ({"due-day": ""}, "The review date must include a day"),
        ({"due-year": "2026"}, "The review date must be today or later"),
        ({"words": "x" * 5001}, "What they should check must be 5,000 characters or fewer"),
    ],
)
def test_errors_are_listed_and_the_typed_text_is_kept(url, chief, officer, changes, wrong):
    response = signed_in(chief).post(url, asked(officer, text="Look at all of it") | changes)
    assert response.status_code == 422
    assert wrong in [message for message, _ in error_links(response)]
    for _, target in error_links(response):
        assert target in by_id(response)
    if "words" not in changes:
        assert "Look at all of it" in response.content.decode()
    assert not Review.objects.exists()


def test_people_of_other_councils_and_former_members_cannot_be_asked(
    url, chief, officer, reviewer, stranger
):
    gone = member(reviewer)
    end_membership(gone, by=chief)
    for pk in (member(stranger).pk, gone.pk):
        response = signed_in(chief).post(url, asked(officer) | {"reviewers": [pk]})
        assert response.status_code == 422
    assert not Review.objects.exists()


def test_asking_twice_makes_one_review(review, plan, stage, url, chief, officer):
    response = signed_in(chief).post(url, asked(officer, text="Pressed this twice"))
    assert response.status_code == 409
    assert "Pressed this twice" in text_of(response)
    assert Review.objects.get() == review
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(plan=plan, stage=stage, due=DUE, asked_by=chief)


def test_reviewers_and_the_date_can_change_and_marks_are_kept(review, url, chief, officer):
    mark(review, 13, officer, "concern", text="Not ready")
    client = signed_in(chief)
    sent = asked(chief, due=dt.date(2027, 6, 1), version=1)
    page = text_of(client.post(url, sent, follow=True))
    review.refresh_from_db()
    assert (review.due, review.version) == (dt.date(2027, 6, 1), 2)
    assert list(review.reviewers.all()) == [member(chief)]
    assert "Not ready" in page  # though its reviewer is no longer asked
    changes = {c.field: (c.before, c.after) for c in Event.objects.first().changes.all()}
    assert changes["due"] == ("25 May 2027", "1 June 2027")
    assert changes["reviewers"] == (
        "Officer, Monitoring officer\nReviewer, LGA adviser",
        "Chief, Chief executive",
    )


def test_a_stale_change_shows_the_saved_review_and_keeps_the_choices(review, url, chief, officer):
    client = signed_in(chief)
    client.post(url, asked(officer, due=dt.date(2027, 6, 1), version=1))
    response = client.post(url, asked(chief, due=dt.date(2027, 6, 9), version=1, text="My words"))
    assert response.status_code == 409
    page = text_of(response)
    assert "1 June 2027" in page
    assert "My words" in page
    form = form_on_review(response)
    assert form["due-day"] == "9"
    client.post(url, asked(chief, due=dt.date(2027, 6, 9), version=int(form["version"])))
    assert Review.objects.get().due == dt.date(2027, 6, 9)


def form_on_review(response):
    """The owner's form: the one on the page that asks for a day."""
    for form in tree_of(response).iter("form"):
        names = {c.get("name"): c.get("value") for c in form.iter("input")}
        if "due-day" in names:
            return names
    raise AssertionError("no form")


def test_a_saved_date_can_be_kept_after_it_has_passed(review, url, chief, officer):
    Review.objects.update(due=dt.date(2027, 5, 1))
    response = signed_in(chief).post(url, asked(officer, due=dt.date(2027, 5, 1), version=1))
    assert response.status_code == 302


def test_the_owner_calls_it_off(review, plan, stage, chief, url):
    client = signed_in(chief)
    client.post(reverse("stage_review_end", args=[plan.pk, 2]))
    assert standing_of_stage(plan, stage).state is State.DRAFT
    assert Event.objects.first().kind == "review-ended"
    again = client.post(reverse("stage_review_end", args=[plan.pk, 2]))
    assert again.status_code == 409
    assert "This stage is not being reviewed" in text_of(client.get(url))


# --- Marking --------------------------------------------------------------------------------------


def filled(response, marks_url, **changes):
    return form_on(response, marks_url) | changes


def test_a_reviewer_saves_views_of_several_steps_at_once(review, url, marks_url, reviewer, chief):
    client = signed_in(reviewer)
    data = filled(
        client.get(url),
        marks_url,
        **{
            "step-11-verdict": "agree",
            "step-13-verdict": "concern",
            "step-13-words": "One seat\r\n  is open",
        },
    )
    page = text_of(client.post(marks_url, data, follow=True))
    assert "You have reviewed 2 of 10 steps" in page
    kept = ReviewMark.objects.get(step__number=13)
    assert (kept.verdict, kept.words, kept.reviewer) == (
        "concern",
        "One seat\n  is open",
        member(reviewer),
    )
    kinds = list(Event.objects.values_list("kind", "detail", "by")[:2])
    assert kinds == [
        ("step-marked", "Step 13: concern", reviewer.pk),
        ("step-marked", "Step 11: agree", reviewer.pk),
    ]
    # Everyone sees it, concerns first.
    theirs = text_of(signed_in(chief).get(url))
    assert theirs.index("One seat") < theirs.index("Review progress")
    # Sent again unchanged, nothing is recorded.
    before = Event.objects.count()
    client.post(marks_url, filled(client.get(url), marks_url))
    assert Event.objects.count() == before


def test_the_table_shows_the_progress_of_each_reviewer(review, url, chief, officer, reviewer):
    mark(review, 11, officer)
    mark(review, 20, officer, "concern", text="Late")
    tables = [
        table
        for table in tree_of(signed_in(chief).get(url)).iter("table")
        if "app-looked" in table.get("class", "")
    ]
    cells = [
        [words(cell) for cell in row.iter("td")] for table in tables for row in table.iter("tr")
    ]
    assert cells[1] == [
        "11Agree",
        *[f"{n}–Not yet" for n in range(12, 20)],
        "20Concern",
    ]
    assert cells[2] == [f"{n}–Not yet" for n in range(11, 21)]


def test_a_concern_needs_words_and_nothing_is_saved_or_lost(review, url, marks_url, reviewer):
    client = signed_in(reviewer)
    data = filled(
        client.get(url),
        marks_url,
        **{
            "step-11-verdict": "agree",
            "step-11-words": "Well prepared",
            "step-13-verdict": "concern",
            "step-15-words": "No verdict here",
        },
    )
    response = client.post(marks_url, data)
    assert response.status_code == 422
    messages = dict(error_links(response))
    assert set(messages) == {
        "Enter your concern about step 13",
        "Select agree or concern for step 15",
    }
    assert set(messages.values()) <= set(by_id(response))
    again = form_on(response, marks_url)
    assert again["step-11-words"] == "Well prepared"
    assert again["step-15-words"] == "No verdict here"
    assert not ReviewMark.objects.exists()


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"step-11-verdict": "maybe", "step-11-version": "0"},
        {"step-11-verdict": "agree", "step-11-version": "-1"},
        {"step-11-verdict": "agree", "step-11-version": "9" * 30},
        {"step-11-verdict": ["agree", "concern"], "step-11-version": ["0", "0"]},
        {"step-11-verdict": "agree", "step-11-words": "a\0b", "step-11-version": "0"},
        {"step-11-verdict": "agree", "step-11-words": "x" * 5001, "step-11-version": "0"},
    ],
)
def test_what_no_page_sends_is_refused(review, marks_url, reviewer, nonsense):
    assert signed_in(reviewer).post(marks_url, nonsense).status_code == 422
    assert not ReviewMark.objects.exists()


def test_a_mark_saved_in_another_window_is_not_overwritten(review, url, marks_url, reviewer):
    client = signed_in(reviewer)
    late = filled(
        client.get(url), marks_url, **{"step-13-verdict": "concern", "step-13-words": "Mine, late"}
    )
    mark(review, 13, reviewer, "concern", text="Mine, first")
    response = client.post(marks_url, late)
    assert response.status_code == 409
    page = text_of(response)
    assert "Mine, first" in page
    assert "Mine, late" in page
    client.post(marks_url, form_on(response, marks_url))
    assert ReviewMark.objects.get().words == "Mine, late"


def test_only_those_asked_may_mark(review, url, marks_url, chief, officer, plan, stage):
    client = signed_in(chief)
    assert "Your review" not in text_of(client.get(url))
    assert client.post(marks_url, {"step-11-verdict": "agree"}).status_code == 403
    with pytest.raises(MoveRefused):
        mark(review, 11, chief)
    # What comes after the end is refused, with its words kept on the page.
    call_off_review(review, by=chief)
    response = signed_in(officer).post(marks_url, {"step-11-words": "Came too late"})
    assert response.status_code == 409
    assert "Came too late" in text_of(response)
    with pytest.raises(MoveRefused):
        mark(review, 11, officer)
    # Nor into the next review by way of the one that is over.
    ask_for_review(plan, stage, reviewers=[member(officer)], due=DUE, by=chief)
    with pytest.raises(MoveRefused):
        mark(review, 11, officer)


# --- Answering ------------------------------------------------------------------------------------


def test_a_concern_is_answered_and_the_reviewer_may_agree_then(
    review, plan, chief, officer, reviewer, url
):
    concern = mark(review, 13, reviewer, "concern", text="Not ready")
    address = reverse("stage_answer", args=[plan.pk, 2, concern.pk])
    client = signed_in(officer)
    data = form_on(client.get(address), None) | {"answer": "It is\r\nnow"}
    page = text_of(client.post(address, data, follow=True))
    assert "Officer answered: It is now" in page
    assert Event.objects.first().kind == "concern-answered"
    concern.refresh_from_db()
    assert (concern.answer, concern.version) == ("It is\nnow", 2)
    mark(review, 13, reviewer, "agree", version=2)
    concern.refresh_from_db()
    assert concern.answer == "It is\nnow"


def test_an_answer_to_a_changed_concern_is_shown_and_not_saved(
    review, plan, chief, officer, reviewer
):
    concern = mark(review, 13, reviewer, "concern", text="Not ready")
    address = reverse("stage_answer", args=[plan.pk, 2, concern.pk])
    answer_concern(concern, answer="The chief’s", version=1, by=chief)
    response = signed_in(officer).post(address, {"version": 1, "answer": "The officer’s"})
    assert response.status_code == 409
    page = text_of(response)
    assert "The chief’s" in page
    assert "The officer’s" in page
    signed_in(officer).post(address, form_on(response, None))
    assert ReviewMark.objects.get().answer == "The officer’s"
    for nonsense in ({}, {"version": "x", "answer": "a"}, {"version": 3, "answer": " "}):
        assert signed_in(officer).post(address, nonsense).status_code == 422


def test_a_mark_is_found_only_in_its_own_stage_and_plan(review, plan, chief, reviewer, their_plan):
    concern = mark(review, 13, reviewer, "concern", text="Not ready")
    client = signed_in(chief)
    for args in ([plan.pk, 1, concern.pk], [their_plan.pk, 2, concern.pk], [plan.pk, 2, 0]):
        assert client.get(reverse("stage_answer", args=args)).status_code == 404


def test_the_history_names_what_reviewers_are_asked_to_check(plan, stage, chief, officer):
    people = [member(officer)]
    ask_for_review(plan, stage, reviewers=people, due=DUE, words="The notes of step 3.", by=chief)
    text = text_of(signed_in(chief).get(reverse("plan_history", args=[plan.pk])))
    assert "What to check added: The notes of step 3." in text
