"""What the monitoring officer and the section 151 officer say themselves of a sign-off."""

import pytest
from django.db import connection
from django.urls import reverse

from assessments.plans.models import Event, SignOffStatement
from assessments.plans.stages import MoveRefused
from assessments.reviews.actions import (
    latest_change,
    make_statement,
    reopen_stage,
    sign_off_stage,
)
from councils.actions import name_deputy
from councils.models import Access, ActingPost, Office
from councils.verification import verify
from frameworks.models import Stage
from tests.acting import error_links, signed_in, text_of

pytestmark = pytest.mark.django_db

WORDS = "The legal advice was followed.\nThe register of interests is complete."


@pytest.fixture
def signed(plan, chief):
    stage = Stage.objects.get(framework=plan.transition_id, number=1)
    return sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="Done", by=chief)


@pytest.fixture
def receipt(plan, signed):
    return reverse("sign_off", args=[plan.pk, signed.pk])


@pytest.fixture
def url(plan, signed):
    return reverse("sign_off_statement", args=[plan.pk, signed.pk])


def test_each_statutory_officer_makes_one_statement_that_the_receipt_shows(
    plan, signed, receipt, url, chief, officer, person, riverdale, reviewer
):
    finance = person(
        riverdale, "finance", access=Access.REVIEWER, office=Office.SECTION_151_OFFICER
    )
    client = signed_in(officer)
    page = client.get(receipt)
    assert "Monitoring officer No statement Section 151 officer No statement" in text_of(page)
    assert url in page.content.decode()
    assert "Everyone at the council with access to this plan can read it" in text_of(
        client.get(url)
    )
    response = client.post(url, {"words": WORDS}, follow=True)
    assert "Your statement has been added." in text_of(response)
    assert "The legal advice was followed." in text_of(response)
    assert url not in response.content.decode()
    signed_in(finance).post(url, {"words": "The figures are from the approved budget."})
    shown = text_of(signed_in(reviewer).get(receipt))
    for name in (officer.name, finance.name, "approved budget", "No statement"):
        assert (name in shown) is (name != "No statement")
    events = Event.objects.filter(kind="statement-made").order_by("pk")
    assert [event.detail for event in events] == [
        "Stage 1: Monitoring officer",
        "Stage 1: Section 151 officer",
    ]
    assert events[0].changes.get().after == WORDS
    history = text_of(signed_in(chief).get(reverse("plan_history", args=[plan.pk])))
    assert "made a statement on the sign-off of stage 1: Monitoring officer" in history
    assert verify(riverdale).problems == []
    again = client.post(url, {"words": "Another"})
    assert again.status_code == 409
    assert "You have already made a statement" in text_of(again)
    assert SignOffStatement.objects.count() == 2


def test_only_the_two_officers_can_make_one(signed, receipt, url, chief, reviewer, stranger):
    for user, status in ((chief, 403), (reviewer, 403), (stranger, 404)):
        assert signed_in(user).get(url).status_code == status
        assert signed_in(user).post(url, {"words": WORDS}).status_code == status
    assert url not in signed_in(chief).get(receipt).content.decode()
    assert not SignOffStatement.objects.exists()


def test_it_needs_words(signed, url, officer):
    for words, message in (("  ", "Enter your statement"), ("x" * 2001, "2,000 characters")):
        response = signed_in(officer).post(url, {"words": words})
        assert response.status_code == 422
        ((said, target),) = error_links(response)
        assert (message in said, target) == (True, "id_words")


def test_after_the_stage_was_reopened_the_text_is_kept_and_nothing_is_saved(
    plan, signed, receipt, url, chief, officer
):
    make_statement(
        signed,
        post=ActingPost(officer.memberships.get().office, as_deputy=False),
        words="First",
        by=officer,
    )
    stage = signed.stage
    reopen_stage(plan, stage, reason="The Leader changed", by=chief)
    assert "First" in text_of(signed_in(officer).get(receipt))
    assert url not in signed_in(officer).get(receipt).content.decode()
    response = signed_in(officer).post(url, {"words": WORDS})
    assert response.status_code == 409
    assert "The legal advice was followed." in text_of(response)
    with pytest.raises(MoveRefused, match="reopened"):
        make_statement(
            signed, post=ActingPost("monitoring-officer", as_deputy=False), words=WORDS, by=chief
        )


def test_no_statement_is_made_in_a_post_that_has_ended_meanwhile(signed, reviewer):
    """The page asked before the deputy's role ended."""
    post = ActingPost("monitoring-officer", as_deputy=True)
    with pytest.raises(MoveRefused, match="no longer the deputy monitoring officer"):
        make_statement(signed, post=post, words=WORDS, by=reviewer)


def test_a_statement_changed_without_an_event_is_found(signed, officer, riverdale):
    made = make_statement(
        signed, post=ActingPost("monitoring-officer", as_deputy=False), words=WORDS, by=officer
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assessments_signoffstatement SET words = 'No advice' WHERE id = %s", [made.pk]
        )
    (problem,) = verify(riverdale).problems
    assert problem.startswith(f"Statement {made.pk} on the sign-off of stage 1 was altered")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE assessments_signoffstatement SET office = 'section-151-officer'",
        "UPDATE assessments_signoffstatement SET as_deputy = true",
        "UPDATE assessments_signoffstatement SET at = '2026-01-01 12:00:00+00:00'",
        "DELETE FROM assessments_signoffstatement",
    ],
    ids=["of another role", "as deputy", "of another day", "deleted"],
)
def test_a_statement_made_other_than_the_record_says_is_found(signed, officer, riverdale, change):
    post = ActingPost("monitoring-officer", as_deputy=False)
    make_statement(signed, post=post, words=WORDS, by=officer)
    assert verify(riverdale).problems == []
    with connection.cursor() as cursor:
        cursor.execute(change)
    removed = f"A statement in plan {signed.plan_id} was removed or altered: “Stage 1: Monitoring"
    assert verify(riverdale).problems[-1].startswith(removed)


def test_the_statement_of_a_deputy_is_as_the_record_says(signed, chief, person, riverdale):
    deputy = person(riverdale, "deputy")
    name_deputy(deputy.memberships.get(), office="section-151-officer", by=chief)
    post = ActingPost("section-151-officer", as_deputy=True)
    make_statement(signed, post=post, words=WORDS, by=deputy)
    assert verify(riverdale).problems == []
